/** A small map for the phone: the cells around a place, where the task is, where the worker is; on the report form a tap sets the place. */

import { el } from "../shared/dom.js";
import { listen } from "../shared/gestures.js";
import { LIGHT } from "../shared/palette.js";
import { Terrain } from "../shared/terrain.js";
import { View } from "../shared/view.js";

const AROUND_M = 260;
const LEAST_SCALE = 0.02;

export class MiniMap {
  view = new View();
  #asked = false;

  /** `marks()` gives {here, target} in degrees; `tapped(lon, lat)` makes the map one to touch. */
  constructor({ cells, label, marks, tapped }) {
    Object.assign(this, { cells, marks });
    this.canvas = el("canvas", { class: tapped ? "minimap touch" : "minimap", role: tapped ? "application" : "img", "aria-label": label, tabindex: tapped ? 0 : undefined });
    this.terrain = new Terrain(cells, LIGHT);
    this.terrain.colour(() => "fine");
    this.view.least = LEAST_SCALE;
    if (tapped) this.#touch(tapped);
    new ResizeObserver(() => this.#resize()).observe(this.canvas);
  }

  #touch(tapped) {
    const chosen = (x, y) => tapped(...this.cells.plane.from(...this.view.toPlane(x, y)));
    listen(this.canvas, { view: this.view, moved: () => this.paint(), chosen, fitted: () => this.look(null) });
  }

  /** Shows the surroundings of a place, or the whole city. */
  look(place) {
    this.place = place;
    const [x, y] = place ? this.cells.plane.to(place.lon, place.lat) : [0, 0];
    this.view.fit(place ? [x - AROUND_M, y - AROUND_M, x + AROUND_M, y + AROUND_M] : this.cells.box, place ? 0 : 12);
    this.paint();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const first = !this.ratio;
    this.ratio = Math.min(3, devicePixelRatio || 1);
    this.canvas.width = width * this.ratio;
    this.canvas.height = height * this.ratio;
    this.view.resize(width, height);
    if (first) this.look(this.place ?? null);
    this.paint();
  }

  paint() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      if (this.ratio) this.#paint();
    });
  }

  #paint() {
    const pen = this.canvas.getContext("2d");
    const { here, target } = this.marks();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = LIGHT.ground;
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.terrain.paint(pen, this.view, this.ratio);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    const cell = target && this.cells.atPlace(target.lon, target.lat);
    if (cell) this.#outline(pen, cell);
    if (here) this.#dot(pen, here);
    if (target) this.#pin(pen, target);
  }

  #outline(pen, cell) {
    pen.save();
    pen.transform(this.view.scale, 0, 0, this.view.scale, this.view.left, this.view.top);
    pen.fillStyle = "rgba(255, 183, 0, .35)";
    pen.fill(cell.path);
    pen.strokeStyle = LIGHT.chosen;
    pen.lineWidth = 2.2 / this.view.scale;
    pen.stroke(cell.path);
    pen.restore();
  }

  #at({ lon, lat }) {
    return this.view.toScreen(...this.cells.plane.to(lon, lat));
  }

  #dot(pen, here) {
    const [x, y] = this.#at(here);
    pen.beginPath();
    pen.arc(x, y, 8, 0, 7);
    pen.fillStyle = LIGHT.worker;
    pen.fill();
    pen.lineWidth = 3;
    pen.strokeStyle = "#fff";
    pen.stroke();
  }

  #pin(pen, target) {
    const [x, y] = this.#at(target);
    pen.beginPath();
    pen.arc(x, y - 19, 10, Math.PI * 0.85, Math.PI * 2.15);
    pen.lineTo(x, y);
    pen.closePath();
    pen.fillStyle = "#c8102e";
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = "#fff";
    pen.stroke();
    pen.beginPath();
    pen.arc(x, y - 19, 3.5, 0, 7);
    pen.fillStyle = "#fff";
    pen.fill();
  }
}
