/** The colours and signs of the map. Each state and each severity has a pattern or a shape of its own beside its colour. */

export const DARK = {
  ground: "#0a111e",
  land: "#132033",
  fine: "#1c4a45",
  fineLine: "#0d2327",
  watch: "#6a5216",
  watchInk: "#e9b949",
  incident: "#8c2636",
  incidentInk: "#ff8a94",
  unknown: "#1b2536",
  unknownInk: "#4c5e7d",
  bare: "#5b4413",
  bareInk: "#e0a92e",
  community: "rgba(6, 12, 22, .75)",
  town: "rgba(196, 216, 245, .55)",
  district: "rgba(222, 235, 255, .85)",
  label: "#e8eef8",
  labelToo: "#b9c8de",
  halo: "rgba(8, 14, 25, .85)",
  worker: "#5cc8ff",
  chosen: "#ffffff",
};

export const LIGHT = {
  ground: "#e9eef5",
  land: "#dfe7f0",
  fine: "#cfe8df",
  fineLine: "#ffffff",
  watch: "#ffe7a8",
  watchInk: "#9a6b00",
  incident: "#ffc9cd",
  incidentInk: "#b4232f",
  unknown: "#dfe5ee",
  unknownInk: "#9aa8bc",
  bare: "#ffe7a8",
  bareInk: "#9a6b00",
  community: "rgba(255, 255, 255, .95)",
  town: "rgba(40, 62, 96, .45)",
  district: "rgba(20, 38, 66, .8)",
  label: "#13233b",
  labelToo: "#43546e",
  halo: "rgba(255, 255, 255, .9)",
  worker: "#0a6fd1",
  chosen: "#0b2a52",
};

export const SEVERITY = {
  minor: { colour: "#6fb7ff", sign: "1" },
  moderate: { colour: "#f5c84b", sign: "2" },
  severe: { colour: "#ff8f45", sign: "3" },
  extreme: { colour: "#ff5470", sign: "4" },
};

export const CELL_STATES = ["fine", "watch", "incident", "unknown"];

/** The steps of the map's ramps from nothing to much: brighter is more, and the number stands beside the name as well. */
const RAMPS = {
  open: ["#16273f", "#1f4470", "#2a62a0", "#3d86cf", "#6fb4f2", "#b3dcff"],
  late: ["#16273f", "#54202c", "#852c3c", "#b83d50", "#ea6070", "#ffabb1"],
  gap: ["#1c4a45", "#4a3f1a", "#77601c", "#a5821f", "#d6a72a", "#ffd668"],
};

/** Every style that a shape can have. */
export const STYLES = new Set([...CELL_STATES, "covered", "bare", "ground", ...Object.entries(RAMPS).flatMap(([name, steps]) => steps.map((_, i) => `${name}${i}`))]);

/** A small repeating picture for a state: dots for watch, steep lines for incident, thin flat lines for unknown, crosses for what is not covered, nothing for fine. */
export function pattern(ctx, state, palette, ratio = 1) {
  const [, ramp, step] = /^(open|late|gap)(\d)$/.exec(state) ?? [];
  if (ramp) return RAMPS[ramp][step];
  if (state === "fine" || state === "covered") return palette.fine;
  if (state === "ground") return palette.land;
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = tile.height = size * ratio;
  const pen = tile.getContext("2d");
  pen.scale(ratio, ratio);
  pen.fillStyle = palette[state];
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = pen.fillStyle = palette[`${state}Ink`];
  if (state === "watch") dots(pen, size);
  else if (state === "bare") crossed(pen, size);
  else slanted(pen, size, state === "incident" ? 1.7 : 0.9, state === "incident" ? 1 : -1);
  const made = ctx.createPattern(tile, "repeat");
  made.setTransform(new DOMMatrix().scale(1 / ratio));
  return made;
}

function dots(pen, size) {
  for (const [x, y] of [[size / 4, size / 4], [(3 * size) / 4, (3 * size) / 4]]) {
    pen.beginPath();
    pen.arc(x, y, 1.2, 0, 7);
    pen.fill();
  }
}

function crossed(pen, size) {
  slanted(pen, size, 1, 1);
  slanted(pen, size, 1, -1);
}

function slanted(pen, size, width, way) {
  pen.lineWidth = width;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, way > 0 ? size : 0);
    pen.lineTo(shift + size, way > 0 ? 0 : size);
  }
  pen.stroke();
}

/** Draws the sign of a severity: a disc, a diamond, a triangle or an octagon, with its number. */
export function drawSeverity(pen, severity, x, y, size) {
  const { colour, sign } = SEVERITY[severity] ?? SEVERITY.moderate;
  const corners = { minor: 0, moderate: 4, severe: 3, extreme: 8 }[severity] ?? 4;
  const turn = { 3: -Math.PI / 2, 4: -Math.PI / 2, 8: Math.PI / 8 }[corners] ?? 0;
  const reach = corners === 3 ? size * 1.22 : corners === 4 ? size * 1.15 : size;
  const middle = corners === 3 ? y + size * 0.12 : y;
  pen.beginPath();
  if (!corners) pen.arc(x, y, size, 0, 7);
  for (let i = 0; i < corners; i += 1) {
    const angle = turn + (i * 2 * Math.PI) / corners;
    pen.lineTo(x + reach * Math.cos(angle), middle + reach * Math.sin(angle));
  }
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  pen.strokeStyle = "#0a111e";
  pen.stroke();
  pen.fillStyle = "#0a111e";
  pen.font = `800 ${Math.round(size * 1.05)}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(sign, x, middle + size * 0.06);
}
