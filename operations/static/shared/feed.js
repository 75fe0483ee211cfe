/** Follows the server's event stream: notices within seconds when it falls silent, comes back by itself, and goes on where it was. */

import { get } from "./api.js";

const SILENCE_MS = 4000;
const SNAPSHOT_MS = 20_000;
const STABLE_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Splits a stream of text into server-sent events; call it with each piece, it gives the events that the piece completed. */
export function eventParser() {
  let rest = "";
  let event = { event: "message", data: [], id: undefined };
  const takeLine = (line, done) => {
    if (line === "") {
      if (event.data.length) done.push({ event: event.event, data: event.data.join("\n"), id: event.id });
      event = { event: "message", data: [], id: undefined };
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") event.data.push(value);
    else if (field === "event" || field === "id") event[field] = value;
  };
  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    const done = [];
    for (const line of lines) takeLine(line, done);
    return done;
  };
}

/** The pause before the next try: it doubles, with a random part so that a hundred browsers do not come back at once. */
export function pause(tries, random = Math.random()) {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
  return ceiling / 2 + (random * ceiling) / 2;
}

/**
 * One feed. `take(event, data)` gets a `snapshot` first and then each event; `tell(state)` gets
 * {phase: "connecting" | "live" | "lost", since, retryAt, why}: `why` is the server's own sentence where it had one.
 */
export class Feed {
  #tries = 0;
  #lastId = null;
  #wake = () => {};
  #why = "";
  #state = { phase: "connecting", since: Date.now(), retryAt: null };

  constructor({ snapshotPath, eventsPath, take, tell }) {
    Object.assign(this, { snapshotPath, eventsPath, take, tell });
  }

  get state() {
    return this.#state;
  }

  async run() {
    for (;;) {
      const began = Date.now();
      try {
        await this.#listen();
        this.#why = "";
      } catch (problem) {
        // Whatever ended the stream, the answer is the same: say so, wait, come back.
        this.#why = problem.status ? problem.sentence : "";
      }
      if (Date.now() - began > STABLE_MS) this.#tries = 0;
      await this.#rest();
    }
  }

  /** Ends the pause at once. */
  retryNow() {
    this.#wake();
  }

  #move(phase, retryAt = null) {
    const since = phase === this.#state.phase ? this.#state.since : Date.now();
    this.#state = { phase, since, retryAt, why: this.#why };
    this.tell(this.#state);
  }

  async #listen() {
    if (this.#lastId === null) await this.#begin();
    const cut = new AbortController();
    let watchdog = null;
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => cut.abort(), SILENCE_MS);
    };
    try {
      heard();
      await this.#read(cut.signal, heard);
    } finally {
      clearTimeout(watchdog);
      cut.abort();
    }
  }

  async #begin() {
    const board = await get(this.snapshotPath, { signal: AbortSignal.timeout(SNAPSHOT_MS) });
    this.#lastId = board.sequence;
    this.take("snapshot", board);
  }

  async #read(signal, heard) {
    const headers = { accept: "text/event-stream", "last-event-id": this.#lastId };
    const response = await fetch(this.eventsPath, { headers, signal, cache: "no-store" });
    if (!response.ok || !response.body) throw new Error(`the event stream answered ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = eventParser();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      for (const event of parse(value)) this.#hand(event, heard);
    }
  }

  #hand({ event, data, id }, heard) {
    heard();
    const last = this.#lastId;
    this.#lastId = null; // an event that cannot be taken leads to a new snapshot, not to the same event for ever
    this.take(event, JSON.parse(data));
    this.#lastId = id ?? last;
    if (this.#state.phase !== "live") this.#move("live");
  }

  async #rest() {
    const wait = pause(this.#tries);
    this.#tries += 1;
    this.#move("lost", Date.now() + wait);
    await new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, wait);
    });
  }
}
