/** What an incident rests on and what happened to it: the evidence, the tasks with why this worker, the timeline. */

import { el } from "../shared/dom.js";
import { figure, named, say, word } from "../shared/language.js";
import { moment } from "../shared/times.js";
import { unitOf } from "../shared/units.js";

const CITIZEN = "citizen";

/** A reading as a bar against its limit, which stands at two thirds of the width. */
function gauge({ value, limit, metric, state }) {
  if (!Number.isFinite(value) || !Number.isFinite(limit) || limit === 0) return null;
  const share = Math.min(1, Math.max(0.02, Math.abs(value / limit) * (2 / 3)));
  const unit = unitOf(metric);
  const bar = el("i", { style: { width: `${share * 100}%` } });
  return el(
    "div",
    { class: "gauge", dataset: { state } },
    el("div", { class: "gauge-words" }, el("b", {}, `${figure(value)} ${unit}`), el("span", {}, `${say(state === "cleared" ? "evidence.off" : "evidence.limit")} ${figure(limit)} ${unit}`)),
    el("div", { class: "gauge-bar", "aria-hidden": "true" }, bar, el("u")),
  );
}

function photosOf(photos, view) {
  if (!photos?.length) return null;
  const pictures = photos.map((photo) => {
    const source = `/api/v1/photos/${encodeURIComponent(photo.replace(/^sha256:/, ""))}`;
    const image = el("img", { src: source, alt: say("evidence.photo"), loading: "lazy" });
    return el("button", { type: "button", class: "photo", onclick: () => view(source) }, image);
  });
  return el("div", { class: "photos" }, pictures);
}

/** One piece of evidence. */
export function evidenceOf(evidence, { now, view, who }) {
  const sender = evidence.device || (evidence.sender === CITIZEN ? word("source", CITIZEN) : evidence.sender && who(evidence.sender));
  const state = evidence.state || (evidence.kind === "finding" ? "raised" : evidence.kind);
  return el(
    "li",
    { class: "evidence", dataset: { state } },
    el("div", { class: "evidence-head" }, el("span", { class: "mark", dataset: { state } }, word("evidence", state)), el("span", { class: "by" }, sender), evidence.silent && el("span", { class: "chip", dataset: { cell: "unknown" } }, say("event.silent")), el("time", {}, moment(evidence.at, now))),
    evidence.kind === "finding" && el("p", {}, named(evidence.why)),
    gauge({ ...evidence, state }),
    evidence.text && el("blockquote", {}, evidence.text),
    photosOf(evidence.photos, view),
  );
}

function valueWords(value) {
  if (value === null || value === undefined) return "–";
  if (value && typeof value === "object") return named(value) || Object.values(value).join(" ");
  if (typeof value === "number") return figure(value);
  return word("why", value);
}

function whyOf(task) {
  if (!task.why?.length) return null;
  const rows = task.why.map(({ factor, value, score }) =>
    el("tr", {}, el("th", { scope: "row" }, word("factor", factor)), el("td", {}, valueWords(value)), el("td", { class: "figure-cell" }, Number.isFinite(score) ? figure(score) : "")),
  );
  return [el("h4", {}, say("task.why")), el("table", { class: "why" }, el("thead", {}, el("tr", {}, el("td", { colspan: 2 }), el("th", { scope: "col" }, say("task.points")))), el("tbody", {}, rows))];
}

const countOf = (considered) => considered.reduce((sum, other) => sum + (other.count ?? 1), 0);

function consideredOf(task, who) {
  if (!task.considered?.length) return null;
  const items = task.considered.map((other) => {
    const reason = other.left_out ? word("left_out", other.left_out) : say("task.score", { score: figure(other.score) });
    const name = other.worker ? who(other.worker) : say("task.people", { n: other.count ?? 1 });
    return el("li", {}, el("b", {}, name), " ", reason);
  });
  return el("details", { class: "considered" }, el("summary", {}, say("task.considered", { n: countOf(task.considered) })), el("ul", {}, items));
}

/** One task: who, since when, why this worker, who else was considered. `visit` opens the worker's own page. */
export function taskOf(task, { now, who, visit }) {
  return el(
    "li",
    { class: "task", dataset: { state: task.state } },
    el("div", { class: "task-head" }, el("b", {}, who(task.worker)), el("span", { class: "chip", dataset: { task: task.state } }, word("task", task.state)), el("time", {}, moment(task.updated_at || task.created_at, now))),
    named(task.instructions) && el("p", {}, named(task.instructions)),
    whyOf(task),
    consideredOf(task, who),
    el("button", { type: "button", class: "linklike", onclick: () => visit(task.worker) }, say("task.link")),
  );
}

function actorWords(actor, who) {
  if (actor === "operator" || actor === "citygrid") return say(`actor.${actor}`);
  if (actor === CITIZEN) return word("source", CITIZEN);
  return who(actor);
}

/** One step of the timeline. */
export function stepOf(entry, { now, who }) {
  const moved = entry.from !== entry.to && entry.to;
  return el(
    "li",
    { class: "step", dataset: { to: moved ? entry.to : "" } },
    el("time", {}, moment(entry.at, now)),
    el("div", {}, el("b", {}, word("event", entry.event)), moved && el("span", { class: "chip", dataset: { state: entry.to } }, word("state", entry.to))),
    el("span", { class: "by" }, actorWords(entry.actor, who)),
    (entry.detail?.reason || entry.reason) && el("p", {}, named(entry.detail?.reason ?? entry.reason)),
  );
}
