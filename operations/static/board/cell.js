/** One cell: its state, its devices with their last readings, its incidents, and its last hours as plots. */

import { get } from "../shared/api.js";
import { el, refill } from "../shared/dom.js";
import { figure, named, onLanguage, say, word } from "../shared/language.js";
import { severitySign } from "../shared/signs.js";
import { span } from "../shared/times.js";
import { unitWords } from "../shared/units.js";
import { plot } from "./plot.js";

const REFRESH_MS = 5000;

export class CellPanel {
  code = null;
  #cell = null;
  #asked = 0;

  constructor(board, frame, go) {
    Object.assign(this, { board, frame, go });
    board.watch(["cells", "incidents"], () => this.code && this.#later());
    onLanguage(() => this.code && this.#render());
  }

  open(code) {
    if (this.code === code) return;
    this.code = code;
    this.#cell = null;
    this.problem = null;
    this.#render();
    this.frame.scrollTop = 0;
    this.#load();
    clearInterval(this.refresh);
    this.refresh = setInterval(() => document.visibilityState === "visible" && this.#load(), REFRESH_MS);
  }

  shut() {
    this.code = null;
    clearInterval(this.refresh);
  }

  #later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#load(), 400);
  }

  async #load() {
    const { code } = this;
    if (!code) return;
    const asked = ++this.#asked;
    try {
      const cell = await get(`/api/v1/cells/${code}`);
      if (asked !== this.#asked || code !== this.code) return;
      this.#cell = cell;
      this.problem = null;
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.problem = problem;
    }
    if (code === this.code) this.#render();
  }

  #render() {
    const { code } = this;
    const cell = this.#cell;
    const nowhere = this.problem?.status === 404 && !this.board.cells.has(code);
    const state = this.board.cells.get(code) ?? cell?.state ?? "unknown";
    const district = named(this.board.districts.get(code.slice(0, 6))?.name, "");
    const head = el(
      "header",
      { class: "detail-head" },
      el("button", { type: "button", class: "shut", "aria-label": say("close"), title: say("close"), dataset: { key: "shut" }, onclick: () => this.go.close() }, "×"),
      el("div", { class: "detail-title" }, el("div", {}, el("h2", {}, named(this.cells?.byCode.get(code)?.name ?? cell?.name, code)), el("p", {}, [district, code].filter(Boolean).join(" · "), " ", el("a", { href: `#/place/${code}`, dataset: { key: "place" } }, say("map.open_place"))))),
      !nowhere && el("div", { class: "detail-chips" }, el("span", { class: "chip", dataset: { cell: state } }, say(`cell.${state}`)), state === "unknown" && el("span", { class: "turn" }, say("cell.unknown.why"))),
    );
    const failed = this.problem && el("p", { class: "answer", dataset: { tone: "bad" } }, this.problem.sentence ?? String(this.problem));
    const here = this.cells?.place(code);
    const report = here && el("button", { type: "button", class: "plain", dataset: { key: "register" }, onclick: () => this.go.register(here) }, say("register.open"));
    const body = cell ? [report, this.#plots(cell), this.#incidents(), this.#devices(cell)] : !failed && el("p", { class: "wait" }, say("detail.loading"));
    refill(this.frame, () => [head, el("div", { class: "detail-body" }, failed, body)]);
  }

  #incidents() {
    const here = [...this.board.incidents.values()].filter((incident) => incident.cells.includes(this.code));
    const items = here.map((incident) =>
      el("li", {}, el("button", { type: "button", class: "small-case", dataset: { key: `incident ${incident.id}` }, onclick: () => this.go.incident(incident.id) }, severitySign(incident.severity, 20), el("span", {}, named(incident.name, incident.class)), el("span", { class: "chip", dataset: { state: incident.state } }, word("state", incident.state)))),
    );
    return this.#section("panel.incidents", items.length ? el("ul", {}, items) : el("p", { class: "nothing" }, say("panel.calm")));
  }

  #devices(cell) {
    const now = this.board.now();
    const items = (cell.devices ?? []).map((device) => {
      const heard = device.last_at ? say("panel.last", { age: span(now - device.last_at) }) : say("panel.never");
      const readings = Object.entries(device.last ?? {}).map(([metric, value]) => el("div", {}, el("dt", {}, named(cell.metrics?.[metric]?.title, metric)), el("dd", {}, `${figure(value)} ${unitWords(cell.metrics?.[metric]?.unit)}`)));
      return el("li", { class: "device", dataset: { live: String(Boolean(device.live)) } }, el("div", { class: "device-head" }, el("b", {}, named(device.name, device.id)), el("span", { class: "by" }, [device.name && device.id, word("kind", device.kind)].filter(Boolean).join(" · ")), el("time", {}, device.live === false && device.last_at ? `${say("panel.silent")} · ${heard}` : heard)), el("dl", { class: "readings" }, readings), (device.doubts ?? []).map((doubt) => el("p", { class: "explain" }, named(doubt.text))));
    });
    return this.#section("panel.devices", items.length ? el("ul", {}, items) : el("p", { class: "nothing" }, say("panel.no_devices")));
  }

  /** The limits that count here, up to the next one above the readings: the rules' and those that this cell's incidents were raised by. */
  #limits(metric, entry) {
    const raised = [...this.board.incidents.values()]
      .filter((incident) => incident.cells.includes(this.code))
      .flatMap((incident) => incident.evidence ?? [])
      .filter((evidence) => evidence.metric === metric && Number.isFinite(evidence.limit))
      .map((evidence) => evidence.limit);
    const all = [...new Set([...(entry.limits ?? []), ...raised])].filter(Number.isFinite).sort((a, b) => a - b);
    const highest = Math.max(...entry.windows.map((row) => row[4]));
    const next = all.findIndex((limit) => limit > highest);
    return next < 0 ? all : all.slice(0, next + 1);
  }

  #plots(cell) {
    const shown = Object.entries(cell.metrics ?? {}).filter(([metric, entry]) => entry.windows?.length && !metric.startsWith("battery"));
    const plots = shown.map(([metric, entry]) => {
      const title = named(entry.title, metric);
      const unit = unitWords(entry.unit) && ` (${unitWords(entry.unit)})`;
      return el("figure", { class: "plot-frame" }, el("figcaption", {}, el("b", {}, title), unit, el("span", {}, `${say("panel.mean")} · ${say("panel.band")}`)), plot(entry.windows, { limits: this.#limits(metric, entry), title }));
    });
    return this.#section("panel.hours", plots.length ? plots : el("p", { class: "nothing" }, say("panel.no_hours")));
  }

  #section(key, ...children) {
    return el("section", { class: "block" }, el("h3", {}, say(key)), children);
  }
}
