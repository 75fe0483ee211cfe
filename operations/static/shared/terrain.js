/** Paints what lies under the marks: the cells by their state, the borders of places, and their names. */

import { named } from "./language.js";
import { CELL_STATES, pattern } from "./palette.js";

const FINE_LINE_FROM = 0.05;

function linear(view) {
  return [view.scale, 0, 0, view.scale, view.left, view.top];
}

/** Paints cells that keep their paths by state, so that a pan or a zoom costs four fills. */
export class Terrain {
  #groups = null;
  #fills = new Map();

  constructor(cells, palette) {
    this.cells = cells;
    this.palette = palette;
    this.labels = this.#labels();
  }

  /** Takes in the cells' states: a Map from code to state. */
  colour(states) {
    this.#groups = Object.fromEntries(CELL_STATES.map((state) => [state, new Path2D()]));
    for (const cell of this.cells.list) {
      const group = this.#groups[states.get(cell.code) ?? "unknown"] ?? this.#groups.unknown;
      group.addPath(cell.path);
    }
  }

  paint(pen, view, ratio) {
    if (!this.#groups) this.colour(new Map());
    pen.save();
    pen.scale(ratio, ratio);
    pen.transform(...linear(view));
    for (const state of CELL_STATES) {
      pen.fillStyle = this.#fill(pen, state, view, ratio);
      pen.fill(this.#groups[state], "evenodd");
    }
    this.#lines(pen, view);
    pen.restore();
  }

  /** The fill of a state, undone of the view's scale so that its dots and lines keep their size. */
  #fill(pen, state, view, ratio) {
    if (!this.#fills.has(state)) this.#fills.set(state, pattern(pen, state, this.palette, ratio));
    const made = this.#fills.get(state);
    if (typeof made !== "string") made.setTransform(new DOMMatrix().scale(1 / view.scale / ratio));
    return made;
  }

  #lines(pen, view) {
    const { borders } = this.cells;
    const { palette } = this;
    const thin = (pixels) => pixels / view.scale;
    pen.lineCap = "round";
    if (view.scale > FINE_LINE_FROM) {
      pen.strokeStyle = palette.fineLine;
      pen.lineWidth = thin(0.7);
      for (const state of CELL_STATES) pen.stroke(this.#groups[state]);
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
    for (const { code, middle } of this.labels) {
      const [x, y] = view.toScreen(...middle);
      pen.font = "650 15px system-ui, sans-serif";
      pen.letterSpacing = "2px";
      this.#text(pen, named(districts.get(code)?.name, code), x, y, 4);
      pen.letterSpacing = "0px";
    }
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
