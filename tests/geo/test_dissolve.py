"""Cells become one shape, and shapes become simpler together."""

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import surface_m2
from geo.dissolve import areas_of, dissolved, simplified, surfaces_m2

SIDE = 0.001


def grid(columns: int, rows: int) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    squares = [
        shapely.box(111 + SIDE * i, 30 + SIDE * j, 111 + SIDE * (i + 1), 30 + SIDE * (j + 1))
        for i in range(columns)
        for j in range(rows)
    ]
    return np.array(squares, dtype=object)


def test_geojson_areas_become_shapes_in_their_order() -> None:
    given = [{"type": "Polygon", "coordinates": [[[at, 0], [at + 1, 0], [at, 1], [at, 0]]]} for at in range(3)]
    assert [shape.bounds[0] for shape in areas_of(given)] == [0, 1, 2]


def test_what_is_no_geometry_is_an_empty_shape() -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    assert shapely.is_empty(areas_of([{"type": "Square"}, square, {}])).tolist() == [True, False, True]
    assert len(areas_of([])) == 0


@settings(max_examples=30)
@given(st.integers(1, 5), st.integers(1, 5), st.floats(-60, 60), st.floats(0.0001, 0.01))
def test_surfaces_agree_with_the_geodesic_ones(columns: int, rows: int, lat: float, side: float) -> None:
    shapes = np.array([shapely.box(5, lat, 5 + side * columns, lat + side * rows)], dtype=object)
    assert surfaces_m2(shapes)[0] == pytest.approx(surface_m2(shapes[0]), rel=2e-5)


def test_a_hole_is_no_surface() -> None:
    ring = shapely.box(0, 0, 3 * SIDE, 3 * SIDE).difference(shapely.box(SIDE, SIDE, 2 * SIDE, 2 * SIDE))
    assert surfaces_m2(np.array([ring], dtype=object))[0] == pytest.approx(surface_m2(ring), rel=1e-6)


def test_cells_that_share_borders_become_one_shape_without_inner_lines() -> None:
    whole = dissolved(grid(4, 3))
    assert whole.geom_type == "Polygon"
    assert len(shapely.get_rings(whole)) == 1
    assert shapely.area(whole) == pytest.approx(12 * SIDE * SIDE)


def test_cells_that_differ_by_rounding_are_one_shape_all_the_same() -> None:
    apart = 1e-12 * np.arange(12)
    moved = np.array(
        [shapely.affinity.translate(cell, by, by) for cell, by in zip(grid(4, 3), apart, strict=True)], dtype=object
    )
    assert dissolved(moved).geom_type == "Polygon"


def test_cells_that_overlap_are_dissolved_too() -> None:
    shapes = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)], dtype=object)
    assert shapely.area(dissolved(shapes)) == pytest.approx(3)


def test_a_side_without_a_corner_of_its_neighbour_is_dissolved_too() -> None:
    shapes = np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 3, 1), shapely.box(2, 1, 3, 2)], dtype=object)
    whole = dissolved(shapes)
    assert whole.geom_type == "Polygon"
    assert shapely.area(whole) == pytest.approx(6)


def test_parts_that_lie_apart_stay_apart() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1)], dtype=object)
    assert dissolved(shapes).geom_type == "MultiPolygon"


def _jagged() -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Two areas on both sides of a border that zigzags by a tenth of a cell."""
    border = [(1 + 0.1 * (step % 2), step / 20) for step in range(21)]
    left = shapely.Polygon([(0, 0), *border, (0, 1)])
    right = shapely.Polygon([(2, 0), (2, 1), *reversed(border)])
    return np.array([left, right], dtype=object)


def test_neighbours_keep_their_common_border_when_simplified() -> None:
    shapes = _jagged()
    simpler = simplified(shapes, 0.3)
    assert shapely.get_num_coordinates(simpler).sum() < shapely.get_num_coordinates(shapes).sum() / 2
    assert shapely.area(simpler[0].intersection(simpler[1])) == pytest.approx(0)
    assert shapely.area(shapely.union_all(simpler)) == pytest.approx(shapely.area(simpler).sum())


@pytest.mark.parametrize("tolerance", [0, -1])
def test_without_a_tolerance_nothing_is_left_out(tolerance: float) -> None:
    shapes = _jagged()
    assert simplified(shapes, tolerance) is shapes


def test_nothing_is_ever_simplified_away() -> None:
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 20.01, 0.01)], dtype=object)
    assert not shapely.is_empty(simplified(shapes, 1.0)).any()
    assert len(simplified(shapes[:0], 1.0)) == 0
