/** The city's cells as shapes on the plane: to be drawn, to be found by a point, and with the borders of the places they add up to. */

import { Plane } from "./plane.js";

function ringsOf(geometry) {
  if (geometry.type === "Polygon") return geometry.coordinates;
  return geometry.coordinates.flat();
}

function boundsOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      box[0] = Math.min(box[0], ring[i]);
      box[1] = Math.min(box[1], ring[i + 1]);
      box[2] = Math.max(box[2], ring[i]);
      box[3] = Math.max(box[3], ring[i + 1]);
    }
  }
  return box;
}

function union(boxes) {
  return boxes.reduce(
    (all, box) => [Math.min(all[0], box[0]), Math.min(all[1], box[1]), Math.max(all[2], box[2]), Math.max(all[3], box[3])],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}

/** Whether a point lies in the rings, by the even-odd rule. */
function inside(rings, x, y) {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const crosses = ring[i + 1] > y !== ring[j + 1] > y;
      if (crosses && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) odd = !odd;
    }
  }
  return odd;
}

function pathOf(rings) {
  const path = new Path2D();
  for (const ring of rings) {
    path.moveTo(ring[0], ring[1]);
    for (let i = 2; i < ring.length; i += 2) path.lineTo(ring[i], ring[i + 1]);
    path.closePath();
  }
  return path;
}

function edgeKey(ax, ay, bx, by) {
  const a = `${Math.round(ax * 4)},${Math.round(ay * 4)}`;
  const b = `${Math.round(bx * 4)},${Math.round(by * 4)}`;
  return a < b ? `${a};${b}` : `${b};${a}`;
}

/** Which border an edge belongs to: the highest place that differs on its two sides. */
function levelOf(one, other) {
  if (other === undefined || one.slice(0, 6) !== other.slice(0, 6)) return "district";
  if (one.slice(0, 9) !== other.slice(0, 9)) return "town";
  return one.slice(0, 12) === other.slice(0, 12) ? null : "community";
}

export class Cells {
  /** From a GeoJSON FeatureCollection whose features have `code` and a name (`zh`, `en`). */
  constructor(collection) {
    const first = collection.features[0];
    const [lon, lat] = first ? ringsOf(first.geometry)[0][0] : [0, 0];
    this.plane = new Plane(lon, lat);
    this.list = collection.features.map((feature) => this.#cell(feature));
    this.byCode = new Map(this.list.map((cell) => [cell.code, cell]));
    this.box = this.list.length ? union(this.list.map((cell) => cell.box)) : [-500, -500, 500, 500];
    this.#sort();
    this.borders = this.#borders();
  }

  #cell({ properties, geometry }) {
    const rings = ringsOf(geometry).map((ring) => Float64Array.from(ring.flatMap(([lon, lat]) => this.plane.to(lon, lat))));
    const box = boundsOf(rings);
    const name = properties.name ?? { zh: properties.zh, en: properties.en };
    return { code: properties.code, name, rings, box, path: pathOf(rings), x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 };
  }

  /** Sorts the cells into squares of about their own size, so that a point is looked for among a few. */
  #sort() {
    const widths = this.list.map((cell) => cell.box[2] - cell.box[0]).sort((a, b) => a - b);
    this.step = Math.max(1, widths[widths.length >> 1] ?? 1);
    this.squares = new Map();
    for (const cell of this.list) {
      const [left, top, right, bottom] = cell.box.map((edge) => Math.floor(edge / this.step));
      if ((right - left) * (bottom - top) > 4096) continue;
      for (let i = left; i <= right; i += 1) {
        for (let j = top; j <= bottom; j += 1) {
          const key = `${i},${j}`;
          if (!this.squares.has(key)) this.squares.set(key, []);
          this.squares.get(key).push(cell);
        }
      }
    }
  }

  at(x, y) {
    const candidates = this.squares.get(`${Math.floor(x / this.step)},${Math.floor(y / this.step)}`) ?? [];
    return candidates.find((cell) => inside(cell.rings, x, y));
  }

  atPlace(lon, lat) {
    return this.at(...this.plane.to(lon, lat));
  }

  boxOf(code) {
    const boxes = this.list.filter((cell) => cell.code.startsWith(code)).map((cell) => cell.box);
    return boxes.length ? union(boxes) : this.box;
  }

  /** The middle of a place: the mean of its cells' middles. */
  middleOf(code) {
    const cells = this.list.filter((cell) => cell.code.startsWith(code));
    if (!cells.length) return null;
    return [cells.reduce((sum, cell) => sum + cell.x, 0) / cells.length, cells.reduce((sum, cell) => sum + cell.y, 0) / cells.length];
  }

  #borders() {
    const edges = new Map();
    for (const cell of this.list) {
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
    const borders = { district: new Path2D(), town: new Path2D(), community: new Path2D() };
    for (const { ends, one, other } of edges.values()) {
      const level = levelOf(one, other);
      if (!level) continue;
      borders[level].moveTo(ends[0], ends[1]);
      borders[level].lineTo(ends[2], ends[3]);
    }
    return borders;
  }
}
