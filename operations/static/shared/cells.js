/** All cells of a city as shapes, with the borders, boxes and middles of the places they add up to. */

import { digits, levelOf, upTo } from "./codes.js";
import { Plane } from "./plane.js";
import { firstPlace, Shapes, union } from "./shapes.js";

const SUMS = ["district", "town", "community"];

function edgeKey(ax, ay, bx, by) {
  const a = `${Math.round(ax * 4)},${Math.round(ay * 4)}`;
  const b = `${Math.round(bx * 4)},${Math.round(by * 4)}`;
  return a < b ? `${a};${b}` : `${b};${a}`;
}

/** Which border an edge belongs to: the highest place that differs on its two sides. */
function borderOf(one, other) {
  if (other === undefined) return "district";
  return SUMS.find((level) => upTo(one, level) !== upTo(other, level)) ?? null;
}

export class Cells extends Shapes {
  #places = null;

  /** From a GeoJSON FeatureCollection whose features have `code` and a name (`zh`, `en`). */
  constructor(collection) {
    super(collection, new Plane(...firstPlace(collection)));
    this.borders = this.#borders();
  }

  /** The places of a level: [{code, box, x, y}], with (x, y) in the cell that is nearest to the middle. */
  places(level) {
    if (level === "cell") return this.list;
    this.#places ??= this.#sums();
    return this.#places[level] ?? [];
  }

  /** A place of any level, or undefined. */
  place(code) {
    const level = levelOf(code);
    return level === "cell" ? this.byCode.get(code) : this.places(level).find((place) => place.code === code);
  }

  boxOf(code) {
    return this.place(code)?.box ?? this.box;
  }

  #sums() {
    return Object.fromEntries(SUMS.map((level) => [level, this.#sum(digits(level))]));
  }

  #sum(length) {
    const groups = Map.groupBy ? Map.groupBy(this.list, (cell) => cell.code.slice(0, length)) : grouped(this.list, length);
    return [...groups].map(([code, cells]) => {
      const mean = (key) => cells.reduce((sum, cell) => sum + cell[key], 0) / cells.length;
      const [x, y] = [mean("x"), mean("y")];
      const far = (cell) => Math.hypot(cell.x - x, cell.y - y);
      const near = cells.reduce((best, cell) => (far(cell) < far(best) ? cell : best));
      const within = far(near) < this.step;
      return { code, box: union(cells.map((cell) => cell.box)), x: within ? x : near.x, y: within ? y : near.y };
    });
  }

  /** The path around a place: its own, or the edges that its cells share with none of its own. */
  outlineOf(code) {
    const own = this.byCode.get(code);
    if (own) return own.path;
    if (this.#outline?.code === code) return this.#outline.path;
    const path = new Path2D();
    for (const { ends, other } of edgesOf(this.list.filter((cell) => cell.code.startsWith(code)))) if (other === undefined) trace(path, ends);
    this.#outline = { code, path };
    return path;
  }

  #outline = null;

  #borders() {
    const borders = { district: new Path2D(), town: new Path2D(), community: new Path2D() };
    for (const { ends, one, other } of edgesOf(this.list)) {
      const level = borderOf(one, other);
      if (level) trace(borders[level], ends);
    }
    return borders;
  }
}

function trace(path, ends) {
  path.moveTo(ends[0], ends[1]);
  path.lineTo(ends[2], ends[3]);
}

/** Each edge once: {ends, one, other} with the codes on its two sides; `other` is missing where there is nothing. */
function edgesOf(cells) {
  const edges = new Map();
  for (const cell of cells) {
    for (const ring of cell.rings) {
      for (let i = 0; i + 3 < ring.length; i += 2) {
        const ends = ring.subarray(i, i + 4);
        const key = edgeKey(...ends);
        const known = edges.get(key);
        if (known) known.other = cell.code;
        else edges.set(key, { ends, one: cell.code });
      }
    }
  }
  return edges.values();
}

function grouped(cells, length) {
  const groups = new Map();
  for (const cell of cells) {
    const code = cell.code.slice(0, length);
    if (!groups.has(code)) groups.set(code, []);
    groups.get(code).push(cell);
  }
  return groups;
}
