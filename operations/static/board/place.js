/** The page of a place of any level: what is open, late, on duty, silent and not covered there, and in the places below it. */

import { get } from "../shared/api.js";
import { ENDED } from "../shared/clocks.js";
import { parentOf } from "../shared/codes.js";
import { el, refill } from "../shared/dom.js";
import { language, named, number, onLanguage, say } from "../shared/language.js";
import { Children } from "./children.js";
import { coverageOf, devicesOf, dutyOf, metricsOf } from "./place_facts.js";
import { lateOf, openOf, tiles } from "./place_open.js";
import { seat } from "./shading.js";

const REFRESH_MS = 15_000;
const SETTLE_MS = 700;

export class PlacePage {
  code = null;
  cells = null;
  #page = null;
  #quiet = null;
  #staff = null;
  #asked = 0;

  /** `go` has place(code), close(), incident(id), worker(worker), filter(code, how), layer(theme, code) and showOnMap(code). */
  constructor(board, frame, go) {
    Object.assign(this, { board, frame, go });
    this.children = new Children(board, (code) => go.place(code));
    board.watch(["told"], () => this.code && (!board.told || board.told.has(this.code)) && this.#later());
    board.watch(["incidents"], () => this.code && this.#showLater());
    onLanguage(() => this.code && this.#render());
  }

  open(code) {
    if (this.code === code) return;
    Object.assign(this, { code, problem: null });
    this.#page = this.#quiet = this.#staff = null;
    this.#render();
    this.frame.scrollTop = 0;
    this.frame.focus({ preventScroll: true });
    this.#load();
    clearInterval(this.refresh);
    this.refresh = setInterval(() => document.visibilityState === "visible" && this.#load(), REFRESH_MS);
  }

  shut() {
    this.code = null;
    clearInterval(this.refresh);
  }

  tick(now) {
    if (this.code) for (const clock of this.clocks ?? []) clock.tick(now);
  }

  #later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      if (this.code) this.#load();
    }, SETTLE_MS);
  }

  #showLater() {
    this.showing ??= setTimeout(() => {
      this.showing = null;
      if (this.code) this.#render();
    }, SETTLE_MS);
  }

  async #load() {
    const { code } = this;
    const asked = ++this.#asked;
    const path = `/api/v1/places/${encodeURIComponent(code)}`;
    try {
      const [page, quiet, staff] = await Promise.all([get(path), get(`${path}/devices?state=silent&limit=100`), get(`${path}/workers?limit=200`)]);
      if (asked !== this.#asked || code !== this.code) return;
      this.#page = page;
      this.#quiet = quiet;
      this.#staff = staff;
      this.problem = null;
    } catch (problem) {
      if (asked !== this.#asked || code !== this.code) return;
      this.problem = problem;
    }
    this.#render();
  }

  /** The open incidents of the place, with how each stands. */
  #open() {
    return [...this.board.incidents.values()]
      .filter((incident) => !ENDED.has(incident.state) && seat(incident).startsWith(this.code))
      .map((incident) => ({ incident, tone: this.board.toneOf(incident) }));
  }

  #render() {
    const failed = this.problem && el("p", { class: "answer", dataset: { tone: "bad" } }, this.problem.sentence ?? String(this.problem));
    const page = this.#page;
    const body = () => (page ? this.#body(page) : !failed && el("p", { class: "wait" }, say("place.loading")));
    refill(this.frame, () => [this.#head(page), failed, body()]);
    this.tick(this.board.now());
  }

  #name(code, name) {
    return named(name ?? this.board.nameOf(code) ?? this.cells?.byCode.get(code)?.name, code);
  }

  #head(page) {
    const { code } = this;
    const name = page?.name ?? this.board.nameOf(code);
    const other = name && (language() === "zh" ? name.en : name.zh);
    const path = (page?.path ?? []).map((one) => el("li", {}, el("a", { href: `#/place/${one.code}`, dataset: { key: `path ${one.code}` }, "aria-current": one.code === code ? "page" : undefined, title: say(`level.${one.level}`) }, this.#name(one.code, one.name))));
    const facts = page && [say(`level.${page.level}`), code, say("place.area", { n: number(page.area_m2 / 1e6, 2) }), page.level !== "cell" && say("place.cells", { n: number(page.figures.cells) })].filter(Boolean).join(" · ");
    return el(
      "header",
      { class: "place-head" },
      el("nav", { class: "place-path", "aria-label": say("map.where") }, el("ol", {}, path)),
      el("div", { class: "place-title" }, el("h2", {}, this.#name(code, name), other && other !== named(name) && el("small", {}, other)), el("div", { class: "place-buttons" }, this.#up(page), el("button", { type: "button", class: "plain to-map", dataset: { key: "map" }, onclick: () => this.go.showOnMap(code) }, say("place.map")))),
      el("p", { class: "place-facts" }, facts),
      el("button", { type: "button", class: "shut", "aria-label": say("close"), title: say("close"), dataset: { key: "shut" }, onclick: () => this.go.close() }, "×"),
    );
  }

  #up(page) {
    const parent = page && page.path.length > 1 && parentOf(this.code);
    return parent && el("a", { class: "plain", href: `#/place/${parent}`, dataset: { key: "up" } }, say("place.up", { name: this.#name(parent, page.path.at(-2)?.name) }));
  }

  #body(page) {
    const open = this.#open();
    const { board, go, code } = this;
    const context = { board, go, code, page, open, name: (one) => this.#name(one) };
    const late = lateOf(context);
    this.clocks = late.clocks;
    const below = page.children.length ? this.#section("children", say("place.children", { level: say(`level.${page.children[0].level}`) }), this.children.table(page.children, open)) : null;
    return el(
      "div",
      { class: "place-body" },
      tiles(context, this.#staff),
      this.#section("late", say("place.late"), late.node),
      this.#section("open", say("place.open"), openOf(context)),
      below,
      this.#section("duty", say("place.duty"), dutyOf(context, this.#staff)),
      this.#section("silent", say("place.silent"), devicesOf(context, this.#quiet)),
      this.#section("gap", say("place.gap"), coverageOf(context)),
      this.#section("figures", say("place.figures", { n: page.minutes }), metricsOf(context)),
    );
  }

  #section(key, title, ...children) {
    return el("section", { class: `block place-${key}`, id: `place-${key}` }, el("h3", {}, title), children);
  }
}
