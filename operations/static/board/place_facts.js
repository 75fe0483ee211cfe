/** The parts of a place's page that the server's figures fill: who is on duty, what is silent, what is not covered, what was measured. */

import { el } from "../shared/dom.js";
import { figure, named, number, say, word } from "../shared/language.js";
import { span } from "../shared/times.js";
import { unitWords } from "../shared/units.js";
import { plot } from "./plot.js";

const LACKS = ["without_duty", "without_worker", "without_sensor"];
const MOST_DEVICES = 12;
const MOST_PLOTS = 4;

/** The workers on shift, those with most to do first. */
export function dutyOf({ board, go }, staff) {
  const on = (staff?.rows ?? []).filter((worker) => worker.on_shift).sort((a, b) => b.load - a.load);
  const off = (staff?.total ?? 0) - on.length;
  const rows = on.map((worker) => {
    const seen = worker.position ? say("worker.seen", { age: span(board.now() - worker.position.at) }) : say("worker.nowhere");
    return el("li", {}, el("button", { type: "button", class: "on-duty", dataset: { key: `worker ${worker.id}` }, onclick: () => go.worker(board.workers.get(worker.id) ?? worker) }, el("b", {}, named(worker.name, worker.id)), el("span", {}, say("worker.load", { load: worker.load, capacity: worker.capacity })), el("small", {}, `${worker.skills.map((skill) => word("skill", skill)).join(say("list.comma"))} · ${seen}`)));
  });
  return [rows.length ? el("ul", { class: "duty-list" }, rows) : el("p", { class: "nothing" }, say("place.duty.none")), off > 0 && el("p", { class: "explain" }, say("place.duty.more", { n: number(off) }))];
}

/** How many devices are live, and which have fallen silent: the longest first. */
export function devicesOf({ board, page }, quiet) {
  const { devices, devices_live: live, devices_silent: silent, devices_never: never } = page.figures;
  const share = devices ? live / devices : 0;
  const bar = el("div", { class: "share-bar", "aria-hidden": "true" }, el("i", { style: { width: `${share * 100}%` } }));
  const sums = el("p", { class: "share-words" }, [`${say("place.live")} ${number(live)} / ${number(devices)}`, `${say("panel.silent")} ${number(silent)}`, never && say("place.silent.never", { n: number(never) })].filter(Boolean).join(" · "));
  const rows = (quiet?.rows ?? []).slice(0, MOST_DEVICES).map((device) => {
    const age = device.last_at ? say("panel.last", { age: span(board.now() - device.last_at) }) : say("panel.never");
    const doubts = (device.doubts ?? []).map((doubt) => named(doubt.text)).filter(Boolean);
    return el("li", {}, el("b", {}, named(device.name, device.id)), el("a", { class: "by", href: `#/place/${device.cell}`, dataset: { key: `device ${device.id}` } }, `${word("kind", device.kind)} · ${device.cell}`), el("time", {}, age), doubts.length > 0 && el("p", { class: "explain" }, doubts.join(" ")));
  });
  const more = (quiet?.total ?? 0) - rows.length;
  return [sums, bar, rows.length ? el("ul", { class: "quiet-list" }, rows) : el("p", { class: "nothing" }, say("place.silent.none")), more > 0 && el("p", { class: "explain" }, say("place.silent.more", { n: number(more) }))];
}

/** Which part lacks a duty grid, a worker on shift, a live sensor: cells, area, share, and the way to see it on the map. */
export function coverageOf({ page, go, code }) {
  const rows = LACKS.map((lack) => {
    const { cells, area_m2: area, share } = page.figures[lack];
    const what = say(`theme.${lack}`);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, what),
      el("td", {}, number(cells)),
      el("td", {}, say("place.area", { n: number(area / 1e6, 2) })),
      el("td", { class: share ? "near" : "" }, `${number(share * 100, share > 0 && share < 0.1 ? 1 : 0)} %`, el("div", { class: "share-bar gap", "aria-hidden": "true" }, el("i", { style: { width: `${share * 100}%` } }))),
      el("td", {}, el("button", { type: "button", class: "linklike", dataset: { key: `layer ${lack}` }, "aria-label": say("place.gap.show", { what }), onclick: () => go.layer(lack, code) }, say("place.gap.map"))),
    );
  });
  const heads = ["place.gap", "place.gap.cells", "place.gap.area", "place.gap.share"].map((key, i) => el("th", { scope: "col" }, i ? say(key) : ""));
  return el("div", { class: "wide" }, el("table", { class: "sums" }, el("thead", {}, el("tr", {}, heads, el("td"))), el("tbody", {}, rows)));
}

/** The windows of the place, added up by metric, with small plots of the first few; and how late readings come. */
export function metricsOf({ page }) {
  const shown = Object.entries(page.windows).filter(([, one]) => one.count);
  if (!shown.length) return [el("p", { class: "nothing" }, say("place.figures.none")), latenessOf(page)];
  const rows = shown.map(([metric, one]) =>
    el("tr", {}, el("th", { scope: "row" }, named(one.title, metric), " ", el("small", {}, unitWords(one.unit))), [one.mean, one.min, one.max].map((value) => el("td", {}, figure(value))), el("td", {}, number(one.count)), el("td", { class: one.late ? "near" : "" }, number(one.late))),
  );
  const heads = ["place.metric", "place.mean", "place.min", "place.max", "place.count", "place.late_readings"].map((key) => el("th", { scope: "col" }, say(key)));
  const drawn = shown.filter(([metric, one]) => one.windows?.length > 2 && !metric.startsWith("battery")).slice(0, MOST_PLOTS);
  const plots = drawn.map(([metric, one]) => el("figure", { class: "plot-frame" }, el("figcaption", {}, el("b", {}, named(one.title, metric)), unitWords(one.unit) && ` (${unitWords(one.unit)})`, el("span", {}, `${say("panel.mean")} · ${say("panel.band")}`)), plot(one.windows, { title: named(one.title, metric) })));
  return [el("div", { class: "wide" }, el("table", { class: "sums" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows))), el("div", { class: "plots" }, plots), latenessOf(page)];
}

function latenessOf({ lateness }) {
  if (!lateness) return null;
  const words = say("place.lateness.words", Object.fromEntries(Object.entries(lateness).map(([key, value]) => [key, number(value)])));
  return el("div", { class: "lateness" }, el("h4", {}, say("place.lateness")), el("p", { class: "explain" }, words));
}
