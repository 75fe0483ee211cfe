"""A place is a slice of the sorted cells, at every level, also where it has no cells."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.places.ground import LEVELS, Ground, Shades
from city.registry import Cell, Place, Registry
from geo.area import square_metres
from geo.codes import LENGTHS, Level
from tests.city.places.builders import (
    CELLS,
    CITY,
    COMMUNITY,
    EAST,
    EMPTY,
    FAR_TOWN,
    NEXT_COMMUNITY,
    TOWN,
    WEST,
    WEST_TOWN,
    codes,
    ground,
    name,
    registry,
    square,
)


def test_every_level_lists_its_places_in_the_order_of_their_codes() -> None:
    known = ground()
    assert known.within(CITY, Level.CITY).codes == [CITY]
    assert known.within(CITY, Level.DISTRICT).codes == [EAST, WEST]
    assert known.within(CITY, Level.TOWN).codes == [TOWN, EMPTY, FAR_TOWN, WEST_TOWN]
    assert known.within(TOWN, Level.COMMUNITY).codes == [COMMUNITY, NEXT_COMMUNITY]
    assert known.within(COMMUNITY, Level.CELL).codes == [*CELLS[:2]]


def test_a_place_is_the_only_one_of_its_own_level_within_itself() -> None:
    assert ground().within(TOWN, Level.TOWN).codes == [TOWN]


def test_a_larger_place_around_a_smaller_one_is_found_by_its_prefix() -> None:
    assert ground().within(CELLS[0], Level.DISTRICT).codes == [EAST]


def test_a_place_that_is_only_named_has_no_cells() -> None:
    places = ground().within(EAST, Level.TOWN)
    assert dict(zip(places.codes, (places.end - places.begin).tolist(), strict=True)) == {
        TOWN: 3,
        EMPTY: 0,
        FAR_TOWN: 1,
    }


@pytest.mark.parametrize("code", [CITY, EAST, TOWN, COMMUNITY, CELLS[0], EMPTY])
def test_every_place_of_the_city_is_known(code: str) -> None:
    assert ground().knows(code)


@pytest.mark.parametrize(
    "code", ["", "99", "9902", "990103", "990101001003", "990101001001003", "water", CELLS[0] + "1"]
)
def test_what_is_no_place_of_the_city_is_not_known(code: str) -> None:
    assert not ground().knows(code)


def test_a_name_is_the_registered_one_at_every_level() -> None:
    known = ground()
    assert known.name(CITY) == name("city")
    assert known.name(EAST) == name(EAST)
    assert known.name(TOWN) == name(TOWN)
    assert known.name(CELLS[0]) == name(CELLS[0])
    assert known.name(NEXT_COMMUNITY) is None


def test_the_path_leads_from_the_city_to_the_place_itself() -> None:
    assert ground().path(CELLS[0]) == [CITY, EAST, TOWN, COMMUNITY, CELLS[0]]
    assert ground().path(CITY) == [CITY]


def test_the_children_of_a_place_are_one_level_down() -> None:
    assert [ground().below(code) for code in (CITY, EAST, TOWN, COMMUNITY, CELLS[0])] == [*LEVELS[1:], None]


def test_names_may_change_without_the_cells() -> None:
    known = ground()
    renamed = replace(known.registry, places={NEXT_COMMUNITY: Place(code=NEXT_COMMUNITY, name=name("new"))})
    assert known.fits(renamed)
    known.named(renamed)
    assert known.name(NEXT_COMMUNITY) == name("new")
    assert not known.knows(EMPTY)


def test_a_registry_with_another_cell_has_another_ground() -> None:
    assert not ground().fits(registry(cells=CELLS[:3]))


def test_surfaces_are_those_of_the_ellipsoid() -> None:
    expected = [square_metres(square(at)) for at in range(len(CELLS))]
    assert ground().surfaces.tolist() == pytest.approx(expected, rel=1e-6)


def test_the_box_of_a_place_bounds_its_cells() -> None:
    known = ground()
    assert known.box(known.span(COMMUNITY)) == pytest.approx((111.0, 30.0, 111.002, 30.001))
    assert known.box(known.span(EMPTY)) is None


def test_a_cell_whose_geometry_cannot_be_read_has_no_ground_and_hides_no_other() -> None:
    cells = {**registry().cells, CELLS[0]: Cell(code=CELLS[0], name=name("odd"), geometry={"type": "Circle"})}
    known = Ground(replace(registry(), cells=cells))
    assert known.surfaces[0] == 0
    assert known.box(known.span(CELLS[0])) is None
    assert known.box(known.span(COMMUNITY)) == pytest.approx((111.001, 30.0, 111.002, 30.001))
    assert len(known.middles) == len(CELLS)


def test_each_middle_lies_in_its_cell() -> None:
    known = ground()
    for (lon, lat), (west, south, east, north) in zip(known.middles, known.boxes, strict=True):
        assert west < lon < east
        assert south < lat < north


def test_an_empty_city_has_no_places() -> None:
    nothing = Ground(Registry())
    assert nothing.codes == []
    assert nothing.positions([CELLS[0]]).tolist() == [-1]
    assert nothing.within("9901", Level.TOWN).codes == []


def test_what_is_no_cell_has_no_position() -> None:
    assert ground().positions([CELLS[1], TOWN, "990101001001009", "water", CELLS[5]]).tolist() == [1, -1, -1, -1, 5]


def test_a_changed_shade_is_counted_in_every_place_above() -> None:
    known = ground()
    shades = Shades(known, 3, [0] * len(CELLS))
    shades.change({CELLS[0]: 2, CELLS[4]: 1, "990101001001009": 2})
    assert shades.counts(known.within(CITY, Level.CITY)) == [[4, 1, 1]]
    assert shades.counts(known.within(CITY, Level.DISTRICT)) == [[3, 0, 1], [1, 1, 0]]


@given(st.sets(codes, min_size=1, max_size=20), st.data())
def test_a_parents_sum_is_the_sum_of_its_children_at_every_level(cells: set[str], data: st.DataObject) -> None:
    known = ground(cells=sorted(cells))
    column = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(cells), max_size=len(cells))))
    for above, below in pairwise(LEVELS):
        larger, smaller = known.within(CITY, above), known.within(CITY, below)
        summed = dict.fromkeys(larger.codes, 0)
        for code, value in zip(smaller.codes, smaller.sums(column).tolist(), strict=True):
            summed[code[: LENGTHS[above]]] += value
        assert summed == dict(zip(larger.codes, larger.sums(column).tolist(), strict=True))


@given(st.sets(codes, min_size=1, max_size=20), st.sampled_from(LEVELS), st.lists(codes, max_size=30))
def test_each_position_lies_in_the_place_whose_prefix_its_code_has(
    cells: set[str], level: Level, asked: list[str]
) -> None:
    known = ground(cells=sorted(cells))
    places = known.within(CITY, level)
    positions = known.positions(asked)
    for code, at in zip(asked, places.of(positions).tolist(), strict=True):
        assert (places.codes[at] == code[: LENGTHS[level]]) if code in cells else at == -1
    expected = [sum(code in cells and code.startswith(place) for code in asked) for place in places.codes]
    assert places.counts(positions).tolist() == expected
