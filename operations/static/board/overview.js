/** What the side shows while nothing is chosen: how each district fares, and where the workers are. */

import { byId, el, fill, write } from "../shared/dom.js";
import { named, number, onLanguage, say, word } from "../shared/language.js";
import { Rows } from "../shared/rows.js";
import { span } from "../shared/times.js";

const HEIGHT = 58;

export class Overview {
  #find = { everyone: false, words: "" };

  /** `go` has district(code), worker(worker). */
  constructor(board, go) {
    Object.assign(this, { board, go });
    this.frame = byId("overview");
    this.#build();
    board.watch(["incidents", "workers", "city", "cells"], () => this.#later());
    onLanguage(() => {
      this.#build();
      this.show();
    });
  }

  #build() {
    this.districts = el("tbody");
    this.count = el("span", { class: "count" });
    const heads = ["overview.open", "overview.late", "overview.staff", "overview.unknown"].map((key) => el("th", { scope: "col" }, say(key)));
    const search = el("input", { type: "search", placeholder: say("overview.search"), "aria-label": say("overview.search"), value: this.#find.words, oninput: (event) => this.#turnTo({ words: event.target.value }) });
    const choices = [["overview.on_shift", false], ["overview.everyone", true]].map(([key, everyone]) =>
      el("button", { type: "button", dataset: { everyone: String(everyone) }, onclick: () => this.#turnTo({ everyone }) }, say(key)),
    );
    this.choices = choices;
    const list = el("div", { class: "rows worker-rows" });
    fill(
      this.frame,
      el("section", { class: "districts" }, el("div", { class: "panel-head" }, el("h2", {}, say("overview.districts"))), el("table", { class: "district-table" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, el("span", { class: "unseen" }, say("ledger.district"))), heads)), this.districts)),
      el("section", { class: "workers" }, el("div", { class: "panel-head" }, el("h2", {}, say("overview.workers")), this.count), el("div", { class: "worker-filters" }, el("div", { class: "tabs", role: "group" }, choices), search), list),
    );
    this.rows = new Rows(list, { height: HEIGHT, key: (worker) => worker.id, stamp: (worker) => JSON.stringify([worker.load, worker.on_shift, worker.position]), draw: (worker) => this.#worker(worker) });
    this.nobody = el("p", { class: "nothing", hidden: true }, say("overview.nobody"));
    list.append(this.nobody);
  }

  #turnTo(change) {
    Object.assign(this.#find, change);
    this.show();
  }

  #later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      this.show();
    }, 500);
  }

  show() {
    this.#showDistricts();
    const workers = this.#matching();
    this.rows.show(workers);
    this.nobody.hidden = workers.length > 0 || this.board.city === null;
    for (const choice of this.choices) choice.setAttribute("aria-pressed", choice.dataset.everyone === String(this.#find.everyone));
    write(this.count, number([...this.board.workers.values()].filter((worker) => worker.on_shift).length));
  }

  #showDistricts() {
    const tallies = new Map([...this.board.districts.keys()].map((code) => [code, { open: 0, late: 0, staff: 0, unknown: 0 }]));
    const add = (code, key) => tallies.has(code) && (tallies.get(code)[key] += 1);
    for (const incident of this.board.open()) {
      add(incident.district, "open");
      if (this.board.isLate(incident)) add(incident.district, "late");
    }
    for (const worker of this.board.workers.values()) if (worker.on_shift) add(worker.district, "staff");
    for (const [code, state] of this.board.cells) if (state === "unknown") add(code.slice(0, 6), "unknown");
    const rows = [...tallies].map(([code, tally]) => {
      const name = named(this.board.districts.get(code).name, code);
      const title = el("th", { scope: "row" }, el("button", { type: "button", class: "linklike", onclick: () => this.go.district(code) }, name), el("a", { class: "to-place", href: `#/place/${code}`, "aria-label": `${say("map.open_place")}: ${name}`, title: say("map.open_place") }, "→"));
      return el("tr", {}, title, el("td", {}, number(tally.open)), el("td", { class: tally.late ? "late" : "" }, number(tally.late)), el("td", {}, number(tally.staff)), el("td", {}, number(tally.unknown)));
    });
    fill(this.districts, rows);
  }

  #matching() {
    const words = this.#find.words.trim().toLowerCase();
    return [...this.board.workers.values()]
      .filter((worker) => this.#find.everyone || worker.on_shift)
      .filter((worker) => !words || [worker.id, worker.name.zh, worker.name.en, ...worker.skills].join(" ").toLowerCase().includes(words))
      .sort((a, b) => Number(b.on_shift) - Number(a.on_shift) || b.load - a.load || a.id.localeCompare(b.id));
  }

  #worker(worker) {
    const pips = Array.from({ length: worker.capacity }, (_, i) => el("i", { class: i < worker.load ? "on" : "" }));
    const where = worker.position ? say("worker.seen", { age: span(this.board.now() - worker.position.at) }) : say("worker.nowhere");
    const load = worker.on_shift ? say("worker.load", { load: worker.load, capacity: worker.capacity }) : say("worker.off");
    return el(
      "button",
      { type: "button", class: "worker", dataset: { off: String(!worker.on_shift) }, onclick: () => this.go.worker(worker) },
      el("span", { class: "face", "aria-hidden": "true" }, named(worker.name, worker.id).slice(0, 1)),
      el("span", { class: "worker-name" }, named(worker.name, worker.id), el("small", {}, worker.id)),
      el("span", { class: "pips", title: load }, worker.on_shift ? pips : null, el("span", {}, load)),
      el("span", { class: "worker-skills" }, worker.skills.map((skill) => word("skill", skill)).join(say("list.comma"))),
      el("span", { class: "worker-where" }, worker.on_shift ? where : ""),
    );
  }
}
