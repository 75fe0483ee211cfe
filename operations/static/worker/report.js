/** The report form: what, where, how grave, in words and photos. What is written is kept on the phone first and sent from there. */

import { ClassPicker, majorsOf } from "../shared/class_picker.js";
import { el, refill } from "../shared/dom.js";
import { newId } from "../shared/ids.js";
import { named, number, say, word } from "../shared/language.js";
import { SEVERITY } from "../shared/palette.js";
import { MiniMap } from "./minimap.js";
import { Photos } from "./photos.js";

export class ReportForm {
  cells = null;
  picker = new ClassPicker();

  /** `context` has frame, here, and send(entry, photos). */
  constructor(context) {
    Object.assign(this, context);
    this.#clear();
  }

  /** The classes to choose from, briefly, until the whole catalogue is here; those that a worker's own skills are asked for come first. */
  offer(classes, skills) {
    this.picker.skills = skills;
    if (!this.catalogue) this.picker.majors = majorsOf(classes);
  }

  /** The whole catalogue, by majors and with conditions. */
  know(majors) {
    this.catalogue = true;
    this.picker.majors = majors;
  }

  #clear() {
    this.draft = { place: null, source: null, severity: "", text: "" };
    this.picker.clear();
    this.photos = new Photos();
    this.made = null;
  }

  /** Shows the form, anew only where what it is made of has changed: what was typed is never thrown away. */
  show() {
    const made = JSON.stringify([this.picker.all.length, this.catalogue, this.cells !== null, document.documentElement.lang]);
    if (this.made === made) {
      this.#place();
      return;
    }
    this.made = made;
    this.photos.show();
    this.wrong = el("p", { class: "wrong", role: "alert" });
    this.placeWords = el("p", { class: "place-words", "aria-live": "polite" });
    const text = el("textarea", { rows: 3, maxlength: 2000, dataset: { key: "text" }, value: this.draft.text, placeholder: say("report.text.hint"), "aria-label": say("report.text"), oninput: (event) => (this.draft.text = event.target.value) });
    this.map = this.cells && new MiniMap({ cells: this.cells, label: say("report.map"), marks: () => ({ here: this.here.place, target: this.draft.place }), tapped: (lon, lat) => this.#put({ lon, lat }, "tap") });
    this.map?.look(this.draft.place ?? this.here.place);
    const locate = el("button", { type: "button", class: "locate", onclick: () => this.#locate() }, el("span", { "aria-hidden": "true" }, "◎"), say("report.locate"));
    refill(this.frame, () =>
      el(
        "form",
        { class: "report", novalidate: true, onsubmit: (event) => this.#submit(event) },
        this.#step("1", "report.class", this.picker.node),
        this.#step("2", "report.place", this.map?.canvas ?? el("p", { class: "about" }, say("map.loading")), locate, this.placeWords),
        this.#step("3", "report.more", text, this.photos.node, this.#severities()),
        this.wrong,
        el("button", { type: "submit", class: "big" }, say("report.send")),
      ),
    );
    this.picker.show();
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
    this.placeWords.textContent = cell ? `${named(cell.name, cell.code)} · ${exact}` : this.#outside() ? say("report.outside") : `${say("report.elsewhere")} · ${exact}`;
  }

  #flaw() {
    if (!this.picker.kind) return "report.need_class";
    if (!this.draft.place) return "report.need_place";
    return this.#outside() ? "report.outside" : null;
  }

  /** Whether the place surely lies in no cell of the city: where the phone holds a part of the cells only, the server alone knows. */
  #outside() {
    const { place } = this.draft;
    return Boolean(this.cells?.whole && !this.cells.atPlace(place.lon, place.lat));
  }

  async #submit(event) {
    event.preventDefault();
    const flaw = this.#flaw();
    this.wrong.textContent = flaw ? say(flaw) : "";
    if (flaw) return;
    const at = Date.now();
    const { place, severity, text } = this.draft;
    const { kind, condition } = this.picker;
    const photos = await this.photos.ready();
    const body = { id: newId(), at, class: kind, position: { lon: place.lon, lat: place.lat, crs: "wgs84" } };
    if (condition) body.condition = condition;
    if (text.trim()) body.text = text.trim();
    if (severity) body.severity = severity;
    if (photos.length) body.photos = photos.map(({ sha }) => `sha256:${sha}`);
    const title = this.picker.chosen?.name ?? kind;
    await this.send({ id: body.id, kind: "report", body, madeAt: at, title }, photos);
    this.#clear();
    this.show();
  }
}
