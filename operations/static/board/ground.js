/** What the map stands on. A city of some thousand cells is held whole; of a larger one its places, and only the cells of the towns in sight. */

import { get } from "../shared/api.js";
import { Cells } from "../shared/cells.js";
import { digits, DIVISIONS, levelOf, parentOf, upTo } from "../shared/codes.js";
import { Plane } from "../shared/plane.js";
import { firstPlace, meet, Shapes, union } from "../shared/shapes.js";
import { DARK } from "../shared/palette.js";
import { Terrain } from "../shared/terrain.js";

/** How many cells a browser holds and draws at once without being slow. */
export const MOST_CELLS = 8000;
const CELL_FROM_PX = 7;
const PLACE_FROM_PX = 12;
const MOST_TOWNS = 40;
const REST_MS = 200;

const geometryOf = (query) => get(`/api/v1/geometry${query}`, { cache: "no-cache" });

/** A name for a cell of which only the community's name is here: that and its last digits. */
function nameBelow(name, code, level) {
  const rest = code.slice(digits(level));
  return rest && name ? { zh: `${name.zh} ${rest}`, en: `${name.en} ${rest}` } : name;
}

/** All cells at once; larger places are sums of them. */
class WholeGround {
  whole = true;

  constructor(collection) {
    this.cells = new Cells(collection);
    this.terrain = new Terrain(this.cells, DARK);
    this.plane = this.cells.plane;
    this.box = this.cells.box;
    this.byCode = this.cells.byCode;
  }

  get empty() {
    return !this.cells.list.length;
  }

  place(code) {
    return this.cells.place(code);
  }

  places(level) {
    return this.cells.places(level);
  }

  at(x, y, level) {
    const code = this.cells.at(x, y)?.code;
    return code && upTo(code, level);
  }

  cellPixels(view) {
    return this.cells.step * view.scale;
  }

  level(_view, wanted) {
    return wanted;
  }

  towns() {
    return null;
  }

  follow() {}

  /** `style(code)` names the style of a place of `level`. */
  colour(level, style) {
    const length = digits(level);
    this.terrain.fine = level === "cell";
    this.terrain.colour((code) => style(code.slice(0, length)));
  }

  paint(pen, view, ratio) {
    this.terrain.paint(pen, view, ratio);
  }

  pathOf(code) {
    return this.cells.outlineOf(code);
  }
}

/** The places level by level; cells come and go, town by town. */
class LayeredGround {
  whole = false;
  #shapes = {};
  #terrains = {};
  #chunks = new Map();
  #asked = new Set();
  #style = () => "unknown";
  #level = "district";

