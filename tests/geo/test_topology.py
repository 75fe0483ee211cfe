from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping, shape

from geo.area import polygon_of, square_metres, surface_m2
from geo.faults import Fault, FaultKind
from geo.topology import faults_of
from tests.geo.builders import LAT, LON, SIDE, area, bent, chessboard, square

COMMUNITY = "990101001001"
Areas = Mapping[str, Mapping[str, Any] | None]


def cell(number: int) -> str:
    return f"{COMMUNITY}{number:03d}"


def faults(*layers: Areas, **limits: float) -> list[Fault]:
    return faults_of([place for layer in layers for place in layer.items()], **limits)


def said(found: Iterable[Fault]) -> list[tuple[str, list[int]]]:
    """Kinds, and the last three digits of the codes."""
    return [(fault.kind.value, [int(code[-3:]) for code in fault.codes]) for fault in found]


def joined(cells: Areas, code: str) -> dict[str, dict[str, Any]]:
    """The place that consists of the cells."""
    whole = shapely.union_all([polygon_of(geometry) for geometry in cells.values() if geometry])
    return {code: dict(mapping(shapely.orient_polygons(whole)))}


def noisy(cells: Areas, seed: int, degrees: float) -> dict[str, dict[str, Any]]:
    """The cells with each corner of each of them moved by itself."""
    chance = np.random.default_rng(seed)

    def moved(points: Any) -> Any:
        shifted = points + chance.uniform(-degrees, degrees, points.shape)
        shifted[-1] = shifted[0]
        return shifted

    return {
        code: dict(mapping(shapely.transform(shape(geometry), moved))) for code, geometry in cells.items() if geometry
    }


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_generated_ground_has_no_fault_at_any_level(seed: int) -> None:
    cells = bent(7, 6, seed)
    assert faults(cells) == []
    levels = [joined(cells, code) for code in ("9901", "990101", "990101001", COMMUNITY)]
    assert faults(*levels, cells) == []


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_noise_of_a_centimetre_on_every_corner_is_no_fault(seed: int) -> None:
    cells = bent(6, 5, seed)
    assert faults(joined(cells, COMMUNITY), noisy(cells, seed, 1e-7)) == []


@given(st.integers(0, 2**32 - 1), st.integers(0, 29))
@settings(max_examples=10)
def test_a_cell_left_out_is_one_gap_of_its_size_wherever_it_lies(seed: int, which: int) -> None:
    cells = bent(6, 5, seed)
    community = joined(cells, COMMUNITY)
    left_out = cells.pop(cell(which + 1))
    (gap,) = faults(community, cells)
    assert gap.kind is FaultKind.GAP
    assert gap.area_m2 == pytest.approx(square_metres(left_out), rel=1e-3)
    assert polygon_of(left_out).buffer(1e-8).covers(shape(dict(gap.geometry or {})).representative_point())


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=10)
def test_a_cell_left_out_amid_others_is_a_gap_even_where_no_community_is_drawn(
    seed: int, column: int, row: int
) -> None:
    cells = bent(5, 5, seed)
    left_out = cells.pop(cell(row * 5 + column + 1))
    (gap,) = faults(cells)
    assert gap.area_m2 == pytest.approx(square_metres(left_out), rel=1e-6)


def test_a_gap_names_the_cells_that_it_has_an_edge_with() -> None:
    cells = chessboard(3, 3)
    del cells[cell(5)]
    (gap,) = faults(cells)
    assert said([gap]) == [("gap", [2, 4, 6, 8])]
    assert [list(cells)[at] for at in gap.at] == list(gap.codes)


def test_a_crack_and_a_wedge_open_to_the_outside_are_gaps_as_far_as_they_are_narrow() -> None:
    crack = {cell(1): square(0, 0), cell(2): square(1.003, 0)}
    (gap,) = faults(crack)
    assert said([gap]) == [("gap", [1, 2])]
    assert gap.area_m2 == pytest.approx(square_metres(square(0, 0)) * 0.003, rel=0.02)
    corners = [(1, 0), (2, 0), (2, 1), (1.004, 1)]
    leaning = area([(LON + east * SIDE, LAT + north * SIDE) for east, north in corners])
    assert said(faults({cell(1): square(0, 0), cell(2): leaning})) == [("gap", [1, 2])]


def test_a_road_ten_metres_wide_and_bays_of_the_outline_are_outside() -> None:
    assert faults({cell(1): square(0, 0), cell(2): square(1.1, 0)}) == []
    around_a_bay = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1)]
    assert faults({cell(number): square(*at) for number, at in enumerate(around_a_bay, start=1)}) == []


