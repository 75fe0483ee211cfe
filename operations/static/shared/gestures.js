/** Turns fingers, mouse, wheel and keys on a canvas into moves of its view, and what is no move into a tap or a hover. */

const TAP_PX = 6;
const STEP_PX = 60;
const KEYS = {
  ArrowLeft: ["pan", STEP_PX, 0],
  ArrowRight: ["pan", -STEP_PX, 0],
  ArrowUp: ["pan", 0, STEP_PX],
  ArrowDown: ["pan", 0, -STEP_PX],
  "+": ["zoom", 1.4],
  "=": ["zoom", 1.4],
  "-": ["zoom", 1 / 1.4],
};

function between([a, b]) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.hypot(a.x - b.x, a.y - b.y) };
}

function onWheel(canvas, { view, moved }) {
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const step = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
      view.zoom(Math.exp(-event.deltaY * step * 0.0015), event.offsetX, event.offsetY);
      moved();
    },
    { passive: false },
  );
}

function onKeys(canvas, { view, moved, chosen, fitted }) {
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") chosen(view.width / 2, view.height / 2);
    else if (event.key === "0" || event.key === "Home") fitted();
    else if (event.key in KEYS) {
      const [move, ...by] = KEYS[event.key];
      view[move](...by);
      moved(true);
    } else return;
    event.preventDefault();
  });
}

/** `moved(byKey)` after each move of the view, `chosen(px, py)` for a tap or Enter, `hovered(px, py | null)`, `fitted()` for "show all". */
export function listen(canvas, { view, moved, chosen, hovered = () => {}, fitted = () => {} }) {
  const fingers = new Map();
  let travelled = 0;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (!fingers.size) travelled = 0;
    fingers.set(event.pointerId, place(event));
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = place(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      hovered(now.x, now.y);
      return;
    }
    const was = fingers.size === 2 ? between([...fingers.values()]) : null;
    fingers.set(event.pointerId, now);
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    if (was) {
      const is = between([...fingers.values()]);
      view.pan(is.x - was.x, is.y - was.y);
      if (was.apart > 0) view.zoom(is.apart / was.apart, is.x, is.y);
    } else if (travelled > TAP_PX) view.pan(now.x - before.x, now.y - before.y);
    if (travelled > TAP_PX) moved();
  });
  const lift = (event) => {
    const tapped = fingers.size === 1 && travelled <= TAP_PX && event.type === "pointerup";
    if (!fingers.delete(event.pointerId)) return;
    if (tapped) {
      const { x, y } = place(event);
      chosen(x, y);
    }
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => hovered(null, null));
  canvas.addEventListener("dblclick", (event) => {
    view.zoom(2, event.offsetX, event.offsetY);
    moved();
  });
  onWheel(canvas, { view, moved });
  onKeys(canvas, { view, moved, chosen, fitted });
}
