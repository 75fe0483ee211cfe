/** What is marked on the map: incidents by severity, gathered where they would cover each other, and workers as dots. */

import { ENDED } from "../shared/clocks.js";
import { drawSeverity } from "../shared/palette.js";
import { rank } from "./model.js";

const APART = 30;
const FRESH_MS = 12_000;

/** Where an incident is on the plane: its position, or the middle of its first cell. */
export function placeOf(incident, cells) {
  const { lon, lat } = incident.position ?? {};
  if (Number.isFinite(lon) && Number.isFinite(lat)) return cells.plane.to(lon, lat);
  const cell = cells.byCode.get(incident.cells?.[0]);
  return cell ? [cell.x, cell.y] : null;
}

/** Gathers open incidents that are fewer than 30 pixels apart around the gravest: [{x, y, incidents, gravest}] in pixels. */
export function gather(incidents, cells, view) {
  const squares = new Map();
  const marks = [];
  for (const { incident, x, y } of inSight(incidents, cells, view)) {
    const [i, j] = [Math.floor(x / APART), Math.floor(y / APART)];
    const near = around(squares, i, j).find((mark) => Math.hypot(mark.x - x, mark.y - y) < APART);
    if (near) {
      near.incidents.push(incident);
      continue;
    }
    const mark = { x, y, incidents: [incident], gravest: incident.severity };
    marks.push(mark);
    const key = `${i},${j}`;
    squares.set(key, [...(squares.get(key) ?? []), mark]);
  }
  return marks.reverse();
}

/** The open incidents that the view shows, the gravest first and in a lasting order, so that marks do not jump. */
function inSight(incidents, cells, view) {
  const shown = [];
  for (const incident of incidents) {
    const place = ENDED.has(incident.state) ? null : placeOf(incident, cells);
    if (!place) continue;
    const [x, y] = view.toScreen(...place);
    if (x > -APART && y > -APART && x < view.width + APART && y < view.height + APART) shown.push({ incident, x, y });
  }
  return shown.sort((a, b) => rank(b.incident.severity) - rank(a.incident.severity) || (a.incident.id < b.incident.id ? -1 : 1));
}

function around(squares, i, j) {
  const found = [];
  for (let x = i - 1; x <= i + 1; x += 1) for (let y = j - 1; y <= j + 1; y += 1) found.push(...(squares.get(`${x},${y}`) ?? []));
  return found;
}

export function drawMarks(pen, marks, { chosen, still, now }) {
  let moving = false;
  for (const { x, y, incidents, gravest } of marks) {
    const fresh = Math.min(...incidents.map((incident) => now - (incident.fresh ?? 0)));
    if (fresh < FRESH_MS && !still) {
      ring(pen, x, y, fresh);
      moving = true;
    }
    if (incidents.some((incident) => incident.id === chosen)) halo(pen, x, y);
    drawSeverity(pen, gravest, x, y, 10);
    if (incidents.length > 1) badge(pen, x + 9, y - 9, incidents.length);
  }
  return moving;
}

function ring(pen, x, y, age) {
  const share = (age % 1500) / 1500;
  pen.beginPath();
  pen.arc(x, y, 10 + 22 * share, 0, 7);
  pen.strokeStyle = `rgba(255, 120, 130, ${1 - share})`;
  pen.lineWidth = 2.5;
  pen.stroke();
}

function halo(pen, x, y) {
  pen.beginPath();
  pen.arc(x, y, 17, 0, 7);
  pen.fillStyle = "rgba(255, 255, 255, .22)";
  pen.fill();
  pen.strokeStyle = "#fff";
  pen.lineWidth = 2;
  pen.stroke();
}

function badge(pen, x, y, n) {
  const text = n > 99 ? "99+" : String(n);
  const width = 9 + 6.5 * text.length;
  pen.beginPath();
  pen.roundRect(x - width / 2, y - 8, width, 16, 8);
  pen.fillStyle = "#fff";
  pen.fill();
  pen.fillStyle = "#0a111e";
  pen.font = "700 11px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y + 0.5);
}

/** The workers on shift as dots: full where they have a task, a ring where they are free. Two paths, for there may be thousands. */
export function drawWorkers(pen, workers, { cells, view, colour, chosen }) {
  const size = view.scale > 0.12 ? 4.5 : 3;
  const paths = { busy: new Path2D(), free: new Path2D() };
  for (const worker of workers) {
    if (!worker.position || !worker.on_shift) continue;
    const [x, y] = view.toScreen(...cells.plane.to(worker.position.lon, worker.position.lat));
    if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
    const radius = worker.id === chosen ? size + 3 : size;
    const path = worker.load ? paths.busy : paths.free;
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 7);
  }
  pen.lineWidth = 1.6;
  pen.fillStyle = colour;
  pen.strokeStyle = "#062033";
  pen.fill(paths.busy);
  pen.stroke(paths.busy);
  pen.fillStyle = "#0a111e";
  pen.strokeStyle = colour;
  pen.fill(paths.free);
  pen.stroke(paths.free);
}