def test_two_cells_that_claim_the_same_ground_are_named_with_its_size() -> None:
    (found,) = faults({cell(1): square(0, 0), cell(2): square(0.9, 0)})
    assert said([found]) == [("overlap", [1, 2])]
    assert found.area_m2 == pytest.approx(square_metres(square(0, 0)) / 10, rel=1e-4)
    assert surface_m2(shape(dict(found.geometry or {}))) == pytest.approx(found.area_m2)
    assert f"{found.area_m2:,.2f} m²" in found.en
    assert "重叠" in found.zh


def test_where_three_cells_lie_over_each_other_each_pair_is_named() -> None:
    cells = {cell(3): square(0.5, 0), cell(1): square(0, 0), cell(2): square(0, 0.5)}
    assert said(faults(cells)) == [("overlap", [1, 2]), ("overlap", [1, 3]), ("overlap", [2, 3])]


def test_one_area_under_two_codes_is_a_duplicate_and_no_overlap() -> None:
    twice = {cell(1): square(0, 0), cell(2): square(0, 0), cell(3): square(1, 0)}
    assert said(faults(twice)) == [("duplicate_area", [1, 2])]
    assert said(faults(noisy(twice, 1, 1e-7))) == [("duplicate_area", [1, 2])]


def test_one_code_for_two_places_is_said_once_with_both_positions() -> None:
    (found,) = faults_of([(cell(1), square(0, 0)), (cell(2), square(1, 0)), (cell(1), square(2, 0))])
    assert said([found]) == [("duplicate_code", [1])]
    assert found.at == (0, 2)
    (same,) = faults_of([(cell(1), square(0, 0)), (cell(1), square(0, 0))])
    assert said([same]) == [("duplicate_code", [1])]


@given(st.floats(0.02, 0.5), st.floats(0.05, 0.95))
@settings(max_examples=20)
def test_the_tolerance_is_the_width_from_which_an_overlap_counts(tolerance_m: float, share: float) -> None:
    metre = SIDE / 95.7  # of longitude, in sides, at this latitude
    for width_m, counts in ((tolerance_m * share, False), (tolerance_m / share, True)):
        found = faults({cell(1): square(0, 0), cell(2): square(1 - width_m * metre / SIDE, 0)}, tolerance_m=tolerance_m)
        assert [fault.kind is FaultKind.OVERLAP for fault in found] == [True] * counts


def test_a_lake_in_a_cell_is_a_hole_and_what_fills_it_makes_it_none() -> None:
    outside, inside = square(0, 0, width=3, height=3), square(1, 1)
    clockwise = inside["coordinates"][0][::-1]
    holed = {"type": "Polygon", "coordinates": [outside["coordinates"][0], clockwise]}
    assert said(faults({cell(1): holed})) == [("hole", [1])]
    assert said(faults({COMMUNITY: outside}, {cell(1): holed})) == [("hole", [1])]
    assert faults({cell(1): holed, cell(2): inside}) == []
    assert said(faults({cell(1): outside, cell(2): inside})) == [("overlap", [1, 2])]


def test_a_lake_that_the_district_leaves_out_is_its_hole_and_nobody_elses() -> None:
    cells = chessboard(3, 3)
    del cells[cell(5)]
    assert said(faults(joined(cells, "990101"), cells)) == [("hole", [101])]


def test_a_cell_over_the_border_of_its_community_lies_in_the_wrong_parent() -> None:
    west, east = {"990101001001": square(0, 0, width=2)}, {"990101001002": square(2, 0, width=2)}
    cells = {
        "990101001001001": square(0, 0),
        "990101001001002": square(1, 0, width=1.5),
        "990101001002001": square(2.5, 0, width=1.5),
    }
    (found,) = faults(west, east, cells)
    assert said([found]) == [("wrong_parent", [2])]
    assert found.area_m2 == pytest.approx(square_metres(square(2, 0, width=0.5)), rel=1e-3)
    assert "990101001002" in found.en


def test_a_community_in_another_district_than_its_code_says_is_found_at_its_own_level() -> None:
    districts = {"990101": square(0, 0), "990102": square(1, 0)}
    communities = {"990101001001": square(0, 0), "990101001002": square(1, 0)}
    found = faults(districts, communities)
    assert [(fault.kind.value, fault.codes) for fault in found] == [("wrong_parent", ("990101001002",))]


def test_a_parent_that_is_not_there_is_said_once_for_all_its_cells() -> None:
    cells = {"990102001001001": square(0, 0), "990102001001002": square(1, 0)}
    (found,) = faults({"990101": square(0, 0, width=2)}, cells)
    assert found.kind is FaultKind.WRONG_PARENT
    assert found.codes == tuple(cells)
    assert "there is no 990102" in found.en


