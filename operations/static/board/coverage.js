/** What the server says of coverage, for the map: the share of each place, or which cells lack it; asked while it is shown, and again now and then. */

import { get } from "../shared/api.js";

const AGAIN_MS = 15_000;
const MOST = 20_000;

export class Coverage {
  #answers = new Map();

  /** `changed()` is called when an answer has come. */
  constructor(changed) {
    this.changed = changed;
  }

  /** The last answer to a question, or null before the first; a question that is old is asked again. */
  #answer(path, read) {
    const known = this.#answers.get(path) ?? { value: null, at: -Infinity, waiting: false };
    this.#answers.set(path, known);
    if (!known.waiting && performance.now() - known.at > AGAIN_MS) this.#ask(path, known, read);
    return known.value;
  }

  async #ask(path, known, read) {
    known.waiting = true;
    try {
      const { rows } = await get(path);
      known.value = read(rows);
    } catch {
      // What was known before stays; the next look asks again.
    }
    known.at = performance.now();
    known.waiting = false;
    this.changed();
  }

  /** Map from the code of each place of a level to {cells, area_m2, share}, or null while it is not known. */
  shares(city, level, theme) {
    const figures = this.#answer(`/api/v1/places/${city}/below?level=${level}&limit=${MOST}`, (rows) => new Map(rows.map((row) => [row.code, row.figures])));
    return figures && new Map([...figures].map(([code, one]) => [code, one[theme]]));
  }

  /** Set of the cells that lack it in all these places, or null while it is not known of one of them. */
  gaps(places, theme) {
    const sets = places.map((place) => this.#answer(`/api/v1/places/${place}/below?level=cell&having=${theme}&limit=${MOST}`, (rows) => new Set(rows.map((row) => row.code))));
    if (sets.includes(null)) return null;
    return sets.length === 1 ? sets[0] : new Set(sets.flatMap((set) => [...set]));
  }
}
