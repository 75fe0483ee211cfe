/** My tasks: what, where, by when, why me; and the four things a worker can say to a task. */

import { clockOf } from "../shared/clocks.js";
import { el, fill, keep } from "../shared/dom.js";
import { named, number, say, word } from "../shared/language.js";
import { bearing, metresBetween } from "../shared/plane.js";
import { severitySign } from "../shared/signs.js";
import { moment } from "../shared/times.js";
import { MiniMap } from "./minimap.js";
import { Photos } from "./photos.js";

const NEXT = { offered: "accept", accepted: "arrive", arrived: "done" };
const BECOMES = { accept: "accepted", arrive: "arrived", return: "returned", done: "done" };
const SETTLE_MS = 30_000;
const REASONS = ["return.tools", "return.elsewhere", "return.nothing", "return.danger"];

/** The state a task has once everything this phone has said about it is taken in. */
export function shownState(task, entries, now = Date.now()) {
  const said = entries.filter((entry) => entry.kind === "reply" && entry.body.task === task.id);
  const last = said.findLast((entry) => entry.state === "waiting" || (entry.state === "sent" && now - entry.sentAt < SETTLE_MS));
  return last ? { state: BECOMES[last.body.kind], pending: last.state === "waiting" } : { state: task.state, pending: false };
}

export class Tasks {
  cells = null;
  #cards = new Map();

  /** `context` has frame, queue, here, now(), reply(task, said) and sheet(build). */
  constructor(context) {
    Object.assign(this, context);
  }

