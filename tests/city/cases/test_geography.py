"""Cells that touch, and a point in each."""

from typing import Any

import pytest
from msgspec.structs import replace

from city.cases.geography import facts_of
from city.names import Name
from city.registry import Cell, EventClass, Registry
from tests.city.time_builders import CHINA, at

NAME = Name("格", "cell")


def square(west: float, south: float) -> dict[str, Any]:
    corners = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def registry(*places: tuple[float, float]) -> Registry:
    cells = {f"99010200100100{number}": square(*place) for number, place in enumerate(places)}
    return Registry(cells={code: Cell(code=code, name=NAME, geometry=area) for code, area in cells.items()})


def test_cells_that_share_a_side_or_a_corner_are_neighbours() -> None:
    facts = facts_of(registry((10, 10), (11, 10), (11, 11), (13, 10)))
    names = {code[-1]: {other[-1] for other in others} for code, others in facts.neighbours.items()}
    assert names == {"0": {"1", "2"}, "1": {"0", "2"}, "2": {"0", "1"}, "3": set()}


def test_the_centre_lies_in_the_cell() -> None:
    assert facts_of(registry((10, 10))).centres["990102001001000"] == pytest.approx((10.5, 10.5))


def test_the_map_is_kept_while_the_cells_are_the_same() -> None:
    first = facts_of(registry((10, 10)))
    haze = EventClass(code="E0599", name=NAME)
    second = facts_of(replace(registry((10, 10)), classes={haze.code: haze}), first)
    assert second.neighbours is first.neighbours
    assert second.class_of("E0599") is haze


def test_the_map_is_made_again_when_a_cell_is_new() -> None:
    first = facts_of(registry((10, 10)))
    second = facts_of(registry((10, 10), (11, 10)), first)
    assert set(second.centres) == {"990102001001000", "990102001001001"}


def test_a_city_without_cells_has_an_empty_map() -> None:
    assert facts_of(Registry()).neighbours == {}


def test_the_calendar_is_made_ready_for_reckoning_also_when_only_that_has_changed() -> None:
    first = facts_of(registry((10, 10)))
    known = replace(registry((10, 10)), calendar=CHINA, utc_offset_minutes=0)
    second = facts_of(known, first)
    assert second.neighbours is first.neighbours
    assert second.work.calendar == CHINA
    assert second.work.counts_at(at("2026-11-23 08:00", minutes_east=0))
    assert first.work.counts_at(at("2026-11-23 08:00"))
