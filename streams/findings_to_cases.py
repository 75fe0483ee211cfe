"""findings, reports, replies, actions, positions, ticks → incidents, log, tasks, receipts, rejects: each event is decided once.

The state and what has to be sent go to the changelog in one record; only then it is sent, and only then the events are acknowledged.
After a crash what may not have been sent is sent again, with the same identity.
"""

from functools import partial

from faust.types import EventT
from msgspec import DecodeError, Struct, ValidationError
from msgspec.structs import replace

from adapters.clock import elapsed_ms
from city.cases.decide import decide
from city.cases.state import DistrictCases, Event
from city.finding import Finding
from city.report import Action, Reply, Report, Tick, WorkerPosition
from messages.case_blocks import load, save
from messages.case_outputs import Output, output, unreadable
from messages.records import decode
from messages.topics import ACTIONS, CLOCK, FINDINGS, POSITIONS, REPLIES, REPORTS
from streams import counters
from streams.app import arrival_of
from streams.effects import Effects
from streams.knowledge import Knowledge

SETTLE_MS = 100
QUIET_SHARE = 4  # after a settling, at least this many times its own duration goes to deciding
LONGEST_PAUSE_MS = 2000  # a settling that waited for a Kafka that was away says nothing of its cost

TOPICS = {topic.name: topic for topic in (FINDINGS, REPORTS, REPLIES, ACTIONS, POSITIONS, CLOCK)}
KINDS: dict[str, type[Event]] = {
    FINDINGS.name: Finding,
    REPORTS.name: Report,
    REPLIES.name: Reply,
    ACTIONS.name: Action,
    POSITIONS.name: WorkerPosition,
    CLOCK.name: Tick,
}


class LiveCases(Struct):
    """One district's cases in memory: what of them is written, what has to be sent, and whether there is anything worth writing."""

    cases: DistrictCases
    written: DistrictCases
    outbox: list[Output]
    partition: int
    dirty: bool = False


class CasesStage:
    """The stage that owns the incidents, tasks and worker load of the districts whose partitions are here."""

    settles_after_s = SETTLE_MS / 1000

    def __init__(self, effects: Effects, knowledge: Knowledge) -> None:
        self._effects = effects
        self._knowledge = knowledge
        self._live: dict[str, LiveCases] = {}
        self._next_settling = 0

    def forget(self) -> None:
        """Drops everything in memory when partitions move; it is loaded again from the state blocks."""
        self._live.clear()
        self._effects.forget()

    async def take(self, event: EventT[bytes]) -> None:
        """Decides on one record, unless its district's state holds it already. A record that is no message of its topic is rejected."""
        if not self._effects.read(event):
            return
        message = event.message
        counters.record_read(TOPICS[message.topic])
        if message.value:
            try:
                said = decode(message.value, KINDS[message.topic])
            except DecodeError as flaw:
                await self._reject(event, flaw)
            else:
                self._decide(said, event)
        await self.settle()

    async def _reject(self, event: EventT[bytes], flaw: DecodeError) -> None:
        message = event.message
        not_json = not isinstance(flaw, ValidationError)
        key, at = (message.key or b"").decode(errors="replace"), arrival_of(event)
        refused = unreadable(message.topic, key, message.value or b"", at, not_json=not_json, detail=str(flaw))
        await self._effects.send(refused.topic, message.partition, refused.key, refused.value.encode(), refused.headers)

    def _decide(self, said: Event, event: EventT[bytes]) -> None:
        message = event.message
        district = said.cell[:6] if isinstance(said, Finding) else said.district
        live = self._live.get(district) or self._open(district, message.partition)
        if message.offset <= live.cases.applied.get(message.topic, -1):
            return
        decision = decide(live.cases, said, self._knowledge.case_facts, arrived_at=arrival_of(event))
        applied = {**decision.cases.applied, message.topic: message.offset}
        live.cases = replace(decision.cases, applied=applied)
        live.outbox += [output(outgoing, message.value or b"") for outgoing in decision.outbox]
        live.dirty = live.dirty or decision.worth_keeping

    def _open(self, district: str, partition: int) -> LiveCases:
        kept = load(district, partial(self._effects.stored, partition))
        live = self._live[district] = LiveCases(
            kept.cases, kept.written, kept.outbox, partition, dirty=bool(kept.outbox)
        )
        return live

    async def settle(self) -> None:
        """State and outbox, then the outbox, then the acknowledgement. Where that took long it pauses, so that the next one serves many changes."""
        began = elapsed_ms()
        if began < self._next_settling:
            return
        dirty = [live for live in self._live.values() if live.dirty]
        if dirty:
            await self._write(dirty)
        await self._effects.settle([])
        if dirty:
            now = elapsed_ms()
            self._next_settling = now + min(max(SETTLE_MS, QUIET_SHARE * (now - began)), LONGEST_PAUSE_MS)
        counters.settled()

    async def _write(self, dirty: list[LiveCases]) -> None:
        saved = [(live, save(live.cases, live.written, live.outbox)) for live in dirty]
        await self._effects.keep([(live.partition, *head) for live, (head, _) in saved])
        for live, (_, blocks) in saved:
            await self._send(live)
            await self._effects.put([(live.partition, *block) for block in blocks])
            live.written, live.outbox, live.dirty = live.cases, [], False

    async def _send(self, live: LiveCases) -> None:
        for sent in live.outbox:
            await self._effects.send(sent.topic, live.partition, sent.key, sent.value.encode(), sent.headers)