  tick(now) {
    for (const card of this.#cards.values()) card.clock.tick(now);
  }

  renew() {
    this.#cards.clear();
  }

  show(tasks) {
    this.tasks = tasks;
    const cards = tasks.map((task) => this.#card(task)).filter(({ state }) => !["done", "returned"].includes(state) || this.#pending(state));
    const settled = tasks.length && !cards.length;
    if (cards.length) keep(this.frame, cards.map(({ node }) => node));
    else fill(this.frame, el("div", { class: "calm" }, el("div", { class: "tick", "aria-hidden": "true" }, "✓"), el("h2", {}, say("tasks.none")), el("p", {}, say(settled ? "tasks.settling" : "tasks.none.help"))));
    for (const id of this.#cards.keys()) if (!tasks.some((task) => task.id === id)) this.#cards.delete(id);
  }

  #pending(state) {
    return state === "done" || state === "returned";
  }

  #card(task) {
    const { state, pending } = shownState(task, this.queue.entries);
    const stamp = JSON.stringify([task.state, task.deadline, task.updated_at, state, pending, this.here.place && this.#distance(task), this.cells !== null]);
    const known = this.#cards.get(task.id);
    if (known?.stamp === stamp) return known;
    const card = { stamp, state, ...this.#build(task, state, pending) };
    if (known?.node.querySelector("details")?.open) card.node.querySelector("details").open = true;
    this.#cards.set(task.id, card);
    return card;
  }

  #build(task, state, pending) {
    const clock = clockOf(task);
    clock.tick(this.now());
    const cell = this.cells?.byCode.get(task.cell);
    const node = el(
      "article",
      { class: "card", dataset: { severity: task.severity, state } },
      el("header", {}, severitySign(task.severity, 34), el("div", {}, el("h2", {}, named(task.name, task.class)), el("p", {}, named(cell?.name, task.cell))), el("span", { class: "state", dataset: { state } }, word("task", state))),
      el("div", { class: "when" }, clock, task.deadline && el("span", {}, say("clock.deadline", { at: moment(task.deadline, this.now()) }))),
      named(task.instructions) && el("p", { class: "todo" }, named(task.instructions)),
      this.#where(task),
      this.#why(task),
      pending && el("p", { class: "pending" }, say("reply.waiting")),
      this.#buttons(task, state),
    );
    return { node, clock };
  }

  #distance(task) {
    const metres = metresBetween(this.here.place, task.position);
    return metres >= 1000 ? `${number(metres / 1000, 1)} km` : `${Math.round(metres / 10) * 10} m`;
  }

  #where(task) {
    const known = this.here.place;
    const words = known ? [say("tasks.away", { distance: this.#distance(task) }), this.#arrow(bearing(known, task.position))] : [el("button", { type: "button", class: "quiet", onclick: () => this.here.follow() }, say("tasks.locate"))];
    const open = el("a", { class: "quiet", href: `geo:${task.position.lat},${task.position.lon}?q=${task.position.lat},${task.position.lon}` }, say("tasks.navigate"));
    const map = this.cells && new MiniMap({ cells: this.cells, label: say("tasks.map"), marks: () => ({ here: this.here.place, target: task.position }) });
    map?.look(task.position);
    return el("div", { class: "where" }, map?.canvas, el("div", { class: "way" }, el("span", {}, words), open));
  }

  #arrow(degrees) {
    const points = ["north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west"];
    const point = points[Math.round(degrees / 45) % 8];
    return el("span", { class: "arrow" }, el("i", { "aria-hidden": "true", style: { transform: `rotate(${Math.round(degrees)}deg)` } }, "↑"), say(`way.${point}`));
  }

  #why(task) {
    if (!task.why?.length) return null;
    const words = task.why.map(({ factor, value }) => {
      const shown = typeof value === "number" ? number(value) : value === null ? "–" : word("why", value);
      return el("li", {}, `${word("factor", factor)}: `, el("b", {}, shown));
    });
    return el("details", { class: "reasons" }, el("summary", { dataset: { key: `why ${task.id}` } }, say("tasks.why")), el("ul", {}, words));
  }

  #buttons(task, state) {
    const next = NEXT[state];
    if (!next) return null;
    const go = () => (next === "done" ? this.#askDone(task) : this.reply(task, { kind: next }));
    const main = el("button", { type: "button", class: "big", dataset: { reply: next, key: `next ${task.id}` }, onclick: go }, say(`reply.${next}`));
    const back = el("button", { type: "button", class: "big second", dataset: { reply: "return", key: `return ${task.id}` }, onclick: () => this.#askReturn(task) }, say("reply.return"));
    return el("div", { class: "buttons" }, main, back);
  }

  #askReturn(task) {
    const reason = el("textarea", { rows: 3, maxlength: 500, "aria-label": say("return.reason") });
    const quick = REASONS.map((key) => el("button", { type: "button", class: "pick", onclick: () => (reason.value = say(key)) }, say(key)));
    const check = () => (reason.value.trim() ? { kind: "return", reason: reason.value.trim() } : say("return.empty"));
    this.#ask(task, "return.title", [el("div", { class: "picks" }, quick), el("label", {}, say("return.reason"), reason)], check);
  }

  #askDone(task) {
    const text = el("textarea", { rows: 3, maxlength: 2000, "aria-label": say("done.text") });
    const photos = new Photos();
    const check = async () => {
      const taken = await photos.ready();
      const words = text.value.trim();
      if (!words && !taken.length) return say("done.empty");
      return { kind: "done", ...(words ? { text: words } : {}), taken };
    };
    this.#ask(task, "done.title", [el("label", {}, say("done.text"), text), photos.node], check);
  }

  /** A sheet with fields; `check` gives what to reply, or the sentence that says what is missing. */
  #ask(task, title, fields, check) {
    this.sheet((close) => {
      const wrong = el("p", { class: "wrong", role: "alert" });
      const send = async (event) => {
        event.preventDefault();
        const said = await check();
        if (typeof said === "string") wrong.textContent = said;
        else {
          close();
          this.reply(task, said);
        }
      };
      const cancel = el("button", { type: "button", class: "big second", onclick: close }, say("cancel"));
      return el("form", { class: "ask", novalidate: true, onsubmit: send }, el("h2", {}, say(title)), el("p", { class: "about" }, named(task.name, task.class)), fields, wrong, el("div", { class: "buttons" }, el("button", { type: "submit", class: "big" }, say("reply.send")), cancel));
    });
  }
}
