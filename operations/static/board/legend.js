/** What the colours and signs of the map mean, with how many places have each. */

import { byId, el, fill, write } from "../shared/dom.js";
import { number, say } from "../shared/language.js";
import { DARK, drawSeverity, pattern, SEVERITY } from "../shared/palette.js";

function swatch(draw) {
  const ratio = 2;
  const canvas = el("canvas", { width: 18 * ratio, height: 16 * ratio, "aria-hidden": "true" });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  draw(pen);
  return canvas;
}

function styleSwatch(style) {
  return swatch((pen) => {
    pen.fillStyle = pattern(pen, style, DARK, 2);
    pen.fillRect(0, 0, 18, 16);
  });
}

function signs() {
  const severities = Object.keys(SEVERITY).map((severity) =>
    el("span", {}, swatch((pen) => drawSeverity(pen, severity, 9, 8, 6.5)), say(`severity.${severity}`)),
  );
  const dot = swatch((pen) => {
    pen.arc(9, 8, 4.5, 0, 7);
    pen.fillStyle = DARK.worker;
    pen.fill();
  });
  return [severities, el("span", {}, dot, say("legend.worker"))];
}

/** The legend of what the map is coloured by now, and the signs. `table()` opens the map as a table. */
export class Legend {
  constructor(layers, table) {
    this.layers = layers;
    this.title = el("span");
    // The button stays while the figures change: it keeps the focus, and a press that has begun.
    this.table = el("button", { type: "button", class: "linklike", onclick: table });
    this.classes = el("div", { class: "legend-classes" });
    this.signs = el("div");
    fill(byId("legend"), el("p", { class: "legend-title" }, this.title, this.table), this.classes, this.signs);
  }

  show() {
    const { shading, level, caption } = this.layers;
    fill(this.title, el("strong", {}, shading?.unit ?? ""), ` · ${say(`level.${level}`)}`, caption && el("em", {}, caption));
    write(this.table, say("map.as_table"));
    fill(this.classes, (shading?.legend ?? []).map((one) => this.#class(one)));
    fill(this.signs, signs());
  }

  #class({ key, text, n }) {
    return el("span", { title: key === "unknown" && this.layers.theme === "state" ? say("cell.unknown.why") : undefined }, styleSwatch(key), text, el("b", {}, number(n)));
  }
}
