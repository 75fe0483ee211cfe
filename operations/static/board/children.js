/** The places right below a place, as a table that sorts by each of its columns. */

import { upTo } from "../shared/codes.js";
import { el } from "../shared/dom.js";
import { named, number, say } from "../shared/language.js";
import { seat } from "./shading.js";

const COLUMNS = {
  name: { text: "place.name", value: (row) => row.title },
  open: { text: "overview.open", value: (row) => row.open },
  late: { text: "overview.late", value: (row) => row.late },
  staff: { text: "overview.on_shift", value: (row) => row.figures.workers_on_shift },
  live: { text: "place.live", value: (row) => row.figures.devices_live },
  silent: { text: "panel.silent", value: (row) => row.figures.devices_silent },
  gap: { text: "place.tile.gap", value: (row) => row.figures.without_worker.share },
};
const MOST = 300;

/** Rows in the order of a column; equal ones in the order of their codes. */
export function sorted(rows, { column, down }) {
  const { value } = COLUMNS[column];
  const way = down ? -1 : 1;
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
  return [...rows].sort((a, b) => way * compare(value(a), value(b)) || (a.code < b.code ? -1 : 1));
}

export class Children {
  #order = { column: "late", down: true };

  constructor(board, open) {
    Object.assign(this, { board, open });
    this.node = el("div", { class: "wide" });
  }

  /** The table of `children` ({code, level, name, figures}); open and late are counted from the incidents that the page has. */
  table(children, open) {
    this.rows = children.map((child) => {
      const here = open.filter(({ incident }) => upTo(seat(incident), child.level) === child.code);
      return { ...child, title: named(child.name, child.code), open: here.length, late: here.filter(({ tone }) => tone === "late").length };
    });
    this.#draw();
    return this.node;
  }

  #turnTo(column) {
    const { column: before, down } = this.#order;
    this.#order = { column, down: column === before ? !down : column !== "name" };
    this.#draw();
    this.node.querySelector(`[data-key="sort ${column}"]`)?.focus();
  }

  #head(column) {
    const { column: chosen, down } = this.#order;
    const on = column === chosen;
    const text = say(COLUMNS[column].text);
    return el("th", { scope: "col", "aria-sort": on ? (down ? "descending" : "ascending") : undefined }, el("button", { type: "button", class: "sort", dataset: { key: `sort ${column}` }, title: say("place.sort", { what: text }), onclick: () => this.#turnTo(column) }, text, el("i", { "aria-hidden": "true" }, on ? (down ? " ↓" : " ↑") : "")));
  }

  #row(row) {
    const { figures } = row;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, el("a", { href: `#/place/${row.code}`, dataset: { key: `child ${row.code}` } }, row.title)),
      el("td", {}, number(row.open)),
      el("td", { class: row.late ? "late" : "" }, number(row.late)),
      el("td", { class: figures.workers_on_shift ? "" : "near" }, number(figures.workers_on_shift)),
      el("td", {}, number(figures.devices_live)),
      el("td", { class: figures.devices_silent ? "near" : "" }, number(figures.devices_silent)),
      el("td", { class: figures.without_worker.share > 0.25 ? "near" : "" }, `${number(figures.without_worker.share * 100)} %`),
    );
  }

  #draw() {
    const rows = sorted(this.rows, this.#order);
    const table = el("table", { class: "sums children" }, el("thead", {}, el("tr", {}, Object.keys(COLUMNS).map((column) => this.#head(column)))), el("tbody", {}, rows.slice(0, MOST).map((row) => this.#row(row))));
    this.node.replaceChildren(table, ...(rows.length > MOST ? [el("p", { class: "explain" }, say("map.more_rows", { n: number(rows.length - MOST) }))] : []));
  }
}
