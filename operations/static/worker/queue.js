/** What the worker has said and the server may not have yet, kept on the phone (IndexedDB) with its own time and place until it is sent. */

const NAME = "citygrid-worker";
const KEPT_MS = 48 * 3600 * 1000;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

async function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("entries", { keyPath: "id" });
    request.result.createObjectStore("photos", { keyPath: "sha" });
  };
  return asked(request);
}

/**
 * The queue of one worker. An entry is {id, worker, kind: "report" | "reply", body, photos: [sha], madeAt, state: "waiting" | "sent" | "refused",
 * title, sentAt, answer}; its `id` is the report's or reply's own, so that sending it twice is the same as once.
 */
export class Queue {
  entries = [];

  constructor(worker, changed) {
    Object.assign(this, { worker, changed });
  }

  async open() {
    this.database = await opened();
    await this.#load();
    await this.#forget();
  }

  async #load() {
    const all = await asked(this.database.transaction("entries").objectStore("entries").getAll());
    this.entries = all.filter((entry) => entry.worker === this.worker).sort((a, b) => a.madeAt - b.madeAt);
    this.changed();
  }

  async #forget() {
    const old = this.entries.filter((entry) => entry.state === "sent" && entry.sentAt < Date.now() - KEPT_MS);
    for (const entry of old) await this.remove(entry.id);
  }

  waiting() {
    return this.entries.filter((entry) => entry.state === "waiting");
  }

  /** Writes an entry and its photos ({sha, blob}) at once: either all of it is kept, or the caller hears that nothing was. */
  async add(entry, photos) {
    const transaction = this.database.transaction(["entries", "photos"], "readwrite");
    for (const { sha, blob } of photos) transaction.objectStore("photos").put({ sha, blob });
    transaction.objectStore("entries").put({ ...entry, worker: this.worker, photos: photos.map(({ sha }) => sha), state: "waiting" });
    await done(transaction);
    await this.#load();
  }

  async mark(id, change) {
    const transaction = this.database.transaction("entries", "readwrite");
    const store = transaction.objectStore("entries");
    const entry = await asked(store.get(id));
    if (entry) store.put({ ...entry, ...change });
    await done(transaction);
    await this.#load();
  }

  /** The case stage may refuse later what the server took in: `rejects` are its answers, {id, reason, detail}. */
  async refused(rejects) {
    for (const { id, reason, detail } of rejects) {
      const entry = this.entries.find((one) => one.id === id && one.state === "sent");
      if (entry) await this.mark(id, { state: "refused", answer: { reason, sentence: detail } });
    }
  }

  async photo(sha) {
    return (await asked(this.database.transaction("photos").objectStore("photos").get(sha)))?.blob;
  }

  /** Lets go of the photos of an entry that no other entry still needs. */
  async dropPhotos(entry) {
    const needed = new Set(this.entries.filter((other) => other.id !== entry.id && other.state !== "sent").flatMap((other) => other.photos));
    const transaction = this.database.transaction("photos", "readwrite");
    for (const sha of entry.photos) if (!needed.has(sha)) transaction.objectStore("photos").delete(sha);
    await done(transaction);
  }

  async remove(id) {
    const entry = this.entries.find((one) => one.id === id);
    if (entry) await this.dropPhotos(entry);
    const transaction = this.database.transaction("entries", "readwrite");
    transaction.objectStore("entries").delete(id);
    await done(transaction);
    await this.#load();
  }
}
