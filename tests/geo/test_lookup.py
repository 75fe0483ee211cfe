from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping

from geo.area import polygon_of
from geo.lookup import CellIndex
from tests.geo.builders import LAT, LON, SIDE, area, bent, chessboard, corners_of, square

BOARD = chessboard(8, 8)
BENT = bent(12, 12, seed=7)
BOARD_INDEX, BENT_INDEX = CellIndex(BOARD), CellIndex(BENT)
BENT_AREAS = {code: polygon_of(geometry) for code, geometry in BENT.items()}
BENT_CITY = shapely.union_all(list(BENT_AREAS.values()))

around = st.tuples(st.floats(LON - 0.008, LON + 0.008), st.floats(LAT - 0.007, LAT + 0.007))
steps = st.integers(0, 8)


def covering(lon: float, lat: float) -> list[str]:
    """The codes of the cells that cover a point, found the slow way."""
    point = shapely.Point(lon, lat)
    return sorted(code for code, cell in BENT_AREAS.items() if cell.covers(point))


@given(around)
def test_the_raster_answers_as_comparing_with_every_cell_does(point: tuple[float, float]) -> None:
    found, slow = BENT_INDEX.cell_of(*point), covering(*point)
    if slow:
        assert found == slow[0]
    else:
        assert found is None or BENT_AREAS[found].distance(shapely.Point(point)) <= 1e-9


@given(st.data())
def test_a_point_on_an_edge_belongs_to_the_smallest_code_beside_it(data: st.DataObject) -> None:
    ring = data.draw(st.sampled_from(sorted(BENT)).map(lambda code: BENT[code]["coordinates"][0]))
    at = data.draw(st.integers(0, len(ring) - 2))
    share = data.draw(st.floats(0, 1))
    lon, lat = (ring[at][axis] + share * (ring[at + 1][axis] - ring[at][axis]) for axis in (0, 1))
    found = BENT_INDEX.cell_of(lon, lat)
    assert found is not None
    assert BENT_AREAS[found].distance(shapely.Point(lon, lat)) <= 1e-9


@given(steps, steps)
@example(0, 0)
@example(8, 8)
def test_a_corner_of_up_to_four_cells_belongs_to_the_one_with_the_smallest_code(column: int, row: int) -> None:
    # Taken from the cells themselves, so that the corner is theirs to the last bit.
    cell = BOARD[f"990101001001{min(row, 7) * 8 + min(column, 7) + 1:03d}"]["coordinates"][0]
    lon, lat = cell[1 if column == 8 else 0][0], cell[2 if row == 8 else 0][1]
    smallest = max(row - 1, 0) * 8 + max(column - 1, 0) + 1
    assert BOARD_INDEX.cell_of(lon, lat) == f"990101001001{smallest:03d}"


def test_every_corner_of_irregular_cells_belongs_to_exactly_one_of_those_it_touches() -> None:
    corners = corners_of(BENT)
    lons, lats = (np.array([corner[axis] for corner in corners]) for axis in (0, 1))
    for corner, position in zip(corners, BENT_INDEX.cells_of(lons, lats), strict=True):
        assert BENT_INDEX.codes[position] == covering(*corner)[0]


@given(around)
def test_no_point_in_the_middle_of_the_city_is_lost_between_cells(point: tuple[float, float]) -> None:
    if BENT_CITY.buffer(-1e-8).covers(shapely.Point(point)):
        assert BENT_INDEX.cell_of(*point) is not None


@given(st.lists(around, min_size=1, max_size=40))
def test_many_points_are_answered_as_each_by_itself(points: list[tuple[float, float]]) -> None:
    together = BENT_INDEX.cells_of([lon for lon, _ in points], [lat for _, lat in points])
    apart = [BENT_INDEX.cell_of(lon, lat) for lon, lat in points]
    assert [BENT_INDEX.codes[position] if position >= 0 else None for position in together] == apart


@given(st.permutations(sorted(BOARD)))
@settings(max_examples=20)
def test_the_order_in_which_cells_are_given_does_not_matter(order: list[str]) -> None:
    index = CellIndex({code: BOARD[code] for code in order})
    assert index.codes == sorted(BOARD)
    assert index.cell_of(LON + 2 * SIDE, LAT + 2 * SIDE) == BOARD_INDEX.cell_of(LON + 2 * SIDE, LAT + 2 * SIDE)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(0, 0), (LON - SIDE, LAT), (LON, LAT + 9 * SIDE), (float("nan"), LAT), (LON, float("inf")), (30.7, 111.3)],
)
def test_a_point_outside_the_city_lies_in_no_cell(lon: float, lat: float) -> None:
    assert BOARD_INDEX.cell_of(lon, lat) is None


def test_a_hole_in_a_cell_belongs_to_the_cell_that_fills_it_or_to_none() -> None:
    ring, hole = square(0, 0, width=3, height=3), square(1, 1)
    holed = {"type": "Polygon", "coordinates": [ring["coordinates"][0], hole["coordinates"][0]]}
    middle = (LON + 1.5 * SIDE, LAT + 1.5 * SIDE)
    assert CellIndex({"a": holed}).cell_of(*middle) is None
    assert CellIndex({"a": holed, "b": hole}).cell_of(*middle) == "b"


