/** What the map shows of the ground: by which level it is divided and by what it is coloured; keeps the shading up to date. */

import { say } from "../shared/language.js";
import { DIVISIONS } from "../shared/codes.js";
import { Coverage } from "./coverage.js";
import { shade, tallies, THEMES } from "./shading.js";

const STATE_PAUSE_MS = 400;
const KEY = "citygrid.layers";

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export class Layers {
  ground = null;
  wanted = "cell";
  theme = "state";
  level = "cell";
  shading = null;
  #watchers = [];
  #towns = "";

  constructor(board) {
    this.board = board;
    const { wanted, theme } = remembered();
    if (DIVISIONS.includes(wanted)) this.wanted = this.level = wanted;
    if (THEMES.includes(theme)) this.theme = theme;
    this.coverage = new Coverage(() => this.recolour());
    board.watch(["cells", "incidents", "city"], () => this.#later());
    setInterval(() => this.#covers() && this.recolour(), 5000);
  }

  /** Calls `show` after the map has to be painted anew. */
  watch(show) {
    this.#watchers.push(show);
  }

  turnTo({ level = this.wanted, theme = this.theme }) {
    this.wanted = level;
    this.theme = theme;
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ wanted: level, theme }));
    } catch {
      // A browser that keeps nothing begins with the cells again.
    }
    this.recolour();
  }

  /** Whether the coverage is shown, which the server alone knows. */
  #covers() {
    return this.theme.startsWith("without_");
  }

  #later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      this.recolour();
    }, STATE_PAUSE_MS);
  }

  /** Looks which level the view has room for, and which cells it needs. */
  follow(view) {
    const { ground } = this;
    const level = ground.level(view, this.wanted);
    ground.follow(view, level);
    const towns = this.#covers() && level === "cell" ? (ground.towns(view) ?? []).join() : "";
    if (level === this.level && towns === this.#towns && this.shading) return;
    this.level = level;
    this.#towns = towns;
    this.#shade();
    queueMicrotask(() => this.#tell());
  }

  recolour() {
    if (!this.ground?.box) return;
    this.#shade();
    this.#tell();
  }

  #tell() {
    for (const show of this.#watchers) show();
  }

  #shade() {
    const { ground, level, theme, board } = this;
    const codes = level === "cell" && (ground.whole || theme === "state") ? [...board.cells.keys()] : ground.places(level).map(({ code }) => code);
    const sums = theme === "open" || theme === "late" ? tallies(board.incidents.values(), level, (incident) => board.toneOf(incident)) : null;
    this.shading = shade({ theme, level, codes, states: board.cells, sums, ...this.#coverageNow() });
    ground.colour(level, this.shading.style);
  }

  #coverageNow() {
    const city = this.board.city?.code;
    if (!this.#covers() || !city) return { shares: null, gaps: null };
    if (this.level !== "cell") return { shares: this.coverage.shares(city, this.level, this.theme) };
    return { gaps: this.coverage.gaps(this.ground.whole ? [city] : this.#towns.split(",").filter(Boolean), this.theme) };
  }

  /** What a place is like under the theme, in words. */
  words(code) {
    return this.shading?.words(code) ?? "";
  }

  /** The words under a place's name on the map: none while the names' other language is worth more. */
  note(code) {
    return this.theme === "state" ? undefined : this.shading?.short?.(code);
  }

  /** Whether cells are wanted that the view has no room for. */
  get coarser() {
    return this.level !== this.wanted;
  }

  get caption() {
    return this.coarser ? say("map.coarser", { level: say(`level.${this.level}`), wanted: say(`level.${this.wanted}`) }) : "";
  }
}
