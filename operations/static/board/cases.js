/** The list of incidents: found by state, district, class and words, the one that needs someone soonest on top. */

import { clockOf, currentClock, ENDED, limitWords, reading, stageWords } from "../shared/clocks.js";
import { byId, el, fill, write } from "../shared/dom.js";
import { named, number, onLanguage, say, word } from "../shared/language.js";
import { Rows } from "../shared/rows.js";
import { severitySign } from "../shared/signs.js";
import { rank } from "./model.js";
import { seat } from "./shading.js";

const HEIGHT = 98;
const TABS = ["open", "mine", "late", "done"];
const forOperator = (incident) => Number(incident.turn === "operator");
const due = (incident) => currentClock(incident)?.deadline ?? incident.deadline ?? Infinity;
const ORDERS = {
  // What waits for an operator has no deadline yet, and would sink to where nobody looks.
  deadline: (a, b) =>
    forOperator(b) - forOperator(a) ||
    due(a) - due(b) ||
    b.detected_at - a.detected_at,
  newest: (a, b) => b.detected_at - a.detected_at,
  severity: (a, b) => rank(b.severity) - rank(a.severity) || b.detected_at - a.detected_at,
};

/** Whose turn it is, in words. */
export function turnWords(incident, board) {
  const { turn } = incident;
  if (!turn || ENDED.has(incident.state)) return "";
  if (["operator", "dispatch", "sensor"].includes(turn)) return say(`turn.${turn}`);
  return say("turn.worker", { name: named(board.workers.get(turn)?.name, turn) });
}

export class CaseList {
  cells = null;
  chosen = "";
  #find = { tab: "open", district: "", kind: "", order: "deadline", words: "", place: "", state: "" };

