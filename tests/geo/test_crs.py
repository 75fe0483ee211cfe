import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.crs import CRS_NAMES, from_wgs84, from_wgs84_many, in_china, to_wgs84, to_wgs84_many
from geo.distance import metres
from geo.shift import EAST, NORTH, SOUTH, WEST

in_the_city = st.tuples(st.floats(74, 135), st.floats(4, 53))

# Public test vectors: WGS-84, GCJ-02, BD-09.
YICHANG = ((111.2865, 30.6919), (111.2921596, 30.6894610), (111.2987247, 30.6951496))
WUHAN = ((114.3055, 30.5928), (114.3109449, 30.5903906), (114.3175127, 30.5960999))
BEIJING = ((116.3975, 39.9087), (116.4037436, 39.9101035), (116.4101166, 39.9164427))
TOKYO = (139.7, 35.7)


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), [YICHANG, WUHAN, BEIJING])
def test_known_places_shift_as_published(
    wgs84: tuple[float, float], gcj02: tuple[float, float], bd09: tuple[float, float]
) -> None:
    assert from_wgs84(*wgs84, "gcj02") == pytest.approx(gcj02, abs=1e-7)
    assert from_wgs84(*wgs84, "bd09") == pytest.approx(bd09, abs=1e-7)


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), [YICHANG, WUHAN, BEIJING])
def test_a_phones_point_comes_back_to_the_centimetre(
    wgs84: tuple[float, float], gcj02: tuple[float, float], bd09: tuple[float, float]
) -> None:
    assert metres(*to_wgs84(*gcj02, "gcj02"), *wgs84) < 0.02
    assert metres(*to_wgs84(*bd09, "bd09"), *wgs84) < 0.02


@pytest.mark.parametrize(("place", "off_m"), [(YICHANG, 605), (WUHAN, 586), (BEIJING, 555)])
def test_an_unconverted_phone_point_lies_six_cells_off(
    place: tuple[tuple[float, float], tuple[float, float], tuple[float, float]], off_m: float
) -> None:
    assert metres(*place[0], *place[1]) == pytest.approx(off_m, abs=1)


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
@given(point=in_the_city)
@example(point=(105.0, 35.0))
@example(point=(111.2865, 30.6919))
def test_shifting_and_unshifting_is_exact_to_a_tenth_of_a_millimetre(crs: str, point: tuple[float, float]) -> None:
    assert metres(*to_wgs84(*from_wgs84(*point, crs), crs), *point) < 1e-4


@pytest.mark.parametrize("crs", CRS_NAMES)
def test_outside_china_nothing_moves(crs: str) -> None:
    assert to_wgs84(*TOKYO, crs) == TOKYO
    assert from_wgs84(*TOKYO, crs) == TOKYO


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000"])
@given(point=in_the_city)
def test_wgs84_and_cgcs2000_are_the_same(crs: str, point: tuple[float, float]) -> None:
    assert to_wgs84(*point, crs) == point
    assert from_wgs84(*point, crs) == point


@pytest.mark.parametrize("convert", [to_wgs84, from_wgs84])
def test_an_unknown_system_is_refused_with_the_known_ones(convert: object) -> None:
    assert callable(convert)
    with pytest.raises(ValueError, match="unknown crs 'WGS84': use one of wgs84, gcj02, bd09, cgcs2000"):
        convert(111.3, 30.7, "WGS84")


def test_the_rectangle_of_china_includes_its_edges() -> None:
    assert in_china(73.66, 3.86)
    assert in_china(135.05, 53.55)
    assert not in_china(135.06, 53.55)
    assert not in_china(100, 53.56)


