/** The deadline clock of an incident or a task: how long is left, how much is used, in yellow from 90 % on and in red past it. */

import { el, write } from "./dom.js";
import { number, say } from "./language.js";
import { clockTime, countdown, shareUsed, urgency } from "./times.js";

/** The states in which an incident is over. */
export const ENDED = new Set(["closed", "void"]);

/** {text, tone, share} of an incident's clock at `now`. */
export function reading(incident, now) {
  if (ENDED.has(incident.state)) {
    const text = incident.closed_at ? say("clock.done", { at: clockTime(incident.closed_at) }) : say(`state.${incident.state}`);
    return { text, tone: "done", share: null };
  }
  if (!incident.deadline) return { text: say(incident.state === "reported" ? "clock.none" : "clock.no_limit"), tone: "none", share: null };
  const share = shareUsed(incident, now);
  const left = incident.deadline - now;
  const text = say(left < 0 ? "clock.late" : "clock.left", { span: countdown(left) });
  return { text, tone: left < 0 ? "late" : urgency(share), share };
}

/** A clock that shows itself again with `tick(now)`. */
export function clockOf(incident, { bar = true } = {}) {
  const text = el("span", { class: "clock-text" });
  const filled = el("i");
  const node = el("div", { class: "deadline" }, text, bar && el("div", { class: "used", "aria-hidden": "true" }, filled));
  node.tick = (now) => {
    const { text: words, tone, share } = reading(node.incident, now);
    write(text, words);
    node.dataset.tone = tone;
    filled.parentElement?.toggleAttribute("hidden", share === null);
    filled.style.width = `${Math.min(100, Math.max(0, (share ?? 0) * 100))}%`;
  };
  node.incident = incident;
  return node;
}

/** "64 % used", or nothing where there is no deadline. */
export function usedWords(incident, now) {
  const share = shareUsed(incident, now);
  if (share === null || ENDED.has(incident.state)) return "";
  return say("clock.used", { share: `${number(Math.max(0, share) * 100)} %` });
}
