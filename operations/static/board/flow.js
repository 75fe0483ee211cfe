/** How the way of the data stands: which process runs, who is behind, who holds back, which disk is short. One line while all is well. */

import { byId, el, fill } from "../shared/dom.js";
import { number, onLanguage, say, word } from "../shared/language.js";

const FAR_BEHIND = 1000;
const SILENT = new Set(["it does not answer yet", "it does not answer"]);
const TONES = { failing: "bad", restarting: "bad", stopped: "bad", not_ready: "near", running: "" };

/** "bad", "near" or "" of one process: what does not run is bad, what is far behind, holds back or is not ready is near to it. */
export function toneOf(process) {
  return TONES[process.state] || (process.braked || (process.lag ?? 0) >= FAR_BEHIND ? "near" : "");
}

/** How a process keeps up, in words. */
function keepingUp(process) {
  const parts = [];
  if (process.braked) parts.push(say("flow.braked"));
  if (process.in_flight !== null && process.in_flight !== undefined) parts.push(say("flow.in_flight", { n: number(process.in_flight) }));
  if (process.lag !== null && process.lag !== undefined) parts.push(say(process.lag ? "flow.behind" : "flow.up_to_date", { n: number(process.lag) }));
  if (process.restarts) parts.push(say("flow.restarted", { n: number(process.restarts) }));
  return parts.join(" · ");
}

export class Flow {
  #before = "";

  constructor(board) {
    this.board = board;
    this.frame = byId("flow");
    board.watch(["pulse"], () => this.show());
    onLanguage(() => this.show());
  }

  show() {
    const installation = this.board.installation;
    this.frame.hidden = !installation;
    if (!installation) return;
    const { processes, short_disks: disks } = installation;
    const stamp = JSON.stringify([processes, disks, document.documentElement.lang]);
    if (stamp === this.#before) return;
    this.#before = stamp;
    const troubled = processes.filter((process) => toneOf(process));
    const bad = disks.length || troubled.some((process) => toneOf(process) === "bad");
    const words = troubled.length || disks.length ? say("flow.trouble", { n: number(troubled.length + disks.length) }) : say("flow.well", { n: number(processes.length) });
    const open = this.frame.firstElementChild?.open ?? false;
    const summary = el("summary", {}, el("h2", {}, say("flow.title")), el("span", { class: "flow-verdict", role: "status", dataset: { tone: bad ? "bad" : troubled.length ? "near" : "good" } }, words));
    const quiet = processes.filter((process) => !toneOf(process));
    fill(
      this.frame,
      el("details", { open }, summary, el("ul", {}, quiet.map((process) => this.#row(process)))),
      (troubled.length > 0 || disks.length > 0) && el("ul", { class: "troubled" }, disks.map((disk) => this.#disk(disk)), troubled.map((process) => this.#row(process))),
    );
  }

  #row(process) {
    return el(
      "li",
      { dataset: { tone: toneOf(process) } },
      el("b", {}, this.#name(process.name)),
      el("span", {}, say(`flow.${process.state}`)),
      el("small", {}, keepingUp(process)),
      process.reason && el("p", {}, SILENT.has(process.reason) ? say("flow.silent") : process.reason),
    );
  }

  /** "gateway-2" as "网关 2"; Kafka and Mosquitto keep their names. */
  #name(name) {
    const [, kind, number_] = /^([a-z]+)(?:-(\d+))?$/.exec(name) ?? [null, name, ""];
    return `${word("process", kind)}${number_ ? ` ${number_}` : ""}`;
  }

  #disk(disk) {
    return el("li", { dataset: { tone: "bad" } }, el("b", {}, say("flow.disk")), el("span", {}, say("flow.free", { n: number(disk.free_mb) })), el("p", {}, disk.folders.join(say("list.comma"))));
  }
}
