/** Writes the names of places on the map: the larger first, finer ones as there is room, in the page's language with the other one below. */

import { digits, DIVISIONS } from "../shared/codes.js";
import { spread } from "../shared/labels.js";
import { language, named } from "../shared/language.js";
import { DARK } from "../shared/palette.js";

const FAMILY = "system-ui, sans-serif";
const FONTS = { district: `660 15px ${FAMILY}`, town: `600 12.5px ${FAMILY}`, community: `500 11.5px ${FAMILY}`, cell: `11.5px ${FAMILY}` };
const SMALL = `500 10.5px ${FAMILY}`;
const LINE = { district: 19, town: 16, community: 14, cell: 14 };
const SUB = 12;
/** A place is named from this many pixels across on: smaller ones would only be noise. */
const FROM_PX = { district: 0, town: 44, community: 96, cell: 84 };
/** A place that fills the screen many times over needs no name in it: the breadcrumb says it. */
const MOST_SCREENS = 2.5;
const MARK = 13;

const widths = new Map();

function widthOf(pen, font, text) {
  const key = font + text;
  if (!widths.has(key)) {
    if (widths.size > 6000) widths.clear();
    pen.font = font;
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

function otherName(name) {
  const other = language() === "zh" ? name?.en : name?.zh;
  return other && other !== named(name) ? other : "";
}

/** The text block of a place at its middle, or null where it is not to be named at this scale. */
function blockOf(pen, view, place, level, name, note) {
  const across = (place.box[2] - place.box[0]) * view.scale;
  // What is coloured is named earlier: the name carries its figure.
  const least = note === undefined ? FROM_PX[level] : FROM_PX[level] * 0.6;
  if (across < least || across > MOST_SCREENS * view.width) return null;
  const [x, y] = view.toScreen(place.x, place.y);
  if (x < 0 || y < 0 || x > view.width || y > view.height) return null;
  const text = level === "cell" ? place.code.slice(digits("community")) : named(name, place.code);
  const sub = note ?? (level === "district" || level === "town" ? otherName(name) : "");
  const width = Math.max(widthOf(pen, FONTS[level], text), sub ? widthOf(pen, SMALL, sub) : 0) + 8;
  if (level !== "district" && width > across * 1.7) return null;
  // A name at the edge is moved in, so that it can be read to its end.
  const inside = Math.min(view.width - width / 2, Math.max(width / 2, x));
  return { x: inside, y, width, height: LINE[level] + (sub ? SUB : 0) + 2, text, sub, level, must: level === "district" };
}

function write(pen, { x, y, height, text, sub, level }) {
  const line = (words, font, colour, top, halo) => {
    pen.font = font;
    pen.lineWidth = halo;
    pen.strokeStyle = DARK.halo;
    pen.strokeText(words, x, top);
    pen.fillStyle = colour;
    pen.fillText(words, x, top);
  };
  const top = y - height / 2 + 1;
  line(text, FONTS[level], level === "cell" || level === "community" ? DARK.labelToo : DARK.label, top + LINE[level] / 2, 4);
  if (sub) line(sub, SMALL, DARK.labelToo, top + LINE[level] + SUB / 2, 3);
}

/** Which levels are named: those above what is drawn and that itself; cells by their number, near by only. */
function levelsNamed(ground, view, level) {
  const drawn = DIVISIONS.slice(0, DIVISIONS.indexOf(level) + 1);
  return drawn.filter((one) => one !== "cell" || ground.cellPixels(view) > FROM_PX.cell);
}

/** Draws the names. `names(code)` gives a {zh, en}, `note(code)` a second line instead of the other language, `marks` what is not to be covered. */
export function drawNames(pen, view, { ground, level, names, note = () => undefined, marks = [] }) {
  const sight = view.sight();
  const blocks = levelsNamed(ground, view, level).flatMap((one) =>
    ground
      .places(one)
      .filter(({ x, y }) => x > sight[0] && x < sight[2] && y > sight[1] && y < sight[3])
      .map((place) => blockOf(pen, view, place, one, names(place.code) ?? place.name, one === level && level !== "cell" ? note(place.code) : undefined))
      .filter(Boolean),
  );
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  const obstacles = marks.map(({ x, y }) => [x - MARK, y - MARK, x + MARK, y + MARK]);
  const placed = spread(blocks, obstacles, view.width);
  for (const block of placed) write(pen, block);
  return placed.map(({ text, level: one }) => ({ text, level: one }));
}