def test_a_cell_in_two_pieces_is_found_in_both() -> None:
    both: dict[str, Any] = {
        "type": "MultiPolygon",
        "coordinates": [square(0, 0)["coordinates"], square(5, 0)["coordinates"]],
    }
    index = CellIndex({"a": both})
    found = [index.cell_of(LON + column * SIDE, LAT + 0.5 * SIDE) for column in (0.5, 3, 5.5)]
    assert found == ["a", None, "a"]


def test_a_border_that_only_one_side_bends_at_leaves_no_crack() -> None:
    # The left cell has a point in the middle of the common edge that the right one does not: rounding makes a crack of 1e-17 degrees.
    top, bottom = (LON + 0.0007, LAT + 0.001), (LON + 0.001, LAT)
    between = (top[0] + (bottom[0] - top[0]) / 3, top[1] + (bottom[1] - top[1]) / 3)
    left = area([(LON, LAT), bottom, between, top, (LON, LAT + 0.001)])
    right = area([bottom, (LON + 0.002, LAT), (LON + 0.002, LAT + 0.001), top])
    index = CellIndex({"left": left, "right": right})
    for share in np.linspace(0, 1, 200):
        lon, lat = (float(top[axis] + share * (bottom[axis] - top[axis])) for axis in (0, 1))
        assert index.cell_of(lon, lat) in {"left", "right"}


def test_a_city_without_cells_holds_no_point() -> None:
    assert CellIndex({}).cell_of(LON, LAT) is None


def test_a_cell_that_is_no_area_is_refused() -> None:
    with pytest.raises(ValueError, match="not a valid area"):
        CellIndex({"a": area([(0, 0), (1, 1), (1, 0), (0, 1)])})


@st.composite
def grounds(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Any polygons: a bent lattice of which some cells are left out, some lie twice, some have a hole, and some are joined to one in pieces."""
    cells = bent(draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(0, 2**32 - 1)))
    made: dict[str, dict[str, Any]] = {}
    for code, cell in cells.items():
        ground = polygon_of(cell)
        match draw(st.sampled_from(["as it is", "left out", "twice", "holed", "in pieces", "far away"])):
            case "left out":
                continue
            case "twice":
                made["0" + code] = cell
            case "holed":
                ground = ground - ground.centroid.buffer(0.0001)
            case "in pieces":
                ground = shapely.MultiPolygon([ground, shapely.affinity.translate(ground, 0.009, 0.0)])
            case "far away":
                ground = shapely.affinity.translate(ground, -20.0, 7.0)
        made[code] = dict(mapping(ground))
    return made


@given(grounds(), st.data())
@settings(max_examples=60)
def test_any_ground_is_answered_as_a_plain_loop_over_all_cells_answers(
    cells: dict[str, dict[str, Any]], data: st.DataObject
) -> None:
    areas = {code: polygon_of(cells[code]) for code in sorted(cells)}
    corners = [tuple(point) for area_ in areas.values() for point in shapely.get_coordinates(area_).tolist()]
    somewhere = st.tuples(st.floats(LON - 0.004, LON + 0.014), st.floats(LAT - 0.004, LAT + 0.004))
    points = data.draw(
        st.lists(st.sampled_from(corners) | somewhere if corners else somewhere, min_size=1, max_size=30)
    )
    index = CellIndex(cells)
    found = index.cells_of([lon for lon, _ in points], [lat for _, lat in points])
    for point, position in zip(points, found.tolist(), strict=True):
        covering = [code for code, area_ in areas.items() if area_.covers(shapely.Point(point))]
        near = [code for code, area_ in areas.items() if area_.dwithin(shapely.Point(point), 1e-9)]
        assert (index.codes[position] if position >= 0 else None) == next(iter(covering or near), None)


def test_points_are_answered_alike_one_by_one_and_in_batches_of_any_size() -> None:
    chance = np.random.default_rng(5)
    x, y = chance.uniform(LON - 0.007, LON + 0.007, 3000), chance.uniform(LAT - 0.007, LAT + 0.007, 3000)
    whole = BENT_INDEX.cells_of(x, y)
    parts = [BENT_INDEX.cells_of(x[at : at + 7], y[at : at + 7]) for at in range(0, 3000, 7)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert BENT_INDEX.cells_of([], []).tolist() == []


def test_an_index_made_of_the_parts_of_another_answers_the_same() -> None:
    again = CellIndex.made_of(BENT_INDEX.codes, BENT_INDEX.areas, BENT_INDEX.raster)
    assert again.cell_of(LON, LAT) == BENT_INDEX.cell_of(LON, LAT)


def test_a_cell_far_away_makes_no_square_of_the_others_larger() -> None:
    far = area([(LON + 30, LAT), (LON + 30.001, LAT), (LON + 30.001, LAT + 0.001)])
    index = CellIndex({**BOARD, "990101001001999": far})
    assert np.diff(index.raster.first).max() <= 4
    share = np.count_nonzero(index.raster.answers < -1) / index.raster.answers.size
    assert share < 0.5
    assert index.cell_of(LON + 30.0006, LAT + 0.0003) == "990101001001999"
    assert index.cell_of(LON + 15, LAT) is None
