"""The small city of every run: two districts with two cells each, and devices that measure every second or so."""

from types import SimpleNamespace
from typing import Any, NamedTuple

from msgspec.structs import replace

from city.names import Name
from city.registry import Cell, Device, District, EventClass, Metric, Registry, Shift, Worker
from city.rules import Rule
from gateways.city_now import Known
from messages.locator import Locator

PARTITIONS = 3
DISTRICTS = {"983101": 1, "983102": 2}
"""Codes and stored indices."""
LEVEL, GAS = "simlevel_m", "simgas_pct"
WINDOW_S, LATENESS_S = 2, 1
ON, OFF, FOR_S = 1.0, 0.5, 1
SILENT_S = 7
HANDLING_S, OFFER_S = 3, 4
"""So little that clocks turn, and that offers are taken back, while a run lasts."""
CLASS, QUIET_CLASS = "E9831", "E9832"
NAME = Name("试", "test")
HOT_KIND, QUIET_KIND = "level", "quiet"


def cell_of(district: str, number: int) -> str:
    """The code of one of a district's cells, which touch no other."""
    return f"{district}001001{number:03}"


CELLS = {cell_of(district, number): (index, number) for district, index in DISTRICTS.items() for number in (1, 2)}
LEVELS = [f"level-{cell}-{copy}" for cell, (_, number) in CELLS.items() for copy in range(1, 4 - number)]
QUIET = [f"quiet-{district}" for district in DISTRICTS]
CLOCKLESS = [f"kerb-{district}" for district in DISTRICTS]
WORKERS = {f"sim-w{index}{copy}": district for district, index in DISTRICTS.items() for copy in "abc"}


def _square(index: int, number: int) -> dict[str, Any]:
    west, south = 121.0 + number * 0.1, 30.0 + index * 0.1
    east, north = west + 0.01, south + 0.01
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def _device(id_: str, kind: str, cell: str, *metrics: str) -> Device:
    index, number = CELLS[cell]
    place = {"lon": 121.005 + number * 0.1, "lat": 30.005 + index * 0.1}
    return Device(id=id_, district=cell[:6], cell=cell, kind=kind, metrics=list(metrics), **place)


def _devices() -> list[Device]:
    levels = [_device(id_, HOT_KIND, id_.split("-")[1], LEVEL, GAS) for id_ in LEVELS]
    quiet = [_device(id_, QUIET_KIND, cell_of(id_.split("-")[1], 1), GAS) for id_ in QUIET]
    return levels + quiet + [_device(id_, "kerb", cell_of(id_.split("-")[1], 2), GAS) for id_ in CLOCKLESS]


def _rules() -> list[Rule]:
    flood = Rule(
        id="sim-flood", type="threshold", event_class=CLASS, name=NAME, metric=LEVEL, on=ON, off=OFF, for_seconds=FOR_S
    )
    quiet = Rule(
        id="sim-quiet", type="silent", event_class=QUIET_CLASS, name=NAME, kinds=[QUIET_KIND], after_seconds=SILENT_S
    )
    return [flood, quiet]


def _metric(name: str, unit: str) -> Metric:
    return Metric(name=name, unit=unit, min=-100, max=100, window_seconds=WINDOW_S, lateness_seconds=LATENESS_S)


def registry() -> Registry:
    """All that is registered."""
    shift = Shift(start="00:00", end="24:00")
    workers = [
        Worker(id=id_, district=district, name=NAME, skills=["any"], grids=[district], shift=shift, capacity=9)
        for id_, district in WORKERS.items()
    ]
    classes = [
        EventClass(
            code=CLASS, name=NAME, skill="any", clear_seconds=1, offer_seconds=OFFER_S, limit_seconds=HANDLING_S
        ),
        EventClass(code=QUIET_CLASS, name=NAME, work="none", clear_seconds=1),
    ]
    return Registry(
        code="9831",
        name=NAME,
        districts={code: District(code=code, name=NAME, index=index) for code, index in DISTRICTS.items()},
        cells={code: Cell(code=code, name=NAME, geometry=_square(*place)) for code, place in CELLS.items()},
        devices={one.id: one for one in _devices()},
        workers={one.id: one for one in workers},
        metrics={LEVEL: _metric(LEVEL, "m"), GAS: _metric(GAS, "pct")},
        rules={one.id: one for one in _rules()},
        classes={one.code: one for one in classes},
    )


REGISTRY = registry()
CITY = SimpleNamespace(known=Known(REGISTRY, Locator(REGISTRY)), followed=True)
"""What a gateway knows."""


class Levels(NamedTuple):
    """What the flood rule says in one version of the rules."""

    on: float
    off: float
    for_s: int


FIRST = Levels(ON, OFF, FOR_S)
NEWER: tuple[Levels | None, ...] = (Levels(ON, OFF, 2 * FOR_S), Levels(2 * ON, OFF, FOR_S), Levels(ON, 0.2, 0), None)
"""What a newer version may say instead: later, never, at once and for longer, or nothing, because the rule is gone."""


def newer(levels: Levels | None) -> Registry:
    """The registry with the next version of the flood rule."""
    rules = dict(REGISTRY.rules)
    flood = rules.pop("sim-flood")
    if levels is not None:
        on, off, for_s = levels
        rules["sim-flood"] = replace(flood, version=flood.version + 1, on=on, off=off, for_seconds=for_s)
    return replace(REGISTRY, rules=rules)
