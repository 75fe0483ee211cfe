"""Rows, packs and records for the tests of history."""

from collections.abc import Iterable
from typing import Any

import msgspec

from adapters.kafka_reader import Record
from city.incident import Cause, Incident, IncidentState, LogEntry
from city.names import Name
from city.window import ClosedWindow, LateReading
from messages.past import Batch, Broken, Stamped
from messages.topics import INCIDENT_LOG, INCIDENTS, LATE, WINDOWS, Topic

CELL = "990102001001001"
METRIC = "water_level_m"
START = 1_480_550_400_000
WRITTEN = 1_790_000_000_000


def window(**changes: Any) -> ClosedWindow:
    facts: dict[str, Any] = {
        "cell": CELL,
        "metric": METRIC,
        "start": START,
        "seconds": 60,
        "count": 2,
        "sum": 0.5,
        "min": 0.1,
        "max": 0.4,
        "first_at": START + 1_000,
        "last_at": START + 31_000,
        "late": 1,
    }
    return ClosedWindow(**{**facts, **changes})


def late(**changes: Any) -> LateReading:
    facts: dict[str, Any] = {
        "device": "wl-0001",
        "metric": METRIC,
        "cell": CELL,
        "at": START + 5_000,
        "seq": 17,
        "value": 0.3,
        "received_at": START + 200_000,
        "window": START,
    }
    return LateReading(**{**facts, **changes})


def incident(**changes: Any) -> Incident:
    facts: dict[str, Any] = {
        "id": "990102-7f3a00000001",
        "version": 1,
        "district": "990102",
        "state": IncidentState.REPORTED,
        "event_class": "E0101",
        "name": Name("道路积水", "Water on the road"),
        "severity": "moderate",
        "cells": [CELL],
        "position": {"lon": 111.3, "lat": 30.7},
        "causes": [Cause(kind="finding", id="f-1", at=START)],
        "began_at": START,
        "detected_at": START + 2_000,
    }
    return Incident(**{**facts, **changes})


def entry(**changes: Any) -> LogEntry:
    facts: dict[str, Any] = {
        "incident": "990102-7f3a00000001",
        "version": 1,
        "at": START,
        "event": "opened",
        "from_state": None,
        "to_state": "reported",
        "actor": "rule:water-road",
    }
    return LogEntry(**{**facts, **changes})


def broken(**changes: Any) -> Broken:
    facts: dict[str, Any] = {
        "topic": WINDOWS.name,
        "partition": 0,
        "offset": 5,
        "line": 0,
        "why": "not JSON",
        "head": b"{",
        "written_at": WRITTEN,
    }
    return Broken(**{**facts, **changes})


def batch(*rows: Any, written_at: int = WRITTEN) -> Batch:
    """A batch of rows of any kind."""
    of = {
        kind: [Stamped(row, written_at) for row in rows if isinstance(row, kind)]
        for kind in (ClosedWindow, LateReading, Incident, LogEntry)
    }
    return Batch(
        windows=of[ClosedWindow],
        late=of[LateReading],
        incidents=of[Incident],
        log=of[LogEntry],
        broken=[row for row in rows if isinstance(row, Broken)],
    )


def pack(rows: Iterable[Any]) -> bytes:
    return b"\n".join(msgspec.json.encode(row) for row in rows)


def record(topic: Topic, value: bytes | None, *, offset: int = 0, written_at: int = WRITTEN) -> Record:
    return Record(topic.name, 2, offset, b"990102", value, [], written_at)


def records_of(*rows: Any) -> list[Record]:
    """One record a row, as the stages write them."""
    topics: dict[type, Topic] = {
        ClosedWindow: WINDOWS,
        LateReading: LATE,
        Incident: INCIDENTS,
        LogEntry: INCIDENT_LOG,
    }
    return [record(topics[type(row)], msgspec.json.encode(row), offset=n) for n, row in enumerate(rows)]
