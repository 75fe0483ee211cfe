"""A small city of two districts, some drawn places, and windows in its cells."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from city.incident import Incident, IncidentState
from city.names import Name
from city.places.closed import ClosedPack, Line, columns
from city.places.ground import Ground
from city.registry import Cell, Device, District, Place, Registry, Shift, Worker
from city.task import Task, TaskState

NOW = 1_795_000_020_000
MINUTE = 60_000
DAY = 86_400_000
CITY = "9901"
EAST, WEST = "990101", "990102"
TOWN, FAR_TOWN, WEST_TOWN = "990101001", "990101003", "990102001"
COMMUNITY, NEXT_COMMUNITY = "990101001001", "990101001002"
EMPTY = "990101002"
ALWAYS = Shift(start="00:00", end="24:00")
NEVER = Shift(start="08:00", end="08:01", days=())
CELLS = (
    "990101001001001",
    "990101001001002",
    "990101001002001",
    "990101003001001",
    "990102001001001",
    "990102001001002",
)


def name(text: str) -> Name:
    return Name(zh=f"{text}（中）", en=text)


def square(column: int, row: int = 0, side: float = 0.001) -> dict[str, Any]:
    west, south, east, north = (
        round(edge, 6)
        for edge in (111 + column * side, 30 + row * side, 111 + (column + 1) * side, 30 + (row + 1) * side)
    )
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def registry(*, cells: Sequence[str] = CELLS, **more: Any) -> Registry:
    return Registry(
        code=CITY,
        name=name("city"),
        districts={code: District(code=code, name=name(code), index=i) for i, code in enumerate((EAST, WEST))},
        places={code: Place(code=code, name=name(code)) for code in (TOWN, EMPTY, COMMUNITY)},
        cells={code: Cell(code=code, name=name(code), geometry=square(at)) for at, code in enumerate(cells)},
        **more,
    )


def ground(**more: Any) -> Ground:
    return Ground(registry(**more))


def device(id_: str, cell: str = CELLS[0]) -> Device:
    return Device(id=id_, district=cell[:6], cell=cell, kind="road_water", metrics=["level_m"], lon=111.0, lat=30.0)


def worker(id_: str, *grids: str, shift: Shift = ALWAYS) -> Worker:
    return Worker(
        id=id_, district=grids[0][:6] if grids else EAST, name=name(id_), skills=[], grids=list(grids), shift=shift
    )


def incident(number: int = 1, *cells: str, **changed: Any) -> Incident:
    places = list(cells or CELLS[:1])
    given: dict[str, Any] = {
        "version": 1,
        "state": IncidentState.FILED,
        "event_class": "E0506",
        "name": name("water"),
        "severity": "moderate",
        "position": {"lon": 111.0, "lat": 30.0},
        "causes": [],
        "began_at": NOW - MINUTE,
        "detected_at": NOW - MINUTE,
    }
    return Incident(id=f"i{number}", district=places[0][:6], cells=places, **{**given, **changed})


def task(number: int, cell: str, state: TaskState = TaskState.OFFERED) -> Task:
    return Task(
        id=f"t{number}",
        incident=f"i{number}",
        district=cell[:6],
        event_class="E0506",
        name=name("water"),
        cell=cell,
        position={},
        severity="moderate",
        created_at=NOW,
        deadline=None,
        instructions=name("do"),
        why=[],
        state=state,
        worker="w",
    )


def line(
    cell: str = CELLS[0],
    back: int = 1,
    values: Sequence[float] = (1.0,),
    *,
    metric: str = "level_m",
    seconds: int = 60,
    late: int = 0,
) -> Line:
    """A window that ended `back - 1` of its lengths before the last whole one before NOW."""
    start = (NOW // (seconds * 1000) - back) * seconds * 1000
    return Line(cell, metric, start, seconds, len(values), sum(values), min(values), max(values), late)


def closed_pack(*lines: Line) -> ClosedPack:
    kinds = dict.fromkeys((each.metric, each.seconds) for each in lines)
    return ClosedPack(
        district=EAST, closed={kind: columns([w for w in lines if (w.metric, w.seconds) == kind]) for kind in kinds}
    )


codes = st.builds(
    "{}{:02d}{:03d}{:03d}{:03d}".format,
    st.just(CITY),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 3),
)
"""Codes of cells of a city with a few places at each level."""
