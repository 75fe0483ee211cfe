"""Which rows a batch of Kafka records holds: packs taken apart, and what nobody understands set aside with its place."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from adapters.kafka_reader import Record
from city.incident import Incident, LogEntry
from city.window import ClosedWindow, LateReading
from messages.past import LONGEST_HEAD, Batch, Broken, Stamped
from messages.topics import INCIDENT_LOG, INCIDENTS, LATE, WINDOWS

T = TypeVar("T", bound=msgspec.Struct)
LARGEST = 2**63 - 1
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_windows = msgspec.json.Decoder(ClosedWindow)
_late = msgspec.json.Decoder(LateReading)
_incidents = msgspec.json.Decoder(Incident)
_log = msgspec.json.Decoder(LogEntry)


def portions(records: Sequence[Record], most_bytes: int) -> Iterator[Sequence[Record]]:
    """The records in portions of at most `most_bytes`, so that few rows are in memory at once. A record that is longer is one of its own."""
    start = size = 0
    for place, record in enumerate(records):
        length = len(record.value or b"")
        if place > start and size + length > most_bytes:
            yield records[start:place]
            start, size = place, 0
        size += length
    if start < len(records):
        yield records[start:]


def batch_of(records: Iterable[Record]) -> Batch:
    """The rows of `records`, in their order. A record without a value says that a key is gone, and history forgets nothing for that."""
    batch = Batch(windows=[], late=[], incidents=[], log=[], broken=[])
    for record in records:
        if record.value is not None:
            _take(record, record.value, batch)
    return batch


def _take(record: Record, value: bytes, batch: Batch) -> None:
    match record.topic:
        case WINDOWS.name:
            batch.windows.extend(_lines(record, value, _windows, batch.broken))
        case LATE.name:
            batch.late.extend(_lines(record, value, _late, batch.broken))
        case INCIDENTS.name:
            batch.incidents.extend(_single(record, value, _incidents, batch.broken))
        case INCIDENT_LOG.name:
            batch.log.extend(_single(record, value, _log, batch.broken))
        case _:
            batch.broken.append(_broken(record, 0, value, "history does not read this topic"))


def _lines(record: Record, value: bytes, decoder: msgspec.json.Decoder[T], broken: list[Broken]) -> list[Stamped[T]]:
    try:
        return [Stamped(line, record.timestamp) for line in decoder.decode_lines(value)]
    except UNREADABLE:
        return _line_by_line(record, value.split(b"\n"), decoder, broken)


def _line_by_line(
    record: Record, lines: Sequence[bytes], decoder: msgspec.json.Decoder[T], broken: list[Broken]
) -> list[Stamped[T]]:
    rows = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            rows.append(Stamped(decoder.decode(line), record.timestamp))
        except UNREADABLE as error:
            broken.append(_broken(record, number, line, str(error)))
    return rows


def _single(record: Record, value: bytes, decoder: msgspec.json.Decoder[T], broken: list[Broken]) -> list[Stamped[T]]:
    try:
        row = decoder.decode(value)
    except UNREADABLE as error:
        broken.append(_broken(record, 0, value, str(error)))
        return []
    if not _fits(row):
        broken.append(_broken(record, 0, value, "a number is larger than 64 bits"))
        return []
    return [Stamped(row, record.timestamp)]


def _fits(row: msgspec.Struct) -> bool:
    """Whether a store with 64-bit integers can hold the numbers at the top of `row`."""
    numbers = [value for value in msgspec.structs.asdict(row).values() if isinstance(value, int)]
    return all(-LARGEST <= number <= LARGEST for number in numbers)


def _broken(record: Record, line: int, value: bytes, why: str) -> Broken:
    return Broken(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        line=line,
        why=why,
        head=value[:LONGEST_HEAD],
        written_at=record.timestamp,
    )
