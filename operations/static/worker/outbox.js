/** Sends what waits in the queue, in the order it was written: photos first, then what names them. Tries again until the server has it or refuses it. */

import { post, put } from "../shared/api.js";

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;
const NO_ROOM = 507;
const PATHS = { report: "/api/v1/reports", reply: "/api/v1/replies" };

/** Whether an answer means "not now" rather than "never". */
export function passing(status) {
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

export class Outbox {
  #tries = 0;
  #busy = false;

  /** `tell({reachable, locked})` hears how the last try went; `sent(entry)` what the server took. */
  constructor({ queue, token, tell, sent }) {
    Object.assign(this, { queue, token, tell, sent });
    addEventListener("online", () => this.send());
  }

  /** Sends all that waits; only one tab of the browser does so at a time. */
  async send() {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.timer);
    try {
      if (navigator.locks) await navigator.locks.request("citygrid-outbox", () => this.#sendAll());
      else await this.#sendAll();
      this.#tries = 0;
    } catch (problem) {
      this.#later(problem);
    } finally {
      this.#busy = false;
    }
    if (!this.#tries && this.queue.waiting().length) this.send();
  }

  async #sendAll() {
    for (const entry of this.queue.waiting()) await this.#sendOne(entry);
  }

  async #sendOne(entry) {
    const options = { token: this.token, signal: AbortSignal.timeout(60_000) };
    try {
      const kept = await this.#bringPhotos(entry, options);
      const answer = await post(PATHS[entry.kind], entry.body, options);
      await this.queue.mark(entry.id, { state: "sent", sentAt: Date.now(), answer });
      if (kept) await this.queue.dropPhotos(entry);
      this.tell({ reachable: true });
      this.sent(entry);
    } catch (problem) {
      if (!("status" in problem) || passing(problem.status)) throw problem;
      if (problem.status === 401) {
        this.tell({ reachable: true, locked: true });
        throw problem;
      }
      await this.queue.mark(entry.id, { state: "refused", answer: { sentence: problem.sentence, reason: problem.body.reason } });
    }
  }

  /** Brings the photos; false when the server has no room for them, which does not hold up the words: the phone keeps the photos. */
  async #bringPhotos(entry, options) {
    try {
      for (const sha of entry.photos) await put(`/api/v1/photos/${sha}`, await this.queue.photo(sha), options);
    } catch (problem) {
      if (problem.status !== NO_ROOM) throw problem;
      return false;
    }
    return true;
  }

  #later(problem) {
    this.#tries += 1;
    if (problem.status === 0 || problem.name === "TimeoutError") this.tell({ reachable: false });
    const wait = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#tries - 1));
    this.timer = setTimeout(() => this.send(), wait * (0.5 + Math.random() / 2));
  }
}
