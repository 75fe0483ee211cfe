/** The head of the page: the city, its figures, the connection and how old the data is; and the banner while the connection is lost. */

import { byId, el, fill, write } from "../shared/dom.js";
import { language, named, number, onLanguage, say, speak } from "../shared/language.js";
import { clockTime, day, span } from "../shared/times.js";

const OLD_MS = 10_000;
const VERY_OLD_MS = 60_000;
const FIGURES = ["open", "late", "turn", "workers", "devices", "rate"];

export class Head {
  #state = { phase: "connecting", since: Date.now(), retryAt: null };

  constructor(board, retry) {
    this.board = board;
    this.figures = Object.fromEntries(FIGURES.map((key) => [key, { title: el("dt"), value: el("b"), of: el("small") }]));
    fill(byId("figures"), FIGURES.map((key) => this.#figure(key)));
    this.words = el("span");
    this.next = el("em", { "aria-live": "off" });
    this.now = el("button", { type: "button", onclick: retry });
    fill(byId("banner"), this.words, this.next, this.now);
    byId("language").onclick = () => speak(language() === "zh" ? "en" : "zh");
    onLanguage(() => {
      this.show();
      this.tick();
    });
    board.watch(["city", "pulse"], () => this.show());
  }

  #figure(key) {
    const { title, value, of } = this.figures[key];
    const node = el("div", { class: "figure" }, title, el("dd", {}, value, of));
    this.figures[key].node = node;
    return node;
  }

  connection(state) {
    this.#state = state;
    this.show();
    this.tick();
  }

  tick() {
    const now = this.board.now();
    write(byId("time"), clockTime(now));
    write(byId("day"), day(now));
    this.#age();
    this.#banner();
  }

  show() {
    const { board } = this;
    write(byId("city"), named(board.city?.name, "citygrid"));
    write(byId("language"), say("language.other"));
    byId("language").setAttribute("aria-label", say("language.switch"));
    const { phase } = this.#state;
    byId("link").dataset.phase = phase;
    write(byId("link").lastElementChild, say(`link.${phase}`));
    byId("map").classList.toggle("stale", phase === "lost");
    this.#figuresNow();
  }

  #figuresNow() {
    const { board } = this;
    const open = board.open();
    const late = open.filter((incident) => board.isLate(incident)).length;
    const turn = open.filter((incident) => incident.turn === "operator").length;
    const workers = [...board.workers.values()];
    this.#set("open", number(board.pulse?.open ?? open.length));
    this.#set("late", number(late), "", late ? "bad" : "");
    this.#set("turn", number(turn), "", turn ? "near" : "");
    document.title = `${turn ? `(${turn}) ` : ""}${named(board.city?.name, "citygrid")} · citygrid`;
    this.#set("workers", number(workers.filter((worker) => worker.on_shift).length), say("figure.of", { n: number(workers.length) }));
    this.#set("devices", number(board.devices.live), say("figure.of", { n: number(board.devices.total) }));
    this.#set("rate", number(board.pulse?.readings_per_s ?? 0));
  }

  #set(key, value, of = "", tone = "") {
    const figure = this.figures[key];
    write(figure.title, say(`figure.${key}`));
    write(figure.value, this.board.city ? value : "–");
    write(figure.of, this.board.city ? of : "");
    figure.node.dataset.tone = tone;
  }

  /** What is seen is as of when, and how long ago that is: in steps, because each change of a warning is read aloud. */
  #lost(heard) {
    const age = Math.floor((Date.now() - heard) / 10_000) * 10_000;
    const at = clockTime(heard + this.board.skew);
    return age ? say("banner.lost", { at, age: span(age) }) : say("banner.lost_now", { at });
  }

  #age() {
    const age = this.board.age();
    const node = byId("age");
    node.dataset.tone = age === null || age < OLD_MS ? "" : age < VERY_OLD_MS ? "near" : "bad";
    write(node, age === null ? say("age.none") : say("age.label", { age: span(age) }));
  }

  #banner() {
    const { phase, since, retryAt, why } = this.#state;
    const banner = byId("banner");
    banner.hidden = phase !== "lost";
    if (banner.hidden) return;
    const heard = this.board.pulse?.heard ?? since;
    const words = this.board.city ? this.#lost(heard) : why || say("banner.never");
    write(this.words, words);
    const left = Math.ceil((retryAt - Date.now()) / 1000);
    write(this.next, left > 0 ? say("banner.retry", { seconds: left }) : say("banner.trying"));
    write(this.now, say("banner.now"));
  }
}
