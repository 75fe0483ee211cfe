from math import nan
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.mending import Outline, OutlineFlaw, Repair, areas, coordinates, read

BOX = shapely.box(0, 0, 1, 1)
BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)])
NEARLY = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.4999, 1.0), (0.5001, 1.0001), (0.5, 0.9999), (0, 1), (0, 0)])


def unmoved(pairs: Any) -> Any:
    """Coordinates that are degrees already."""
    return pairs


def outlined(*shapes: Any, ring_order: bool = False) -> list[Outline]:
    """Shapes as areas."""
    wkbs = [None if shape is None else shapely.to_wkb(shape) for shape in shapes]
    return areas(read(wkbs), unmoved, ring_order=ring_order)


def test_an_area_is_taken_as_it_is_anticlockwise() -> None:
    (outline,) = outlined(shapely.box(0, 0, 1, 1, ccw=False))
    assert outline.flaw is None
    assert outline.repairs == ()
    assert outline.area.equals(BOX)
    assert outline.area.exterior.is_ccw


def test_a_ring_the_wrong_way_round_counts_only_where_an_order_is_prescribed() -> None:
    (outline,) = outlined(shapely.box(0, 0, 1, 1, ccw=False), ring_order=True)
    assert outline.repairs == (Repair.RING_ORDER,)
    assert outline.area.exterior.is_ccw
    assert outlined(shapely.box(0, 0, 1, 1, ccw=True), ring_order=True)[0].repairs == ()


def test_a_hole_the_wrong_way_round_counts_too() -> None:
    holed = shapely.Polygon(BOX.exterior, [shapely.box(0.4, 0.4, 0.6, 0.6, ccw=True).exterior])
    (outline,) = outlined(holed, ring_order=True)
    assert outline.repairs == (Repair.RING_ORDER,)
    assert outline.area.area == pytest.approx(0.96)


def test_heights_are_left_out() -> None:
    (outline,) = outlined(shapely.force_3d(BOX, 50.0))
    assert outline.repairs == (Repair.FLATTENED,)
    assert not outline.area.has_z


def test_a_multipolygon_of_one_part_is_a_polygon() -> None:
    (outline,) = outlined(shapely.MultiPolygon([BOX]))
    assert outline.area.geom_type == "Polygon"


def test_several_parts_stay_together() -> None:
    (outline,) = outlined(shapely.MultiPolygon([BOX, shapely.box(2, 0, 3, 1)]))
    assert outline.area.geom_type == "MultiPolygon"


@pytest.mark.parametrize(
    ("shape", "flaw", "detail"),
    [
        (None, OutlineFlaw.MISSING, ""),
        (shapely.Polygon(), OutlineFlaw.MISSING, ""),
        (shapely.Point(1, 1), OutlineFlaw.NOT_AN_AREA, "Point"),
        (shapely.LineString([(0, 0), (1, 1)]), OutlineFlaw.NOT_AN_AREA, "LineString"),
        (shapely.GeometryCollection([BOX]), OutlineFlaw.NOT_AN_AREA, "GeometryCollection"),
    ],
)
def test_what_is_no_area_has_a_flaw(shape: Any, flaw: OutlineFlaw, detail: str) -> None:
    (outline,) = outlined(shape)
    assert (outline.flaw, outline.detail, outline.area) == (flaw, detail, None)


def test_a_coordinate_that_is_not_a_number_is_a_flaw() -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(0, 0), (1, 0), (1, nan), (0, 1), (0, 0)])
    assert outlined(broken)[0].flaw is OutlineFlaw.NOT_A_NUMBER


def test_a_crossing_so_small_that_there_is_no_doubt_is_mended() -> None:
    assert not NEARLY.is_valid
    (outline,) = outlined(NEARLY)
    assert outline.repairs == (Repair.CROSSING,)
    assert outline.area.is_valid
    assert outline.area.area == pytest.approx(1.0, abs=0.001)


def test_a_bow_tie_is_a_matter_of_opinion_and_stays_broken() -> None:
    (outline,) = outlined(BOW_TIE)
    assert outline.flaw is OutlineFlaw.BROKEN
    assert outline.detail.startswith("Self-intersection")
    assert outline.area is not None


def test_a_ring_that_collapses_to_a_line_has_a_flaw() -> None:
    (outline,) = outlined(shapely.Polygon([(0, 0), (1, 1), (0, 0), (0, 0)]))
    assert outline.flaw is OutlineFlaw.BROKEN


def test_bytes_that_are_no_shape_are_missing() -> None:
    assert areas(read([b"\x01\x02"]), unmoved)[0].flaw is OutlineFlaw.MISSING


def test_one_broken_outline_leaves_its_neighbours_alone() -> None:
    found = outlined(BOX, BOW_TIE, None, shapely.box(1, 0, 2, 1))
    assert [outline.flaw for outline in found] == [None, OutlineFlaw.BROKEN, OutlineFlaw.MISSING, None]


def test_coordinates_are_moved_before_anything_is_judged() -> None:
    found = areas(read([shapely.to_wkb(BOX)]), lambda pairs: pairs + np.array([111.0, 30.0]))
    assert found[0].area.bounds == (111.0, 30.0, 112.0, 31.0)


def test_only_finite_coordinates_count_for_where_a_layer_lies() -> None:
    with np.errstate(invalid="ignore"):
        shapes = np.array([BOX, shapely.Point(nan, 1), None], dtype=object)
    assert len(coordinates(shapes)) == 5


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=4, max_size=9))
def test_whatever_is_drawn_is_a_valid_area_or_has_a_flaw(points: list[tuple[float, float]]) -> None:
    (outline,) = outlined(shapely.Polygon([*points, points[0]]))
    assert outline.flaw is not None or (outline.area.is_valid and outline.area.area > 0)
