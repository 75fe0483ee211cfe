"""A small city and things that happen in it, for tests of the board and the API."""

from typing import Any

from city.finding import Finding, FindingState
from city.incident import Incident, IncidentState, LogEntry
from city.names import Name
from city.registry import Cell, Device, District, EventClass, Metric, Registry, Shift, Worker
from city.report import Position, Receipt, WorkerPosition
from city.rules import Rule
from city.task import Task, TaskState
from messages.ledger import DistrictSums
from operations.facts import Heard, Pack, ShownReject

NOW = 1_795_000_000_000
DISTRICT = "990102"
CELL = "990102001001001"
OTHER_CELL = "990102001001002"
MINUTE = 60_000
HOUR = 3_600_000
DAY = 86_400_000
ALWAYS = Shift(start="00:00", end="24:00")


def name(text: str) -> Name:
    return Name(zh=f"{text}（中）", en=text)


def square(lon: float, lat: float, side: float = 0.01) -> dict[str, Any]:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def device(id_: str = "water-1", *, cell: str = CELL, **changed: Any) -> Device:
    given = {"district": cell[:6], "kind": "road_water", "metrics": ["water_level_m"], "lon": 111.005, "lat": 30.005}
    return Device(id=id_, cell=cell, **{**given, **changed})


def worker(id_: str = "w-1", **changed: Any) -> Worker:
    given = {"district": DISTRICT, "name": name(id_), "skills": ["drainage"], "grids": [CELL], "shift": ALWAYS}
    return Worker(id=id_, **{**given, **changed})


def registry(**changed: Any) -> Registry:
    cells = {
        CELL: Cell(code=CELL, name=name("cell one"), geometry=square(111.0, 30.0)),
        OTHER_CELL: Cell(code=OTHER_CELL, name=name("cell two"), geometry=square(111.01, 30.0)),
    }
    given: dict[str, Any] = {
        "code": "9901",
        "name": name("Testing"),
        "districts": {DISTRICT: District(code=DISTRICT, name=name("Second"), index=1)},
        "cells": cells,
        "devices": {"water-1": device(), "water-2": device("water-2", cell=OTHER_CELL)},
        "workers": {"w-1": worker(), "w-2": worker("w-2")},
        "metrics": {"water_level_m": Metric(name="water_level_m", unit="m", min=0, max=5, title=name("Water level"))},
        "rules": {"water": rule()},
        "classes": {"E0506": EventClass(code="E0506", name=name("Water on the road"), skill="drainage")},
    }
    return Registry(**{**given, **changed})


def rule(**changed: Any) -> Rule:
    given: dict[str, Any] = {
        "type": "threshold",
        "event_class": "E0506",
        "name": name("Water"),
        "metric": "water_level_m",
    }
    return Rule(**{"id": "water", "on": 0.15, "off": 0.1, **given, **changed})


def incident(number: int = 1, **changed: Any) -> Incident:
    given: dict[str, Any] = {
        "id": f"{DISTRICT}-{number:012x}",
        "version": 1,
        "district": DISTRICT,
        "state": IncidentState.FILED,
        "event_class": "E0506",
        "name": name("Water on the road"),
        "severity": "moderate",
        "cells": [CELL],
        "position": {"lon": 111.005, "lat": 30.005},
        "causes": [],
        "began_at": NOW - MINUTE + number,
        "detected_at": NOW - MINUTE + number,
        "updated_at": NOW,
    }
    return Incident(**{**given, **changed})


def task(of: Incident, number: int = 1, **changed: Any) -> Task:
    given: dict[str, Any] = {
        "id": f"{of.id}-t{number}",
        "incident": of.id,
        "district": of.district,
        "event_class": of.event_class,
        "name": of.name,
        "cell": of.cells[0],
        "position": of.position,
        "severity": of.severity,
        "created_at": NOW + number,
        "deadline": None,
        "instructions": name("Pump it away"),
        "why": [],
        "state": TaskState.OFFERED,
        "worker": "w-1",
    }
    return Task(**{**given, **changed})


def entry(of: Incident, version: int = 1, **changed: Any) -> LogEntry:
    given: dict[str, Any] = {
        "at": NOW + version,
        "event": "filed",
        "from_state": None,
        "to_state": "filed",
        "actor": "citygrid",
    }
    return LogEntry(incident=of.id, version=version, **{**given, **changed})


def finding(id_: str = "f-1", state: FindingState = FindingState.RAISED, **changed: Any) -> Finding:
    given: dict[str, Any] = {
        "rule": "water",
        "version": 1,
        "event_class": "E0506",
        "severity": "moderate",
        "cell": CELL,
        "device": "water-1",
        "metric": "water_level_m",
        "at": NOW,
        "value": 0.2,
        "limit": 0.15,
        "why": name("above"),
    }
    return Finding(id=id_, state=state, **{**given, **changed})


def heard(
    at: int = NOW,
    *,
    device: str = "water-1",
    value: float = 0.1,
    received_at: int | None = None,
    position: Position | None = None,
) -> Heard:
    arrival = at if received_at is None else received_at
    return Heard(device=device, at=at, received_at=arrival, values={"water_level_m": value}, position=position)


def pack(*messages: Heard, offset: int = 0) -> Pack:
    return Pack(district=DISTRICT, offset=offset, heard=list(messages))


def sums(**changed: Any) -> DistrictSums:
    return DistrictSums(district=DISTRICT, **changed)


def position(at: int = NOW, *, worker: str = "w-1", lon: float = 111.002) -> WorkerPosition:
    return WorkerPosition(worker=worker, district=DISTRICT, at=at, position=Position(lon=lon, lat=30.002), cell=CELL)


def receipt(report: str = "r-1", *, worker: str = "w-1") -> Receipt:
    return Receipt(report=report, worker=worker, district=DISTRICT, incident=incident().id, state="filed", at=NOW)


def refused(detail: str = "no", reason: str = "not_json") -> ShownReject:
    return ShownReject(
        at=NOW, reason=reason, detail=detail, sender="water-1", topic="citygrid/v1/990102/telemetry/water-1"
    )
