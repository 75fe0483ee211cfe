/** Registers what was called in: a report for a place, with its class, its condition and what was said. */

import { get, post } from "../shared/api.js";
import { ClassPicker, majorsOf } from "../shared/class_picker.js";
import { el } from "../shared/dom.js";
import { newId } from "../shared/ids.js";
import { say } from "../shared/language.js";

/** Opens the form in the drawer. `place` has name, lon and lat (WGS-84); `classes` are the brief ones, in case the catalogue does not come. */
export async function register(drawer, place, classes) {
  const picker = new ClassPicker();
  picker.majors = majorsOf(classes);
  const text = el("textarea", { rows: 3, maxlength: 2000, "aria-label": say("report.text"), placeholder: say("report.text.hint") });
  const answer = el("p", { class: "answer", role: "alert" });
  const send = el("button", { type: "submit", class: "send" }, say("register.send"));
  const submit = async (event) => {
    event.preventDefault();
    const tell = (tone, words) => {
      answer.dataset.tone = tone;
      answer.textContent = words;
    };
    if (!picker.kind) return tell("bad", say("report.need_class"));
    send.disabled = true;
    const body = { id: newId(), at: Date.now(), class: picker.kind, position: { lon: place.lon, lat: place.lat, crs: "wgs84" } };
    if (picker.condition) body.condition = picker.condition;
    if (text.value.trim()) body.text = text.value.trim();
    try {
      await post("/api/v1/reports", body);
      tell("good", say("register.done"));
    } catch (problem) {
      send.disabled = false;
      tell("bad", problem.sentence ?? String(problem));
    }
    return undefined;
  };
  const form = el("form", { class: "register", novalidate: true, onsubmit: submit }, el("p", { class: "explain" }, say("register.help", { place: place.name })), picker.node, text, answer, el("div", { class: "act-end" }, send));
  picker.show();
  drawer.open(form, say("register.title"), { body: form });
  try {
    picker.majors = (await get("/api/v1/classes", { cache: "no-cache" })).majors;
    picker.show();
  } catch {
    // The brief classes are enough to register by.
  }
}
