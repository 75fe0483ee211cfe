"""A place of any level closely: its figures, its open incidents, its cells' windows added up, and the places in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from city.air_quality import Mean, city_air, edition_on
from city.incident import Incident
from city.names import Name
from city.places.due import Due, due, home, is_open, turn
from city.places.ground import LEVELS, Ground, Places
from city.places.rings import Rolled
from city.places.rollup import Rollup, Scene
from geo.codes import LENGTHS, Level, level_of, lies_in, parent_of
from messages.records import rfc3339
from operations.board import Board
from operations.cells import CellState
from operations.place_pictures import (
    Aggregate,
    AirPicture,
    Child,
    Crumb,
    DataLateness,
    Figures,
    Lack,
    Named,
    OpenIncidents,
    PlacePage,
)

MINUTE_MS = 60_000


def place_page(board: Board, code: str, *, now: int, minutes: int) -> PlacePage:
    """The place `code`, which the city has, at `now` (epoch ms)."""
    ground, level, rollup = board.ground, level_of(code), rollup_of(board, now)
    below = ground.below(code)
    (itself,) = children(board, rollup, ground.within(code, level), level)
    return PlacePage(
        code=code,
        level=level,
        name=ground.name(code),
        path=[crumb(board, above) for above in ground.path(code)],
        now=now,
        minutes=minutes,
        box=ground.box(ground.span(code)),
        area_m2=itself.figures.area_m2,
        figures=itself.figures,
        incidents=open_incidents(board, code, now),
        windows=aggregates(board, code, span_ms=minutes * MINUTE_MS),
        lateness=data_lateness(board, code),
        air=air_of(board, code),
        children=children(board, rollup, ground.within(code, below), below) if below else [],
    )


def rollup_of(board: Board, now: int) -> Rollup:
    """The board at `now` (epoch ms), to be asked for the figures of many places."""
    scene = Scene(
        ground=board.ground,
        staff=board.staff,
        presence=board.presence,
        days=board.days,
        incidents=board.cases.incidents.values(),
        tasks=board.cases.tasks.values(),
        now=now,
        utc_offset_minutes=board.registry.utc_offset_minutes,
    )
    return Rollup(scene)


def children(board: Board, rollup: Rollup, places: Places, level: Level) -> list[Child]:
    """The places with their figures."""
    return built(board.ground, places, level, figure_columns(board, rollup, places))


def figure_columns(board: Board, rollup: Rollup, places: Places) -> dict[str, Sequence[Any]]:
    """The fields of `Figures` as columns, a row for each place."""
    lacking = {
        name: [Lack(cells=cells, area_m2=area, share=share) for cells, area, share in column]
        for name, column in rollup.lacking(places).items()
    }
    states = [dict(zip(CellState, counted, strict=True)) for counted in board.shades.counts(places)]
    return {**rollup.figures(places), **lacking, "states": states}


def built(ground: Ground, places: Places, level: Level, columns: Mapping[str, Sequence[Any]]) -> list[Child]:
    """The places with their figures from columns; needs nothing of the board, so that a long list can be built beside it."""
    figures = [Figures(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
    return [
        Child(code=code, level=level, name=ground.name(code), figures=counted)
        for code, counted in zip(places.codes, figures, strict=True)
    ]


def crumb(board: Board, code: str) -> Crumb:
    """A place by name."""
    return Crumb(code=code, level=level_of(code), name=board.ground.name(code))


def named(board: Board, place: str, level: Level | None) -> list[Named]:
    """The places of a level within a place by name; without a level those of all levels above the cell."""
    levels = (level,) if level else LEVELS[:-1]
    return [
        Named(code=code, level=each, name=board.ground.name(code), parent=parent_of(code) if code != place else None)
        for each in levels
        if LENGTHS[each] >= len(place)
        for code in board.ground.within(place, each).codes
    ]


def incidents_of(board: Board, place: str) -> list[Incident]:
    """The incidents that are counted in a place."""
    return [incident for incident in board.cases.incidents.values() if lies_in(home(incident), place)]


def open_incidents(board: Board, place: str, now: int) -> OpenIncidents:
    """The open incidents of a place, counted."""
    found = [incident for incident in incidents_of(board, place) if is_open(incident)]
    return OpenIncidents(
        by_class=dict(sorted(Counter(incident.event_class for incident in found).items())),
        by_state=dict(sorted(Counter(str(incident.state) for incident in found).items())),
        by_turn=dict(sorted(Counter(map(turn, found)).items())),
        late_by_turn=dict(sorted(Counter(turn(i) for i in found if due(i, now) is Due.LATE).items())),
    )


def aggregates(board: Board, place: str, *, span_ms: int) -> dict[str, Aggregate]:
    """The metrics of a place over the last `span_ms` before its district's newest data. Where a metric has two window lengths, the newer windows."""
    newest: dict[str, tuple[int, Rolled]] = {}
    for rolled in board.rings.rolled(place, board.devices.newest, span_ms):
        last = rolled.points[-1].start
        if rolled.metric not in newest or newest[rolled.metric][0] < last:
            newest[rolled.metric] = last, rolled
    return {metric: _aggregate(board, rolled) for metric, (_, rolled) in newest.items()}


def air_of(board: Board, place: str) -> AirPicture | None:
    """The real-time index of a place from its stations' last hour; None where nothing measures the air, or what it measures is no concentration."""
    stations = board.rings.stations(place, board.devices.newest)
    until = max((at for district, at in board.devices.newest.items() if lies_in(district, place[:6])), default=0)
    edition = edition_on(rfc3339(until + board.registry.utc_offset_minutes * MINUTE_MS)[:10])
    try:
        found = city_air(stations, mean=Mean.HOUR, edition=edition)
    except ValueError:
        return None
    if found is None:
        return None
    return AirPicture(
        aqi=found.aqi,
        level=found.level,
        name=found.name,
        colour=found.colour,
        iaqi={str(pollutant): index for pollutant, index in found.iaqi.items()},
        primary=[str(pollutant) for pollutant in found.primary],
        stations=len(stations),
        edition=edition,
        until=until,
    )


def data_lateness(board: Board, place: str) -> DataLateness | None:
    """What came late of the readings of a city or a district; None below, where nobody counts it."""
    if len(place) > LENGTHS[Level.DISTRICT]:
        return None
    sums = [sums for code, sums in board.flow.sums.items() if lies_in(code, place)]
    return DataLateness(
        windowed=sum(each.windowed for each in sums),
        late=sum(each.late for each in sums),
        too_late=sum(each.too_late for each in sums),
    )


def _aggregate(board: Board, rolled: Rolled) -> Aggregate:
    known = board.registry.metrics.get(rolled.metric)
    points = rolled.points
    count, total = sum(point.count for point in points), sum(point.sum for point in points)
    return Aggregate(
        title=(known.title if known else None) or Name(zh=rolled.metric, en=rolled.metric),
        unit=known.unit if known else "",
        seconds=rolled.seconds,
        count=count,
        sum=total,
        mean=total / count,
        min=min(point.min for point in points),
        max=max(point.max for point in points),
        late=sum(point.late for point in points),
        cells=rolled.cells,
        since=points[0].start,
        until=points[-1].start + rolled.seconds * 1000,
        windows=[(p.start, p.count, p.sum / p.count, p.min, p.max) for p in points],
    )