  /** `changed(ground)` is called when more of the city has come; `cells` is how many there are. */
  constructor({ cells, changed }) {
    this.count = cells;
    this.changed = changed;
    this.byCode = { get: (code) => this.#find(code), has: () => true };
  }

  /** Asks for the outlines of all places. */
  async load() {
    for (const level of ["district", "town", "community"]) {
      const collection = await geometryOf(`?level=${level}`);
      this.plane ??= new Plane(...firstPlace(collection));
      const shapes = new Shapes(collection, this.plane);
      this.#shapes[level] = shapes;
      this.#terrains[level] = new Terrain(shapes, DARK, { borders: this.#borders() });
      this.box = union(Object.values(this.#shapes).map((one) => one.box));
      this.step ??= Math.sqrt(((this.box[2] - this.box[0]) * (this.box[3] - this.box[1]) * 0.6) / this.count);
      this.changed(this);
    }
    return this;
  }

  #borders() {
    const path = (level) => {
      if (!this.#shapes[level]) return undefined;
      const all = new Path2D();
      for (const shape of this.#shapes[level].list) all.addPath(shape.path);
      return all;
    };
    this.borders = { district: path("district"), town: path("town"), community: path("community") };
    return this.borders;
  }

  get empty() {
    return !this.#shapes.district?.list.length;
  }

  place(code) {
    const level = levelOf(code);
    if (level === "cell") return this.#chunks.get(upTo(code, "town"))?.shapes.byCode.get(code);
    return this.#shapes[level]?.byCode.get(code);
  }

  places(level) {
    if (level === "cell") return [...this.#chunks.values()].flatMap(({ shapes }) => shapes.list);
    return this.#shapes[level]?.list ?? [];
  }

  /** The place itself, or the smallest known one that it lies in, under a name of its own. */
  #find(code) {
    for (let known = code; known; known = parentOf(known)) {
      const place = this.place(known);
      if (place) return known === code ? place : { ...place, code, name: nameBelow(place.name, code, levelOf(known)) };
    }
    return undefined;
  }

  at(x, y, level) {
    if (level !== "cell") return this.#shapes[level]?.at(x, y)?.code;
    const town = this.#shapes.town?.at(x, y)?.code;
    for (const [code, { shapes }] of this.#chunks) {
      // The outline of a town is simplified: near its edge the cell may be a neighbour's.
      if (town && code !== town && !meet(shapes.box, [x, y, x, y])) continue;
      const cell = shapes.at(x, y);
      if (cell) return cell.code;
    }
    return undefined;
  }

  cellPixels(view) {
    return this.step * view.scale;
  }

  /** The finest level, not finer than what is wanted, whose places are large enough to be seen. */
  level(view, wanted) {
    let level = wanted;
    if (level === "cell" && this.cellPixels(view) < CELL_FROM_PX) level = "community";
    while (level !== "district" && level !== "cell" && (this.#shapes[level]?.step ?? 0) * view.scale < PLACE_FROM_PX) level = DIVISIONS[DIVISIONS.indexOf(level) - 1];
    return level;
  }

  /** The towns that the view shows. */
  towns(view) {
    const sight = view.sight();
    return (this.#shapes.town?.list ?? []).filter(({ box }) => meet(box, sight)).map(({ code }) => code);
  }

  /** Fetches the cells in sight where they are drawn, and lets those go that were out of sight longest. */
  follow(view, level) {
    if (level !== "cell") return;
    const wanted = this.towns(view).slice(0, MOST_TOWNS);
    for (const town of wanted) {
      const known = this.#chunks.get(town);
      if (known) {
        this.#chunks.delete(town);
        this.#chunks.set(town, known);
      }
    }
    // A view that is on its way through a zoom passes many towns: only those where it comes to rest are fetched.
    clearTimeout(this.resting);
    this.resting = setTimeout(() => wanted.filter((town) => !this.#chunks.has(town)).forEach((town) => this.#fetch(town)), REST_MS);
    for (const town of this.#chunks.keys()) if (this.#chunks.size > MOST_TOWNS && !wanted.includes(town)) this.#chunks.delete(town);
  }

  async #fetch(town) {
    if (this.#asked.has(town)) return;
    this.#asked.add(town);
    try {
      const shapes = new Shapes(await geometryOf(`?level=cell&within=${town}`), this.plane);
      const terrain = new Terrain(shapes, DARK, { borders: {} });
      terrain.colour((code) => this.#style(code));
      this.#chunks.set(town, { shapes, terrain });
      this.changed(this);
    } catch {
      // The larger places stay drawn; the next look at the town asks again.
    }
    this.#asked.delete(town);
  }

  colour(level, style) {
    this.#level = level;
    this.#style = style;
    for (const one of ["district", "town", "community"]) this.#terrains[one]?.colour(level === one ? style : () => "ground");
    for (const { terrain } of this.#chunks.values()) terrain.colour(style);
  }

  paint(pen, view, ratio) {
    const level = this.#level === "cell" ? "community" : this.#level;
    const terrain = this.#terrains[level] ?? this.#terrains.town ?? this.#terrains.district;
    if (terrain) terrain.borders = this.#upTo(level);
    terrain?.paint(pen, view, ratio);
    if (this.#level !== "cell") return;
    const sight = view.sight();
    for (const chunk of this.#chunks.values()) if (meet(chunk.shapes.box, sight)) chunk.terrain.paint(pen, view, ratio);
    // The cells cover the lines of the larger places: these are drawn once more.
    new Terrain(EMPTY, DARK, { borders: this.borders }).paint(pen, view, ratio);
  }

  #upTo(level) {
    const { district, town, community } = this.borders;
    if (level === "district") return { district };
    return level === "town" ? { district, town } : { district, town, community };
  }

  pathOf(code) {
    return this.#find(code)?.path ?? new Path2D();
  }
}

const EMPTY = { list: [], step: Infinity };

/** The ground of a city of so many cells. `changed(ground)` is called whenever more of it has come. */
export async function groundOf(cells, changed) {
  if (cells <= MOST_CELLS) return new WholeGround(await geometryOf(""));
  return new LayeredGround({ cells, changed }).load();
}
