import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geo.cgcs2000 import (
    GEOGRAPHIC,
    SYSTEMS,
    System,
    from_degrees,
    from_degrees_many,
    plane_fault,
    system_at,
    system_of,
    to_degrees,
    to_degrees_many,
)
from geo.distance import metres

YICHANG = (111.2865, 30.6919)
WUHAN = (114.3055, 30.5928)
PLANES = [system for system in SYSTEMS if system != GEOGRAPHIC]


def test_the_sixty_four_planes_and_the_degrees_have_the_numbers_of_their_register() -> None:
    assert sorted(system.epsg for system in SYSTEMS) == [4490, *range(4491, 4555)]


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_the_register_means_the_same_by_a_number_as_we_do(system: System) -> None:
    registered = CRS.from_epsg(system.epsg)
    assert system_of(registered.name) == system
    assert system_of(registered.to_wkt("WKT1_ESRI").split('"')[1]) == system
    assert system_of(system.name) == system
    if system != GEOGRAPHIC:
        said = registered.to_cf()
        assert said["longitude_of_central_meridian"] == system.meridian
        assert said["false_easting"] == system.false_easting_m


@pytest.mark.parametrize(
    ("name", "epsg"),
    [
        ("EPSG:4546", 4546),
        ("epsg:4490", 4490),
        ("4547", 4547),
        ("urn:ogc:def:crs:EPSG::4546", 4546),
        ("urn:ogc:def:crs:EPSG:6.18.3:4490", 4490),
        ("http://www.opengis.net/def/crs/EPSG/0/4525", 4525),
        ("cgcs2000", 4490),
        ("China Geodetic Coordinate System 2000", 4490),
        ("cgcs2000/3-degree-gk-cm-111e", 4546),
        ("CGCS2000 / 3-degree Gauss-Krüger CM 114E", 4547),
        ("CGCS2000_3_Degree_GK_Zone_37", 4525),
        ("CGCS2000_GK_CM_111E", 4508),
        ("CGCS2000_GK_Zone_19", 4497),
        (" cgcs2000 / gauss-kruger zone 20 ", 4498),
    ],
)
def test_a_system_is_known_by_many_names(name: str, epsg: int) -> None:
    assert system_of(name).epsg == epsg


@pytest.mark.parametrize(
    "name",
    [
        "",
        "EPSG:4326",
        "EPSG:4555",
        "EPSG:45460",
        "wgs84",
        "cgcs2000/3-degree-gk-cm-112e",
        "cgcs2000/6-degree-gk-cm-114e",
        "cgcs2000/3-degree-gk-zone-99",
        "cgcs2000/5-degree-gk-cm-111e",
        "Beijing 1954 / 3-degree Gauss-Kruger CM 111E",
    ],
)
def test_every_other_name_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(
        ValueError, match="use EPSG:4490, EPSG:4491 to EPSG:4554, or a name like cgcs2000/3-degree-gk-cm-111e"
    ):
        system_of(name)


@given(st.text())
def test_any_text_is_a_system_or_refused(text: str) -> None:
    try:
        found: System | None = system_of(text)
    except ValueError:
        found = None
    assert found is None or found in SYSTEMS


@pytest.mark.parametrize(("place", "epsg", "zone"), [(YICHANG, 4546, 37), (WUHAN, 4547, 38)])
def test_the_strip_of_a_city_is_found_by_its_longitude(place: tuple[float, float], epsg: int, zone: int) -> None:
    assert system_at(place[0]).epsg == epsg
    assert system_at(place[0], numbered=True).zone == zone
    assert system_at(place[0], width=6).meridian == {37: 111, 38: 117}[zone]


@pytest.mark.parametrize("lon", [0.0, 70.0, 139.0, math.nan, math.inf])
def test_outside_the_strips_there_is_none(lon: float) -> None:
    with pytest.raises(ValueError, match="lies in no strip"):
        system_at(lon)


def test_strips_are_three_or_six_degrees_wide() -> None:
    with pytest.raises(ValueError, match="3 or 6 degrees wide, not 5"):
        system_at(111.0, width=5)


@given(st.floats(73.5, 135.5), st.sampled_from([3, 6]), st.booleans())
def test_the_strip_of_a_longitude_is_the_nearest(lon: float, width: int, numbered: bool) -> None:
    system = system_at(lon, width=width, numbered=numbered)
    assert abs(lon - system.meridian) <= width / 2
    assert system in SYSTEMS


