/** The controls over the map: where one is (up by a click), by which level it is divided, and by what it is coloured. */

import { DIVISIONS, levelBelow, levelOf, pathOf } from "../shared/codes.js";
import { byId, el, fill } from "../shared/dom.js";
import { named, say } from "../shared/language.js";
import { THEMES } from "./shading.js";

export class MapBar {
  scope = "";

  /** `go(code)` moves the map to a place, `open(code)` opens its page. */
  constructor(board, layers, { go, open }) {
    Object.assign(this, { board, layers, go, open });
    byId("theme").addEventListener("change", (event) => layers.turnTo({ theme: event.target.value }));
    this.show();
  }

  /** Says where the map is: an empty code is the city. */
  at(code) {
    this.scope = code;
    this.#crumbs();
  }

  show() {
    this.#crumbs();
    this.#levels();
    const { theme } = this.layers;
    fill(byId("theme"), THEMES.map((one) => el("option", { value: one }, say(`theme.${one}`))));
    byId("theme").value = theme;
  }

  #crumbs() {
    const city = this.board.city?.code;
    if (!city) return;
    const here = this.scope || city;
    const codes = pathOf(here).filter((code) => code.length >= city.length);
    const items = codes.map((code) => {
      const name = named(code === city ? this.board.city.name : this.board.nameOf(code), code);
      const current = code === here;
      return el("li", {}, el("button", { type: "button", class: "crumb", "aria-current": current ? "location" : undefined, title: `${say(`level.${levelOf(code)}`)} ${code}`, onclick: () => this.go(code === city ? "" : code) }, name));
    });
    const page = el("button", { type: "button", class: "crumb-page", onclick: () => this.open(here) }, say("map.open_place"));
    fill(byId("crumbs"), el("ol", {}, items), page);
  }

  #levels() {
    const choose = (level) => {
      this.layers.turnTo({ level });
      this.#levels();
      byId("levels").querySelector("[aria-checked=true]")?.focus();
    };
    const buttons = DIVISIONS.map((level) =>
      el("button", { type: "button", role: "radio", tabindex: level === this.layers.wanted ? 0 : -1, dataset: { level }, "aria-checked": level === this.layers.wanted, onclick: () => choose(level) }, say(`level.short.${level}`)),
    );
    const walk = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const at = DIVISIONS.indexOf(this.layers.wanted) + step;
      if (at >= 0 && at < DIVISIONS.length) choose(DIVISIONS[at]);
    };
    fill(byId("levels"), buttons);
    byId("levels").onkeydown = walk;
  }

  /** Divides what lies below a place by the next level, where the map stands on a finer or the same one now. */
  down(code) {
    const level = code ? levelBelow(levelOf(code)) : "district";
    if (level) this.layers.turnTo({ level });
    this.#levels();
  }
}
