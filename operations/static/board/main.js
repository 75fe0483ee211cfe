/** The operations centre: puts the parts together, follows the feed, and keeps what is chosen in the address. */

import { get } from "../shared/api.js";
import { levelBelow, levelOf, parentOf } from "../shared/codes.js";
import { byId, el, fill, svg, write } from "../shared/dom.js";
import { Feed } from "../shared/feed.js";
import { named, onLanguage, say, translate } from "../shared/language.js";
import { CaseList } from "./cases.js";
import { CellPanel } from "./cell.js";
import { Detail } from "./detail.js";
import { Drawer } from "./drawer.js";
import { Flow } from "./flow.js";
import { groundOf } from "./ground.js";
import { Head } from "./head.js";
import { Layers } from "./layers.js";
import { LedgerStrip } from "./ledger.js";
import { Legend } from "./legend.js";
import { CityMap } from "./map.js";
import { MapTable } from "./map_table.js";
import { MapBar } from "./mapbar.js";
import { Board } from "./model.js";
import { Overview } from "./overview.js";
import { PlacePage } from "./place.js";
import { register } from "./register.js";

const GEOMETRY_AGAIN_MS = 5000;
const SMALL = matchMedia("(max-width: 820px)");
const TABS = {
  map: "M3 6l6-3 6 3 6-3v15l-6 3-6-3-6 3zM9 3v15M15 6v15",
  cases: "M4 6h16M4 12h16M4 18h10",
  side: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 20c1-4 4-6 8-6s7 2 8 6",
  ledger: "M5 4h14v16H5zM9 9h6M9 13h6",
};

const board = new Board();
const go = {
  close: () => choose(""),
  incident: (id) => choose(`incident/${id}`),
  cell: (code) => choose(`cell/${code}`),
  place: (code) => choose(`/place/${code}`),
  filter: (code, how) => {
    list.inPlace(code, how);
    if (SMALL.matches) {
      choose("");
      tab("cases");
    }
  },
  layer: (theme, code) => {
    layers.turnTo({ theme, level: levelBelow(levelOf(code)) ?? "cell" });
    bar.show();
    go.showOnMap(code);
  },
  showOnMap: (code) => {
    if (SMALL.matches) choose("");
    tab("map");
    goTo(code);
  },
  show: (incident) => {
    // Where there is room for one view only, what is chosen lies over the map.
    if (SMALL.matches) choose("");
    tab("map");
    map.choose({ incident: incident.id, cell: incident.cells[0] });
    map.showIncident(incident);
  },
  district: (code) => {
    list.only(code);
    goTo(code);
    tab("cases");
  },
  worker: (worker) => {
    map.choose({ worker: worker.id });
    if (!worker.position) return;
    tab("map");
    map.showPlace(worker.position.lon, worker.position.lat);
  },
  register: (cell) => {
    const [lon, lat] = map.cells.plane.from(cell.x, cell.y);
    register(drawer, { name: named(cell.name, cell.code), lon, lat }, [...board.classes.values()]);
  },
  view: showPhoto,
  visit: openWorkerPage,
};

const drawer = new Drawer(byId("drawer"));
const layers = new Layers(board);
const table = new MapTable(drawer, layers, board, go.place);
const legend = new Legend(layers, () => table.open());
const map = new CityMap(board, layers, ({ incident, cell, place }) => {
  if (place) descend(place);
  else choose(incident ? `incident/${incident}` : cell ? `cell/${cell}` : "");
});
const bar = new MapBar(board, layers, { go: (code) => (byId("place").hidden ? goTo(code) : go.place(code || board.city.code)), open: go.place });
const list = new CaseList(board, (id) => go.incident(id));
const detail = new Detail(board, byId("focus"), go);
const cellPanel = new CellPanel(board, byId("focus"), go);
const overview = new Overview(board, go);
const placePage = new PlacePage(board, byId("place"), go);
const strip = new LedgerStrip(board, drawer);
new Flow(board);
const feed = new Feed({
  snapshotPath: "/api/v1/board",
  eventsPath: "/api/v1/events",
  take: (event, data) => board.take(event, data),
  tell: (state) => head.connection(state),
});
const head = new Head(board, () => feed.retryNow());

function choose(what) {
  const hash = what ? `#${what}` : "";
  if (location.hash === hash) return;
  history.pushState(null, "", hash || location.pathname + location.search);
  follow();
}

/** Moves the map to a place and outlines it; no code is the whole city. */
function goTo(code) {
  const scope = code === board.city?.code ? "" : (code ?? "");
  map.showPlaceOf(scope);
  bar.at(scope);
}

/** A place that was picked on the map: the map goes down into it, and its page too where one is open. */
function descend(code) {
  if (map.scope === code && byId("place").hidden) return go.place(code);
  const level = levelBelow(levelOf(code));
  if (level && layers.wanted !== level) layers.turnTo({ level });
  bar.show();
  if (byId("place").hidden) goTo(code);
  else go.place(code);
}

/** One level up from where the map is. */
function ascend() {
  const city = board.city?.code ?? "";
  if (!map.scope) return;
  const parent = parentOf(map.scope);
  bar.down(parent === city ? "" : parent);
  if (byId("place").hidden) goTo(parent);
  else go.place(parent);
}

