/** Paints shapes under the marks: filled by the style that each has, with the lines between them. */

import { pattern, STYLES } from "./palette.js";
import { meet } from "./shapes.js";

const FINE_LINE_FROM_PX = 7;
const WHOLE_FROM = 0.6;
const WIDTHS = { district: 2.4, town: 1.5, community: 1.2 };

function linear(view) {
  return [view.scale, 0, 0, view.scale, view.left, view.top];
}

/** Paints shapes that keep their paths by style, so that a pan or a zoom costs a few fills. */
export class Terrain {
  #groups = null;
  #style = () => "unknown";
  #fills = new Map();

  /** `fine` says whether lines are drawn between single shapes; `borders` are paths by level. */
  constructor(shapes, palette, { borders = shapes.borders ?? {} } = {}) {
    this.shapes = shapes;
    this.palette = palette;
    this.borders = borders;
    this.fine = true;
  }

  /** Takes in the shapes' styles: a function from a code to the name of a style. */
  colour(style) {
    this.#style = style;
    this.#groups = this.#grouped(this.shapes.list);
  }

  #grouped(shapes) {
    const groups = new Map();
    for (const shape of shapes) {
      const wanted = this.#style(shape.code);
      const style = STYLES.has(wanted) ? wanted : "unknown";
      if (!groups.has(style)) groups.set(style, new Path2D());
      groups.get(style).addPath(shape.path);
    }
    return groups;
  }

  /** The groups of all shapes, or of those in sight where these are the fewer. */
  #inSight(view) {
    const sight = view.sight();
    const seen = this.shapes.list.filter(({ box }) => meet(box, sight));
    return seen.length < WHOLE_FROM * this.shapes.list.length ? this.#grouped(seen) : this.#groups;
  }

  paint(pen, view, ratio) {
    if (!this.#groups) this.colour(this.#style);
    const groups = this.#inSight(view);
    pen.save();
    pen.scale(ratio, ratio);
    pen.transform(...linear(view));
    for (const [style, path] of groups) {
      pen.fillStyle = this.#fill(pen, style, view, ratio);
      pen.fill(path, "evenodd");
    }
    this.#lines(pen, view, groups);
    pen.restore();
  }

  /** The fill of a style, undone of the view's scale so that its dots and lines keep their size. */
  #fill(pen, style, view, ratio) {
    if (!this.#fills.has(style)) this.#fills.set(style, pattern(pen, style, this.palette, ratio));
    const made = this.#fills.get(style);
    if (typeof made !== "string") made.setTransform(new DOMMatrix().scale(1 / view.scale / ratio));
    return made;
  }

  #lines(pen, view, groups) {
    const { borders, palette } = this;
    pen.lineCap = "round";
    if (this.shapes.step * view.scale > FINE_LINE_FROM_PX) {
      if (this.fine) {
        pen.strokeStyle = palette.fineLine;
        pen.lineWidth = 0.7 / view.scale;
        for (const path of groups.values()) pen.stroke(path);
      }
      this.#border(pen, view, borders.community, "community", 1.8);
    }
    this.#border(pen, view, borders.town, "town", WIDTHS.town);
    this.#border(pen, view, borders.district, "district", WIDTHS.district);
  }

  #border(pen, view, path, level, pixels) {
    if (!path) return;
    pen.strokeStyle = this.palette[level];
    pen.lineWidth = pixels / view.scale;
    pen.stroke(path);
  }
}
