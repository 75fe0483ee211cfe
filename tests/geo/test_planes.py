import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geo.crs import from_wgs84
from geo.planes import converter, is_exact, named, strayed

YICHANG = (111.2865, 30.6919)
PLANE_M = (527446.0, 3396700.0)  # near Yichang, by EPSG:4546


def moved(crs: str, *pairs: tuple[float, float]) -> list[list[float]]:
    """Pairs of a system in degrees of WGS-84."""
    found: list[list[float]] = converter(crs)(np.array(pairs, dtype=np.float64)).tolist()
    return found


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000", "EPSG:4326", "EPSG:4490"])
def test_degrees_of_wgs84_and_cgcs2000_stay_what_they_are(crs: str) -> None:
    assert moved(crs, YICHANG)[0] == pytest.approx(YICHANG, abs=1e-9)


@pytest.mark.parametrize(
    ("crs", "shown"),
    [("gcj02", (111.2921596, 30.6894610)), ("bd09", (111.2987247, 30.6951496))],
)
def test_what_map_services_show_in_yichang_is_moved_back(crs: str, shown: tuple[float, float]) -> None:
    assert moved(crs, shown)[0] == pytest.approx(YICHANG, abs=2e-7)


def test_metres_of_a_three_degree_zone_become_degrees_with_and_without_its_number() -> None:
    east, north = PLANE_M
    (plain,) = moved("EPSG:4546", (east, north))
    (zoned,) = moved("EPSG:4525", (east + 37_000_000, north))
    assert plain == pytest.approx(zoned, abs=1e-9)
    assert plain == pytest.approx(YICHANG, abs=0.01)


def test_a_system_may_be_given_as_wkt() -> None:
    assert moved(CRS.from_epsg(4546).to_wkt(), PLANE_M)[0] == pytest.approx(moved("EPSG:4546", PLANE_M)[0])


@pytest.mark.parametrize("crs", ["mars", "EPSG:1", "", "GCJ"])
def test_an_unknown_system_is_refused_with_what_to_write(crs: str) -> None:
    with pytest.raises(ValueError, match=r"unknown coordinate system .*EPSG:4546"):
        converter(crs)


def test_a_system_is_called_by_its_name_and_code() -> None:
    assert named("EPSG:4546") == "CGCS2000 / 3-degree Gauss-Kruger CM 111E (EPSG:4546)"
    assert named("gcj02") == "gcj02"


@pytest.mark.parametrize(
    ("crs", "exact"),
    [
        ("wgs84", True),
        ("bd09", True),
        ("EPSG:4546", True),
        ("EPSG:32649", True),
        ("EPSG:2435", False),
        ("EPSG:4610", False),
    ],
)
def test_older_datums_are_known_to_be_rough(crs: str, exact: bool) -> None:
    assert is_exact(crs) is exact


@pytest.mark.parametrize(
    ("crs", "pair", "why"),
    [
        ("wgs84", (30.7, 111.3), "longitude and latitude are swapped"),
        ("EPSG:4326", (527446.0, 3396700.0), "they look like metres"),
        ("EPSG:4546", (111.3, 30.7), "they look like degrees"),
        ("EPSG:4546", (37527446.0, 3396700.0), "an easting that begins with 37 carries its zone"),
    ],
)
def test_coordinates_of_another_system_are_recognised(crs: str, pair: tuple[float, float], why: str) -> None:
    pairs = np.array([pair])
    assert why in strayed(pairs, converter(crs)(pairs), crs)


def test_coordinates_in_their_place_raise_no_doubt() -> None:
    pairs = np.array([PLANE_M])
    assert strayed(pairs, converter("EPSG:4546")(pairs), "EPSG:4546") == ""
    assert strayed(np.empty((0, 2)), np.empty((0, 2)), "EPSG:4546") == ""


@given(st.floats(108, 114), st.floats(25, 35), st.sampled_from(["gcj02", "bd09", "cgcs2000", "wgs84"]))
def test_many_points_are_moved_back_as_one_is(lon: float, lat: float, crs: str) -> None:
    shown = from_wgs84(lon, lat, crs)
    for pair in moved(crs, shown, shown):
        assert pair == pytest.approx((lon, lat), abs=1e-8)


@pytest.mark.parametrize("crs", ['LOCAL_CS["our own"]', "EPSG:4978", "EPSG:5773"])
def test_a_local_a_geocentric_and_a_vertical_system_are_refused_in_words(crs: str) -> None:
    for asked in (converter, named, is_exact):
        with pytest.raises(ValueError, match="nobody can say where on Earth it lies"):
            asked(crs)
