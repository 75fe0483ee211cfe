/** The browser's copy of the board: a snapshot replaces everything, events change parts, and those who show a part hear about it. */

import { ENDED, toneOf } from "../shared/clocks.js";

const KEPT_CLOSED_MS = 24 * 3600 * 1000;
const MOST_REJECTS = 50;
const RANK = { minor: 0, moderate: 1, severe: 2, extreme: 3 };

export function rank(severity) {
  return RANK[severity] ?? 1;
}

const by = (items, key) => new Map((items ?? []).map((item) => [item[key], item]));

export class Board {
  city = null;
  districts = new Map();
  cells = new Map();
  incidents = new Map();
  tasks = new Map();
  workers = new Map();
  classes = new Map();
  /** The names of the city's places above the cell, by code: {code, level, name, parent}. */
  places = new Map();
  /** The places whose figures changed lately, or null: any may have. */
  told = null;
  devices = { total: 0, live: 0, silent: 0 };
  installation = null;
  ledger = null;
  pulse = null;
  rejects = { latest: [] };
  /** The server's clock less this machine's, so that a deadline counts the same everywhere. */
  skew = 0;
  #watchers = [];
  #dirty = new Set();
  #due = false;

  now() {
    return Date.now() + this.skew;
  }

  #takers = {
    snapshot: (board) => this.#snapshot(board),
    pulse: (pulse) => this.#beat(pulse),
    cells: (states) => this.#recolour(states),
    incident: (incident) => this.#incident(incident),
    task: (task) => this.#task(task),
    worker: (worker) => this.#worker(worker),
    ledger: (ledger) => this.#ledgerIs(ledger),
    reject: (reject) => this.#reject(reject),
    places: ({ codes }) => {
      this.told = codes && new Set(codes);
      this.touch("told");
    },
  };

  /** Calls `show` after something of these kinds has changed; many changes become one call a frame. */
  watch(kinds, show) {
    this.#watchers.push({ kinds, show });
  }

  take(event, data) {
    this.#takers[event]?.(data);
  }

  touch(...kinds) {
    for (const kind of kinds) this.#dirty.add(kind);
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => this.#show());
  }

  #show() {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    this.#due = false;
    for (const { kinds, show } of this.#watchers) if (kinds.some((kind) => dirty.has(kind))) show(dirty);
  }

  #snapshot(board) {
    this.city = board.city;
    this.districts = by(board.districts, "code");
    this.cells = new Map(Object.entries(board.cells ?? {}));
    this.incidents = by(board.incidents, "id");
    this.tasks = by(board.tasks, "id");
    this.workers = by(board.workers, "id");
    this.classes = by(board.classes, "code");
    this.ledger = board.ledger;
    this.rejects = { latest: [...(board.rejects?.latest ?? [])] };
    this.#beat(board);
    this.touch("city", "cells", "incidents", "tasks", "workers", "ledger", "rejects");
  }

  #beat(pulse) {
    this.skew = pulse.now - Date.now();
    this.devices = pulse.devices ?? this.devices;
    if ("installation" in pulse) this.installation = pulse.installation;
    this.pulse = { age_ms: pulse.age_ms, readings_per_s: pulse.readings_per_s, open: pulse.open, heard: Date.now() };
    this.touch("pulse");
  }

  #recolour(states) {
    for (const [code, state] of Object.entries(states)) this.cells.set(code, state);
    this.touch("cells");
  }

  #incident(incident) {
    const known = this.incidents.get(incident.id);
    if (known && known.version > incident.version) return;
    this.incidents.set(incident.id, { ...incident, fresh: known ? known.fresh : Date.now() });
    this.#forget();
    this.touch("incidents");
  }

  #task(task) {
    this.tasks.set(task.id, task);
    this.touch("tasks", "incidents");
  }

  #worker(worker) {
    this.workers.set(worker.id, { ...this.workers.get(worker.id), ...worker });
    this.touch("workers");
  }

  #ledgerIs(ledger) {
    this.ledger = ledger;
    this.touch("ledger");
  }

  #reject(reject) {
    const { latest } = this.rejects;
    latest.unshift(reject);
    latest.length = Math.min(latest.length, MOST_REJECTS);
    this.touch("rejects");
  }

  /** Lets go of what was closed a day ago, with its tasks: a page may stay open for months. */
  #forget() {
    const before = this.now() - KEPT_CLOSED_MS;
    for (const [id, incident] of this.incidents) {
      if (!ENDED.has(incident.state) || !incident.closed_at || incident.closed_at >= before) continue;
      this.incidents.delete(id);
      for (const task of incident.tasks ?? []) this.tasks.delete(task);
    }
  }

  open() {
    return [...this.incidents.values()].filter((incident) => !ENDED.has(incident.state));
  }

  toneOf(incident) {
    return toneOf(incident, this.now());
  }

  isLate(incident) {
    return this.toneOf(incident) === "late";
  }

  /** Takes in the names of places. */
  name(places) {
    this.places = by(places, "code");
    this.touch("places");
  }

  /** The {zh, en} name of a place above the cell, or undefined. */
  nameOf(code) {
    if (code === this.city?.code) return this.city.name;
    return this.places.get(code)?.name ?? this.districts.get(code)?.name;
  }

  tasksOf(incident) {
    return [...this.tasks.values()]
      .filter((task) => task.incident === incident.id)
      .sort((a, b) => b.created_at - a.created_at);
  }

  /** How old the newest reading is by now, in milliseconds, or null where there was none. */
  age() {
    if (this.pulse?.age_ms === null || this.pulse?.age_ms === undefined) return null;
    return this.pulse.age_ms + (Date.now() - this.pulse.heard);
  }
}
