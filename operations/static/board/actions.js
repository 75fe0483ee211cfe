/** What an operator can do to an incident: always with a reason, and with the server's answer shown where it refuses. */

import { post } from "../shared/api.js";
import { ENDED } from "../shared/clocks.js";
import { el, fill } from "../shared/dom.js";
import { named, say, word } from "../shared/language.js";

const OPEN = ["close", "reassign", "void"];
const CLOCKS = ["extend", "suspend", "resume"];

/** The actions that make sense in a state; the server has the last word. */
function actionsFor(incident) {
  if (ENDED.has(incident.state)) return ["reopen", "note"];
  if (incident.state === "reported") return ["file", "void", "note"];
  // Only the server knows which clocks may be extended or stopped: it says so with the whole incident.
  const more = (incident.actions ?? []).filter((action) => CLOCKS.includes(action));
  return [...withoutNote(incident), ...more, "note"];
}

function withoutNote(incident) {
  return incident.work === "none" ? OPEN.filter((action) => action !== "reassign") : OPEN;
}

/** The actions of one incident as a form; `sent` is called when the server has taken one. */
export class Actions {
  #action = null;
  #draft = "";

  constructor(board, incident, sent) {
    Object.assign(this, { board, incident, sent });
    this.node = el("div", { class: "actions" });
    this.show();
  }

  update(incident) {
    const changed = actionsFor(incident).join() !== actionsFor(this.incident).join();
    this.incident = incident;
    if (changed) this.show();
  }

  show() {
    const choices = actionsFor(this.incident);
    if (!choices.includes(this.#action)) this.#action = null;
    const buttons = choices.map((action) =>
      el("button", { type: "button", class: action === "file" ? "act main" : "act", dataset: { action }, "aria-pressed": action === this.#action, onclick: () => this.#choose(action) }, say(`action.${action}`)),
    );
    this.answer = el("p", { class: "answer", role: "status" });
    fill(this.node, el("div", { class: "act-row" }, buttons), this.#action && this.#form(), this.answer);
  }

  #choose(action) {
    this.#action = this.#action === action ? null : action;
    this.show();
    this.node.querySelector("textarea")?.focus();
  }

  #form() {
    const action = this.#action;
    const reason = el("textarea", { rows: 2, required: true, maxlength: 500, value: this.#draft, oninput: (event) => (this.#draft = event.target.value) });
    const worker = action === "reassign" && this.#workers();
    const until = action === "suspend" && el("input", { type: "datetime-local", required: true });
    const send = el("button", { type: "submit", class: "send" }, say("action.send", { action: say(`action.${action}`) }));
    return el(
      "form",
      { class: "act-form", novalidate: true, onsubmit: (event) => this.#send(event, { reason, worker, until, send }) },
      el("p", { class: "help" }, say(`action.${action}.help`)),
      worker && el("label", {}, say("action.worker"), worker),
      until && el("label", {}, say("action.until"), until),
      el("label", {}, say("action.reason"), reason),
      el("div", { class: "act-end" }, el("button", { type: "button", class: "plain", onclick: () => this.#choose(action) }, say("cancel")), send),
    );
  }

  #workers() {
    const workers = [...this.board.workers.values()]
      .filter((worker) => worker.district === this.incident.district && worker.on_shift)
      .sort((a, b) => a.load - b.load);
    const options = workers.map((worker) => el("option", { value: worker.id }, `${named(worker.name, worker.id)} · ${worker.load}/${worker.capacity}`));
    return el("select", {}, el("option", { value: "" }, say("action.next_best")), options);
  }

  #missing(field, key) {
    this.#say("bad", say(key));
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }

  async #send(event, { reason, worker, until, send }) {
    event.preventDefault();
    const words = reason.value.trim();
    const at = until && new Date(until.value).getTime();
    if (until && !(at > this.board.now())) return this.#missing(until, "action.until.empty");
    if (!words) return this.#missing(reason, "action.empty");
    send.disabled = true;
    this.#say("", say("action.sending"));
    const action = { action: this.#action, reason: words, ...(worker && worker.value ? { worker: worker.value } : {}), ...(until ? { until: at } : {}) };
    try {
      const { id } = await post(`/api/v1/incidents/${encodeURIComponent(this.incident.id)}/actions`, action);
      this.sentId = id;
      this.#action = null;
      this.#draft = "";
      this.show();
      this.#say("good", say("action.accepted"));
      this.sent();
    } catch (problem) {
      send.disabled = false;
      this.#say("bad", problem.sentence ?? String(problem));
    }
  }

  /** The case stage may still refuse what the server took in; then it says so among the rejects. */
  heard(rejects) {
    const refused = this.sentId && rejects.find((reject) => reject.id === this.sentId);
    if (!refused) return;
    this.sentId = null;
    this.#say("bad", `${word("reason", refused.reason)}: ${refused.detail}`);
  }

  #say(tone, text) {
    this.answer.dataset.tone = tone;
    this.answer.textContent = text;
  }
}