SHIFTED = ["gcj02", "bd09"]
FARTHEST = 0.02  # degrees, farther than any point is shifted
in_the_box = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
on_an_edge = st.one_of(
    st.tuples(st.sampled_from([WEST, EAST]), st.floats(SOUTH, NORTH)),
    st.tuples(st.floats(WEST, EAST), st.sampled_from([SOUTH, NORTH])),
    st.tuples(st.sampled_from([WEST, EAST]), st.sampled_from([SOUTH, NORTH])),
)
by_an_edge = st.tuples(on_an_edge, st.floats(-FARTHEST, FARTHEST), st.floats(-FARTHEST, FARTHEST)).map(
    lambda p: (p[0][0] + p[1], p[0][1] + p[2])
)
anywhere = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
far_outside = anywhere.filter(
    lambda p: not (WEST - FARTHEST <= p[0] <= EAST + FARTHEST and SOUTH - FARTHEST <= p[1] <= NORTH + FARTHEST)
)


@pytest.mark.parametrize("crs", SHIFTED)
@given(point=st.one_of(in_the_box, on_an_edge, by_an_edge.filter(lambda p: in_china(*p))))
@example(point=(WEST, SOUTH))
@example(point=(WEST, NORTH))
@example(point=(EAST, SOUTH))
@example(point=(EAST, NORTH))
def test_every_point_of_the_box_comes_back_also_from_an_image_outside(crs: str, point: tuple[float, float]) -> None:
    assert metres(*to_wgs84(*from_wgs84(*point, crs), crs), *point) < 1e-3


@pytest.mark.parametrize("crs", SHIFTED)
@given(point=st.one_of(in_the_box, on_an_edge, by_an_edge, anywhere))
def test_what_a_map_shows_is_shown_there_again(crs: str, point: tuple[float, float]) -> None:
    image = from_wgs84(*point, crs)
    assert metres(*from_wgs84(*to_wgs84(*image, crs), crs), *image) < 1e-3


@pytest.mark.parametrize("crs", SHIFTED)
@given(image=st.tuples(st.floats(WEST + FARTHEST, EAST - FARTHEST), st.floats(SOUTH + FARTHEST, NORTH - FARTHEST)))
def test_any_image_but_by_the_edge_is_that_of_a_point(crs: str, image: tuple[float, float]) -> None:
    assert metres(*from_wgs84(*to_wgs84(*image, crs), crs), *image) < 1e-3


@pytest.mark.parametrize("crs", SHIFTED)
@given(point=st.one_of(far_outside, by_an_edge.filter(lambda p: not in_china(*p))))
@example(point=TOKYO)
@example(point=(0.0, 0.0))
@example(point=(math.nextafter(WEST, 0), 30.0))
@example(point=(110.0, math.nextafter(NORTH, 90)))
def test_no_point_outside_the_box_is_shifted(crs: str, point: tuple[float, float]) -> None:
    assert from_wgs84(*point, crs) == point


@pytest.mark.parametrize("crs", SHIFTED)
@given(point=far_outside)
@example(point=(-180.0, -90.0))
@example(point=(180.0, 90.0))
def test_nothing_comes_back_shifted_from_outside_the_box(crs: str, point: tuple[float, float]) -> None:
    assert to_wgs84(*point, crs) == point


@pytest.mark.parametrize("crs", SHIFTED)
@given(image=by_an_edge)
def test_a_place_by_the_edge_is_the_image_of_a_point_inside_or_itself_or_nobodys(
    crs: str, image: tuple[float, float]
) -> None:
    point = to_wgs84(*image, crs)
    if metres(*from_wgs84(*point, crs), *image) >= 1e-3:  # nobody's image
        assert in_china(*image)
        assert not in_china(*point)
        assert metres(*point, *image) < 2000
    elif not in_china(*point):
        assert point == image


@pytest.mark.parametrize("crs", SHIFTED)
def test_a_point_whose_image_leaves_the_box_comes_back_to_the_inside(crs: str) -> None:
    edge = [(EAST, lat) for lat in (20.0, 31.5, 45.0)] + [(lon, NORTH) for lon in (80.0, 105.5, 120.0)]
    leaving = [point for point in edge if not in_china(*from_wgs84(*point, crs))]
    assert leaving
    assert all(metres(*to_wgs84(*from_wgs84(*point, crs), crs), *point) < 1e-3 for point in leaving)


