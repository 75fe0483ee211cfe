/** The clocks of an incident or a task: which stage it is in, how long is left by which kind of clock, in yellow from 90 % on and in red past it. */

import { el, write } from "./dom.js";
import { number, say, word } from "./language.js";
import { clockTime, countdown, dueTime, shareUsed, urgency } from "./times.js";

/** The states in which an incident is over. */
export const ENDED = new Set(["closed", "void"]);
const UNITS = { uh: "urgent_hour", nd: "natural_day", wh: "work_hour", wd: "work_day", h: "urgent_hour", d: "natural_day", m: "minute" };
/** Clocks that stand still outside working time: what is left on them is not the time until the deadline. */
const BY_WORK = new Set(["work_hour", "work_day"]);

/** A limit in words: "4wh" is 4 work hours. */
export function limitWords(limit) {
  const [, n, unit] = /^([\d.]+)([a-z]+)$/.exec(limit ?? "") ?? [];
  return unit in UNITS ? say(`limit.${UNITS[unit]}${n === "1" ? ".one" : ""}`, { n }) : (limit ?? "");
}

/** The clock that counts now, or the one that stands still in the meantime; null where none does. */
export function currentClock(incident) {
  const running = (incident.clocks ?? []).filter((clock) => clock.ended_at === null || clock.ended_at === undefined);
  return running.find((clock) => clock.since) ?? running.at(-1) ?? null;
}

/** "fine", "near" or "late": what a clock said last, or what has come since. */
function toneOfClock(clock, now) {
  if (clock.state === "red" || (clock.since && now > clock.deadline)) return "late";
  return clock.state === "yellow" || (clock.since && now >= clock.warn_at) ? "near" : "fine";
}

/** How an open incident stands: the worst of its clocks that have not ended; by its deadline alone where it has no clocks. */
export function toneOf(incident, now) {
  if (ENDED.has(incident.state)) return "done";
  const tones = (incident.clocks ?? []).filter((clock) => !clock.ended_at).map((clock) => toneOfClock(clock, now));
  if (tones.length) return ["late", "near"].find((tone) => tones.includes(tone)) ?? "fine";
  if (!incident.deadline) return "none";
  return now > incident.deadline ? "late" : urgency(shareUsed(incident, now));
}

/** How much of a clock is used, from its own count where it counts through, else between the moments that it names. */
function shareOf(clock, now) {
  if (!clock.since) return clock.used_ms / clock.limit_ms;
  if (!BY_WORK.has(clock.clock)) return (clock.used_ms + now - clock.since) / clock.limit_ms;
  if (now >= clock.deadline) return 1;
  const from = clock.used_ms / clock.limit_ms;
  if (now >= clock.warn_at) return Math.max(0.9, 0.9 + (0.1 * (now - clock.warn_at)) / (clock.deadline - clock.warn_at));
  return Math.min(0.9, from + ((0.9 - from) * (now - clock.since)) / Math.max(1, clock.warn_at - clock.since));
}

/** What a clock says: {text, tone, share}. */
export function clockReading(clock, now) {
  const tone = toneOfClock(clock, now);
  const share = shareOf(clock, now);
  if (clock.ended_at) return { text: say("clock.ended", { at: clockTime(clock.ended_at) }), tone: tone === "late" ? "late" : "done", share };
  if (!clock.since) return { text: say("clock.paused", { why: word("paused", clock.paused || "holding") }), tone: tone === "late" ? "late" : "paused", share };
  const left = clock.deadline - now;
  if (left < 0) return { text: say("clock.late", { span: countdown(left) }), tone: "late", share };
  if (BY_WORK.has(clock.clock)) return { text: say(tone === "near" ? "clock.due_near" : "clock.due", { at: dueTime(clock.deadline, now) }), tone, share };
  return { text: say(tone === "near" ? "clock.near" : "clock.left", { span: countdown(left) }), tone, share };
}

/** {text, tone, share} of an incident's clock at `now`. */
export function reading(incident, now) {
  if (ENDED.has(incident.state)) {
    const text = incident.closed_at ? say("clock.done", { at: clockTime(incident.closed_at) }) : say(`state.${incident.state}`);
    return { text, tone: "done", share: null };
  }
  const clock = currentClock(incident);
  if (clock) return clockReading(clock, now);
  if (!incident.deadline) return { text: say(incident.state === "reported" ? "clock.none" : "clock.no_limit"), tone: "none", share: null };
  const share = shareUsed(incident, now);
  const left = incident.deadline - now;
  const tone = left < 0 ? "late" : urgency(share);
  const text = say(left < 0 ? "clock.late" : tone === "near" ? "clock.near" : "clock.left", { span: countdown(left) });
  return { text, tone, share };
}

/** "Handling · 4 work hours": the stage whose clock counts, and its limit. */
export function stageWords(incident) {
  const clock = ENDED.has(incident.state) ? null : currentClock(incident);
  return clock ? `${word("stage", clock.stage)} · ${limitWords(clock.limit)}` : "";
}

/** A clock that shows itself again with `tick(now)`; `read(now)` gives {text, tone, share}. */
export function clockNode(read, { bar = true } = {}) {
  const text = el("span", { class: "clock-text" });
  const filled = el("i");
  const node = el("div", { class: "deadline" }, text, bar && el("div", { class: "used", "aria-hidden": "true" }, filled));
  node.tick = (now) => {
    const { text: words, tone, share } = read(now);
    write(text, words);
    node.dataset.tone = tone;
    filled.parentElement?.toggleAttribute("hidden", share === null);
    filled.style.width = `${Math.min(100, Math.max(0, (share ?? 0) * 100))}%`;
  };
  return node;
}

/** The clock of an incident. */
export function clockOf(incident, options) {
  const node = clockNode((now) => reading(node.incident, now), options);
  node.incident = incident;
  return node;
}

/** "64 % used", or nothing where there is no deadline. */
export function usedWords(incident, now) {
  const { share } = reading(incident, now);
  if (share === null || ENDED.has(incident.state)) return "";
  return say("clock.used", { share: `${number(Math.max(0, share) * 100)} %` });
}
