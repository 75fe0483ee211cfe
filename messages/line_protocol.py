"""Rows of history as lines of InfluxDB's line protocol. Decides what makes a point: its tags and its time in nanoseconds are its identity.

InfluxDB overwrites a point of the same measurement, tags and time, so a repeated row is the same row. Event times are milliseconds, which
leaves six digits below them: there stands what tells two rows of one millisecond apart (a sequence number, a version, a place in Kafka), and what
does not fit into them goes into the tag `round`. So no two rows fall together, and a sequence number makes no series of its own; only a second in
which something came too late does.
"""

import base64
import math
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec
from msgspec import Struct

from city.incident import Incident, LogEntry
from city.window import ClosedWindow, LateReading
from messages.past import Batch, Broken, Stamped

BELOW_A_MS = 1_000_000
LONGEST_TEXT = 60_000
"""InfluxDB takes strings of 64 KiB; what is longer goes into several fields."""
FIRST_MS, LAST_MS = -9_223_372_036_854, 9_223_372_036_853
"""The times that fit into 64 bits of nanoseconds: 1677 to 2262."""


class Refused(Struct, frozen=True):
    """A line that a store can never take, and why."""

    why: str
    line: str


class Unfit(ValueError):
    """A row that line protocol cannot say."""


def lines_of(batch: Batch) -> Iterator[str | Refused]:
    """A line for each row, in the batch's order; for a row that has none, why."""
    for window in batch.windows:
        yield _line(_window, window)
    for late in batch.late:
        yield _line(_late, late)
    for incident in batch.incidents:
        yield _line(_incident, incident)
    for entry in batch.log:
        yield _line(_entry, entry)
    for broken in batch.broken:
        yield _line(_broken, broken)


def whole_of(values: dict[str, object]) -> str:
    """The text that `texts` has cut into the fields whole, whole_1, whole_2 and so on."""
    parts, number = [str(values["whole"])], 1
    while values.get(f"whole_{number}") is not None:
        parts.append(str(values[f"whole_{number}"]))
        number += 1
    return "".join(parts)


def texts(whole: str) -> Iterator[str]:
    """The fields whole, whole_1 and so on that hold `whole`."""
    cut = [whole[start : start + LONGEST_TEXT // 4] for start in range(0, len(whole), LONGEST_TEXT // 4)] or [""]
    for number, part in enumerate(cut):
        yield f"whole{f'_{number}' if number else ''}={text(part)}"


@lru_cache(maxsize=65_536)
def tag(value: str) -> str:
    """A tag's value. Raises Unfit for what no tag can be: nothing, a control character, a backslash at the end."""
    if not value or value.endswith("\\") or any(ord(character) < ord(" ") for character in value):
        raise Unfit(f"{value!r} cannot be a tag")
    return value.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")


def text(value: str) -> str:
    """A string field. Line ends become spaces, because some servers cut at them even here."""
    one = value.replace("\r", " ").replace("\n", " ")
    return '"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(value: float) -> str:
    """A float field: the shortest text that reads back as the same double. Raises Unfit for what is no finite number."""
    if not math.isfinite(value):
        raise Unfit(f"{value} is no number")
    return repr(float(value))


def moment(at: int, below: int = 0) -> int:
    """The time of a point in nanoseconds. Raises Unfit for an `at` (epoch milliseconds) before 1678 or after 2261."""
    if not FIRST_MS <= at <= LAST_MS:
        raise Unfit(f"the time {at} does not fit into nanoseconds")
    return at * BELOW_A_MS + below


def _line(of: object, row: object) -> str | Refused:
    try:
        return str(of(row))  # type: ignore[operator] # each row comes with the function for its kind
    except Unfit as problem:
        return Refused(str(problem), msgspec.json.encode(row).decode())


def _window(row: Stamped[ClosedWindow]) -> str:
    w = row.value
    return (
        f"windows,cell={tag(w.cell)},district={tag(w.cell[:6])},metric={tag(w.metric)},seconds={w.seconds} "
        f"count={w.count}i,sum={number(w.sum)},min={number(w.min)},max={number(w.max)},"
        f"first_at={w.first_at}i,last_at={w.last_at}i,late={w.late}i,written_at={row.written_at}i {moment(w.start)}"
    )


def _late(row: Stamped[LateReading]) -> str:
    r = row.value
    numbered, low = ("none", 0) if r.seq is None else divmod(r.seq, 1000)
    second, arrived = divmod(r.received_at, 1000)
    seq = "" if r.seq is None else f"seq={r.seq}i,"
    return (
        f"late,cell={tag(r.cell)},device={tag(r.device)},district={tag(r.cell[:6])},metric={tag(r.metric)},round={numbered}.{second} "
        f"{seq}value={number(r.value)},window={r.window}i,received_at={r.received_at}i,written_at={row.written_at}i {moment(r.at, low * 1000 + arrived)}"
    )


def _incident(row: Stamped[Incident]) -> str:
    i = row.value
    closed = "" if i.closed_at is None else f"closed_at={i.closed_at}i,"
    whole = ",".join(texts(msgspec.json.encode(i).decode()))
    return (
        f"incidents,class={tag(i.event_class)},district={tag(i.district)},incident={tag(i.id)} "
        f"version={i.version}i,state={text(i.state.value)},{closed}written_at={row.written_at}i,{whole} {moment(i.began_at, i.version % BELOW_A_MS)}"
    )


def _entry(row: Stamped[LogEntry]) -> str:
    e = row.value
    whole = ",".join(texts(msgspec.json.encode(e).decode()))
    return f"log,incident={tag(e.incident)} version={e.version}i,written_at={row.written_at}i,{whole} {moment(e.at, e.version % BELOW_A_MS)}"


def _broken(row: Broken) -> str:
    (far, offset), (long, line) = divmod(row.offset, 1000), divmod(row.line, 1000)
    return (
        f"broken,partition={row.partition},round={far}.{long},topic={tag(row.topic)} "
        f"offset={row.offset}i,line={row.line}i,why={text(row.why)},head={text(base64.b64encode(row.head).decode())} "
        f"{moment(row.written_at, offset * 1000 + line)}"
    )


def blobs(lines: Iterable[str], *, most_lines: int, most_bytes: int) -> Iterator[list[str]]:
    """The lines in portions that one request can carry. A line longer than `most_bytes` is a portion of its own."""
    blob: list[str] = []
    size = 0
    for line in lines:
        if blob and (len(blob) == most_lines or size + len(line) > most_bytes):
            yield blob
            blob, size = [], 0
        blob.append(line)
        size += len(line)
    if blob:
        yield blob
