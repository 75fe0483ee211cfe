/** Paints what lies under the marks: the cells by their state, the borders of places, and their names. */

import { named } from "./language.js";
import { CELL_STATES, pattern } from "./palette.js";

const FINE_LINE_FROM_PX = 7;
const WHOLE_FROM = 0.6;

function linear(view) {
  return [view.scale, 0, 0, view.scale, view.left, view.top];
}

/** Paints cells that keep their paths by state, so that a pan or a zoom costs four fills. */
export class Terrain {
  #groups = null;
  #states = new Map();
  #fills = new Map();

  constructor(cells, palette) {
    this.cells = cells;
    this.palette = palette;
    this.labels = this.#labels();
  }

  /** Takes in the cells' states: a Map from code to state. */
  colour(states) {
    this.#states = states;
    this.#groups = this.#grouped(this.cells.list);
  }

  #grouped(cells) {
    const groups = Object.fromEntries(CELL_STATES.map((state) => [state, new Path2D()]));
    for (const cell of cells) (groups[this.#states.get(cell.code)] ?? groups.unknown).addPath(cell.path);
    return groups;
  }

  /** The groups of all cells, or of those in sight where these are the fewer. */
  #inSight(view) {
    const [left, top] = view.toPlane(0, 0);
    const [right, bottom] = view.toPlane(view.width, view.height);
    const seen = this.cells.list.filter(({ box }) => box[0] < right && box[2] > left && box[1] < bottom && box[3] > top);
    return seen.length < WHOLE_FROM * this.cells.list.length ? this.#grouped(seen) : this.#groups;
  }

  paint(pen, view, ratio) {
    if (!this.#groups) this.colour(new Map());
    const groups = this.#inSight(view);
    pen.save();
    pen.scale(ratio, ratio);
    pen.transform(...linear(view));
    for (const state of CELL_STATES) {
      pen.fillStyle = this.#fill(pen, state, view, ratio);
      pen.fill(groups[state], "evenodd");
    }
    this.#lines(pen, view, groups);
    pen.restore();
  }

  /** The fill of a state, undone of the view's scale so that its dots and lines keep their size. */
  #fill(pen, state, view, ratio) {
    if (!this.#fills.has(state)) this.#fills.set(state, pattern(pen, state, this.palette, ratio));
    const made = this.#fills.get(state);
    if (typeof made !== "string") made.setTransform(new DOMMatrix().scale(1 / view.scale / ratio));
    return made;
  }

  #lines(pen, view, groups) {
    const { borders } = this.cells;
    const { palette } = this;
    const thin = (pixels) => pixels / view.scale;
    pen.lineCap = "round";
    if (this.#cellPixels(view) > FINE_LINE_FROM_PX) {
      pen.strokeStyle = palette.fineLine;
      pen.lineWidth = thin(0.7);
      for (const state of CELL_STATES) pen.stroke(groups[state]);
      pen.strokeStyle = palette.community;
      pen.lineWidth = thin(1.8);
      pen.stroke(borders.community);
    }
    pen.strokeStyle = palette.town;
    pen.lineWidth = thin(1.5);
    pen.stroke(borders.town);
    pen.strokeStyle = palette.district;
    pen.lineWidth = thin(2.4);
    pen.stroke(borders.district);
  }

  #labels() {
    const codes = new Set(this.cells.list.map((cell) => cell.code.slice(0, 6)));
    return [...codes].map((code) => ({ code, middle: this.cells.middleOf(code) }));
  }

  /** The districts' names over their middles; near by, the cells' own names too. `districts` is a Map from code to {name}. */
  name(pen, view, districts) {
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    if (this.#cellPixels(view) > 84) this.#nameCells(pen, view);
    if (view.scale > 0.6) return;
    this.#nameDistricts(pen, view, districts);
  }

  /** A name that would lie over another moves above it, so that districts close together stay readable. */
  #nameDistricts(pen, view, districts) {
    const taken = [];
    pen.font = "650 15px system-ui, sans-serif";
    pen.letterSpacing = "1.5px";
    for (const { code, middle } of this.labels) {
      const text = named(districts.get(code)?.name, code);
      const half = pen.measureText(text).width / 2 + 4;
      let [x, y] = view.toScreen(...middle);
      while (taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 20)) y -= 20;
      taken.push({ x, y, half });
      this.#text(pen, text, x, y, 4);
    }
    pen.letterSpacing = "0px";
  }

  #cellPixels(view) {
    return this.cells.step * view.scale;
  }

  #nameCells(pen, view) {
    pen.font = "12px system-ui, sans-serif";
    for (const cell of this.cells.list) {
      const [x, y] = view.toScreen(cell.x, cell.y);
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      this.#text(pen, cell.code.slice(12), x, y, 3);
    }
  }

  #text(pen, text, x, y, halo) {
    pen.strokeStyle = this.palette.halo;
    pen.lineWidth = halo;
    pen.strokeText(text, x, y);
    pen.fillStyle = this.palette.label;
    pen.fillText(text, x, y);
  }
}
