/** The parts of a place's page that incidents fill: the figures on top, what is late and whose turn it is, what is open by class and state. */

import { clockOf, stageWords } from "../shared/clocks.js";
import { el } from "../shared/dom.js";
import { named, number, say, word } from "../shared/language.js";
import { severitySign } from "../shared/signs.js";
import { turnWords } from "./cases.js";

const STATES = ["reported", "filed", "dispatched", "handling", "verifying"];
const TONES = ["fine", "near", "late", "none"];
const URGENT = 6;
const TURNS = 8;

function grouped(items, key) {
  const groups = new Map();
  for (const item of items) {
    const name = key(item);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(item);
  }
  return groups;
}

const countTone = (open, tone) => open.filter((one) => one.tone === tone).length;

/** Whose turn it is, in a word or a name. */
function whose(turn, board) {
  if (["operator", "dispatch", "sensor"].includes(turn)) return say(`turn.${turn}`);
  return turn ? named(board.workers.get(turn)?.name, turn) : say("none");
}

/** Turns with their incidents, the most late first. */
function turnsOf(open) {
  const late = (all) => countTone(all, "late");
  return [...grouped(open, ({ incident }) => incident.turn ?? "")].sort(([, a], [, b]) => late(b) - late(a) || b.length - a.length);
}

function tile(key, value, note, tone) {
  const jump = () => document.getElementById(`place-${key}`)?.scrollIntoView({ block: "start", behavior: "smooth" });
  return el("button", { type: "button", class: "tile", dataset: { tone, key: `tile ${key}` }, onclick: jump }, el("span", {}, say(`place.tile.${key}`)), el("b", {}, value), el("small", {}, note));
}

/** The five questions of an operator, each with its answer in a figure; a click goes to what lies behind it. */
export function tiles({ page, open, board }) {
  const { figures } = page;
  const late = open.filter(({ tone }) => tone === "late");
  const first = turnsOf(late)[0];
  const gap = figures.without_worker;
  return el(
    "div",
    { class: "tiles" },
    tile("open", number(open.length), say("place.tile.open.note", { near: number(countTone(open, "near")) }), ""),
    tile("late", number(late.length), first ? say("place.tile.late.note", { who: whose(first[0], board) }) : say("place.tile.late.none"), late.length ? "bad" : ""),
    tile("duty", number(figures.workers_on_shift), say("place.tile.duty.note", { n: number(figures.workers) }), figures.workers_on_shift ? "" : "near"),
    tile("silent", number(figures.devices_silent), say("place.tile.silent.note", { live: number(figures.devices_live), all: number(figures.devices) }), figures.devices_silent ? "near" : ""),
    tile("gap", `${number(gap.share * 100)} %`, say("place.tile.gap.note"), gap.share > 0.25 ? "near" : ""),
  );
}

function lights(open) {
  return el(
    "ul",
    { class: "lights" },
    TONES.map((tone) => el("li", { dataset: { tone } }, el("i", { "aria-hidden": "true" }), el("b", {}, number(countTone(open, tone))), el("span", {}, say(`light.${tone}`)))),
  );
}

function turnTable(open, { board, go, code }) {
  const turns = turnsOf(open);
  const others = turns.slice(TURNS);
  const shown = turns.slice(0, TURNS).map(([turn, all]) => [whose(turn, board), all]);
  if (others.length) shown.push([say("place.turn.others", { n: number(others.length) }), others.flatMap(([, all]) => all)]);
  const rows = shown.map(([who, all]) =>
    el("tr", {}, el("th", { scope: "row" }, who), el("td", {}, number(all.length)), el("td", { class: countTone(all, "near") ? "near" : "" }, number(countTone(all, "near"))), el("td", { class: countTone(all, "late") ? "late" : "" }, number(countTone(all, "late")))),
  );
  const heads = ["place.turn", "overview.open", "place.near", "overview.late"].map((key) => el("th", { scope: "col" }, say(key)));
  const show = el("button", { type: "button", class: "linklike", dataset: { key: "late list" }, onclick: () => go.filter(code, { tab: "late" }) }, say("place.list"));
  return el("div", {}, el("table", { class: "sums" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)), show);
}

const ORDER = { late: 0, near: 1, fine: 2, none: 3 };

function urgent(open, { board, go }) {
  const sorted = [...open].sort((a, b) => ORDER[a.tone] - ORDER[b.tone] || (a.incident.deadline ?? Infinity) - (b.incident.deadline ?? Infinity)).slice(0, URGENT);
  const clocks = [];
  const items = sorted.map(({ incident }) => {
    const clock = clockOf(incident);
    clocks.push(clock);
    return el("li", {}, el("button", { type: "button", class: "urgent", dataset: { key: `urgent ${incident.id}` }, onclick: () => go.incident(incident.id) }, severitySign(incident.severity, 20), el("span", { class: "urgent-words" }, el("b", {}, named(incident.name, incident.class)), el("small", {}, [turnWords(incident, board), stageWords(incident)].filter(Boolean).join(" · "))), clock));
  });
  return { node: el("ul", { class: "urgents", "aria-label": say("place.soonest") }, items), clocks };
}

/** The lights in words, the turns as a table, the most urgent incidents with their clocks: {node, clocks}. */
export function lateOf(context) {
  const { open } = context;
  if (!open.length) return { node: el("p", { class: "nothing" }, say("place.open.none")), clocks: [] };
  const list = urgent(open, context);
  return { node: [lights(open), el("div", { class: "place-two" }, turnTable(open, context), list.node)], clocks: list.clocks };
}

function cell(n, label, go, key) {
  if (!n) return el("td", { class: "empty" }, "·");
  return el("td", {}, el("button", { type: "button", class: "linklike", "aria-label": label, dataset: { key }, onclick: go }, number(n)));
}

/** Open incidents by class and state; each figure leads to its list. */
export function openOf({ open, go, code, page }) {
  const { figures } = page;
  const today = el("p", { class: "explain" }, say("place.today", { opened: number(figures.opened_today), closed: number(figures.closed_today), tasks: number(figures.open_tasks) }));
  if (!open.length) return [el("p", { class: "nothing" }, say("place.open.none")), today];
  const classes = [...grouped(open, ({ incident }) => incident.class)].sort(([, a], [, b]) => b.length - a.length);
  const states = STATES.filter((state) => open.some(({ incident }) => incident.state === state));
  const rows = classes.map(([kind, all]) => {
    const name = named(all[0].incident.name, kind);
    const of = (state) => all.filter(({ incident }) => incident.state === state).length;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, name, " ", el("code", {}, kind)),
      states.map((state) => cell(of(state), `${name}, ${word("state", state)}: ${of(state)}`, () => go.filter(code, { kind, state }), `${kind} ${state}`)),
      cell(all.length, `${name}: ${all.length}`, () => go.filter(code, { kind }), kind),
    );
  });
  const total = el("tr", { class: "total" }, el("th", { scope: "row" }, say("place.total")), states.map((state) => cell(open.filter(({ incident }) => incident.state === state).length, `${word("state", state)}`, () => go.filter(code, { state }), `total ${state}`)), cell(open.length, say("place.list"), () => go.filter(code, {}), "total"));
  const heads = [say("place.class"), ...states.map((state) => word("state", state)), say("place.total")].map((text) => el("th", { scope: "col" }, text));
  return [el("div", { class: "wide" }, el("table", { class: "sums" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows, total))), today];
}
