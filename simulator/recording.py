"""Recorded messages as they are read from a file, brought into the order of their event time.

CSV: `at,device,<metric>…`, a row a message, an empty field nothing sent, and so no message for a row of empty fields. NDJSON: a line `{"topic", "payload"}` a message.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from messages import mqtt_topics

DistrictOf = Callable[[str], str]

FIRST_COLUMNS = ["at", "device"]
WORDS = {"true": True, "false": False}
MOST_MISTAKES = 5


class Unreadable(ValueError):
    """A recording that is not what it should be; the message names the first lines."""


class Recorded(Struct, frozen=True):
    """One message to be published again; `at` in epoch milliseconds, None where it cannot be told."""

    topic: str
    payload: bytes
    at: int | None
    readings: int


class Line(Struct, frozen=True):
    """A line of an NDJSON recording."""

    topic: str
    payload: msgspec.Raw


class Peek(Struct, frozen=True):
    """As much of a payload as tells its time and its size; whatever else it is, it is sent as it is."""

    at: Any = None
    values: Any = None


def from_csv(lines: Iterable[str], district_of: DistrictOf) -> list[Recorded]:
    """The messages of a CSV recording, in event-time order. Raises Unreadable, naming lines."""
    rows = csv.reader(lines)
    head = next(rows, [])
    if head[:2] != FIRST_COLUMNS or len(head) == len(FIRST_COLUMNS):
        raise Unreadable(
            f"Line 1 has to be the names of the columns, `at,device,` and the metrics; it is `{','.join(head)[:80]}`."
        )
    metrics = head[2:]
    read = _read_all(((rows.line_num, row) for row in rows if row), lambda row: _row(row, metrics, district_of))
    return in_order([one for one in read if one.readings])


def from_ndjson(lines: Iterable[str]) -> list[Recorded]:
    """The messages of an NDJSON recording, in event-time order. Raises Unreadable, naming lines."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    return in_order(_read_all(numbered, _line))


def in_order(recorded: list[Recorded]) -> list[Recorded]:
    """By event time; equal times stay as they were, and a message without one stays behind the message it followed."""
    keyed: list[tuple[int, Recorded]] = []
    last = 0
    for one in recorded:
        last = last if one.at is None else one.at
        keyed.append((last, one))
    return [one for _, one in sorted(keyed, key=lambda pair: pair[0])]


def epoch_ms(text: str) -> int:
    """RFC 3339 with an offset, or digits of epoch milliseconds. Raises ValueError for anything else."""
    if text.lstrip("-").isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time like 2016-12-01T00:00:00+08:00") from None
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return round(moment.timestamp() * 1000)


def _read_all(numbered: Iterable[tuple[int, Any]], read: Callable[[Any], Recorded]) -> list[Recorded]:
    found = list(_attempts(numbered, read))
    mistakes = [one for one in found if isinstance(one, str)]
    if mistakes:
        more = f"; and {len(mistakes) - MOST_MISTAKES} more" if len(mistakes) > MOST_MISTAKES else ""
        raise Unreadable(f"{'; '.join(mistakes[:MOST_MISTAKES])}{more}. Nothing was sent.")
    return [one for one in found if isinstance(one, Recorded)]


def _attempts(numbered: Iterable[tuple[int, Any]], read: Callable[[Any], Recorded]) -> Iterator[Recorded | str]:
    for number, item in numbered:
        try:
            yield read(item)
        except (ValueError, msgspec.DecodeError) as error:
            yield f"line {number}: {error}"


def _row(row: list[str], metrics: list[str], district_of: DistrictOf) -> Recorded:
    if len(row) > len(metrics) + 2 or len(row) < len(FIRST_COLUMNS):
        raise ValueError(f"{len(row)} fields where the first line has {len(metrics) + 2}")
    at, device = row[0].strip(), row[1].strip()
    if not device or any(sign in device for sign in "/+#"):
        raise ValueError(f"{device!r} is not the id of a device")
    values = {name: _number(text.strip()) for name, text in zip(metrics, row[2:], strict=False) if text.strip()}
    moment = epoch_ms(at)
    payload = msgspec.json.encode({"at": moment if at.lstrip("-").isdigit() else at, "values": values})
    return Recorded(mqtt_topics.telemetry(district_of(device), device), payload, moment, len(values))


def _number(text: str) -> float | bool:
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    number = float(text)
    if number != number or number in {float("inf"), float("-inf")}:  # noqa: PLR0124 - only not-a-number differs from itself
        raise ValueError(f"{text!r} is not a finite number")
    return int(number) if number.is_integer() and text.lstrip("+-").isdigit() else number


def _line(text: str) -> Recorded:
    line = msgspec.json.decode(text, type=Line)
    if not line.topic or any(sign in line.topic for sign in "+#"):
        raise ValueError(f"{line.topic!r} is not a topic to publish to")
    payload = bytes(line.payload)
    if payload.startswith(b'"'):
        return Recorded(line.topic, msgspec.json.decode(payload, type=str).encode(), None, 0)
    return Recorded(line.topic, payload, *_peek(payload))


def _peek(payload: bytes) -> tuple[int | None, int]:
    """The event time of a payload and how many values it holds, where it is one that has them."""
    try:
        peek = msgspec.json.decode(payload, type=Peek)
        at = None if peek.at is None else epoch_ms(str(peek.at))
    except (ValueError, msgspec.DecodeError):
        return None, 0
    return at, len(peek.values) if isinstance(peek.values, dict) else 0
