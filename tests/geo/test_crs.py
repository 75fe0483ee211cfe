import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.crs import CRS_NAMES, from_wgs84, in_china, to_wgs84
from geo.distance import metres

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


def test_an_unconverted_phone_point_in_yichang_lies_605_m_off() -> None:
    assert metres(*YICHANG[0], *YICHANG[1]) == pytest.approx(605, abs=1)


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
