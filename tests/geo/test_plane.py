import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.area import surface_m2
from geo.distance import metres
from geo.plane import plane_at, plane_of
from tests.geo.builders import LAT, LON, square


@given(st.floats(70, 135), st.floats(4, 54))
def test_a_square_kilometre_is_one_on_the_map_too(lon: float, lat: float) -> None:
    shapes = np.array([shapely.box(lon - 0.005, lat - 0.005, lon + 0.005, lat + 0.005)], dtype=object)
    (flat,) = plane_of(shapes).flat(shapes)
    assert flat.area == pytest.approx(surface_m2(shapes[0]), rel=1e-4)


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_within_half_a_degree_distances_are_right_to_one_in_a_hundred(east: float, north: float) -> None:
    if abs(east) + abs(north) < 0.001:
        return
    ends = np.array([shapely.LineString([(LON, LAT), (LON + east, LAT + north)])], dtype=object)
    (flat,) = plane_at(LON, LAT).flat(ends)
    assert flat.length == pytest.approx(metres(LON, LAT, LON + east, LAT + north), rel=0.01)


def test_what_was_made_flat_and_round_again_has_not_moved() -> None:
    shapes = np.array([shapely.geometry.shape(square(column, 3)) for column in range(4)], dtype=object)
    plane = plane_of(shapes)
    again = plane.round(plane.flat(shapes))
    assert np.abs(shapely.get_coordinates(again) - shapely.get_coordinates(shapes)).max() < 1e-12


def test_a_stray_far_away_does_not_move_the_map_from_the_city() -> None:
    shapes = [shapely.geometry.shape(square(column, 0)) for column in range(5)]
    plane = plane_of(np.array([*shapes, shapely.box(0, 0, 1, 1)], dtype=object))
    assert (plane.lon, plane.lat) == pytest.approx((LON, LAT), abs=0.01)


def test_nothing_has_a_map_too() -> None:
    assert (plane_of(np.array([], dtype=object)).lon, plane_of(np.array([], dtype=object)).lat) == (0, 0)
