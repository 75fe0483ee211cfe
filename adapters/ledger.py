"""The ledger as Kafka holds it: what the streams have applied, what is still in flight, and the same counted again from the topics."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from msgspec.structs import replace

from adapters.kafka_reader import Reader, Record
from city.window import ClosedWindow, LateReading
from messages.ledger import DistrictSums, Ledger
from messages.packs import NO_PACK, head_of, source_of
from messages.records import decode, decode_lines
from messages.rejects import COUNTED_KINDS, Reject
from messages.telemetry import unpack
from messages.topics import LATE, LEDGER, REJECTS, TELEMETRY, WINDOWS, Topic


def read(kafka: str, partitions: int, *, recount: bool = False) -> Ledger:
    """The ledger as it stands; with `recount`, its figures counted again from what the topics still hold.

    Raises kafka.errors.KafkaError when Kafka cannot be reached.
    """
    stood = _sums(kafka)
    return _recounted(kafka, stood) if recount else _with_tail(kafka, partitions, stood)


def _records(
    kafka: str, topics: Sequence[Topic], starts: Mapping[tuple[str, int], int] | None = None
) -> Iterator[Record]:
    reader = Reader(kafka, [topic.name for topic in topics])
    try:
        for (topic, partition), offset in (starts or {}).items():
            reader.seek(topic, partition, offset)
        while not reader.caught_up():
            yield from reader.poll(timeout=0.2)
    finally:
        reader.close()


def _sums(kafka: str) -> dict[str, DistrictSums]:
    found: dict[str, DistrictSums] = {}
    for record in _records(kafka, [LEDGER]):
        if record.key and record.value:
            found[record.key.decode(errors="replace")] = decode(record.value, DistrictSums)
    return found


def _with_tail(kafka: str, partitions: int, stood: dict[str, DistrictSums]) -> Ledger:
    """Adds what lies behind the offsets that the streams have applied: accepted and refused, but not yet judged."""
    starts = {
        (topic.name, partition): min(
            (sums.applied.get(topic.name, -1) + 1 for sums in stood.values() if sums.partition == partition), default=0
        )
        for topic in (TELEMETRY, REJECTS)
        for partition in range(partitions)
    }
    waiting: dict[str, int] = defaultdict(int)
    for record in _records(kafka, (TELEMETRY, REJECTS), starts):
        district = (record.key or b"").decode(errors="replace")
        sums = stood.get(district) or DistrictSums(district=district, partition=record.partition)
        if record.offset > sums.applied.get(record.topic, -1):
            with suppress(*NO_PACK):  # a record that no gateway wrote counts for nothing, here as in the streams
                stood[district], count = _counted(sums, record)
                waiting[district] += count
    balanced = all(sums.balances(waiting[district]) for district, sums in stood.items())
    return Ledger(districts=stood, in_flight=sum(waiting.values()), balanced=balanced)


def _counted(sums: DistrictSums, record: Record) -> tuple[DistrictSums, int]:
    if record.topic == TELEMETRY.name:
        count = head_of(record.headers).count
        return replace(sums, received=sums.received + count, accepted=sums.accepted + count), count
    refused = decode(record.value or b"", Reject)
    if refused.kind not in COUNTED_KINDS:
        return sums, 0
    rejected = {**sums.rejected, refused.reason: sums.rejected.get(refused.reason, 0) + 1}
    return replace(sums, received=sums.received + 1, rejected=rejected), 0


def _recounted(kafka: str, stood: dict[str, DistrictSums]) -> Ledger:
    """Reads every topic of the way anew; balanced only if each figure is the one that the streams hold."""
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for record in _records(kafka, (TELEMETRY, REJECTS, WINDOWS, LATE)):
        district = (record.key or b"").decode(errors="replace")
        applied = stood[district].applied if district in stood else {}
        if record.topic in {WINDOWS.name, LATE.name} or record.offset <= applied.get(record.topic, -1):
            with suppress(*NO_PACK):
                tallies[district].take(record)
    districts = {}
    same = True
    for district in sorted(stood.keys() | tallies.keys()):
        old = stood.get(district) or DistrictSums(district=district)
        new = districts[district] = tallies[district].sums(old)
        same &= new == old and new.balanced
    return Ledger(districts=districts, in_flight=0, balanced=same)


class _Tally:
    """What the topics hold of one district; windows and late readings may stand there twice and count once."""

    def __init__(self) -> None:
        self.accepted = 0
        self.rejected: dict[str, int] = {}
        self.windows: dict[tuple[str, str, int, int], tuple[int, int]] = {}
        self.late: set[tuple[object, ...]] = set()

    def take(self, record: Record) -> None:
        value = record.value or b""
        match record.topic:
            case TELEMETRY.name:
                head_of(record.headers)
                self.accepted += sum(len(line.values) for line in unpack(value)) if value else 0
            case REJECTS.name:
                refused = decode(value, Reject)
                if refused.kind in COUNTED_KINDS:
                    self.rejected[refused.reason] = self.rejected.get(refused.reason, 0) + 1
            case WINDOWS.name:
                for w in decode_lines(value, ClosedWindow):
                    self.windows[w.cell, w.metric, w.start, w.seconds] = (w.count, w.late)
            case _:
                self._take_late(record, decode_lines(value, LateReading))

    def _take_late(self, record: Record, readings: list[LateReading]) -> None:
        """A line is known by where it came from: a device may repeat itself within one millisecond."""
        source = source_of(record.headers)
        if source is None:
            self.late |= {(r.device, r.metric, r.at, r.seq, r.received_at) for r in readings}
        else:
            offset, first = source
            self.late |= {(offset, first + place) for place in range(len(readings))}

    def sums(self, old: DistrictSums) -> DistrictSums:
        windowed = sum(count for count, _ in self.windows.values())
        rejected = {str(reason): count for reason, count in self.rejected.items()}
        return replace(
            old,
            received=self.accepted + sum(rejected.values()),
            accepted=self.accepted,
            rejected=rejected,
            windowed=windowed,
            late=sum(late for _, late in self.windows.values()),
            too_late=len(self.late),
            duplicate=self.accepted - windowed - len(self.late) - old.open,
        )
