"""telemetry, rejects → windows, late, findings, ledger: each pack goes through its district's stream, and its effects leave in order.

The facts that outputs depend on are part of the state, and change only between two records, when all is settled. After a restart the
stored ones hold until all is read that the log held then: outputs up to there may have left under them, and a repeat must say the same.
"""

from faust.types import EventT
from msgspec import DecodeError, Struct

from adapters.clock import elapsed_ms, now_ms
from adapters.logs import log
from city import checkpoint
from city.checkpoint import Saved
from city.columns import NEVER_MS
from city.facts import Facts
from city.finding import Finding
from city.stream import DistrictStream, Outcome
from geo.codes import district_of
from messages.case_outputs import unreadable
from messages.ledger import DistrictSums
from messages.packs import NO_PACK, head_of, lines_of
from messages.records import cloud_event, decode, encode
from messages.rejects import COUNTED_KINDS, Reject
from messages.telemetry import unpack
from messages.topics import FINDINGS, LATE, LEDGER, REJECTS, TELEMETRY, WINDOWS
from streams import counters
from streams.app import arrival_of
from streams.beside import Beside
from streams.effects import Blocks, Effects, Noted
from streams.knowledge import Knowledge
from streams.unreadable import reading_state

SETTLE_MS = 1000
TELEMETRY_KIND = "telemetry"
LINES_IN_A_PACK = 2000


class LiveStream(Struct):
    """One district's stream in memory, with what it has applied and what of it is saved; `known` are the city's facts it was compared with."""

    stream: DistrictStream
    applied: dict[str, int]
    saved: Saved
    partition: int
    dirty: bool = False
    known: Facts | None = None


