/** A list that draws only the rows in sight, so that ten thousand cost as much as twenty. All rows are equally high. */

import { el } from "./dom.js";

const BEYOND = 4;

export class Rows {
  #items = [];
  #drawn = new Map();
  #asked = false;

  /** `draw(item)` gives a row's node, which is drawn again when `stamp(item)` differs; `key(item)` is its identity. */
  constructor(frame, { height, key, stamp, draw, label }) {
    Object.assign(this, { frame, height, key, stamp, draw });
    this.list = el("ul", { class: "rows-list", "aria-label": label });
    frame.append(this.list);
    frame.addEventListener("scroll", () => this.#ask(), { passive: true });
    new ResizeObserver(() => this.#ask()).observe(frame);
    frame.addEventListener("keydown", (event) => this.#walk(event));
  }

  get shown() {
    return [...this.#drawn.values()].map(({ node }) => node);
  }

  show(items) {
    this.#items = items;
    this.list.style.height = `${items.length * this.height}px`;
    this.#lay();
  }

  /** Draws every row again, as after a change of language. */
  renew() {
    for (const { row } of this.#drawn.values()) row.remove();
    this.#drawn.clear();
    this.#lay();
  }

  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#lay();
    });
  }

  #lay() {
    const from = Math.max(0, Math.floor(this.frame.scrollTop / this.height) - BEYOND);
    const to = Math.min(this.#items.length, Math.ceil((this.frame.scrollTop + this.frame.clientHeight) / this.height) + BEYOND);
    const wanted = new Set();
    for (let i = from; i < to; i += 1) wanted.add(this.#place(this.#items[i], i));
    for (const [key, { row }] of this.#drawn) {
      if (wanted.has(key)) continue;
      row.remove();
      this.#drawn.delete(key);
    }
  }

  #place(item, index) {
    const key = this.key(item);
    const stamp = this.stamp(item);
    let drawn = this.#drawn.get(key);
    if (!drawn) {
      drawn = { row: el("li"), stamp: null, node: null };
      this.#drawn.set(key, drawn);
      this.list.append(drawn.row);
    }
    if (drawn.stamp !== stamp) {
      const focused = drawn.row.contains(document.activeElement);
      drawn.node = this.draw(item);
      drawn.row.replaceChildren(drawn.node);
      drawn.stamp = stamp;
      if (focused) drawn.node.focus();
    }
    drawn.index = index;
    drawn.row.style.transform = `translateY(${index * this.height}px)`;
    drawn.row.setAttribute("aria-setsize", this.#items.length);
    drawn.row.setAttribute("aria-posinset", index + 1);
    return key;
  }

  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const here = [...this.#drawn.values()].find(({ row }) => row.contains(document.activeElement));
    const next = (here?.index ?? -1) + step;
    if (next < 0 || next >= this.#items.length) return;
    event.preventDefault();
    const top = next * this.height;
    if (top < this.frame.scrollTop) this.frame.scrollTop = top;
    else if (top + this.height > this.frame.scrollTop + this.frame.clientHeight) this.frame.scrollTop = top + this.height - this.frame.clientHeight;
    this.#lay();
    this.#drawn.get(this.key(this.#items[next]))?.node.focus();
  }
}
