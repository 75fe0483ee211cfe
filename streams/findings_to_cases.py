"""findings, reports, replies, actions, positions, ticks → incidents, log, tasks, receipts, rejects: each event is decided once.

What has changed and what has to be sent are kept in the changelog, whole or not at all; only then it is sent, and only then the events are acknowledged.
Meanwhile the next events are decided, and wait for their turn.
After a crash what may not have been sent is sent again, with the same identity.
"""

from collections.abc import Awaitable
from functools import partial

from faust.types import EventT
from msgspec import DecodeError, Struct, ValidationError
from msgspec.structs import replace

from adapters.clock import elapsed_ms
from city.cases.decide import decide
from city.cases.state import DistrictCases, Event
from city.finding import Finding
from city.report import Action, Reply, Report, Tick, WorkerPosition
from messages.case_blocks import Block, Kept, load, save
from messages.case_outputs import Output, output, unreadable
from messages.records import decode
from messages.topics import ACTIONS, CLOCK, FINDINGS, POSITIONS, REPLIES, REPORTS
from streams import counters
from streams.app import arrival_of
from streams.beside import Beside
from streams.effects import Effects, Noted
from streams.knowledge import Knowledge
from streams.unreadable import reading_state

SETTLE_MS = 50
LOOK_MS = 20
BYTES_PER_MS = 10_000  # what a settling writes holds up the next one, so that many changes go together where much changes at a time
LONGEST_PAUSE_MS = 2000
PATIENCE_MS = 1000  # nothing is decided any more when a settling takes longer

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
    """One district's cases in memory: what of them is kept, what has to be sent, and whether there is anything worth keeping."""

    cases: DistrictCases
    kept: Kept
    outbox: list[Output]
    partition: int
    dirty: bool = False


class Saved(Struct):
    """What one settling brings home of a district: its blocks, then the outbox."""

    partition: int
    outbox: list[Output]
    blocks: list[Block]

    @property
    def size(self) -> int:
        """Bytes of state."""
        return sum(len(value or b"") for _, value in self.blocks)


class CasesStage:
    """The stage that owns the incidents, tasks and worker load of the districts whose partitions are here."""

    settles_after_s = LOOK_MS / 1000

    def __init__(self, effects: Effects, knowledge: Knowledge) -> None:
        self._effects = effects
        self._knowledge = knowledge
        self._live: dict[str, LiveCases] = {}
        self._began = 0
        self._next_settling = 0
        self._beside = Beside()

    async def forget(self) -> None:
        """Drops everything in memory when partitions move; it is loaded again from the state blocks."""
        await self._beside.over()
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
        await self.begin()

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
        keys = self._effects.stored_keys(partition, f"{district}/")
        with reading_state(district):
            kept, outbox = load(district, partial(self._effects.stored, partition), keys)
        live = self._live[district] = LiveCases(kept.cases, kept, outbox, partition, dirty=bool(outbox))
        return live

    async def begin(self) -> None:
        """Begins to settle unless the last one is under way or was a moment ago."""
        now = elapsed_ms()
        if self._beside.busy and now - self._began < PATIENCE_MS:
            return
        await self._beside.wait()
        if now < self._next_settling:
            return
        saved = [_saved(live) for live in self._live.values() if live.dirty]
        if saved or self._effects.due:
            self._began = now
            if saved:
                pause = sum(one.size for one in saved) // BYTES_PER_MS
                self._next_settling = now + min(max(SETTLE_MS, pause), LONGEST_PAUSE_MS)
            self._beside.start(self._bring_home(saved, self._effects.noted()))

    async def settle(self) -> None:
        """Settles what can be settled now."""
        await self.begin()
        await self._beside.wait()

    async def _bring_home(self, saved: list[Saved], noted: Noted) -> None:
        """State and outbox, then the outbox, then the acknowledgement."""
        if saved:
            await self._effects.keep([(one.partition, *block) for one in saved for block in one.blocks])
        for one in saved:
            noted.sent.extend([await self._deliver(sent, one.partition) for sent in one.outbox])
        await self._effects.settle([], noted)
        counters.settled()

    async def _deliver(self, sent: Output, partition: int) -> Awaitable[object]:
        return await self._effects.deliver(sent.topic, partition, sent.key, sent.value.encode(), sent.headers)


def _saved(live: LiveCases) -> Saved:
    """A district as it stands, to be brought home; what is decided from now on is left for the next time."""
    blocks, live.kept = save(live.cases, live.kept, live.outbox)
    saved = Saved(live.partition, live.outbox, blocks)
    live.outbox, live.dirty = [], False
    return saved