@pytest.mark.parametrize("code", ["", "99010100100100", "99010100100100x", "名"])
def test_a_code_of_no_level_is_named_and_its_ground_is_no_gap(code: str) -> None:
    cells: dict[str, dict[str, Any]] = chessboard(3, 3)
    ground = cells.pop(cell(5))
    (found,) = faults(cells, {code: ground})
    assert (found.kind, found.codes) == (FaultKind.WRONG_PARENT, (code,))


def test_other_schemes_of_codes_are_checked_by_their_own_lengths() -> None:
    cells = {"99010100100101": square(0, 0), "99010100100102": square(0.5, 0)}
    found = faults_of([("990101001001", square(0, 0, width=1.5)), *cells.items()], lengths=(6, 9, 12, 14))
    assert [fault.kind for fault in found] == [FaultKind.OVERLAP]


def test_a_strip_of_ground_narrower_than_a_metre_is_a_sliver() -> None:
    strip = square(0, 0, width=0.005)
    assert said(faults({cell(1): strip})) == [("sliver", [1])]
    assert faults({cell(1): strip}, thinnest_m=0.3) == []


def test_a_cell_in_two_pieces_is_named_and_a_district_with_islands_is_not() -> None:
    pieces: dict[str, Any] = {
        "type": "MultiPolygon",
        "coordinates": [square(0, 0)["coordinates"], square(5, 0)["coordinates"]],
    }
    assert said(faults({cell(1): pieces})) == [("pieces", [1])]
    assert faults({"990101": pieces}) == []


def test_the_ground_of_a_broken_outline_is_no_gap() -> None:
    cells: dict[str, Any] = chessboard(3, 3)
    cells[cell(5)]["coordinates"][0].pop()
    assert said(faults(cells)) == [("invalid_ring", [5])]


def test_faults_are_listed_by_kind_and_then_by_code() -> None:
    found = faults({cell(3): square(5, 5), cell(4): square(5, 5), cell(2): square(0.5, 0), cell(1): square(0, 0)})
    assert said(found) == [("duplicate_area", [3, 4]), ("overlap", [1, 2])]


def test_nothing_has_no_fault() -> None:
    assert faults_of([]) == []


@given(st.permutations(sorted(chessboard(3, 3))))
@settings(max_examples=10)
def test_the_order_of_the_places_changes_no_finding(order: list[str]) -> None:
    cells: dict[str, Any] = {**chessboard(3, 3), cell(4): square(0.5, 1)}
    assert said(faults({code: cells[code] for code in order})) == said(faults(cells))


json_like = st.recursive(
    st.none() | st.booleans() | st.floats(-200, 200) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["type", "coordinates"]), inner, max_size=2)
    ),
    max_leaves=20,
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([cell(1), cell(2), COMMUNITY, ""]),
            json_like.map(lambda coordinates: {"type": "Polygon", "coordinates": coordinates}),
        ),
        max_size=4,
    )
)
@settings(max_examples=60)
def test_whatever_stands_for_coordinates_is_a_fault_and_never_an_error(places: list[tuple[str, Any]]) -> None:
    broken = {at for fault in faults_of(places) if fault.kind is FaultKind.INVALID_RING for at in fault.at}
    assert broken == set(range(len(places)))


@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=6, unique=True))
@settings(max_examples=20)
def test_corners_that_only_one_side_of_a_border_has_are_no_fault(shares: list[float]) -> None:
    # Rounded to seven decimals, as files have them, the corners lie beside the other side's straight edge.
    between = [(round(LON + (1 + share / 3) * SIDE, 7), round(LAT + share * SIDE, 7)) for share in sorted(shares)]
    bottom, top = (LON + SIDE, LAT), (round(LON + SIDE * 4 / 3, 7), LAT + SIDE)
    west = area([(LON, LAT), bottom, *between, top, (LON, LAT + SIDE)])
    east = area([bottom, (LON + 2 * SIDE, LAT), (LON + 2 * SIDE, LAT + SIDE), top])
    assert faults({cell(1): west, cell(2): east}) == []


def test_pieces_that_meet_at_a_corner_and_enclaves_of_another_district_are_sound() -> None:
    meeting = {"type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"], square(1, 1)["coordinates"]]}
    others = {"type": "MultiPolygon", "coordinates": [square(1, 0)["coordinates"], square(0, 1)["coordinates"]]}
    assert faults({"990101": meeting, "990102": others}) == []


def test_cells_shifted_by_some_metres_overlap_and_leave_a_gap_at_their_communitys_border() -> None:
    cells = chessboard(2, 2)
    whole = joined(cells, COMMUNITY)
    shifted = {cell(number): square(*at) for number, at in enumerate([(0.05, 0), (1, 0), (0, 1), (1, 1)], start=1)}
    assert said(faults(whole, shifted)) == [("overlap", [1, 2]), ("gap", [1, 3])]
