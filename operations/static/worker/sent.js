/** What was said from this phone: what still waits, what was sent, what was refused; and what became of the reports. */

import { el, fill } from "../shared/dom.js";
import { named, say, word } from "../shared/language.js";
import { moment } from "../shared/times.js";

export class Sent {
  /** `context` has frame, queue and now(). */
  constructor(context) {
    Object.assign(this, context);
  }

  show(receipts) {
    const entries = [...this.queue.entries].reverse();
    const own = new Set(entries.map((entry) => entry.id));
    const items = entries.map((entry) => this.#entry(entry, receipts.find((receipt) => receipt.report === entry.id)));
    const others = receipts.filter((receipt) => !own.has(receipt.report)).map((receipt) => this.#receipt(receipt));
    const nothing = el("div", { class: "calm" }, el("h2", {}, say("sent.none")), el("p", {}, say("sent.none.help")));
    fill(this.frame, items.length || others.length ? [el("ul", { class: "said" }, items, others)] : nothing);
  }

  #title(entry) {
    const what = named(entry.title, entry.id);
    return entry.kind === "reply" ? `${say(`reply.${entry.body.kind}`)} · ${what}` : what;
  }

  #entry(entry, receipt) {
    const { body } = entry;
    const discard = el("button", { type: "button", class: "quiet", onclick: () => this.queue.remove(entry.id) }, say("sent.discard"));
    return el(
      "li",
      { dataset: { state: entry.state } },
      el("div", { class: "said-head" }, el("b", {}, this.#title(entry)), el("span", { class: "state", dataset: { sent: entry.state } }, say(`sent.${entry.state}`))),
      el("p", { class: "about" }, say("sent.made", { at: moment(entry.madeAt, Date.now()) }), entry.photos.length > 0 && ` · ${say("sent.photos", { n: entry.photos.length })}`),
      (body.text || body.reason) && el("p", {}, body.text ?? body.reason),
      entry.state === "refused" && el("p", { class: "wrong" }, [entry.answer?.reason && word("reason", entry.answer.reason), entry.answer?.sentence].filter(Boolean).join(say("list.colon"))),
      entry.state === "refused" && discard,
      receipt && this.#became(receipt),
    );
  }

  #became(receipt) {
    return el("p", { class: "became" }, say("sent.became", { incident: receipt.incident, state: word("state", receipt.state) }));
  }

  #receipt(receipt) {
    return el("li", { dataset: { state: "sent" } }, el("div", { class: "said-head" }, el("b", {}, say("sent.report")), el("span", { class: "state", dataset: { sent: "sent" } }, say("sent.sent"))), el("p", { class: "about" }, moment(receipt.at, Date.now())), this.#became(receipt));
  }
}
