/** The worker's page: asks who the link belongs to, shows the tasks, takes reports, and sends what was written when it can. */

import { get } from "../shared/api.js";
import { Cells } from "../shared/cells.js";
import { byId, el, fill, svg, write } from "../shared/dom.js";
import { newId } from "../shared/ids.js";
import { language, named, onLanguage, say, speak, translate } from "../shared/language.js";
import { Here } from "./here.js";
import { Outbox } from "./outbox.js";
import { Queue } from "./queue.js";
import { ReportForm } from "./report.js";
import { Sent } from "./sent.js";
import { Tasks } from "./tasks.js";

const POLL_MS = 4000;
const TOAST_MS = 3500;
const TABS = {
  tasks: "M5 4h14v17H5zM9 3h6v3H9zM8.5 13l2.5 2.5 4.5-5",
  report: "M12 5v14M5 12h14",
  sent: "M4 12l16-8-6 16-3-6z",
};
const KEY = "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8M11 12l8-8M16 7l3 3";

const token = new URLSearchParams(location.search).get("token") ?? "";
const worker = token.slice(0, Math.max(0, token.lastIndexOf(".")));
const REMEMBERED = `citygrid.me.${worker}`;

let me = null;
let skew = 0;
let reachable = true;
/** The part of the city whose cells were asked for. */
let asked = null;

const now = () => Date.now() + skew;
const here = new Here(() => {
  tasks.show(me?.tasks ?? []);
  form.placed();
});
const queue = new Queue(worker, () => show());
const outbox = new Outbox({ queue, token, tell, sent: () => poll() });
const tasks = new Tasks({ frame: byId("tasks"), queue, here, now, reply, sheet });
const form = new ReportForm({ frame: byId("report"), here, send: keep });
const sent = new Sent({ frame: byId("sent"), queue });

function sheet(build) {
  const dialog = byId("sheet");
  fill(dialog, build(() => dialog.close()));
  dialog.showModal();
}

function toast(text) {
  const node = byId("toast");
  node.hidden = false;
  write(node, text);
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (node.hidden = true), TOAST_MS);
}

/** Keeps on the phone first; only then it is sent, so that nothing is lost in a dead spot. */
async function keep(entry, photos = []) {
  try {
    await queue.add(entry, photos);
  } catch {
    toast(say("queue.full"));
    throw new Error("the phone could not keep what was written");
  }
  toast(say(entry.kind === "report" ? "report.kept" : "reply.kept"));
  if (entry.kind === "report") tab("sent");
  outbox.send();
}

function reply(task, { taken = [], ...said }) {
  const at = Date.now();
  const body = { id: newId(), task: task.id, at, ...said };
  const position = here.now();
  if (position) body.position = position;
  if (taken.length) body.photos = taken.map(({ sha }) => `sha256:${sha}`);
  return keep({ id: body.id, kind: "reply", body, madeAt: at, title: task.name }, taken);
}

function tell(news) {
  if (news.locked) lock();
  if (news.reachable !== undefined) reachable = news.reachable;
  showLine();
}

function lock() {
  byId("page").hidden = byId("tabs").hidden = byId("line").hidden = true;
  byId("locked").hidden = false;
  fill(byId("locked"), el("div", { class: "calm" }, el("div", { class: "tick key", "aria-hidden": "true" }, svg("svg", { viewBox: "0 0 24 24" }, svg("path", { d: KEY }))), el("h2", {}, say(token ? "locked.false" : "locked.missing")), el("p", {}, say("locked.help"))));
  clearInterval(polling);
}

function remember(value) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(value));
  } catch {
    // A phone that keeps nothing shows nothing while it is offline; that is all.
  }
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED));
    return kept?.worker ? kept : null;
  } catch {
    return null;
  }
}

async function poll() {
  try {
    const answer = await get("/api/v1/me", { token, signal: AbortSignal.timeout(15_000) });
    me = answer;
    skew = answer.now - Date.now();
    reachable = true;
    remember(answer);
    loadGeometry();
    await queue.refused(answer.rejects ?? []);
    if (queue.waiting().length) outbox.send();
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) lock();
    else reachable = false;
  }
  show();
}

