/** Place codes: how many digits the code of each level has, and which place lies in which. */

export const LEVELS = ["city", "district", "town", "community", "cell"];
/** The levels that the map can be divided by. */
export const DIVISIONS = LEVELS.slice(1);
const DIGITS = { city: 4, district: 6, town: 9, community: 12, cell: 15 };

export function digits(level) {
  return DIGITS[level];
}

/** The level of a code by its length, or null where no level has such codes. */
export function levelOf(code) {
  return (/^\d+$/.test(code) && LEVELS.find((level) => DIGITS[level] === code.length)) || null;
}

export function levelBelow(level) {
  return LEVELS[LEVELS.indexOf(level) + 1] ?? null;
}

/** The code of the place of `level` that `code` lies in. */
export function upTo(code, level) {
  return code.slice(0, DIGITS[level]);
}

/** The codes of all places from the city down to the place itself. */
export function pathOf(code) {
  return LEVELS.map((level) => DIGITS[level])
    .filter((length) => length <= code.length)
    .map((length) => code.slice(0, length));
}

/** The code one level up, or null for a city. */
export function parentOf(code) {
  return pathOf(code).at(-2) ?? null;
}