class TelemetryStage:
    """The stage between packs and findings: what is live, and when it was last settled."""

    settles_after_s = SETTLE_MS / 1000

    def __init__(self, effects: Effects, knowledge: Knowledge) -> None:
        self._effects = effects
        self._knowledge = knowledge
        self._live: dict[str, LiveStream] = {}
        self._settled_at = elapsed_ms()
        self._beside = Beside()

    async def forget(self) -> None:
        """Drops everything in memory when partitions move; it is loaded again from the state blocks."""
        await self._beside.over()
        self._live.clear()
        self._effects.forget()

    async def take(self, event: EventT[bytes]) -> None:
        """Applies one record unless its district's state holds it already, and begins to settle about once a second."""
        if not self._effects.read(event):
            return
        message = event.message
        district = (message.key or b"").decode(errors="replace")
        live = self._live.get(district) or await self._open(district, message.partition)
        if self._live.get(district) is live and message.offset > live.applied.get(message.topic, -1):
            await self._apply(district, live, event)
            live.applied[message.topic] = message.offset
            live.dirty = True
        await self.begin()

    async def _open(self, district: str, partition: int) -> LiveStream:
        """Loads a district's state; that of a new one is written before it says anything, so that a repeat knows its facts."""
        facts = self._knowledge.facts.within(district)
        with reading_state(district):
            stream, applied, saved = checkpoint.load(
                facts, lambda name: self._effects.stored(partition, f"{district}/{name}")
            )
        live = self._live[district] = LiveStream(stream, applied, saved, partition)
        await self._sweep(district, live)
        if stream.unsaved_facts:
            await self._effects.keep(_blocks(district, live))
        return live

    async def _sweep(self, district: str, live: LiveStream) -> None:
        """Deletes the blocks that a crash left behind."""
        start = f"{district}/"
        names = [key.removeprefix(start) for key in self._effects.stored_keys(live.partition, start)]
        gone = checkpoint.orphans(names, live.saved)
        await self._effects.put([(live.partition, start + name, None) for name in gone])

    async def _apply(self, district: str, live: LiveStream, event: EventT[bytes]) -> None:
        if event.message.topic == REJECTS.name:
            self._count_reject(live, event.value or b"")
        else:
            await self._apply_pack(district, live, event)

    def _count_reject(self, live: LiveStream, value: bytes) -> None:
        counters.record_read(REJECTS)
        try:
            refused = decode(value, Reject)
        except DecodeError as flaw:
            log("findings").error("a record of the rejects that is no reject was passed over", flaw=str(flaw))
            return
        if refused.kind in COUNTED_KINDS:
            live.stream.sums.refused(refused.reason)
        if refused.kind == TELEMETRY_KIND:
            live.stream.refused(refused.sender, refused.seq)

    async def _apply_pack(self, district: str, live: LiveStream, event: EventT[bytes]) -> None:
        counters.record_read(TELEMETRY)
        value = event.value or b""
        try:
            head = head_of(dict(event.headers).items())
            lines = [*unpack(head.away), *unpack(value)]
        except NO_PACK as flaw:
            await self._reject(district, live, event, repr(flaw))
            return
        outcome = live.stream.apply(lines, head.at)
        live.stream.sums.wrote(head.gateway, head.start, head.total)
        counters.applied(head.count)
        await self._send(district, live, outcome, event.message.offset)

    async def _reject(self, district: str, live: LiveStream, event: EventT[bytes], detail: str) -> None:
        """A record that is no pack went past the gateways; it must not hold up those behind it."""
        refused = unreadable(
            TELEMETRY.name, district, event.value or b"", arrival_of(event), not_json=False, detail=detail
        )
        await self._effects.send(refused.topic, live.partition, district, refused.value.encode(), refused.headers)

    async def _send(self, district: str, live: LiveStream, outcome: Outcome, source: int) -> None:
        """Sends what the pack at offset `source` gave; the headers tell a line that is sent again after a crash from one like it."""
        await self._tell(live, outcome.findings)
        for topic, rows in ((WINDOWS, outcome.windows), (LATE, outcome.late)):
            for first in range(0, len(rows), LINES_IN_A_PACK):
                part = rows[first : first + LINES_IN_A_PACK]
                value = b"\n".join(encode(row) for row in part)
                headers = lines_of(source, first, len(part))
                await self._effects.send(topic.name, live.partition, district, value, headers)

    async def _tell(self, live: LiveStream, findings: list[Finding]) -> None:
        for finding in findings:
            headers = cloud_event(f"finding.{finding.state}", f"{finding.id}-{finding.state}-{finding.at}", finding.at)
            await self._effects.send(FINDINGS.name, live.partition, district_of(finding.cell), encode(finding), headers)

    async def begin(self) -> None:
        """Begins to settle when it is time to; records that come meanwhile wait for it only when it takes longer than that."""
        if elapsed_ms() - self._settled_at >= SETTLE_MS:
            await self._begin()

    async def settle(self) -> None:
        """Settles all that was taken until now."""
        await self._begin()
        await self._beside.wait()

    async def _begin(self) -> None:
        """Notes the state of this moment, to be brought home; facts that changed are adopted, and saved before the next record."""
        await self._beside.wait()
        self._settled_at = elapsed_ms()
        blocks: list[tuple[int, str, bytes | None]] = []
        adopted = False
        for district, live in list(self._live.items()):
            self._adopt(district, live)
            adopted = adopted or live.stream.unsaved_facts
            if live.dirty:
                live.dirty = False
                blocks += _blocks(district, live)
                sums = encode(sums_of(district, live))
                offset, at = live.applied.get(TELEMETRY.name, 0), now_ms()
                headers = cloud_event("ledger.settled", f"{district}-{offset}-{at}", at)
                await self._effects.send(LEDGER.name, live.partition, district, sums, headers)
        self._beside.start(self._bring_home(blocks, self._effects.noted()))
        if adopted:
            await self._beside.wait()

    async def _bring_home(self, blocks: Blocks, noted: Noted) -> None:
        """Outputs, then state blocks, then the acknowledgement."""
        await self._effects.settle(blocks, noted)
        counters.settled()

    def _adopt(self, district: str, live: LiveStream) -> None:
        """Goes over to the facts of now, unless what comes next may have been answered before. What ends by them leaves with the next pack."""
        known = self._knowledge.facts
        if live.known is known or not self._effects.replayed(TELEMETRY.name, live.partition):
            return
        live.known, facts = known, known.within(district)
        if facts != live.stream.facts:
            live.stream.owed += live.stream.adopt(facts)
            live.dirty = True


def _blocks(district: str, live: LiveStream) -> list[tuple[int, str, bytes | None]]:
    saved = checkpoint.save(live.stream, live.applied, live.saved)
    return [(live.partition, f"{district}/{name}", value) for name, value in saved]


def sums_of(district: str, live: LiveStream) -> DistrictSums:
    """A district's line of the ledger, as its stream stands."""
    sums, watermark = live.stream.sums, live.stream.watermark.at
    return DistrictSums(
        district=district,
        received=sums.received,
        accepted=sums.accepted,
        duplicate=sums.duplicate,
        rejected=dict(sums.rejected),
        open=live.stream.windows.readings,
        windowed=sums.windowed,
        late=sums.late,
        too_late=sums.too_late,
        gaps=sums.gaps,
        applied=dict(live.applied),
        watermark=None if watermark == NEVER_MS else watermark,
        partition=live.partition,
    )
