"""A small city to simulate: 4 × 3 square cells in one district, a device of each kind in every cell, three workers."""

from collections.abc import Iterable
from typing import Any

from city.names import Name
from city.registry import Cell, Device, District, EventClass, Metric, Registry, Shift, Worker
from city.rules import Rule

DISTRICT = "990101"
COLUMNS, ROWS = 4, 3
WEST, SOUTH, SIDE = 111.3, 30.7, 0.001
STARTED_AT = 1_800_000_000_000
PEOPLES_CLASS = "E0113"

KINDS = {
    "road-water": ["water_level_m", "battery_pct"],
    "gas": ["methane_pctlel"],
    "manhole": ["tilt_deg", "cover_open_bool"],
    "noise": ["noise_dba"],
}


def named(text: str) -> Name:
    return Name(zh=f"中{text}", en=text)


def code(number: int) -> str:
    return f"{DISTRICT}001001{number + 1:03d}"


def square(number: int) -> dict[str, Any]:
    west, south = WEST + SIDE * (number % COLUMNS), SOUTH + SIDE * (number // COLUMNS)
    east, north = WEST + SIDE * (number % COLUMNS + 1), SOUTH + SIDE * (number // COLUMNS + 1)
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def centre_of(number: int) -> tuple[float, float]:
    return WEST + SIDE * (number % COLUMNS + 0.5), SOUTH + SIDE * (number // COLUMNS + 0.5)


def metric(name: str, *, low: float = 0.0, high: float = 100.0, type_: str = "number") -> Metric:
    return Metric(name=name, unit=name.rsplit("_", 1)[-1], type=type_, min=low, max=high)


def rule(id_: str, metric_: str, event_class: str, **more: Any) -> Rule:
    fields: dict[str, Any] = {"type": "threshold", "version": 1} | more
    return Rule(id=id_, metric=metric_, event_class=event_class, name=named(id_), **fields)


def event_class(code_: str, family: str, **more: Any) -> EventClass:
    return EventClass(code=code_, name=named(code_), family=family, **more)


def device(kind: str, number: int) -> Device:
    lon, lat = centre_of(number)
    return Device(
        id=f"{kind}-{number:02d}",
        district=DISTRICT,
        cell=code(number),
        kind=kind,
        metrics=KINDS[kind],
        lon=lon,
        lat=lat,
    )


def worker(number: int) -> Worker:
    return Worker(
        id=f"w{number}",
        district=DISTRICT,
        name=named(f"worker {number}"),
        skills=["all"],
        grids=[code(one) for one in range(COLUMNS * ROWS) if one % 3 == number],
        shift=Shift(start="00:00", end="24:00"),
    )


def rules() -> list[Rule]:
    return [
        rule("road-water", "water_level_m", "E0506", on=0.15, off=0.10),
        rule("methane", "methane_pctlel", "E0502", on=25, off=15),
        rule("tilt", "tilt_deg", "C0103", on=15, off=8, m=2, n=2),
        rule("open", "cover_open_bool", "C0103", on=1, off=0.5, m=2, n=2),
        rule("noise", "noise_dba", "E0301", type="mean", on=70, off=65, windows=3),
        rule("silent", "", "C0199", type="silent", kinds=["gas"], after_seconds=600),
    ]


def metrics() -> list[Metric]:
    return [
        metric("water_level_m", high=5),
        metric("battery_pct"),
        metric("methane_pctlel"),
        metric("tilt_deg", high=180),
        metric("cover_open_bool", high=1, type_="boolean"),
        metric("noise_dba", low=20, high=140),
    ]


def classes() -> list[EventClass]:
    found = [("E0506", "flood"), ("E0502", "gas"), ("C0103", "manhole"), ("E0301", "noise"), ("C0199", "device")]
    return [event_class(*one, watch_seconds=120, clear_seconds=10) for one in found] + [
        event_class(PEOPLES_CLASS, "road")
    ]


def small_city(only: Iterable[str] = tuple(KINDS), *, kept: Iterable[str] | None = None) -> Registry:
    """The city with the devices of the kinds `only`, and the rules `kept` (all of them when None)."""
    wanted = None if kept is None else set(kept)
    return Registry(
        districts={DISTRICT: District(code=DISTRICT, name=named("district"), index=0)},
        cells={
            code(one): Cell(code=code(one), name=named(code(one)), geometry=square(one))
            for one in range(COLUMNS * ROWS)
        },
        devices={one.id: one for kind in only for one in (device(kind, number) for number in range(COLUMNS * ROWS))},
        workers={one.id: one for one in map(worker, range(3))},
        metrics={one.name: one for one in metrics()},
        classes={one.code: one for one in classes()},
        rules={one.id: one for one in rules() if wanted is None or one.id in wanted},
    )
