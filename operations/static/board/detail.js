/** One incident in full, kept up to date while it is open on the page. */

import { get } from "../shared/api.js";
import { clockNode, clockOf, clockReading, ENDED, limitWords, stageWords, usedWords } from "../shared/clocks.js";
import { pathOf } from "../shared/codes.js";
import { el, fill, refill } from "../shared/dom.js";
import { named, onLanguage, say, word } from "../shared/language.js";
import { severitySign } from "../shared/signs.js";
import { moment } from "../shared/times.js";
import { Actions } from "./actions.js";
import { turnWords } from "./cases.js";
import { evidenceOf, stepOf, taskOf } from "./evidence.js";

const SETTLE_MS = 300;

export class Detail {
  id = null;
  #incident = null;
  #log = [];
  #allowed = [];
  #asked = 0;

  /** `go` has close(), cell(code), show(incident), view(source) and visit(worker). */
  constructor(board, frame, go) {
    Object.assign(this, { board, frame, go });
    board.watch(["incidents", "tasks"], () => this.#follow());
    board.watch(["rejects"], () => this.id && this.actions?.heard(board.rejects.latest));
    onLanguage(() => this.id && this.#render());
  }

  open(id) {
    if (this.id === id) return;
    this.id = id;
    this.#incident = this.board.incidents.get(id) ?? null;
    this.#log = [];
    this.#allowed = [];
    this.actions = null;
    fill(this.frame, this.#incident ? null : el("p", { class: "wait" }, say("detail.loading")));
    if (this.#incident) this.#render();
    this.frame.scrollTop = 0;
    this.#load();
  }

  shut() {
    this.id = null;
  }

  tick(now) {
    if (!this.id || !this.clock) return;
    this.clock.tick(now);
    for (const clock of this.stages ?? []) clock.tick(now);
    this.used.textContent = usedWords(this.#incident, now);
  }

  /** The log is not streamed: after a change of the incident it is asked for again, once for a burst of changes. */
  #follow() {
    if (!this.id) return;
    const known = this.board.incidents.get(this.id);
    const newer = known && known.version > (this.#log.at(-1)?.version ?? -1);
    if (known && known !== this.#incident) {
      this.#incident = known;
      this.#render();
    }
    if (!newer) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#load(), SETTLE_MS);
  }

  async #load() {
    const { id } = this;
    if (!id) return;
    const asked = ++this.#asked;
    try {
      const whole = await get(`/api/v1/incidents/${encodeURIComponent(id)}`);
      if (asked !== this.#asked || id !== this.id) return;
      this.#takeIn(whole);
    } catch (problem) {
      if (asked === this.#asked && !this.#incident) this.#fail(problem);
    }
  }

  #takeIn(whole) {
    for (const task of whole.task_list ?? []) this.board.tasks.set(task.id, task);
    const known = this.board.incidents.get(whole.id);
    this.#allowed = whole.actions;
    this.#incident = known && known.version >= whole.version ? known : whole;
    this.#log = whole.log ?? [];
    this.#render();
  }

  #fail(problem) {
    const close = el("button", { type: "button", class: "plain", onclick: () => this.go.close() }, say("close"));
    fill(this.frame, el("div", { class: "wait" }, el("p", {}, problem.sentence ?? String(problem)), close));
  }

  #render() {
    const incident = this.#incident;
    if (!incident) return;
    const now = { ...incident, actions: this.#allowed };
    this.actions ??= new Actions(this.board, now, () => this.#load());
    if (this.actions.language !== document.documentElement.lang) this.actions.show();
    this.actions.language = document.documentElement.lang;
    this.actions.update(now);
    const top = this.frame.scrollTop;
    const openDetails = this.frame.querySelector("details[open]") !== null;
    refill(this.frame, () => [this.#head(incident), el("div", { class: "detail-body" }, this.#facts(incident), this.#clocks(incident), this.#section("detail.actions", this.actions.node), this.#evidence(incident), this.#tasks(incident), this.#timeline())]);
    if (openDetails) this.frame.querySelector("details")?.setAttribute("open", "");
    this.frame.scrollTop = top;
    this.tick(this.board.now());
  }

  #head(incident) {
    this.clock = clockOf(incident);
    this.used = el("span", { class: "used-words" });
    const turn = turnWords(incident, this.board);
    const waiting = named(incident.waiting);
    const cell = this.cells?.byCode.get(incident.cells[0]);
    return el(
      "header",
      { class: "detail-head", dataset: { severity: incident.severity } },
      el("button", { type: "button", class: "shut", "aria-label": say("close"), title: say("close"), dataset: { key: "shut" }, onclick: () => this.go.close() }, "×"),
      el("div", { class: "detail-title" }, severitySign(incident.severity, 30), el("div", {}, el("h2", {}, named(incident.name, incident.class)), el("p", {}, named(cell?.name, incident.cells[0])))),
      el("div", { class: "detail-chips" }, el("span", { class: "chip", dataset: { state: incident.state } }, word("state", incident.state)), el("span", { class: "chip severity", dataset: { severity: incident.severity } }, word("severity", incident.severity)), turn && el("span", { class: "turn", dataset: { turn: incident.turn } }, turn)),
      el("div", { class: "detail-clock" }, el("span", { class: "stage-words" }, stageWords(incident)), this.clock, this.used),
      waiting && !ENDED.has(incident.state) && el("p", { class: "waiting" }, waiting),
      incident.work === "none" && !ENDED.has(incident.state) && el("p", { class: "waiting" }, say("detail.work_none")),
    );
  }

  #facts(incident) {
    const now = this.board.now();
    const at = (time) => (time ? moment(time, now) : null);
    const cells = incident.cells.map((code) => el("button", { type: "button", class: "linklike", dataset: { key: `cell ${code}` }, onclick: () => this.go.cell(code) }, named(this.cells?.byCode.get(code)?.name, code)));
    const places = pathOf(incident.cells[0] ?? "").slice(1, -1).map((code) => el("a", { href: `#/place/${code}`, dataset: { key: `place ${code}` } }, named(this.board.nameOf(code), code)));
    const links = (incident.links ?? []).map((id) => el("a", { href: `#incident/${id}` }, id));
    const rows = [
      ["detail.began", at(incident.began_at)],
      ["detail.detected", at(incident.detected_at)],
      ["detail.filed", at(incident.filed_at)],
      ["detail.closed", at(incident.closed_at)],
      ["detail.source", word("source", incident.source)],
      ["detail.cells", cells],
      ["detail.places", places.length ? places : null],
      ["detail.links", links.length ? links : null],
      ["detail.id", el("code", {}, incident.id)],
    ];
    const shown = rows.filter(([, value]) => value).map(([key, value]) => el("div", {}, el("dt", {}, say(key)), el("dd", {}, value)));
    const show = el("button", { type: "button", class: "plain", dataset: { key: "show" }, onclick: () => this.go.show(incident) }, say("detail.show"));
    return el("div", {}, el("dl", { class: "facts" }, shown), show);
  }

  /** Each stage's clock: its limit in words, when it is or was due, how much is used. */
  #clocks(incident) {
    this.stages = [];
    if (!incident.clocks?.length) return null;
    const now = this.board.now();
    const items = incident.clocks.map((clock) => {
      const node = clockNode((at) => clockReading(clock, at));
      this.stages.push(node);
      const due = `${say("detail.deadline")} ${moment(clock.deadline, now)}`;
      const longer = clock.extensions ? say("detail.extended", { n: clock.extensions }) : "";
      return el("li", { class: "stage" }, el("b", {}, word("stage", clock.stage)), el("span", { class: "by" }, [limitWords(clock.limit), due, longer].filter(Boolean).join(" · ")), node);
    });
    return this.#section("detail.clocks", el("ul", {}, items));
  }

  #section(key, ...children) {
    return el("section", { class: "block" }, el("h3", {}, say(key)), children);
  }

  #who = (id) => named(this.board.workers.get(id)?.name, id);

  #evidence(incident) {
    const context = { now: this.board.now(), who: this.#who, view: this.go.view };
    const items = [...(incident.evidence ?? [])].reverse().map((evidence) => evidenceOf(evidence, context));
    return this.#section("detail.evidence", items.length ? el("ul", {}, items) : el("p", { class: "nothing" }, say("detail.no_evidence")));
  }

  #tasks(incident) {
    if (incident.work === "none") return null;
    const context = { now: this.board.now(), who: this.#who, visit: this.go.visit };
    const items = this.board.tasksOf(incident).map((task) => taskOf(task, context));
    return this.#section("detail.tasks", items.length ? el("ul", {}, items) : el("p", { class: "nothing" }, say("detail.no_tasks")));
  }

  #timeline() {
    const context = { now: this.board.now(), who: this.#who };
    const items = [...this.#log].reverse().map((entry) => stepOf(entry, context));
    return this.#section("detail.timeline", items.length ? el("ol", { class: "timeline" }, items) : el("p", { class: "nothing" }, say("detail.no_log")));
  }
}
