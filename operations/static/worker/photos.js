/** The part of a form that takes photos and shows them. */

import { el, fill } from "../shared/dom.js";
import { say } from "../shared/language.js";
import { prepare } from "./photo.js";

const MOST = 4;

export class Photos {
  taken = [];
  #working = Promise.resolve();

  constructor() {
    this.shelf = el("div", { class: "shelf" });
    this.problem = el("p", { class: "wrong", role: "alert" });
    this.input = el("input", { type: "file", accept: "image/*", multiple: true, class: "unseen", onchange: () => this.#take() });
    this.node = el("div", { class: "photo-field" }, this.shelf, this.problem);
    this.show();
  }

  /** Waits until every chosen photo is ready to be kept. */
  async ready() {
    await this.#working;
    return this.taken;
  }

  show() {
    const pictures = this.taken.map((photo) => {
      const remove = el("button", { type: "button", "aria-label": say("photo.remove"), onclick: () => this.#remove(photo) }, "×");
      return el("div", { class: "picture" }, photo.preview, remove);
    });
    const add = this.taken.length < MOST && el("label", { class: "add" }, this.input, el("span", { "aria-hidden": "true" }, "＋"), say("photo.add"));
    fill(this.shelf, pictures, add);
  }

  #remove(photo) {
    this.taken = this.taken.filter((other) => other !== photo);
    this.show();
  }

  #take() {
    const files = [...this.input.files].slice(0, MOST - this.taken.length);
    this.input.value = "";
    this.problem.textContent = "";
    this.#working = this.#working.then(() => this.#prepare(files));
  }

  async #prepare(files) {
    for (const file of files) {
      try {
        const photo = await prepare(file);
        if (!this.taken.some((other) => other.sha === photo.sha)) this.taken.push(photo);
      } catch {
        this.problem.textContent = say("photo.unreadable", { name: file.name });
      }
      this.show();
    }
  }
}
