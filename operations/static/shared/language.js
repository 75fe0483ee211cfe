/** Which language the page speaks, and how to say a thing in it. `?lang=` wins over what was chosen before, that over the browser's own. */

import { TEXTS } from "./texts.js";

const KEY = "citygrid.language";
const listeners = new Set();

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function first() {
  const asked = new URLSearchParams(location.search).get("lang") ?? remembered() ?? navigator.language;
  return asked.toLowerCase().startsWith("zh") ? "zh" : "en";
}

let current = first();

export function language() {
  return current;
}

export function locale() {
  return current === "zh" ? "zh-CN" : "en-GB";
}

export function speak(wanted) {
  current = wanted;
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // A browser that keeps nothing still switches for this visit.
  }
  document.documentElement.lang = locale();
  translate(document);
  for (const listener of listeners) listener(wanted);
}

export function onLanguage(listener) {
  listeners.add(listener);
}

/** The text under `key`, with {names} filled in. An unknown key is shown as it is: better an odd word than an empty place. */
export function say(key, values = {}) {
  const text = TEXTS[key]?.[current] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The text under `<group>.<word>`, or the word itself, with its underscores as blanks, where the city uses a word of its own. */
export function word(group, name) {
  const key = `${group}.${name}`;
  return key in TEXTS ? say(key) : String(name ?? "").replaceAll("_", " ");
}

/** A {zh, en} name in the chosen language, or `otherwise`. */
export function named(name, otherwise = "") {
  if (!name) return otherwise;
  if (typeof name === "string") return name;
  return name[current] || name.en || name.zh || otherwise;
}

export function number(value, digits = 0) {
  return Number(value).toLocaleString(locale(), { maximumFractionDigits: digits });
}

/** A reading, with as many digits as help to read it. */
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  return number(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** Fills in the fixed texts of the document: `data-say` the content, `data-say-label` the label, `data-say-placeholder` the hint. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of root.querySelectorAll("[data-say-label]")) {
    node.setAttribute("aria-label", say(node.dataset.sayLabel));
    if (node.tagName === "BUTTON") node.title = say(node.dataset.sayLabel);
  }
  for (const node of root.querySelectorAll("[data-say-placeholder]")) node.placeholder = say(node.dataset.sayPlaceholder);
}

document.documentElement.lang = locale();
