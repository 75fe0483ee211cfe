/** The dialog over the board, which several parts open: what it shows belongs to the one who opened it, and nobody else draws it anew. */

import { el, refill, write } from "../shared/dom.js";
import { onLanguage, say } from "../shared/language.js";

export class Drawer {
  #owner = null;

  constructor(dialog) {
    this.dialog = dialog;
    this.title = el("h2");
    this.beside = el("span");
    this.shut = el("button", { type: "button", class: "shut", onclick: () => this.close() }, "×");
    this.body = el("div");
    dialog.append(el("header", {}, this.title, this.beside, this.shut), this.body);
    dialog.addEventListener("click", (event) => event.target === dialog && this.close());
    onLanguage(() => this.#label());
    this.#label();
  }

  #label() {
    this.shut.setAttribute("aria-label", say("close"));
  }

  /** Whether what `owner` opened is seen now. */
  shows(owner) {
    return this.dialog.open && this.#owner === owner;
  }

  /** Opens with what `owner` has to show: a title, and nodes `beside` it and below. */
  open(owner, title, { beside = null, body }) {
    this.#owner = owner;
    this.#fill(title, beside, body);
    this.dialog.scrollTop = 0;
    this.dialog.showModal();
  }

  /** Draws anew what `owner` has opened; does nothing once it is shut, or shows something else. */
  renew(owner, title, { beside = null, body }) {
    if (!this.shows(owner)) return;
    const { scrollTop } = this.dialog;
    this.#fill(title, beside, body);
    this.dialog.scrollTop = scrollTop;
  }

  close() {
    this.dialog.close();
  }

  #fill(title, beside, body) {
    write(this.title, title);
    refill(this.beside, () => beside);
    refill(this.body, () => body);
  }
}