  constructor(board, open) {
    this.board = board;
    this.open = open;
    this.rows = new Rows(byId("case-rows"), {
      height: HEIGHT,
      key: (incident) => incident.id,
      stamp: (incident) => `${incident.version} ${incident.id === this.chosen} ${incident.turn} ${this.cells !== null}`,
      draw: (incident) => this.#row(incident),
    });
    this.empty = el("div", { class: "nothing", hidden: true });
    byId("case-rows").append(this.empty);
    this.#controls();
    board.watch(["incidents", "city", "workers"], () => this.#later());
    onLanguage(() => this.renew());
  }

  renew() {
    this.#options();
    this.rows.renew();
    this.show();
  }

  choose(id) {
    this.chosen = id;
    this.show();
  }

  tick(now) {
    for (const node of this.rows.shown) node.clock.tick(now);
    this.#counts();
  }

  /** A list may change many times a second under load; the eye needs no more than four. */
  #later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      this.#options();
      this.show();
    }, 250);
  }

  show() {
    const found = this.#matching();
    this.rows.show(found);
    this.#counts();
    const calm = !this.board.open().length && this.#find.tab === "open";
    this.empty.hidden = found.length > 0 || this.board.city === null;
    const reset = el("button", { type: "button", class: "plain", onclick: () => this.#reset() }, say("cases.reset"));
    fill(this.empty, el("p", {}, say(calm ? "cases.empty" : "cases.nothing")), !calm && this.#narrowed() && reset);
  }

  #narrowed() {
    const { district, kind, words, state } = this.#find;
    return Boolean(district || kind || words || state);
  }

  #reset() {
    Object.assign(this.#find, { district: "", kind: "", words: "", state: "" });
    byId("filters").reset();
    this.renew();
  }

  #inTab(incident, tab) {
    const ended = ENDED.has(incident.state);
    if (tab === "done") return ended;
    if (tab === "mine") return !ended && forOperator(incident);
    if (tab === "late") return this.board.isLate(incident);
    return !ended;
  }

  #matching() {
    const { tab, district, kind, order, words, place, state } = this.#find;
    const wanted = words.trim().toLowerCase();
    return [...this.board.incidents.values()]
      .filter((incident) => this.#inTab(incident, tab))
      .filter((incident) => (!district || incident.district === district) && (!kind || incident.class === kind))
      .filter((incident) => seat(incident).startsWith(place) && (!state || incident.state === state))
      .filter((incident) => !wanted || this.#text(incident).includes(wanted))
      .sort(tab === "done" ? (a, b) => (b.closed_at ?? 0) - (a.closed_at ?? 0) : ORDERS[order]);
  }

  #text(incident) {
    const worker = this.board.workers.get(incident.turn);
    const cell = this.cells?.byCode.get(incident.cells[0]);
    const names = [incident.name, worker?.name, cell?.name].flatMap((name) => (name ? [name.zh, name.en] : []));
    return [incident.id, incident.class, ...incident.cells, incident.turn, ...names].join(" ").toLowerCase();
  }

  #row(incident) {
    const clock = clockOf(incident);
    const cell = this.cells?.byCode.get(incident.cells[0]);
    const place = named(cell?.name, incident.cells[0] ?? "");
    const title = named(incident.name, incident.class);
    const words = [title, word("severity", incident.severity), place, word("state", incident.state)];
    const node = el(
      "button",
      {
        type: "button",
        class: "case",
        "aria-current": incident.id === this.chosen ? "true" : undefined,
        "aria-label": `${words.join(", ")}, ${reading(incident, this.board.now()).text}`,
        onclick: () => this.open(incident.id),
      },
      severitySign(incident.severity),
      el("span", { class: "case-title" }, title),
      clock,
      el("span", { class: "case-place" }, place, incident.cells.length > 1 && ` +${incident.cells.length - 1}`),
      el("span", { class: "case-foot" }, el("span", { class: "chip", dataset: { state: incident.state } }, word("state", incident.state)), el("span", { class: "turn", dataset: { turn: incident.turn } }, turnWords(incident, this.board)), el("span", { class: "limit", title: stageWords(incident) }, limitWords(ENDED.has(incident.state) ? "" : currentClock(incident)?.limit))),
    );
    node.clock = clock;
    clock.tick(this.board.now());
    return node;
  }

  #controls() {
    const tabs = byId("case-tabs");
    for (const tab of TABS) {
      const button = el("button", { type: "button", dataset: { tab }, onclick: () => this.#turnTo({ tab }) }, el("span"), el("b"));
      tabs.append(button);
    }
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("case-search").addEventListener("input", (event) => this.#turnTo({ words: event.target.value }));
    byId("case-district").addEventListener("change", (event) => this.#turnTo({ district: event.target.value }));
    byId("case-class").addEventListener("change", (event) => this.#turnTo({ kind: event.target.value }));
    byId("case-order").addEventListener("change", (event) => this.#turnTo({ order: event.target.value }));
    this.#options();
  }

  #turnTo(change) {
    Object.assign(this.#find, change);
    byId("case-rows").scrollTop = 0;
    this.show();
  }

  /** Shows one district's incidents, as when its name is chosen elsewhere. */
  only(district) {
    byId("case-district").value = district;
    this.#turnTo({ district, tab: "open" });
  }

  /** Shows what lies in a place, narrowed further by class, state or tab; the empty code leaves the place. */
  inPlace(place, { kind = "", state = "", tab = "open" } = {}) {
    const { place: before } = this.#find;
    if (!place && !before) return;
    byId("case-class").value = kind;
    this.#turnTo({ place, kind, state, tab });
    this.#options();
    this.#scope();
  }

  /** Names the place and the state that the list is narrowed to, with a way out of each. */
  #scope() {
    const { place, state } = this.#find;
    const chip = (text, leave) => el("button", { type: "button", class: "scope-chip", onclick: leave }, text, el("span", { "aria-hidden": "true" }, " ×"), el("span", { class: "unseen" }, say("place.leave")));
    byId("case-scope").hidden = !place && !state;
    fill(byId("case-scope"), place && chip(say("place.in", { name: named(this.board.nameOf(place) ?? this.cells?.byCode.get(place)?.name, place) }), () => this.inPlace("")), state && chip(word("state", state), () => (this.#turnTo({ state: "" }), this.#scope())));
  }

  #options() {
    this.#scope();
    const choices = (id, first, entries, chosen) => {
      const wanted = JSON.stringify([first, entries]);
      const select = byId(id);
      if (select.dataset.made !== wanted) fill(select, first && el("option", { value: "" }, first), entries.map(([value, text]) => el("option", { value }, text)));
      select.dataset.made = wanted;
      select.value = chosen;
    };
    const { district, kind, order } = this.#find;
    const kinds = new Map([...this.board.incidents.values()].map((incident) => [incident.class, named(incident.name, incident.class)]));
    choices("case-district", say("cases.any_district"), [...this.board.districts.values()].map((one) => [one.code, named(one.name, one.code)]), district);
    if (kind && !kinds.has(kind)) kinds.set(kind, named(this.board.classes.get(kind)?.name, kind));
    choices("case-class", say("cases.any_class"), [...kinds].sort((a, b) => a[1].localeCompare(b[1])), kind);
    choices("case-order", null, Object.keys(ORDERS).map((key) => [key, say(`cases.by_${key}`)]), order);
  }

  #counts() {
    const all = [...this.board.incidents.values()].filter((incident) => seat(incident).startsWith(this.#find.place));
    for (const button of byId("case-tabs").children) {
      const { tab } = button.dataset;
      const n = all.filter((incident) => this.#inTab(incident, tab)).length;
      button.setAttribute("aria-pressed", tab === this.#find.tab);
      write(button.firstChild, say(`cases.tab.${tab}`));
      write(button.lastChild, number(n));
      button.dataset.tone = tab === "late" && n ? "bad" : tab === "mine" && n ? "near" : "";
    }
    write(byId("case-count"), number(this.#find.place ? all.filter((incident) => !ENDED.has(incident.state)).length : (this.board.pulse?.open ?? this.board.open().length)));
  }
}
