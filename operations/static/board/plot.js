/** Draws the windows of one metric as SVG: the band from least to most, the mean as a line that breaks where windows are missing, the limits. */

import { svg } from "../shared/dom.js";
import { figure, say } from "../shared/language.js";
import { minuteTime } from "../shared/times.js";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [340, 132, 40, 8, 10, 20];
const HOLE = 3.5;

/** Round numbers that divide a range into about `n` parts. */
export function ticks(low, high, n = 4) {
  const rough = (high - low) / n || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Cuts rows where the time between them is several windows long. */
export function runs(rows) {
  const steps = rows.slice(1).map((row, i) => row[0] - rows[i][0]).sort((a, b) => a - b);
  const usual = steps[steps.length >> 1] ?? 60_000;
  const cut = [];
  for (const row of rows) {
    const last = cut.at(-1);
    if (last && row[0] - last.at(-1)[0] <= usual * HOLE) last.push(row);
    else cut.push([row]);
  }
  return cut;
}

function scales(rows, limits) {
  const low = Math.min(...rows.map((row) => row[3]), ...limits);
  const high = Math.max(...rows.map((row) => row[4]), ...limits);
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const bottom = low >= 0 && low - room < 0 ? 0 : low - room;
  const [from, to] = [rows[0][0], Math.max(rows.at(-1)[0], rows[0][0] + 60_000)];
  return {
    bottom,
    top: high + room,
    from,
    to,
    x: (at) => LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - RIGHT),
    y: (value) => HEIGHT - BOTTOM - ((value - bottom) / (high + room - bottom)) * (HEIGHT - TOP - BOTTOM),
  };
}

const point = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;

function band(run, { x, y }) {
  const over = run.map((row) => point(x(row[0]), y(row[4])));
  const under = run.map((row) => point(x(row[0]), y(row[3]))).reverse();
  return `M${[...over, ...under].join("L")}Z`;
}

function mean(run, { x, y }) {
  const points = run.map((row) => point(x(row[0]), y(row[2])));
  return `M${(points.length > 1 ? points : [points[0], points[0]]).join("L")}`;
}

/** A window without neighbours is no line: a dot, so that it is seen. */
function alone(run, { x, y }) {
  return run.length === 1 && svg("circle", { cx: x(run[0][0]), cy: y(run[0][2]), r: 2.8, class: "alone" });
}

function axes(scale) {
  const across = ticks(scale.bottom, scale.top).map((value) => [
    svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: scale.y(value), y2: scale.y(value), class: "grid" }),
    svg("text", { x: LEFT - 6, y: scale.y(value) + 3.5, class: "tick", "text-anchor": "end" }, figure(value)),
  ]);
  const times = [0, 0.5, 1].map((share) => {
    const at = scale.from + share * (scale.to - scale.from);
    return svg("text", { x: scale.x(at), y: HEIGHT - 5, class: "tick", "text-anchor": ["start", "middle", "end"][share * 2] }, minuteTime(at));
  });
  return [across, times];
}

/** `rows` are [start, count, mean, min, max], oldest first; `limits` numbers; `title` says what it shows. */
export function plot(rows, { limits = [], title = "" } = {}) {
  const scale = scales(rows, limits);
  const lines = limits.map((limit) => [
    svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: scale.y(limit), y2: scale.y(limit), class: "limit" }),
    svg("text", { x: WIDTH - RIGHT, y: scale.y(limit) - 4, class: "limit-text", "text-anchor": "end" }, say("panel.limit", { value: figure(limit) })),
  ]);
  const cut = runs(rows);
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img", "aria-label": title },
    axes(scale),
    cut.map((run) => svg("path", { d: band(run, scale), class: "band" })),
    cut.map((run) => svg("path", { d: mean(run, scale), class: "mean" })),
    cut.map((run) => alone(run, scale)),
    lines,
  );
}
