/** What the colours and signs of the map mean, with how many places have each; and the same as a table, for those who do not see the map. */

import { byId, el, fill } from "../shared/dom.js";
import { named, number, say } from "../shared/language.js";
import { DARK, drawSeverity, pattern, SEVERITY } from "../shared/palette.js";

const MOST_ROWS = 500;

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
  return el("div", {}, severities, el("span", {}, dot, say("legend.worker")));
}

/** The legend of what the map is coloured by now, and the signs. `table()` opens the map as a table. */
export function showLegend(layers, table) {
  const shown = layers.shading?.legend ?? [];
  const title = el("p", { class: "legend-title" }, el("strong", {}, layers.shading?.unit ?? ""), ` · ${say(`level.${layers.level}`)}`, layers.caption && el("em", {}, layers.caption), el("button", { type: "button", class: "linklike", onclick: table }, say("map.as_table")));
  const classes = shown.map(({ key, text, n }) =>
    el("span", { title: key === "unknown" ? say("cell.unknown.why") : undefined }, styleSwatch(key), text, el("b", {}, number(n))),
  );
  fill(byId("legend"), title, el("div", { class: "legend-classes" }, classes), signs());
}

/** The map in words: the places of its level in a table, most first. */
export function tableOf(layers, board, open) {
  const { shading, ground, level } = layers;
  const places = [...ground.places(level)].sort((a, b) => shading.value(b.code) - shading.value(a.code) || (a.code < b.code ? -1 : 1));
  const rows = places.slice(0, MOST_ROWS).map((place) =>
    el("tr", {}, el("th", { scope: "row" }, el("button", { type: "button", class: "linklike", onclick: () => open(place.code) }, named(board.nameOf(place.code) ?? place.name, place.code))), el("td", {}, el("code", {}, place.code)), el("td", {}, shading.words(place.code))),
  );
  const heads = [say(`level.${level}`), say("place.code"), shading.unit].map((text) => el("th", { scope: "col" }, text));
  const more = places.length > MOST_ROWS && el("p", { class: "explain" }, say("map.more_rows", { n: number(places.length - MOST_ROWS) }));
  return el("div", { class: "wide" }, el("table", { class: "sums words-table" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)), more);
}
