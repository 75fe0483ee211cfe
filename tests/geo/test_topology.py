from collections.abc import Mapping
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import polygon_of, square_metres
from geo.topology import Duplicate, Overlap, gaps, overlaps
from tests.geo.builders import LAT, LON, SIDE, area, bent, chessboard, square


def areas(geometries: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return {code: polygon_of(geometry) for code, geometry in geometries.items()}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_generated_ground_has_neither_gap_nor_overlap(seed: int) -> None:
    cells = areas(bent(7, 6, seed))
    assert overlaps(cells) == []
    assert gaps(cells) == []


def test_two_cells_that_claim_the_same_ground_are_named_with_its_size() -> None:
    (found,) = overlaps(areas({"a": square(0, 0), "b": square(0.9, 0)}))
    assert isinstance(found, Overlap)
    assert (found.first, found.second) == ("a", "b")
    assert found.area_m2 == pytest.approx(square_metres(square(0, 0)) / 10, rel=1e-4)


def test_a_cell_drawn_twice_is_a_duplicate() -> None:
    assert overlaps(areas({"a": square(0, 0), "b": square(0, 0), "c": square(1, 0)})) == [Duplicate("a", "b")]


def test_ten_square_centimetres_are_rounding_and_no_overlap() -> None:
    assert overlaps(areas({"a": square(0, 0), "b": square(1 - 1e-7, 0)})) == []


def test_a_missing_cell_in_the_middle_is_a_gap_between_those_around_it() -> None:
    cells = chessboard(3, 3)
    del cells["990101001001005"]
    (gap,) = gaps(areas(cells))
    assert [int(code[-3:]) for code in gap.cells] == [2, 4, 6, 8]
    assert gap.area_m2 == pytest.approx(square_metres(square(1, 1)), rel=1e-6)
    assert (gap.lon, gap.lat) == pytest.approx((LON + 1.5 * SIDE, LAT + 1.5 * SIDE), abs=SIDE / 2)


def test_a_crack_open_to_the_outside_is_a_gap_too() -> None:
    (gap,) = gaps(areas({"a": square(0, 0), "b": square(1.003, 0)}))
    assert gap.cells == ("a", "b")
    assert gap.area_m2 == pytest.approx(square_metres(square(0, 0)) * 0.003, rel=0.02)


def test_a_wedge_between_two_cells_is_a_gap_as_far_as_it_is_narrow() -> None:
    leaning = area(
        [(LON + SIDE, LAT), (LON + 2 * SIDE, LAT), (LON + 2 * SIDE, LAT + SIDE), (LON + 1.004 * SIDE, LAT + SIDE)]
    )
    (gap,) = gaps(areas({"a": square(0, 0), "b": leaning}))
    assert gap.cells == ("a", "b")


def test_a_road_ten_metres_wide_between_two_cells_is_outside() -> None:
    assert gaps(areas({"a": square(0, 0), "b": square(1.1, 0)})) == []


def test_bays_of_the_outline_are_no_gaps() -> None:
    cells = {
        name: square(*at) for name, at in {"a": (0, 0), "b": (1, 0), "c": (2, 0), "d": (0, 1), "e": (2, 1)}.items()
    }
    assert gaps(areas(cells)) == []


def test_gaps_are_listed_from_north_to_south() -> None:
    cells = chessboard(3, 7)
    del cells["990101001001005"], cells["990101001001017"]
    found = gaps(areas(cells))
    assert [round((gap.lat - LAT) / SIDE) for gap in found] == sorted(
        (round((gap.lat - LAT) / SIDE) for gap in found), reverse=True
    )
    assert len(found) == 2


def test_no_cells_leave_no_gap() -> None:
    assert gaps({}) == []
    assert overlaps({}) == []


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=15)
def test_a_cell_left_out_of_irregular_ground_is_a_gap_of_its_own_size(seed: int, column: int, row: int) -> None:
    cells = bent(5, 5, seed)
    left_out = cells.pop(f"990101001001{row * 5 + column + 1:03d}")
    (gap,) = gaps(areas(cells))
    assert gap.area_m2 == pytest.approx(square_metres(left_out), rel=1e-6)
    assert polygon_of(left_out).contains(shapely.Point(gap.lon, gap.lat))


def test_where_three_cells_lie_over_each_other_each_pair_is_named_smallest_codes_first() -> None:
    found = overlaps(areas({"c": square(0.5, 0), "a": square(0, 0), "b": square(0, 0.5)}))
    assert [(pair.first, pair.second) for pair in found] == [("a", "b"), ("a", "c"), ("b", "c")]


def test_a_cell_within_another_is_an_overlap_unless_the_other_leaves_room_for_it() -> None:
    outside, inside = square(0, 0, width=3, height=3), square(1, 1)
    (found,) = overlaps(areas({"around": outside, "within": inside}))
    assert isinstance(found, Overlap)
    assert found.area_m2 == pytest.approx(square_metres(inside), rel=1e-6)
    holed = {"type": "Polygon", "coordinates": [outside["coordinates"][0], inside["coordinates"][0]]}
    assert overlaps(areas({"around": holed, "within": inside})) == []
    assert gaps(areas({"around": holed, "within": inside})) == []
    assert [gap.cells for gap in gaps(areas({"around": holed}))] == [("around",)]
