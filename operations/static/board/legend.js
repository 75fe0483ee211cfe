/** What the colours and signs of the map mean, with how many cells are in each state. */

import { byId, el, fill } from "../shared/dom.js";
import { number, say } from "../shared/language.js";
import { CELL_STATES, DARK, drawSeverity, pattern, SEVERITY } from "../shared/palette.js";

function swatch(draw) {
  const ratio = 2;
  const canvas = el("canvas", { width: 18 * ratio, height: 16 * ratio, "aria-hidden": "true" });
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  draw(pen);
  return canvas;
}

function stateSwatch(state) {
  return swatch((pen) => {
    pen.fillStyle = pattern(pen, state, DARK, 2);
    pen.fillRect(0, 0, 18, 16);
  });
}

/** The legend: the four states with how many cells are in each, the four severities, and the workers' dot. */
export function showLegend(board) {
  const counts = {};
  for (const state of board.cells.values()) counts[state] = (counts[state] ?? 0) + 1;
  const states = CELL_STATES.map((state) =>
    el("span", { title: state === "unknown" ? say("cell.unknown.why") : undefined }, stateSwatch(state), say(`cell.${state}`), el("b", {}, number(counts[state] ?? 0))),
  );
  const severities = Object.keys(SEVERITY).map((severity) =>
    el("span", {}, swatch((pen) => drawSeverity(pen, severity, 9, 8, 6.5)), say(`severity.${severity}`)),
  );
  const dot = swatch((pen) => {
    pen.arc(9, 8, 4.5, 0, 7);
    pen.fillStyle = DARK.worker;
    pen.fill();
  });
  fill(byId("legend"), el("div", {}, states), el("div", {}, severities, el("span", {}, dot, say("legend.worker"))));
}
