import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import EARTH_RADIUS_M, metres

points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def test_a_ten_thousandth_of_a_degree_of_latitude_is_about_eleven_metres() -> None:
    assert metres(111.3, 30.7, 111.3, 30.7001) == pytest.approx(11.12, abs=0.01)


def test_yichang_and_wuhan_lie_290_km_apart() -> None:
    assert metres(111.2865, 30.6919, 114.3055, 30.5928) == pytest.approx(289_000, rel=0.01)


def test_the_other_side_of_the_earth_is_half_way_round() -> None:
    assert metres(0, 0, 180, 0) == pytest.approx(EARTH_RADIUS_M * 3.141592653589793)


@given(points, points)
def test_there_is_as_far_as_back(one: tuple[float, float], other: tuple[float, float]) -> None:
    assert metres(*one, *other) == pytest.approx(metres(*other, *one))
    assert metres(*one, *other) >= 0


@given(points)
def test_a_point_is_no_distance_from_itself(point: tuple[float, float]) -> None:
    assert metres(*point, *point) == 0