function show() {
  if (me) {
    write(byId("name"), named(me.worker.name, me.worker.id));
    write(byId("standing"), [named(me.district?.name), say(me.worker.on_shift ? "overview.on_shift" : "worker.off")].filter(Boolean).join(" · "));
    document.title = `${named(me.worker.name, me.worker.id)} · citygrid`;
    form.offer(me.classes ?? [], me.worker.skills);
    tasks.show(me.tasks);
  }
  form.show();
  sent.show(me?.receipts ?? []);
  showLine();
  count("tasks", me?.tasks.length ?? 0);
  count("sent", queue.entries.filter((entry) => entry.state !== "sent").length);
}

function showLine() {
  const waiting = queue.waiting().length;
  const line = byId("line");
  line.dataset.tone = reachable ? (waiting ? "near" : "good") : "bad";
  const kept = waiting ? say("line.waiting", { n: waiting }) : "";
  write(line, reachable ? kept || say("line.good") : [say("line.offline"), kept].filter(Boolean).join(" "));
}

function count(name, n) {
  const badge = byId("tabs").querySelector(`[data-tab="${name}"] em`);
  badge.hidden = !n;
  write(badge, n);
}

function tab(name) {
  document.body.dataset.tab = name;
  for (const button of byId("tabs").children) button.toggleAttribute("aria-current", button.dataset.tab === name);
  if (name === "report") {
    here.follow();
    form.placed();
  }
  scrollTo(0, 0);
}

function showTabs() {
  const buttons = Object.entries(TABS).map(([name, shape]) => el("button", { type: "button", dataset: { tab: name }, onclick: () => tab(name) }, svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: shape })), say(`tab.${name}`), el("em", { hidden: true })));
  fill(byId("tabs"), buttons);
  tab(document.body.dataset.tab);
  write(byId("language"), say("language.other"));
  byId("language").setAttribute("aria-label", say("language.switch"));
}

/** Asks for the cells of the worker's own district, once: those of a whole city may be more than a phone can hold. */
async function loadGeometry() {
  const part = me?.district ? `?level=cell&within=${me.district.code}` : "";
  if (!me || part === asked) return;
  asked = part;
  try {
    const cells = new Cells(await get(`/api/v1/geometry${part}`, { cache: "no-cache" }));
    if (!cells.list.length) throw new Error("no cells yet");
    cells.whole = !part;
    if (asked !== part) return;
    tasks.cells = form.cells = cells;
    show();
  } catch {
    if (asked === part) asked = null;
    setTimeout(loadGeometry, 10_000);
  }
}

/** The whole catalogue of classes, which the phone keeps; without it the brief one of the worker's own page is offered. */
async function loadClasses() {
  try {
    form.know((await get("/api/v1/classes", { cache: "no-cache" })).majors);
    show();
  } catch {
    setTimeout(loadClasses, 30_000);
  }
}

/** Lets the page open where there is no signal at all, also after its first visit, whose files came before there was a keeper: it is told of them, and of all that come later. */
async function keepPage() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("/static/worker/offline.js", { scope: "/worker" });
    const { active } = await navigator.serviceWorker.ready;
    const tell = (entries) => active.postMessage({ keep: ["/worker", ...entries.map(({ name }) => name)] });
    new PerformanceObserver((seen) => tell(seen.getEntries())).observe({ type: "resource", buffered: true });
  } catch {
    // A browser that keeps no pages opens this one with a signal only.
  }
}

byId("language").onclick = () => speak(language() === "zh" ? "en" : "zh");
byId("sheet").addEventListener("click", (event) => event.target === byId("sheet") && byId("sheet").close());
onLanguage(() => {
  showTabs();
  tasks.renew();
  show();
});
setInterval(() => tasks.tick(now()), 1000);
const polling = setInterval(() => document.visibilityState === "visible" && poll(), POLL_MS);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && !byId("page").hidden && poll());

translate(document);
showTabs();
if (token) {
  me = recall();
  await queue.open();
  keepPage();
  loadGeometry();
  loadClasses();
  poll();
  outbox.send();
  navigator.permissions?.query({ name: "geolocation" }).then((permission) => permission.state === "granted" && here.follow());
} else lock();
