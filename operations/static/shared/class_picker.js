/** Picks a class among hundreds: by words in either language or by code, grouped by majors, with the condition under which it is filed. */

import { limitWords } from "./clocks.js";
import { el, fill, refill } from "./dom.js";
import { named, say, word } from "./language.js";

const FIRST = 6;
const FEW = 12;

/** Majors of briefly told classes, for as long as the whole catalogue is not here. */
export function majorsOf(classes) {
  const majors = new Map();
  for (const kind of classes) {
    const code = kind.code.slice(0, -2);
    if (!majors.has(code)) majors.set(code, { code, name: kind.major ?? null, classes: [] });
    majors.get(code).classes.push(kind);
  }
  return [...majors.values()];
}

function textOf(kind, major) {
  const conditions = (kind.conditions ?? []).flatMap(({ text }) => [text.zh, text.en]);
  return [kind.code, kind.name.zh, kind.name.en, major.name?.zh, major.name?.en, ...conditions].join(" ").toLowerCase();
}

/** The majors with those of their classes in which every word is found; a code from its beginning on. */
export function found(majors, words) {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (kind, major) => wanted.every((one) => textOf(kind, major).includes(one));
  return majors.map((major) => ({ ...major, classes: major.classes.filter((kind) => fits(kind, major)) })).filter((major) => major.classes.length);
}

export class ClassPicker {
  kind = null;
  condition = "";
  words = "";
  majors = [];
  /** The skills whose classes stand first. */
  skills = [];
  #opened = new Set();

  constructor() {
    this.node = el("div", { class: "class-picker" });
  }

  get all() {
    return this.majors.flatMap((major) => major.classes);
  }

  /** The chosen class, or undefined. */
  get chosen() {
    return this.all.find((kind) => kind.code === this.kind);
  }

  clear() {
    Object.assign(this, { kind: null, condition: "", words: "" });
    this.#opened.clear();
  }

  show() {
    const search = el("input", { type: "search", autocomplete: "off", placeholder: say("report.search"), "aria-label": say("report.search"), dataset: { key: "class search" }, value: this.words, oninput: (event) => { this.words = event.target.value; this.#draw(); } });
    this.kinds = el("div", { class: "kinds", role: "radiogroup", "aria-label": say("report.class") });
    this.conditions = el("div", { class: "conditions" });
    this.#draw();
    refill(this.node, () => [search, this.kinds, this.conditions]);
  }

  #draw() {
    const majors = found(this.majors, this.words);
    const count = majors.reduce((sum, major) => sum + major.classes.length, 0);
    if (!count) fill(this.kinds, el("p", { class: "about" }, say("report.no_class")));
    else if (this.all.length <= FEW) fill(this.kinds, this.#first(majors, FEW).map((kind) => this.#button(kind)));
    else fill(this.kinds, this.#chosenFirst(majors), majors.filter((major) => major.classes.some((kind) => kind.code !== this.kind)).map((major) => this.#group(major, count)));
    this.#drawConditions();
  }

  /** The classes that one's own skills are asked for first. */
  #first(majors, most) {
    const own = (kind) => Number(this.skills.includes(kind.skill));
    return majors.flatMap((major) => major.classes).sort((a, b) => own(b) - own(a) || a.code.localeCompare(b.code)).slice(0, most);
  }

  #chosenFirst(majors) {
    const first = this.words.trim() ? [] : this.#first(majors, FIRST).filter((kind) => this.skills.includes(kind.skill));
    const { chosen } = this;
    const shown = chosen && !first.includes(chosen) ? [chosen, ...first] : first;
    return shown.map((kind) => this.#button(kind));
  }

  #group(major, count) {
    const opened = Boolean(this.words.trim() && count <= 4 * FEW) || this.#opened.has(major.code);
    const buttons = () => major.classes.filter((kind) => kind.code !== this.kind).map((kind) => this.#button(kind));
    const body = el("div", { class: "kinds" }, opened && buttons());
    const remember = (event) => {
      this.#opened[event.target.open ? "add" : "delete"](major.code);
      if (event.target.open && !body.childElementCount) fill(body, buttons());
    };
    return el("details", { class: "major", open: opened, ontoggle: remember }, el("summary", {}, named(major.name, major.code), el("small", {}, `${major.code} · ${major.classes.length}`)), body);
  }

  #button(kind) {
    const choose = () => {
      if (this.kind !== kind.code) this.condition = "";
      this.kind = kind.code;
      this.#draw();
      this.kinds.querySelector("[aria-checked=true]")?.focus();
    };
    const note = [kind.code, limitWords(kind.limit)].filter(Boolean).join(" · ");
    return el("button", { type: "button", class: "kind", role: "radio", dataset: { key: `class ${kind.code}` }, "aria-checked": kind.code === this.kind, onclick: choose }, named(kind.name, kind.code), el("small", {}, note));
  }

  #drawConditions() {
    const conditions = this.chosen?.conditions ?? [];
    if (!conditions.length) {
      fill(this.conditions);
      return;
    }
    const choose = (id) => {
      this.condition = this.condition === id ? "" : id;
      this.#drawConditions();
      this.conditions.querySelector("[aria-checked=true]")?.focus();
    };
    const buttons = conditions.map(({ id, text, limit, severity }) =>
      el("button", { type: "button", class: "condition", role: "radio", "aria-checked": id === this.condition, onclick: () => choose(id) }, named(text, id), el("small", {}, [limitWords(limit), severity && word("severity", severity)].filter(Boolean).join(" · "))),
    );
    fill(this.conditions, el("p", { class: "about" }, say("report.condition")), el("div", { role: "radiogroup", "aria-label": say("report.condition") }, buttons));
  }
}
