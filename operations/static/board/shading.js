/** How the map is coloured: which style each place has under a theme, and what the legend says of it. */

import { ENDED } from "../shared/clocks.js";
import { digits } from "../shared/codes.js";
import { number, say } from "../shared/language.js";
import { CELL_STATES } from "../shared/palette.js";

export const THEMES = ["state", "open", "late", "without_duty", "without_worker", "without_sensor"];
const SHARES = [0, 0.1, 0.25, 0.5, 0.75];
const STEPS = 5;

/** The cell by which an incident counts for the places it lies in: one, so that the counts of places add up. */
export function seat(incident) {
  return incident.cells?.[0] ?? incident.district ?? "";
}

/** Open and late incidents by the code of their place of a level: a Map of {open, near, late}. */
export function tallies(incidents, level, tone) {
  const length = digits(level);
  const sums = new Map();
  for (const incident of incidents) {
    if (ENDED.has(incident.state)) continue;
    const code = seat(incident).slice(0, length);
    const sum = sums.get(code) ?? { open: 0, near: 0, late: 0 };
    sum.open += 1;
    const is = tone(incident);
    if (is === "late" || is === "near") sum[is] += 1;
    sums.set(code, sum);
  }
  return sums;
}

/** The lowest count of each of at most five steps from one to `most`, in whole numbers. */
export function steps(most) {
  if (most <= 0) return [1];
  if (most <= STEPS) return Array.from({ length: most }, (_, i) => i + 1);
  return [...new Set([0, 0.1, 0.25, 0.5, 0.75].map((share) => Math.max(1, Math.ceil(most * share))))];
}

/** The worst of its cells' states says how a larger place is; it is unknown where most of its cells are. */
function stateOf(sum) {
  if (sum.incident) return "incident";
  if (sum.watch) return "watch";
  return sum.unknown > sum.fine ? "unknown" : "fine";
}

function byState({ states, level }) {
  if (level === "cell") return (code) => states.get(code) ?? "unknown";
  const length = digits(level);
  const sums = new Map();
  for (const [cell, state] of states) {
    const code = cell.slice(0, length);
    if (!sums.has(code)) sums.set(code, { fine: 0, watch: 0, incident: 0, unknown: 0 });
    sums.get(code)[state] += 1;
  }
  return (code) => (sums.has(code) ? stateOf(sums.get(code)) : "unknown");
}

function tally(codes, style) {
  const counts = new Map();
  for (const code of codes) counts.set(style(code), (counts.get(style(code)) ?? 0) + 1);
  return counts;
}

function legendOf(keys, codes, style) {
  const counts = tally(codes, style);
  return keys.map(([key, text]) => ({ key, text, n: counts.get(key) ?? 0 }));
}

function byCount({ theme, sums, codes }) {
  const value = (code) => sums.get(code)?.[theme] ?? 0;
  const lows = steps(Math.max(0, ...codes.map(value)));
  const style = (code) => `${theme}${lows.filter((low) => low <= value(code)).length}`;
  const range = (i) => (i + 1 < lows.length ? (lows[i + 1] - 1 > lows[i] ? `${lows[i]}–${lows[i + 1] - 1}` : `${lows[i]}`) : lows[i] > STEPS ? `≥ ${lows[i]}` : `${lows[i]}`);
  const keys = [[`${theme}0`, "0"], ...lows.map((_, i) => [`${theme}${i + 1}`, range(i)])];
  return { style, legend: legendOf(keys, codes, style), value, words: (code) => say(`map.n_${theme}`, { n: number(value(code)) }), short: (code) => number(value(code)), unit: say(`theme.${theme}`) };
}

const percent = (share) => `${number(share * 100, share > 0 && share < 0.01 ? 1 : 0)} %`;

function byShare({ theme, shares, codes }) {
  const value = (code) => shares.get(code)?.share ?? 0;
  const style = (code) => (shares.has(code) ? `gap${value(code) > 0 ? SHARES.filter((low) => low < value(code)).length : 0}` : "unknown");
  const asking = codes.length > 0 && !codes.some((code) => shares.has(code));
  const keys = [["gap0", "0 %"], ...SHARES.map((low, i) => [`gap${i + 1}`, `≤ ${percent(SHARES[i + 1] ?? 1)}`]), ...(asking ? [["unknown", say("map.asking")]] : [])];
  const words = (code) => (shares.has(code) ? say("map.share", { what: say(`theme.${theme}`), share: percent(value(code)) }) : say("map.asking"));
  return { style, legend: legendOf(keys, codes, style), value, words, short: (code) => (shares.has(code) ? percent(value(code)) : undefined), unit: say(`theme.${theme}`) };
}

function byGap({ theme, gaps, codes }) {
  const style = (code) => (gaps === null ? "unknown" : gaps.has(code) ? "bare" : "covered");
  const keys = [["covered", say(`theme.${theme}.covered`)], ["bare", say(`theme.${theme}`)], ...(gaps === null ? [["unknown", say("map.asking")]] : [])];
  return { style, legend: legendOf(keys, codes, style), value: (code) => Number(gaps?.has(code) ?? false), words: (code) => (gaps === null ? say("map.asking") : say(gaps.has(code) ? `theme.${theme}` : `theme.${theme}.covered`)), unit: say(`theme.${theme}`) };
}

/**
 * The shading of a theme at a level: {style(code), legend: [{key, text, n}], value(code), words(code), short(code), unit}. `codes` are the
 * places to count; `states` the cells' states; `sums` open and late by place; `shares` and `gaps` the coverage of places and cells.
 */
export function shade({ theme, level, codes, states, sums, shares, gaps }) {
  if (theme === "open" || theme === "late") return byCount({ theme, sums, codes });
  if (theme !== "state") return level === "cell" ? byGap({ theme, gaps, codes }) : byShare({ theme, shares: shares ?? new Map(), codes });
  const style = byState({ states, level });
  return { style, legend: legendOf(CELL_STATES.map((state) => [state, say(`cell.${state}`)]), codes, style), value: (code) => CELL_STATES.indexOf(style(code)), words: (code) => say(`cell.${style(code)}`), unit: say("theme.state") };
}
