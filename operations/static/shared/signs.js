/** Small pictures beside a text. */

import { el } from "./dom.js";
import { word } from "./language.js";
import { drawSeverity } from "./palette.js";

/** The sign of a severity as a small picture. */
export function severitySign(severity, size = 22) {
  const canvas = el("canvas", { width: size * 2, height: size * 2, class: "sign", role: "img", "aria-label": word("severity", severity) });
  canvas.style.width = canvas.style.height = `${size}px`;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  drawSeverity(pen, severity, size / 2, size / 2, size * 0.4);
  return canvas;
}
