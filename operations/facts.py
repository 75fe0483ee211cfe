"""What the read model is told: each Kafka record as one value, also when it cannot be read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from city.finding import Finding
from city.incident import Incident, LogEntry
from city.places.closed import ClosedPack, closed_pack
from city.report import DeviceStatus, Position, Receipt, WorkerPosition
from city.task import Task
from messages.ledger import DistrictSums
from messages.topics import (
    FINDINGS,
    INCIDENT_LOG,
    INCIDENTS,
    LEDGER,
    POSITIONS,
    RECEIPTS,
    REJECTS,
    STATUS,
    TASKS,
    TELEMETRY,
    WINDOWS,
)


class Heard(Struct, frozen=True):
    """One accepted message of a device as it lies in a pack; the fields that the board does not show are left out."""

    device: str
    at: int
    received_at: int
    values: dict[str, float]
    position: Position | None = None


class Pack(Struct, frozen=True, kw_only=True):
    """The messages of one telemetry record of `district`, which lies at `offset`; none where it is a mark."""

    district: str
    offset: int
    heard: list[Heard]

    @property
    def readings(self) -> int:
        """How many readings the pack holds."""
        return sum(len(message.values) for message in self.heard)


class ShownReject(Struct, frozen=True, kw_only=True):
    """A reject without its original, as the board shows it."""

    at: int
    reason: str
    detail: str
    sender: str
    topic: str
    district: str = ""
    id: str | None = None


class Gone(Struct, frozen=True):
    """A tombstone: what lay under `key` in `topic` is no more."""

    topic: str
    key: str


class Unreadable(Struct, frozen=True):
    """A record that is not what its topic holds: counted and shown in the metrics, and passed over."""

    topic: str
    detail: str


CaseFact: TypeAlias = Incident | LogEntry | Task | Receipt | Gone
StreamFact: TypeAlias = Pack | ClosedPack | DistrictSums | ShownReject | Unreadable
Fact: TypeAlias = CaseFact | StreamFact | Finding | WorkerPosition | DeviceStatus

WEIGHT_AT_ONCE = 1000  # messages and other facts: some milliseconds of work, so that requests are answered in between

SINGLE: Mapping[str, type[Any]] = {
    INCIDENTS.name: Incident,
    INCIDENT_LOG.name: LogEntry,
    TASKS.name: Task,
    FINDINGS.name: Finding,
    POSITIONS.name: WorkerPosition,
    STATUS.name: DeviceStatus,
    RECEIPTS.name: Receipt,
    LEDGER.name: DistrictSums,
    REJECTS.name: ShownReject,
}
_DECODE: Mapping[str, Callable[[bytes], Any]] = {
    topic: msgspec.json.Decoder(kind).decode for topic, kind in SINGLE.items()
}
_lines = msgspec.json.Decoder(Heard)


def read(topic: str, *, key: bytes | None, value: bytes | None, offset: int) -> Fact:
    """The fact that a record of one of the board's topics states."""
    named = (key or b"").decode(errors="replace")
    if topic == TELEMETRY.name:
        return _pack(named, value or b"", offset)
    if topic == WINDOWS.name:
        return _closed(named, value or b"")
    if value is None:
        return Gone(topic, named)
    try:
        fact: Fact = _DECODE[topic](value)
    except msgspec.DecodeError as error:
        return Unreadable(topic, str(error))
    return fact


def portions(facts: Iterable[Fact], most: int = WEIGHT_AT_ONCE) -> Iterator[list[Fact]]:
    """The facts in their order, in portions of at most about `most` messages or other facts."""
    portion: list[Fact] = []
    weight = 0
    for fact in facts:
        portion.append(fact)
        weight += max(1, len(fact.heard)) if isinstance(fact, Pack) else 1
        if weight >= most:
            yield portion
            portion, weight = [], 0
    if portion:
        yield portion


def _pack(district: str, value: bytes, offset: int) -> Pack | Unreadable:
    try:
        return Pack(district=district, offset=offset, heard=_lines.decode_lines(value))
    except msgspec.DecodeError as error:
        return Unreadable(TELEMETRY.name, str(error))


def _closed(district: str, value: bytes) -> ClosedPack | Unreadable:
    try:
        return closed_pack(district, value)
    except msgspec.DecodeError as error:
        return Unreadable(WINDOWS.name, str(error))
