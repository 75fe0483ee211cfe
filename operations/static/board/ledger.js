/** The ledger strip and its drawer: what came in, what became of it, and whether the two agree. */

import { byId, el, fill, write } from "../shared/dom.js";
import { named, number, onLanguage, say, word } from "../shared/language.js";
import { clockTime, moment } from "../shared/times.js";

const SMALL = matchMedia("(max-width: 820px)");
const PARTS = ["windowed", "open", "duplicate", "too_late"];
const sumOf = (values) => Object.values(values ?? {}).reduce((sum, n) => sum + n, 0);

/** The sums over all districts, with rejects in one figure and by reason. */
function totals(ledger) {
  const total = { received: 0, accepted: 0, rejected: 0, windowed: 0, open: 0, duplicate: 0, too_late: 0, late: 0, gaps: 0, reasons: {} };
  for (const sums of Object.values(ledger?.districts ?? {})) {
    for (const key of ["received", "accepted", "late", "gaps", ...PARTS]) total[key] += sums[key] ?? 0;
    total.rejected += sumOf(sums.rejected);
    for (const [reason, n] of Object.entries(sums.rejected ?? {})) total.reasons[reason] = (total.reasons[reason] ?? 0) + n;
  }
  return total;
}

/** "balanced", "settling" while readings are still under way, "unbalanced", or "none" before the first reading. */
export function verdict(ledger) {
  if (!ledger || !Object.keys(ledger.districts ?? {}).length) return "none";
  if (ledger.balanced) return "balanced";
  return ledger.in_flight > 0 ? "settling" : "unbalanced";
}

const MARKS = { balanced: "✓", unbalanced: "✗", settling: "…", none: "·" };

export class LedgerStrip {
  constructor(board, drawer) {
    Object.assign(this, { board, drawer });
    this.sums = el("div", { class: "strip" });
    // The button stays while the figures change: it keeps the focus, and a press that has begun.
    this.more = el("button", { type: "button", class: "plain", onclick: () => this.open() });
    this.small = el("div", { class: "in-place" });
    fill(byId("ledger"), this.sums, this.more, this.small);
    board.watch(["ledger", "city"], () => this.#later());
    board.watch(["rejects"], () => (drawer.shows(this) || SMALL.matches) && this.#later());
    SMALL.addEventListener("change", () => this.show());
    onLanguage(() => this.show());
  }

  #later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      this.show();
    }, 300);
  }

  show() {
    const total = totals(this.board.ledger);
    const figures = (key) => el("span", { class: key }, el("b", {}, number(total[key])), say(`ledger.${key}`));
    const sign = (text) => el("i", {}, text);
    const state = verdict(this.board.ledger);
    fill(
      this.sums,
      el("h2", {}, say("ledger.title")),
      el("span", { class: "sum" }, figures("received"), sign(" = "), figures("accepted"), sign(" + "), figures("rejected")),
      el("span", { class: "gap parts" }),
      el("span", { class: "sum parts" }, figures("accepted"), sign(" = "), PARTS.flatMap((key) => [figures(key), sign(" + ")]), el("span", {}, el("b", {}, number(this.board.ledger?.in_flight ?? 0)), say("ledger.in_flight"))),
      el("span", { class: "verdict", role: "status", dataset: { verdict: state } }, el("span", { "aria-hidden": "true" }, MARKS[state]), say(`ledger.${state}`)),
    );
    write(this.more, say("ledger.details"));
    fill(this.small, SMALL.matches && this.#body());
    if (this.drawer.shows(this)) this.drawer.renew(this, say("ledger.title"), this.#told());
  }

  open() {
    this.drawer.open(this, say("ledger.title"), this.#told());
  }

  #told() {
    const state = verdict(this.board.ledger);
    const beside = el("span", { class: "verdict", dataset: { verdict: state } }, `${MARKS[state]} ${say(`ledger.${state}`)}`);
    return { beside, body: [el("p", { class: "explain" }, say("ledger.explain")), this.#body()] };
  }

  #body() {
    return [this.#table(), el("div", { class: "two" }, this.#reasons(), this.#latest())];
  }

  #table() {
    const columns = ["received", "accepted", "rejected", ...PARTS, "late", "gaps"];
    const heads = [...columns, "watermark"].map((key) => el("th", { scope: "col" }, say(`ledger.${key}`)));
    const cells = (sums) => columns.map((key) => el("td", {}, number(typeof sums[key] === "object" ? sumOf(sums[key]) : (sums[key] ?? 0))));
    const now = this.board.now();
    const rows = Object.entries(this.board.ledger?.districts ?? {}).map(([code, sums]) =>
      el("tr", {}, el("th", { scope: "row" }, named(this.board.districts.get(code)?.name, code)), cells(sums), el("td", {}, sums.watermark ? moment(sums.watermark, now) : "–")),
    );
    const foot = el("tr", { class: "total" }, el("th", { scope: "row" }, say("ledger.total")), cells(totals(this.board.ledger)), el("td"));
    return el("div", { class: "wide" }, el("table", { class: "sums" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("ledger.district")), heads)), el("tbody", {}, rows, foot)));
  }

  #reasons() {
    const reasons = Object.entries(totals(this.board.ledger).reasons).sort((a, b) => b[1] - a[1]);
    const most = reasons[0]?.[1] ?? 1;
    const rows = reasons.map(([reason, n]) => el("li", {}, el("span", {}, word("reason", reason)), el("i", { "aria-hidden": "true" }, el("u", { style: { width: `${(n / most) * 100}%` } })), el("b", {}, number(n))));
    return el("section", {}, el("h3", {}, say("rejects.title")), rows.length ? el("ul", { class: "bars" }, rows) : el("p", { class: "nothing" }, say("rejects.none")));
  }

  #latest() {
    const rows = this.board.rejects.latest.slice(0, 20).map((reject) =>
      el("li", {}, el("time", {}, clockTime(reject.at)), el("b", {}, word("reason", reject.reason)), el("span", {}, reject.sender), el("p", {}, reject.detail)),
    );
    return el("section", {}, el("h3", {}, say("rejects.latest")), rows.length ? el("ul", { class: "rejects" }, rows) : el("p", { class: "nothing" }, say("rejects.none")));
  }
}
