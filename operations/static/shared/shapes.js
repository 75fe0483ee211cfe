/** Shapes on the plane, each with a code: drawn by their paths, found by a point, named at a place inside them. */

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

/** The box around boxes. */
export function union(boxes) {
  return boxes.reduce(
    (all, box) => [Math.min(all[0], box[0]), Math.min(all[1], box[1]), Math.max(all[2], box[2]), Math.max(all[3], box[3])],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}

/** Whether two boxes touch. */
export function meet(a, b) {
  return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
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

/** The middle of the widest stretch that the line at `y` has inside the rings: a place for a name also in a horseshoe. */
function widest(rings, y) {
  const cuts = [];
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      if (ring[i + 1] > y === ring[j + 1] > y) continue;
      cuts.push(((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]);
    }
  }
  cuts.sort((a, b) => a - b);
  let best = null;
  for (let i = 0; i + 1 < cuts.length; i += 2) if (!best || cuts[i + 1] - cuts[i] > best[1] - best[0]) best = [cuts[i], cuts[i + 1]];
  return best && (best[0] + best[1]) / 2;
}

function middleOf(rings, box) {
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return inside(rings, x, y) ? [x, y] : [widest(rings, y) ?? x, y];
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

export class Shapes {
  /** From a GeoJSON FeatureCollection whose features have `code` and a name (`zh`, `en`), on a plane. */
  constructor(collection, plane) {
    this.plane = plane;
    this.list = collection.features.map((feature) => this.#shape(feature));
    this.byCode = new Map(this.list.map((shape) => [shape.code, shape]));
    this.box = this.list.length ? union(this.list.map((shape) => shape.box)) : [-500, -500, 500, 500];
    this.#sort();
  }

  #shape({ properties, geometry }) {
    const rings = ringsOf(geometry).map((ring) => Float64Array.from(ring.flatMap(([lon, lat]) => this.plane.to(lon, lat))));
    const box = boundsOf(rings);
    const name = properties.name ?? { zh: properties.zh, en: properties.en };
    const [x, y] = middleOf(rings, box);
    return { code: properties.code, name, rings, box, path: pathOf(rings), x, y };
  }

  /** Sorts the shapes into squares of about their own size, so that a point is looked for among a few. */
  #sort() {
    const widths = this.list.map((shape) => shape.box[2] - shape.box[0]).sort((a, b) => a - b);
    this.step = Math.max(1, widths[widths.length >> 1] ?? 1);
    this.squares = new Map();
    for (const shape of this.list) {
      const [left, top, right, bottom] = shape.box.map((edge) => Math.floor(edge / this.step));
      if ((right - left) * (bottom - top) > 4096) continue;
      for (let i = left; i <= right; i += 1) {
        for (let j = top; j <= bottom; j += 1) {
          const key = `${i},${j}`;
          if (!this.squares.has(key)) this.squares.set(key, []);
          this.squares.get(key).push(shape);
        }
      }
    }
  }

  at(x, y) {
    const candidates = this.squares.get(`${Math.floor(x / this.step)},${Math.floor(y / this.step)}`) ?? [];
    return candidates.find((shape) => inside(shape.rings, x, y));
  }

  atPlace(lon, lat) {
    return this.at(...this.plane.to(lon, lat));
  }
}

/** The first position of a collection, in degrees; what a plane may be laid around. */
export function firstPlace(collection) {
  const first = collection.features[0];
  return first ? ringsOf(first.geometry)[0][0] : [0, 0];
}
