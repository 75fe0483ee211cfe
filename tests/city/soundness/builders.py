"""A small city that fits together, and the same with one thing changed."""

from typing import Any

import msgspec

from city.names import Name
from city.registry import Cell, Device, District, EventClass, Metric, Registry, Shift, Worker
from city.rules import Rule
from city.soundness import Draft, flaws

A = Name("甲", "A")
WEST, EAST = "990101001001001", "990101001001002"


def square(west: float, *, width: float = 0.001) -> dict[str, Any]:
    """A rectangle of 0.001 degrees height from (`west`, 30.7)."""
    east, south, north = west + width, 30.7, 30.701
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


DISTRICT = District(code="990101", name=A, index=0)
CELLS = [Cell(code=WEST, name=A, geometry=square(111.3)), Cell(code=EAST, name=A, geometry=square(111.301))]
METRIC = Metric(name="water_level_m", unit="m", min=0, max=5)
CLASS = EventClass(code="E0506", name=A, skill="drainage")
THRESHOLD = Rule(
    id="water", type="threshold", event_class="E0506", name=A, metric="water_level_m", on=0.15, off=0.1, m=1, n=1
)
MEAN = Rule(id="mean", type="mean", event_class="E0506", name=A, metric="water_level_m", on=1, off=0.5, windows=3)
SILENT = Rule(id="silent", type="silent", event_class="E0506", name=A, kinds=["gauge"], after_seconds=60)
DEVICE = Device(
    id="gauge-1", district="990101", cell=WEST, kind="gauge", metrics=["water_level_m"], lon=111.3005, lat=30.7005
)
WORKER = Worker(
    id="w1",
    district="990101",
    name=A,
    skills=["drainage"],
    grids=["990101001001", EAST],
    shift=Shift(start="06:00", end="14:00"),
)
REGISTRY = Registry(
    code="9901",
    name=A,
    districts={"990101": DISTRICT},
    cells={cell.code: cell for cell in CELLS},
    devices={DEVICE.id: DEVICE},
    workers={WORKER.id: WORKER},
    metrics={METRIC.name: METRIC},
    rules={rule.id: rule for rule in (THRESHOLD, MEAN, SILENT)},
    classes={CLASS.code: CLASS},
)
PLACES = {"990101001": A, "990101001001": A}
KINDS = ("districts", "cells", "devices", "workers", "metrics", "rules", "classes")


def draft(*things: Any, places: dict[str, Name] = PLACES, **more: Any) -> Draft:
    """The small city with `things` added or, where the id is taken, put in its place."""
    tables = {kind: dict(getattr(REGISTRY, kind)) for kind in KINDS}
    for thing in things:
        kind = _kind(thing)
        id_ = getattr(
            thing, {"metrics": "name", "districts": "code", "cells": "code", "classes": "code"}.get(kind, "id")
        )
        tables[kind][id_] = thing
    mentioned = {kind: frozenset(table) for kind, table in tables.items()}
    mentioned |= {"places": frozenset(places), "city": frozenset({"9901"})}
    return Draft(registry=msgspec.structs.replace(REGISTRY, **tables), places=places, mentioned=mentioned, **more)


def said(found: Draft) -> list[str]:
    """The flaws of a city as `kind id field: what`."""
    return [f"{flaw.kind} {flaw.id} {flaw.field}: {flaw.what}" for flaw in flaws(found)]


def changed(thing: Any, **fields: Any) -> Any:
    """The thing with other fields."""
    return msgspec.structs.replace(thing, **fields)


def _kind(thing: Any) -> str:
    kinds = {
        District: "districts",
        Cell: "cells",
        Device: "devices",
        Worker: "workers",
        Metric: "metrics",
        Rule: "rules",
    }
    return kinds.get(type(thing), "classes")
