"""Places above the cell are drawn once, from their cells or as registered, without gaps between neighbours."""

import pytest
import shapely
from msgspec.structs import replace

from city.places.ground import Ground
from city.places.outlines import Outline, Outlines
from city.registry import Cell, Place
from geo.codes import LENGTHS, Level
from tests.city.places.builders import (
    CITY,
    COMMUNITY,
    EAST,
    EMPTY,
    NEXT_COMMUNITY,
    TOWN,
    WEST,
    ground,
    name,
    registry,
    square,
)


def area(outline: Outline) -> float:
    return float(shapely.area(shapely.geometry.shape(outline.geometry)))


def checkered() -> Ground:
    """20 × 10 cells in two districts of two towns of two communities each."""
    cells = {}
    for column in range(20):
        for row in range(10):
            community = f"{CITY}{column // 10 + 1:02d}{column // 5 % 2 + 1:03d}{row // 5 + 1:03d}"
            code = f"{community}{column % 5 * 5 + row % 5 + 1:03d}"
            cells[code] = Cell(code=code, name=name(code), geometry=square(column, row))
    return Ground(replace(registry(), cells=cells, places={}))


@pytest.mark.parametrize(
    ("level", "many"), [(Level.CITY, 1), (Level.DISTRICT, 2), (Level.TOWN, 4), (Level.COMMUNITY, 8)]
)
def test_the_places_of_a_level_cover_the_city_without_gap_or_overlap(level: Level, many: int) -> None:
    known = checkered()
    codes = known.within(CITY, level).codes
    drawn = Outlines(known).of(level, codes)
    assert list(drawn) == codes
    assert len(codes) == many
    assert sum(map(area, drawn.values())) == pytest.approx(20 * 10 * 1e-6)
    whole = shapely.union_all([shapely.geometry.shape(outline.geometry) for outline in drawn.values()])
    assert shapely.area(whole) == pytest.approx(20 * 10 * 1e-6)


def test_a_straight_border_needs_its_corners_only() -> None:
    drawn = Outlines(checkered()).of(Level.CITY, [CITY])[CITY]
    assert len(drawn.geometry["coordinates"][0]) == 5


def test_a_label_stands_inside_its_place() -> None:
    for outline in Outlines(checkered()).of(Level.TOWN, [TOWN]).values():
        assert shapely.geometry.shape(outline.geometry).contains(shapely.Point(outline.label))


def test_a_place_without_ground_is_not_drawn() -> None:
    assert list(Outlines(ground()).of(Level.TOWN, [TOWN, EMPTY])) == [TOWN]


def test_a_registered_outline_stands_before_the_cells() -> None:
    given = square(0, 5)
    places = {COMMUNITY: Place(code=COMMUNITY, name=name("drawn"), geometry=given)}
    drawn = Outlines(Ground(replace(registry(), places=places)))
    assert shapely.geometry.shape(drawn.of(Level.COMMUNITY, [COMMUNITY])[COMMUNITY].geometry).equals(
        shapely.geometry.shape(given)
    )
    assert area(drawn.of(Level.COMMUNITY, [NEXT_COMMUNITY])[NEXT_COMMUNITY]) == pytest.approx(1e-6)


def test_larger_places_follow_the_registered_outlines_of_smaller_ones() -> None:
    whole = {"type": "Polygon", "coordinates": [[[111, 30], [111.01, 30], [111.01, 30.01], [111, 30.01], [111, 30]]]}
    places = {TOWN: Place(code=TOWN, name=name("drawn"), geometry=whole)}
    drawn = Outlines(Ground(replace(registry(), places=places)))
    assert area(drawn.of(Level.DISTRICT, [EAST])[EAST]) == pytest.approx(1e-4)
    assert area(drawn.of(Level.DISTRICT, [WEST])[WEST]) == pytest.approx(2e-6)


def test_a_district_may_bring_its_own_outline() -> None:
    places = {EAST: Place(code=EAST, name=name("east"), geometry=square(7, 7))}
    known = Ground(replace(registry(), places=places))
    assert area(Outlines(known).of(Level.DISTRICT, [EAST])[EAST]) == pytest.approx(1e-6)
    assert known.name(EAST) == name(EAST)


def test_what_was_drawn_once_is_kept() -> None:
    drawn = Outlines(checkered())
    first = drawn.of(Level.COMMUNITY, [COMMUNITY])
    assert drawn.of(Level.COMMUNITY, [COMMUNITY])[COMMUNITY] is first[COMMUNITY]
    assert all(len(code) == LENGTHS[Level.COMMUNITY] for code in first)