@given(system=st.sampled_from(PLANES), off=st.floats(-3, 3), lat=st.floats(4, 54))
def test_a_point_of_a_strip_comes_back_to_a_tenth_of_a_millimetre(system: System, off: float, lat: float) -> None:
    lon = system.meridian + off
    assert metres(*to_degrees(system, *from_degrees(system, lon, lat)), lon, lat) < 1e-4


def test_on_the_meridian_the_easting_is_the_false_one() -> None:
    assert from_degrees(System(111, 3), 111.0, 30.0)[0] == pytest.approx(500_000, abs=1e-6)
    assert from_degrees(System(111, 3, numbered=True), 111.0, 30.0)[0] == pytest.approx(37_500_000, abs=1e-6)
    assert from_degrees(System(111, 6, numbered=True), 111.0, 30.0)[0] == pytest.approx(19_500_000, abs=1e-6)


@given(st.floats(109.5, 112.5), st.floats(4, 54))
def test_a_zones_number_is_all_that_differs_between_the_two_ways_of_writing(lon: float, lat: float) -> None:
    x, y = from_degrees(System(111, 3), lon, lat)
    with_zone = from_degrees(System(111, 3, numbered=True), lon, lat)
    assert with_zone == pytest.approx((x + 37_000_000, y), abs=1e-6)


def test_degrees_of_the_geographic_system_stay_what_they_are() -> None:
    assert to_degrees(GEOGRAPHIC, *YICHANG) == YICHANG
    assert from_degrees(GEOGRAPHIC, *YICHANG) == YICHANG


@pytest.mark.parametrize(
    ("epsg", "x", "y", "said"),
    [
        (4546, 3_396_851.0, 527_449.0, "looks like northing and easting swapped"),
        (4525, 3_396_851.0, 37_527_449.0, "looks like northing and easting swapped"),
        (4546, 111.2865, 30.6919, "looks like degrees"),
        (4525, 111.2865, 30.6919, "looks like degrees"),
        (4546, 37_527_449.0, 3_396_851.0, "has a zone's number 37 in front, which this system does not write"),
        (4525, 527_449.0, 3_396_851.0, "zone's number 37 is missing in front"),
        (4525, 38_527_449.0, 3_396_851.0, "the easting is of zone 38, not 37"),
        (4546, math.nan, 3_396_851.0, "finite numbers"),
        (4546, 527_449.0, math.inf, "finite numbers"),
        (4546, 527_449.0, 9_000_000.0, "no easting and northing of cgcs2000/3-degree-gk-cm-111e"),
    ],
)
def test_metres_that_cannot_be_are_told_what_they_look_like(epsg: int, x: float, y: float, said: str) -> None:
    system = system_of(str(epsg))
    assert said in str(plane_fault(system, x, y))
    with pytest.raises(ValueError, match=said):
        to_degrees(system, x, y)


def test_metres_that_can_be_have_no_fault() -> None:
    assert plane_fault(System(111, 3), 527_449.0, 3_396_851.0) is None


@pytest.mark.parametrize("place", [(0.0, 0.0), (139.7, 35.7), (111.0, -30.0), (-69.0, 30.0)])
def test_a_point_far_from_a_strip_has_no_metres_in_it(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="too far from the strip of cgcs2000/3-degree-gk-cm-111e"):
        from_degrees(System(111, 3), *place)


@pytest.mark.parametrize("system", [GEOGRAPHIC, System(111, 3), System(111, 6, numbered=True)], ids=str)
@given(points=st.lists(st.tuples(st.floats(109, 113), st.floats(4, 54)), min_size=1, max_size=20))
def test_many_points_are_projected_as_each_alone(system: System, points: list[tuple[float, float]]) -> None:
    lons, lats = (np.array([point[axis] for point in points]) for axis in (0, 1))
    xs, ys = from_degrees_many(system, lons, lats)
    each = [from_degrees(system, *point) for point in points]
    assert xs == pytest.approx([x for x, _ in each], abs=1e-6)
    assert ys == pytest.approx([y for _, y in each], abs=1e-6)
    back = to_degrees_many(system, xs, ys)
    assert np.abs(back[0] - lons).max() < 1e-9
    assert np.abs(back[1] - lats).max() < 1e-9


def test_the_first_wrong_point_of_many_is_named() -> None:
    xs, ys = np.array([527_449.0, 3_396_851.0, 1.0]), np.array([3_396_851.0, 527_449.0, 1.0])
    with pytest.raises(ValueError, match=r"point 1: .*swapped"):
        to_degrees_many(System(111, 3), xs, ys)
