/** The map of the city: paints it when something has changed, and tells what was picked on it. */

import { byId, el, fill, write } from "../shared/dom.js";
import { listen } from "../shared/gestures.js";
import { named, say } from "../shared/language.js";
import { DARK } from "../shared/palette.js";
import { View } from "../shared/view.js";
import { drawMarks, drawWorkers, gather, placeOf } from "./marks.js";
import { drawNames } from "./names.js";

const REACH = 16;
const SMOOTH_MS = 12;
const REST_MS = 140;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class CityMap {
  view = new View();
  cells = null;
  chosen = {};
  scope = "";
  named = [];
  #marks = [];
  #drawn = null;
  #cost = 0;
  #stale = true;
  #asked = false;
  #touched = false;

  /** `pick({incident} | {cell} | {place} | {})` is called with what the operator chose; `layers` says the level and how it is coloured. */
  constructor(board, layers, pick) {
    Object.assign(this, { board, layers, pick });
    this.canvas = byId("canvas");
    this.pen = this.canvas.getContext("2d");
    this.under = document.createElement("canvas");
    listen(this.canvas, {
      view: this.view,
      moved: (byKey) => this.#moved(byKey),
      chosen: (x, y) => this.#choose(x, y),
      hovered: (x, y) => this.#hover(x, y),
      fitted: () => this.showAll(),
    });
    byId("zoom-in").onclick = () => this.#zoom(1.6);
    byId("zoom-out").onclick = () => this.#zoom(1 / 1.6);
    byId("zoom-all").onclick = () => this.showAll();
    new ResizeObserver(() => this.#resize()).observe(this.canvas);
    board.watch(["incidents", "workers", "city", "places"], () => this.paint());
    layers.watch(() => this.#redraw());
  }

  /** Stands the map on a ground; `cells` is its name for those who look up single cells. */
  place(ground) {
    const first = this.cells !== ground;
    this.cells = ground;
    this.layers.ground = ground;
    if (first && !this.#touched) this.showAll();
    this.layers.recolour();
  }

  get level() {
    return this.layers.level;
  }

  showAll() {
    if (!this.cells?.box) return;
    this.#fit(this.cells.box);
    this.view.least = this.view.scale / 2;
    this.#redraw();
  }

  show(box) {
    this.#touched = true;
    this.view.fit(box, Math.min(this.view.width, this.view.height) / 3.2);
    this.#redraw();
  }

  /** Shows a place as large as it fits, and outlines it from now on; no code shows the whole city. */
  showPlaceOf(code) {
    this.scope = code;
    const place = code && this.cells?.place(code);
    if (!place) return this.showAll();
    this.#touched = true;
    this.#fit(place.box);
    this.#redraw();
  }

  /** Fits a box between the controls above and the legend below. */
  #fit(box) {
    const bar = document.querySelector(".map-bar");
    const wide = this.view.width > 600;
    const below = byId("legend").offsetHeight;
    this.view.fit(box, wide ? 26 : 14, below, bar.offsetTop + bar.offsetHeight);
  }

  showIncident(incident) {
    const place = this.cells && placeOf(incident, this.cells);
    if (place) this.show([place[0] - 150, place[1] - 150, place[0] + 150, place[1] + 150]);
  }

  /** Moves an incident into sight where it is not, and leaves the view alone where it is. */
  reveal(incident) {
    const place = incident && this.cells && placeOf(incident, this.cells);
    if (!place) return;
    const [x, y] = this.view.toScreen(...place);
    if (x > 30 && y > 30 && x < this.view.width - 30 && y < this.view.height - 30) return;
    this.view.centre(...place);
    this.#redraw();
  }

  showPlace(lon, lat) {
    if (!this.cells) return;
    const [x, y] = this.cells.plane.to(lon, lat);
    this.show([x - 200, y - 200, x + 200, y + 200]);
  }

  choose(chosen) {
    this.chosen = chosen;
    this.paint();
  }

  #zoom(factor) {
    this.view.zoom(factor);
    this.#moved(false);
  }

  #moved(byKey) {
    this.#touched = true;
    if (this.cells?.box) this.view.hold(this.cells.box);
    this.#redraw();
    if (byKey) this.#speak(this.view.width / 2, this.view.height / 2);
  }

  #redraw() {
    this.#stale = true;
    this.paint();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [this.canvas, this.under]) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    this.view.resize(width, height);
    if (this.scope) this.showPlaceOf(this.scope);
    else if (!this.#touched) this.showAll();
    this.#redraw();
  }

  /** Paints at the next frame, once, however often it is asked. */
  paint() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#paint();
    });
  }

  #paint() {
    const { pen, view, ratio } = this;
    if (!ratio || !this.cells?.box) return;
    this.#paintUnder();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.#copyUnder();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#outline(this.scope, 3.4, DARK.worker);
    this.#outline(this.chosen.cell, 2.5, DARK.chosen);
    this.#marks = gather(this.board.incidents.values(), this.cells, view);
    drawWorkers(pen, this.board.workers.values(), { cells: this.cells, view, colour: DARK.worker, chosen: this.chosen.worker });
    const { level, layers, cells: ground } = this;
    this.named = drawNames(pen, view, { ground, level, names: (code) => this.board.nameOf(code), note: (code) => layers.note(code), marks: this.#marks });
    const moving = drawMarks(pen, this.#marks, { chosen: this.chosen.incident, still: STILL.matches, now: Date.now() });
    if (document.activeElement === this.canvas && this.canvas.matches(":focus-visible")) this.#cross();
    this.#scale();
    if (moving || this.#stale) this.paint();
  }

  /** Paints the terrain anew where that is quick; where it is not, the last picture is moved until the hand rests. */
  #paintUnder() {
    if (!this.#stale) return;
    const { scale, left, top } = this.view;
    const was = this.#last ?? this.view;
    if (was.scale !== scale || was.left !== left || was.top !== top) this.#movedAt = performance.now();
    this.#last = this.view.copy();
    if (this.#drawn && this.#cost > SMOOTH_MS && performance.now() - this.#movedAt < REST_MS) return;
    const began = performance.now();
    const pen = this.under.getContext("2d");
    pen.clearRect(0, 0, this.under.width, this.under.height);
    this.layers.follow(this.view);
    this.cells.paint(pen, this.view, this.ratio);
    this.#cost = performance.now() - began;
    this.#drawn = this.view.copy();
    this.#stale = false;
  }

  #last = null;
  #movedAt = 0;

  #copyUnder() {
    const was = this.#drawn;
    if (!was) return;
    const zoom = this.view.scale / was.scale;
    const { pen, ratio } = this;
    pen.setTransform(zoom, 0, 0, zoom, (this.view.left - was.left * zoom) * ratio, (this.view.top - was.top * zoom) * ratio);
    pen.drawImage(this.under, 0, 0);
  }

  #outline(code, width, colour) {
    if (!code || !this.cells.place(code)) return;
    const { pen, view } = this;
    pen.save();
    pen.transform(view.scale, 0, 0, view.scale, view.left, view.top);
    pen.strokeStyle = colour;
    pen.lineWidth = width / view.scale;
    pen.lineJoin = "round";
    pen.stroke(this.cells.pathOf(code));
    pen.restore();
  }

  #cross() {
    const { pen, view } = this;
    const [x, y] = [view.width / 2, view.height / 2];
    pen.strokeStyle = DARK.worker;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      pen.moveTo(x + dx * 6, y + dy * 6);
      pen.lineTo(x + dx * 14, y + dy * 14);
    }
    pen.stroke();
  }

  #scale() {
    const round = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
    const metres = round.findLast((length) => length * this.view.scale <= 110) ?? 10;
    const [bar, text] = byId("scale").children;
    bar.style.width = `${metres * this.view.scale}px`;
    write(text, metres >= 1000 ? `${metres / 1000} km` : `${metres} m`);
  }

  #markAt(x, y) {
    return this.#marks.findLast((mark) => Math.hypot(mark.x - x, mark.y - y) < REACH);
  }

  #choose(x, y) {
    const mark = this.#markAt(x, y);
    if (mark && mark.incidents.length > 1 && this.view.scale < 0.8) {
      this.view.zoom(2.5, mark.x, mark.y);
      this.#moved(false);
      return;
    }
    const code = this.cells?.at(...this.view.toPlane(x, y), this.level);
    if (mark) this.pick({ incident: mark.incidents[0].id });
    else if (this.level === "cell") this.pick({ cell: code });
    else this.pick({ place: code });
  }

  #tell(x, y) {
    const mark = this.#markAt(x, y);
    if (mark) {
      const [first] = mark.incidents;
      const title = mark.incidents.length > 1 ? say("map.cluster", { n: mark.incidents.length }) : named(first.name, first.class);
      return [title, named(this.cells.byCode.get(first.cells[0])?.name, first.cells[0])];
    }
    const code = this.cells?.at(...this.view.toPlane(x, y), this.level);
    if (!code) return null;
    return [named(this.board.nameOf(code) ?? this.cells.byCode.get(code)?.name, code), code, this.layers.words(code)];
  }

  #hover(x, y) {
    const lines = x === null || !this.cells?.box ? null : this.#tell(x, y);
    const hint = byId("hint");
    hint.hidden = !lines;
    if (!lines) return;
    fill(hint, el("strong", {}, lines[0]), lines.slice(1).map((line) => el("span", {}, line)));
    hint.style.left = `${Math.min(x + 14, this.view.width - hint.offsetWidth - 8)}px`;
    hint.style.top = `${Math.min(y + 16, this.view.height - hint.offsetHeight - 8)}px`;
  }

  #speak(x, y) {
    const lines = this.cells?.box && this.#tell(x, y);
    if (lines) write(byId("map-voice"), lines.join(", "));
  }
}