/** The place that the address names, with the map beside it; null where it names none. */
function followPlace(code) {
  const shown = !byId("place").hidden;
  document.body.classList.toggle("placed", Boolean(code));
  byId("place").hidden = !code;
  if (!code) {
    placePage.shut();
    if (shown) list.inPlace("");
    return;
  }
  const before = placePage.code;
  placePage.open(code);
  if (before === code || !board.city) return;
  list.inPlace(code === board.city.code ? "" : code);
  goTo(code);
}

/** Shows what the address names: a place, an incident, a cell, or the overview. */
function follow() {
  const [kind, id] = decodeURIComponent(location.hash.slice(1)).replace(/^\//, "").split("/");
  followPlace(kind === "place" && id ? id : null);
  const incident = kind === "incident" && id ? id : null;
  const cell = kind === "cell" && id ? id : null;
  if (!incident) detail.shut();
  if (!cell) cellPanel.shut();
  byId("overview").hidden = Boolean(incident || cell);
  byId("focus").hidden = !(incident || cell);
  document.body.classList.toggle("focused", Boolean(incident || cell));
  list.choose(incident ?? "");
  map.choose({ incident, cell: cell ?? board.incidents.get(incident)?.cells[0] });
  if (incident) {
    map.reveal(board.incidents.get(incident));
    detail.open(incident);
  }
  if (cell) cellPanel.open(cell);
}

function showPhoto(source) {
  const viewer = byId("viewer");
  const shut = el("button", { type: "button", class: "shut", "aria-label": say("close"), onclick: () => viewer.close() }, "×");
  fill(viewer, shut, el("img", { src: source, alt: say("evidence.photo") }));
  viewer.onclick = (event) => event.target === viewer && viewer.close();
  viewer.showModal();
}

async function openWorkerPage(worker) {
  try {
    const { url } = await get(`/api/v1/workers/${encodeURIComponent(worker)}/link`);
    window.open(url, "_blank", "noopener");
  } catch (problem) {
    const viewer = byId("viewer");
    fill(viewer, el("p", {}, problem.sentence ?? String(problem)), el("button", { type: "button", class: "plain", onclick: () => viewer.close() }, say("close")));
    viewer.showModal();
  }
}

function tab(name) {
  document.body.dataset.tab = name;
  for (const button of byId("tabbar").children) button.toggleAttribute("aria-current", false);
  byId("tabbar").querySelector(`[data-tab="${name}"]`)?.setAttribute("aria-current", "page");
}

function showTabs() {
  const buttons = Object.entries(TABS).map(([name, shape]) =>
    el("button", { type: "button", dataset: { tab: name }, onclick: () => { choose(""); tab(name); } }, svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: shape })), say(`nav.${name}`), name === "cases" && el("em", { id: "tab-count", hidden: true })),
  );
  fill(byId("tabbar"), buttons);
  tab(document.body.dataset.tab);
}

/** Asks for the ground once the board has said how large the city is, and again while there is none. */
async function loadGround() {
  try {
    const [ground, places] = await Promise.all([groundOf(board.cells.size, stand), get("/api/v1/places")]);
    board.name(places);
    stand(ground);
    write(byId("veil"), ground.empty ? say("map.empty") : "");
    list.renew();
    if (!ground.empty) return;
  } catch (problem) {
    write(byId("veil"), say("map.failed", { why: problem.sentence ?? String(problem) }));
  }
  setTimeout(loadGround, GEOMETRY_AGAIN_MS);
}

function stand(ground) {
  for (const part of [list, detail, cellPanel, placePage]) part.cells = ground;
  map.place(ground);
  if (map.scope || location.hash.includes("place/")) goTo(placePage.code ?? map.scope);
}

/** A city can grow while it runs: cells that the map does not know yet bring the geometry anew. */
function checkGeometry() {
  if (!map.cells?.whole || geometryDue) return;
  const known = map.cells.byCode;
  if (![...board.cells.keys()].some((code) => !known.has(code))) return;
  geometryDue = setTimeout(() => {
    geometryDue = null;
    loadGround();
  }, GEOMETRY_AGAIN_MS);
}
let geometryDue = null;
let loading = null;

function countOnTab() {
  const count = byId("tab-count");
  const n = board.open().filter((incident) => incident.turn === "operator" || board.isLate(incident)).length;
  count.hidden = !n;
  write(count, n);
}

board.watch(["cells", "city"], checkGeometry);
layers.watch(() => legend.show());
board.watch(["city", "places"], () => {
  bar.show();
  legend.show();
  if (!loading) loading = loadGround();
});
board.watch(["incidents", "city"], countOnTab);
board.watch(["city"], follow);
onLanguage(() => {
  showTabs();
  countOnTab();
  bar.show();
  layers.recolour();
  legend.show();
  map.paint();
});
addEventListener("popstate", follow);
addEventListener("hashchange", follow);
addEventListener("keydown", (event) => {
  if (event.key === "Backspace" && event.target.id === "canvas") ascend();
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  // Escape in a field leaves the field; what was typed there is not to be lost with the panel.
  if (/^(TEXTAREA|INPUT|SELECT)$/.test(event.target.tagName)) event.target.blur();
  else choose("");
});
setInterval(() => {
  head.tick();
  const now = board.now();
  list.tick(now);
  detail.tick(now);
  placePage.tick(now);
}, 1000);

translate(document);
write(byId("veil"), say("map.loading"));
showTabs();
legend.show();
overview.show();
strip.show();
head.connection(feed.state);
feed.run();
