import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from city.intake.view import View, around, text
from tests.city.intake.builders import SIDE, SOUTH, WEST, square

BOX = (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
VIEW = View(box=BOX, left=10, top=20, width=200, height=100)


def test_the_middle_of_the_box_is_the_middle_of_the_window() -> None:
    assert VIEW.point(WEST + SIDE / 2, SOUTH + SIDE / 2) == pytest.approx((110, 70))


def test_north_is_up_and_east_is_right() -> None:
    low, high = VIEW.point(WEST, SOUTH), VIEW.point(WEST + SIDE, SOUTH + SIDE)
    assert low[0] < high[0]
    assert low[1] > high[1]


def test_the_whole_box_lies_in_the_window_and_touches_two_of_its_edges() -> None:
    (_, bottom), (_, top) = VIEW.point(WEST, SOUTH), VIEW.point(WEST, SOUTH + SIDE)
    assert (bottom, top) == pytest.approx((120, 20))


def test_a_window_wider_than_its_box_shows_what_lies_beside_it() -> None:
    west, south, east, north = VIEW.seen
    assert west < BOX[0] < BOX[2] < east
    assert (south, north) == pytest.approx((BOX[1], BOX[3]))


def test_an_area_outside_of_the_window_is_not_drawn() -> None:
    assert VIEW.path([square(50)]) == ""
    assert VIEW.path([square(0)]).startswith("M")


def test_a_point_is_a_cross() -> None:
    assert VIEW.path([shapely.Point(WEST + SIDE / 2, SOUTH + SIDE / 2)]).count("M") == 2


def test_a_hole_is_drawn_as_a_ring_of_its_own() -> None:
    holed = shapely.Polygon(square(0).exterior, [square(0).buffer(-SIDE / 4).exterior])
    assert VIEW.path([holed]).count("M") == 2


def test_a_box_grows_by_a_share_on_each_side_and_a_point_becomes_one() -> None:
    assert around((0.0, 0.0, 1.0, 1.0), 0.5) == (-0.5, -0.5, 1.5, 1.5)
    west, south, east, north = around((1.0, 2.0, 1.0, 2.0), 0.5)
    assert west < 1.0 < east
    assert south < 2.0 < north


def test_words_cannot_break_the_picture() -> None:
    assert text('<a href="b">&') == "&lt;a href=&quot;b&quot;&gt;&amp;"


@given(st.floats(-180, 180), st.floats(-89, 89))
def test_the_nearest_point_of_the_window_is_in_the_window(lon: float, lat: float) -> None:
    x, y = VIEW.nearest(lon, lat)
    assert 10 <= x <= 210
    assert 20 <= y <= 120
