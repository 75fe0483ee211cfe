/** Builds the page from values. Text goes in as text only, so nothing that a person or a device wrote can become markup. */

const SVG = "http://www.w3.org/2000/svg";

function dress(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("aria-")) node.setAttribute(name, String(value));
    else if (value === false) continue;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name === "className" ? "class" : name, value === true ? "" : String(value));
  }
  return node;
}

function put(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** An HTML element: `el("button", {class: "primary", onclick: go}, "Go")`. */
export function el(tag, attributes = {}, ...children) {
  return put(dress(document.createElement(tag), attributes), children);
}

/** An SVG element, the same way. */
export function svg(tag, attributes = {}, ...children) {
  return put(dress(document.createElementNS(SVG, tag), attributes), children);
}

/** Replaces what is in `node`. */
export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, children);
}

/** Fills `node` with what `build()` gives, and leaves its scroll position, the focus and the caret where they were: what had the focus is put in again, or known by its `data-key`. */
export function refill(node, build) {
  const { scrollTop } = node;
  const before = node.contains(document.activeElement) ? document.activeElement : null;
  const { selectionStart: from, selectionEnd: to } = before ?? {};
  const key = before?.dataset.key;
  fill(node, build());
  node.scrollTop = scrollTop;
  const found = before?.isConnected ? before : key && node.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!found) return node;
  found.focus({ preventScroll: true });
  if (Number.isInteger(from)) found.setSelectionRange(from, to);
  return node;
}

/** Puts these nodes into `node`, and touches nothing where they are there already: a button stays under the finger that presses it. */
export function keep(node, nodes) {
  const same = nodes.length === node.children.length && nodes.every((one, i) => one === node.children[i]);
  if (!same) refill(node, () => nodes);
}

/** Sets a node's text only where it differs, so that a screen reader is not told the same thing twice. */
export function write(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

export function byId(id) {
  return document.getElementById(id);
}
