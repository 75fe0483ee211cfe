/** The report form: what, where, how grave, in words and photos. What is written is kept on the phone first and sent from there. */

import { el, fill } from "../shared/dom.js";
import { named, number, say, word } from "../shared/language.js";
import { SEVERITY } from "../shared/palette.js";
import { MiniMap } from "./minimap.js";
import { Photos } from "./photos.js";
import { newId } from "./queue.js";

const SHOWN = 6;

export class ReportForm {
  cells = null;
  classes = [];

  /** `context` has frame, here, and send(entry, photos). */
  constructor(context) {
    Object.assign(this, context);
    this.#clear();
  }

  /** The classes to choose from: those that a worker's own skills are asked for come first. */
  offer(classes, skills) {
    const own = (kind) => Number(skills.includes(kind.skill));
    this.classes = [...classes].sort((a, b) => own(b) - own(a) || a.code.localeCompare(b.code));
  }

  #clear() {
    this.draft = { kind: null, place: null, source: null, severity: "", text: "", words: "" };
    this.photos = new Photos();
    this.made = null;
  }

  /** Shows the form, anew only where what it is made of has changed: what was typed is never thrown away. */
  show() {
    const made = JSON.stringify([this.classes.length, this.cells !== null, document.documentElement.lang]);
    if (this.made === made) {
      this.#place();
      return;
    }
    this.made = made;
    this.photos.show();
    this.kinds = el("div", { class: "kinds", role: "radiogroup", "aria-label": say("report.class") });
    this.wrong = el("p", { class: "wrong", role: "alert" });
    this.placeWords = el("p", { class: "place-words", "aria-live": "polite" });
    const search = el("input", { type: "search", placeholder: say("report.search"), "aria-label": say("report.search"), value: this.draft.words, oninput: (event) => this.#search(event.target.value) });
    const text = el("textarea", { rows: 3, maxlength: 2000, value: this.draft.text, placeholder: say("report.text.hint"), "aria-label": say("report.text"), oninput: (event) => (this.draft.text = event.target.value) });
    this.map = this.cells && new MiniMap({ cells: this.cells, label: say("report.map"), marks: () => ({ here: this.here.place, target: this.draft.place }), tapped: (lon, lat) => this.#put({ lon, lat }, "tap") });
    this.map?.look(this.draft.place ?? this.here.place);
    const locate = el("button", { type: "button", class: "locate", onclick: () => this.#locate() }, el("span", { "aria-hidden": "true" }, "◎"), say("report.locate"));
    fill(
      this.frame,
      el(
        "form",
        { class: "report", novalidate: true, onsubmit: (event) => this.#submit(event) },
        this.#step("1", "report.class", search, this.kinds),
        this.#step("2", "report.place", this.map?.canvas ?? el("p", { class: "about" }, say("map.loading")), locate, this.placeWords),
        this.#step("3", "report.more", text, this.photos.node, this.#severities()),
        this.wrong,
        el("button", { type: "submit", class: "big" }, say("report.send")),
      ),
    );
    this.#search(this.draft.words);
    this.#place();
  }

  /** Takes the phone's place as the report's until the worker has chosen one. */
  placed() {
    if (!this.draft.place && this.here.place && this.frame.offsetParent) this.#put(this.here.place, "phone");
    this.map?.paint();
  }

  #step(n, key, ...children) {
    return el("fieldset", {}, el("legend", {}, el("i", { "aria-hidden": "true" }, n), say(key)), children);
  }

  #search(words) {
    this.draft.words = words;
    const wanted = words.trim().toLowerCase();
    const found = this.classes.filter((kind) => !wanted || `${kind.code} ${kind.name.zh} ${kind.name.en}`.toLowerCase().includes(wanted));
    const first = found.filter((kind) => kind.code === this.draft.kind);
    const shown = [...first, ...found.filter((kind) => kind.code !== this.draft.kind)].slice(0, wanted || this.all ? found.length : SHOWN);
    const more = found.length > shown.length && el("button", { type: "button", class: "quiet", onclick: () => { this.all = true; this.#search(words); } }, say("report.all", { n: found.length }));
    fill(this.kinds, shown.map((kind) => this.#kind(kind)), more, !found.length && el("p", { class: "about" }, say("report.no_class")));
  }

  #kind(kind) {
    const chosen = kind.code === this.draft.kind;
    const choose = () => {
      this.draft.kind = kind.code;
      this.#search(this.draft.words);
      this.kinds.querySelector("[aria-checked=true]")?.focus();
    };
    return el("button", { type: "button", class: "kind", role: "radio", "aria-checked": chosen, onclick: choose }, named(kind.name, kind.code), el("small", {}, kind.code));
  }

  #severities() {
    const choose = (severity) => {
      this.draft.severity = this.draft.severity === severity ? "" : severity;
      for (const button of row.children) button.setAttribute("aria-checked", button.dataset.severity === this.draft.severity);
    };
    const row = el("div", { class: "grades", role: "radiogroup", "aria-label": say("report.severity") }, Object.keys(SEVERITY).map((severity) => el("button", { type: "button", role: "radio", dataset: { severity }, "aria-checked": this.draft.severity === severity, onclick: () => choose(severity) }, word("severity", severity))));
    return el("div", { class: "field" }, el("span", {}, say("report.severity")), row);
  }

  #locate() {
    this.here.follow();
    this.draft.source = "phone";
    if (this.here.place) this.#put(this.here.place, "phone");
    else this.#place();
  }

  #put({ lon, lat }, source) {
    this.draft.place = { lon, lat };
    this.draft.source = source;
    if (source === "phone") this.map?.look(this.draft.place);
    this.map?.paint();
    this.#place();
  }

  #place() {
    if (!this.placeWords) return;
    const { place, source } = this.draft;
    if (!place) {
      this.placeWords.textContent = say(this.here.state === "denied" || this.here.state === "none" ? "report.tap_only" : this.here.state === "asked" ? "report.locating" : "report.tap");
      return;
    }
    const cell = this.cells?.atPlace(place.lon, place.lat);
    const exact = source === "phone" && this.here.place ? say("report.accuracy", { metres: number(this.here.place.accuracy) }) : say("report.tapped");
    this.placeWords.textContent = cell ? `${named(cell.name, cell.code)} · ${exact}` : say("report.outside");
  }

  #flaw() {
    if (!this.draft.kind) return "report.need_class";
    if (!this.draft.place) return "report.need_place";
    return this.cells && !this.cells.atPlace(this.draft.place.lon, this.draft.place.lat) ? "report.outside" : null;
  }

  async #submit(event) {
    event.preventDefault();
    const flaw = this.#flaw();
    this.wrong.textContent = flaw ? say(flaw) : "";
    if (flaw) return;
    const at = Date.now();
    const { kind, place, severity, text } = this.draft;
    const photos = await this.photos.ready();
    const body = { id: newId(), at, class: kind, position: { lon: place.lon, lat: place.lat, crs: "wgs84" } };
    if (text.trim()) body.text = text.trim();
    if (severity) body.severity = severity;
    if (photos.length) body.photos = photos.map(({ sha }) => `sha256:${sha}`);
    const title = this.classes.find((one) => one.code === kind)?.name ?? kind;
    await this.send({ id: body.id, kind: "report", body, madeAt: at, title }, photos);
    this.#clear();
    this.show();
  }
}
