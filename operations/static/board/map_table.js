/** The map in words, for those who do not see it: the places of its level in a table, most first. While it is open it follows the map. */

import { el, fill, keep, write } from "../shared/dom.js";
import { named, number, say } from "../shared/language.js";

const MOST_ROWS = 500;

export class MapTable {
  #rows = new Map();

  /** `go(code)` opens the page of a place. */
  constructor(drawer, layers, board, go) {
    Object.assign(this, { drawer, layers, board, go });
    this.heads = el("tr");
    this.places = el("tbody");
    this.more = el("p", { class: "explain" });
    this.node = el("div", {}, el("div", { class: "wide" }, el("table", { class: "sums words-table" }, el("thead", {}, this.heads), this.places)), this.more);
    layers.watch(() => this.#follow());
  }

  /** Opens the table, once the map is coloured at all. */
  open() {
    if (!this.layers.shading) return;
    this.#draw();
    this.drawer.open(this, this.layers.shading.unit, { body: this.node });
  }

  /** The rows are changed where they stand, so that neither the focus nor the place where one reads is lost. */
  #follow() {
    if (!this.drawer.shows(this)) return;
    const { dialog, title, shut } = this.drawer;
    const { scrollTop } = dialog;
    write(title, this.layers.shading.unit);
    this.#draw();
    dialog.scrollTop = scrollTop;
    if (!dialog.contains(document.activeElement)) shut.focus({ preventScroll: true });
  }

  #draw() {
    const { shading, ground, level } = this.layers;
    fill(this.heads, [say(`level.${level}`), say("place.code"), shading.unit].map((text) => el("th", { scope: "col" }, text)));
    const all = [...ground.places(level)].sort((a, b) => shading.value(b.code) - shading.value(a.code) || (a.code < b.code ? -1 : 1));
    const shown = all.slice(0, MOST_ROWS);
    keep(this.places, shown.map((place) => this.#row(place)));
    const codes = new Set(shown.map(({ code }) => code));
    for (const code of this.#rows.keys()) if (!codes.has(code)) this.#rows.delete(code);
    this.more.hidden = all.length <= MOST_ROWS;
    write(this.more, this.more.hidden ? "" : say("map.more_rows", { n: number(all.length - MOST_ROWS) }));
  }

  #row({ code, name }) {
    const known = this.#rows.get(code) ?? this.#made(code);
    this.#rows.set(code, known);
    write(known.name, named(this.board.nameOf(code) ?? name, code));
    write(known.words, this.layers.words(code));
    return known.row;
  }

  #made(code) {
    const open = () => {
      this.drawer.close();
      this.go(code);
    };
    const name = el("button", { type: "button", class: "linklike", onclick: open });
    const words = el("td");
    return { name, words, row: el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, el("code", {}, code)), words) };
  }
}
