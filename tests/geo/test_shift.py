import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import metres
from geo.shift import (
    ARRAYS,
    EAST,
    FLOATS,
    NORTH,
    SOUTH,
    WEST,
    Shift,
    at_the_edge,
    bd09,
    gcj02,
    in_china,
    shifted,
    shifted_many,
    unshifted,
    unshifted_many,
)

SHIFTS = [gcj02, bd09]
inside = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
FARTHEST = 0.02  # degrees


@pytest.mark.parametrize("shift", SHIFTS)
@given(point=inside)
def test_floats_and_arrays_are_shifted_by_one_formula(shift: Shift[float], point: tuple[float, float]) -> None:
    x, y = shift(np.array([point[0]]), np.array([point[1]]), ARRAYS)  # type: ignore[arg-type]
    assert (float(x[0]), float(y[0])) == pytest.approx(shift(*point, FLOATS), abs=1e-12)


@pytest.mark.parametrize("shift", SHIFTS)
@given(point=inside)
def test_no_point_is_shifted_farther_than_is_looked_for_it(shift: Shift[float], point: tuple[float, float]) -> None:
    x, y = shifted(*point, shift)
    assert max(abs(x - point[0]), abs(y - point[1])) < FARTHEST


@pytest.mark.parametrize("shift", SHIFTS)
@given(point=inside, east=st.floats(-1e-3, 1e-3), north=st.floats(-1e-3, 1e-3))
def test_neighbours_stay_neighbours_so_that_the_inverse_converges(
    shift: Shift[float], point: tuple[float, float], east: float, north: float
) -> None:
    """The shift itself differs by less than a tenth of what the points differ by, but for rounding and the root by 105° E."""
    x, y = shift(*point, FLOATS)
    u, v = shift(point[0] + east, point[1] + north, FLOATS)
    apart = math.hypot(east, north)
    assert math.hypot(u - x - east, v - y - north) <= 0.1 * apart + 1e-7


@given(inside)
def test_baidu_shifts_what_is_shifted_already(point: tuple[float, float]) -> None:
    x, y = gcj02(*point, FLOATS)
    turn = math.pi * 3000 / 180
    radius = math.hypot(x, y) + 0.00002 * math.sin(y * turn)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * turn)
    expected = (radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006)
    assert bd09(*point, FLOATS) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_usual_one_step_inverse_errs_by_over_a_metre_and_ours_does_not(shift: Shift[float]) -> None:
    yichang = (111.2865, 30.6919)
    x, y = shifted(*yichang, shift)
    again_x, again_y = shifted(x, y, shift)
    assert metres(2 * x - again_x, 2 * y - again_y, *yichang) > 1
    assert metres(*unshifted(x, y, shift), *yichang) < 1e-6


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_place_inside_that_is_nobodys_image_is_unshifted_to_the_outside(shift: Shift[float]) -> None:
    """What lies there is shifted to the east, so that nothing is shown right at the western edge."""
    edge = [(WEST, lat) for lat in (20.0, 35.0, 50.0)]
    alone = [place for place in edge if not in_china(*unshifted(*place, shift))]
    assert alone
    for place in alone:
        assert metres(*unshifted(*place, shift), *place) < 2000
        lone_x, lone_y = unshifted_many(np.array([place[0]]), np.array([place[1]]), shift)  # type: ignore[arg-type]
        assert (lone_x[0], lone_y[0]) == pytest.approx(unshifted(*place, shift), abs=1e-11)


@pytest.mark.parametrize("shift", SHIFTS)
def test_arrays_without_a_point_stay_empty(shift: Shift[float]) -> None:
    for many in (shifted_many, unshifted_many):
        x, y = many(np.array([]), np.array([]), shift)  # type: ignore[arg-type]
        assert x.size == y.size == 0


@pytest.mark.parametrize("shift", SHIFTS)
def test_what_is_no_number_does_not_disturb_its_neighbours(shift: Shift[float]) -> None:
    lons, lats = np.array([math.nan, 111.2865, math.inf]), np.array([30.0, 30.6919, math.nan])
    for many, one in ((shifted_many, shifted), (unshifted_many, unshifted)):
        x, y = many(lons, lats, shift)  # type: ignore[arg-type]
        assert (x[1], y[1]) == pytest.approx(one(111.2865, 30.6919, shift), abs=1e-11)
        assert math.isnan(x[0])
        assert math.isinf(x[2])
        assert y[0] == 30.0


@pytest.mark.parametrize("shift", SHIFTS)
@given(points=st.lists(inside, min_size=1, max_size=20))
def test_shifting_leaves_its_arguments_as_they_were(shift: Shift[float], points: list[tuple[float, float]]) -> None:
    lons, lats = (np.array([point[axis] for point in points]) for axis in (0, 1))
    before = lons.copy(), lats.copy()
    shifted_many(lons, lats, shift)  # type: ignore[arg-type]
    unshifted_many(lons, lats, shift)  # type: ignore[arg-type]
    assert (lons == before[0]).all()
    assert (lats == before[1]).all()


ISLANDS_AND_SEAS = {
    "Hong Kong": (114.1694, 22.3193),
    "Macao": (113.5439, 22.1987),
    "Taipei": (121.5654, 25.0330),
    "the South China Sea": (118.0, 15.0),
}


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("place", ISLANDS_AND_SEAS)
def test_islands_and_seas_in_the_rectangle_are_shifted_like_the_mainland_and_come_back(
    shift: Shift[float], place: str
) -> None:
    point = ISLANDS_AND_SEAS[place]
    image = shifted(*point, shift)
    assert 300 < metres(*point, *image) < 1500
    assert metres(*unshifted(*image, shift), *point) < 1e-6
    assert not at_the_edge(*image)


@pytest.mark.parametrize("shift", SHIFTS)
@given(point=st.tuples(st.floats(-180, 180), st.floats(-90, 90)))
def test_only_by_an_edge_is_what_is_outside_taken_for_an_image_of_the_inside(
    shift: Shift[float], point: tuple[float, float]
) -> None:
    if not in_china(*point) and not at_the_edge(*point):
        assert unshifted(*point, shift) == point


@pytest.mark.parametrize("point", [(WEST - 0.01, 39.0), (EAST + 0.01, 48.0), (122.0, NORTH), (110.0, SOUTH + 0.01)])
def test_both_sides_of_an_edge_are_at_it(point: tuple[float, float]) -> None:
    assert at_the_edge(*point)
    assert not at_the_edge(111.3, 30.7)
    assert not at_the_edge(point[0], 70.0)