@pytest.mark.parametrize("crs", SHIFTED)
@pytest.mark.parametrize("place", [(114.1694, 22.3193), (121.5654, 25.0330), (113.5439, 22.1987)])
def test_hong_kong_taipei_and_macao_lie_in_the_box_and_are_shifted(crs: str, place: tuple[float, float]) -> None:
    assert in_china(*place)
    assert metres(*from_wgs84(*place, crs), *place) > 100


@pytest.mark.parametrize("crs", [*CRS_NAMES, "EPSG:4546"])
def test_what_is_no_number_stays_no_number_or_is_refused(crs: str) -> None:
    for wrong in (math.nan, math.inf):
        if crs in CRS_NAMES:
            assert str(to_wgs84(wrong, 30.0, crs)) == str((wrong, 30.0))
            assert str(from_wgs84(wrong, 30.0, crs)) == str((wrong, 30.0))
        else:
            with pytest.raises(ValueError, match="finite"):
                to_wgs84(wrong, 30.0, crs)


@pytest.mark.parametrize("crs", CRS_NAMES)
@given(points=st.lists(st.one_of(in_the_box, on_an_edge, by_an_edge, anywhere), max_size=30))
def test_many_points_at_once_are_shifted_as_each_alone(crs: str, points: list[tuple[float, float]]) -> None:
    lons, lats = (np.array([point[axis] for point in points]) for axis in (0, 1))
    for many, one in ((to_wgs84_many, to_wgs84), (from_wgs84_many, from_wgs84)):
        x, y = many(lons, lats, crs)
        each = [one(*point, crs) for point in points]
        assert x == pytest.approx([point[0] for point in each], abs=1e-11)
        assert y == pytest.approx([point[1] for point in each], abs=1e-11)
    assert [(lon, lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)] == points


def test_many_points_keep_the_shape_of_their_arrays() -> None:
    lons, lats = np.full((2, 3), 111.3), np.full((2, 3), 30.7)
    for crs in (*CRS_NAMES, "EPSG:4546"):
        x, y = from_wgs84_many(lons, lats, crs)
        back = to_wgs84_many(x, y, crs)
        assert x.shape == y.shape == back[0].shape == (2, 3)
        assert np.abs(back[0] - lons).max() < 1e-9


def test_lists_of_whole_numbers_are_points_too() -> None:
    x, y = to_wgs84_many([139], [35], "gcj02")
    assert (x.tolist(), y.tolist()) == ([139.0], [35.0])


@pytest.mark.parametrize("convert", [to_wgs84_many, from_wgs84_many])
def test_unequal_numbers_of_longitudes_and_latitudes_are_refused(convert: object) -> None:
    assert callable(convert)
    with pytest.raises(ValueError, match="as many longitudes as latitudes"):
        convert([111.0, 112.0], [30.0], "gcj02")


@pytest.mark.parametrize("convert", [to_wgs84_many, from_wgs84_many])
def test_an_unknown_system_is_refused_for_many_as_for_one(convert: object) -> None:
    assert callable(convert)
    with pytest.raises(ValueError, match=r"unknown crs 'EPSG:4326'.*or a plane system such as EPSG:4546"):
        convert([111.0], [30.0], "EPSG:4326")


def test_a_plane_systems_metres_become_degrees() -> None:
    east, north = from_wgs84(111.2865, 30.6919, "EPSG:4546")
    assert (east, north) == pytest.approx((527_449.602, 3_396_851.286), abs=1e-3)
    assert to_wgs84(east, north, "cgcs2000/3-degree-gk-cm-111e") == pytest.approx((111.2865, 30.6919), abs=1e-11)
