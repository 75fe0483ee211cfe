/** Moments and spans as people read them. All times are epoch milliseconds. */

import { locale, say } from "./language.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value) => String(value).padStart(2, "0");

const formats = new Map();

function format(options) {
  const key = locale() + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), { hourCycle: "h23", ...options }));
  return formats.get(key);
}

export function clockTime(at) {
  return format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
}

export function minuteTime(at) {
  return format({ hour: "2-digit", minute: "2-digit" }).format(at);
}

export function day(at) {
  return format({ month: "short", day: "numeric", weekday: "short" }).format(at);
}

/** The time alone where it was within the last day, with the date where it was not. */
export function moment(at, now) {
  if (Math.abs(now - at) < DAY) return clockTime(at);
  return format({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).format(at);
}

/** A moment to come: the time alone today, with the day where it is another. */
export function dueTime(at, now) {
  const options = { hour: "2-digit", minute: "2-digit" };
  const today = format({ day: "numeric", month: "numeric" }).format(at) === format({ day: "numeric", month: "numeric" }).format(now);
  return format(today ? options : { weekday: "short", day: "numeric", month: "numeric", ...options }).format(at);
}

/** A countdown, without its sign: "1:59:03", "04:12", or days where it is long. */
export function countdown(milliseconds) {
  const left = Math.abs(milliseconds);
  if (left >= 2 * DAY) return say("span.days", { n: Math.floor(left / DAY) });
  const hours = Math.floor(left / HOUR);
  const minutes = Math.floor((left % HOUR) / MINUTE);
  const seconds = Math.floor((left % MINUTE) / SECOND);
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`;
}

/** A span in its two largest units: "3 min 20 s". */
export function span(milliseconds) {
  const whole = Math.max(0, milliseconds);
  if (whole < 10 * SECOND) return `${(whole / SECOND).toFixed(1)} ${say("unit.s")}`;
  const parts = [
    [Math.floor(whole / DAY), "unit.d"],
    [Math.floor((whole % DAY) / HOUR), "unit.h"],
    [Math.floor((whole % HOUR) / MINUTE), "unit.min"],
    [Math.floor((whole % MINUTE) / SECOND), "unit.s"],
  ];
  const from = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(from, from + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${say(unit)}`)
    .join(" ");
}

/** How much of the time given has been used: 0 at filing, 1 at the deadline; null without a deadline. */
export function shareUsed(incident, now) {
  const from = incident.filed_at ?? incident.created_at ?? incident.detected_at;
  if (!incident.deadline || incident.deadline <= from) return null;
  return (now - from) / (incident.deadline - from);
}

/** The colour a clock has: "fine", "near" from 90 % on, "late" past the deadline. */
export function urgency(share) {
  if (share === null) return "none";
  if (share >= 1) return "late";
  return share >= 0.9 ? "near" : "fine";
}
