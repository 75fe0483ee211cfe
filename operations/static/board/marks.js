/** What is marked on the map: incidents by severity, gathered where they would cover each other, and workers as dots. */

import { drawSeverity } from "../shared/palette.js";
import { ENDED, rank } from "./model.js";

const APART = 30;
const FRESH_MS = 12_000;

/** Where an incident is on the plane: its position, or the middle of its first cell. */
export function placeOf(incident, cells) {
  const { lon, lat } = incident.position ?? {};
  if (Number.isFinite(lon) && Number.isFinite(lat)) return cells.plane.to(lon, lat);
  const cell = cells.byCode.get(incident.cells?.[0]);
  return cell ? [cell.x, cell.y] : null;
}

/** Gathers open incidents that are fewer than 30 pixels apart: [{x, y, incidents, gravest}] in pixels. */
export function gather(incidents, cells, view) {
  const squares = new Map();
  for (const incident of incidents) {
    const place = ENDED.has(incident.state) ? null : placeOf(incident, cells);
    if (!place) continue;
    const [x, y] = view.toScreen(...place);
    if (x < -APART || y < -APART || x > view.width + APART || y > view.height + APART) continue;
    const key = `${Math.round(x / APART)},${Math.round(y / APART)}`;
    const mark = squares.get(key) ?? { x: 0, y: 0, incidents: [], gravest: incident.severity };
    const n = mark.incidents.push(incident);
    mark.x += (x - mark.x) / n;
    mark.y += (y - mark.y) / n;
    if (rank(incident.severity) > rank(mark.gravest)) mark.gravest = incident.severity;
    squares.set(key, mark);
  }
  return [...squares.values()].sort((a, b) => rank(a.gravest) - rank(b.gravest) || a.y - b.y);
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

export function drawWorkers(pen, workers, { cells, view, colour, chosen }) {
  const size = view.scale > 0.12 ? 4.5 : 3;
  for (const worker of workers) {
    if (!worker.position || !worker.on_shift) continue;
    const [x, y] = view.toScreen(...cells.plane.to(worker.position.lon, worker.position.lat));
    if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
    pen.beginPath();
    pen.arc(x, y, worker.id === chosen ? size + 3 : size, 0, 7);
    pen.fillStyle = worker.load ? colour : "#0a111e";
    pen.fill();
    pen.strokeStyle = worker.load ? "#062033" : colour;
    pen.lineWidth = 1.6;
    pen.stroke();
  }
}
