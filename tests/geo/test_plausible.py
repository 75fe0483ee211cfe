import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.crs import from_wgs84
from geo.distance import metres
from geo.plausible import (
    FAR_M,
    FARTHEST_OFF_M,
    LEAST_JUMP_M,
    LEAST_OFF_M,
    VANISHED_M,
    Fix,
    far_from,
    jump_between,
    looks_half_filled,
    looks_swapped,
    looks_without_fix,
    mistaken_system,
)

# Public test vectors: WGS-84, GCJ-02, BD-09.
YICHANG = ((111.2865, 30.6919), (111.2921596, 30.6894610), (111.2987247, 30.6951496))
WUHAN = ((114.3055, 30.5928), (114.3109449, 30.5903906), (114.3175127, 30.5960999))
BEIJING = ((116.3975, 39.9087), (116.4037436, 39.9101035), (116.4101166, 39.9164427))
LON, LAT = YICHANG[0]
NORTH_M = 1 / 111_195.08  # degrees of latitude in a metre

in_china = st.tuples(st.floats(74, 135), st.floats(4, 53))
fixes = st.builds(Fix, st.floats(110, 112), st.floats(30, 31), st.integers(0, 10**7))


def north_of(metres_: float) -> tuple[float, float]:
    return LON, LAT + metres_ * NORTH_M


@pytest.mark.parametrize(
    ("lon", "lat", "so"),
    [
        (30.69, 111.28, True),
        (-30.0, -91.0, True),
        (30.0, 90.1, True),
        (111.28, 30.69, False),
        (43.8, 87.6, False),
        (30.0, 90.0, False),
        (120.0, 111.0, False),
        (30.0, 200.0, False),
        (0.0, 0.0, False),
    ],
)
def test_a_pair_looks_swapped_when_it_can_be_degrees_only_the_other_way_round(lon: float, lat: float, so: bool) -> None:
    assert looks_swapped(lon, lat) is so


@given(in_china)
def test_in_china_east_of_ninety_every_swapped_pair_is_seen_and_none_that_is_right(point: tuple[float, float]) -> None:
    lon, lat = point
    assert not looks_swapped(lon, lat)
    assert looks_swapped(lat, lon) == (lon > 90)


@pytest.mark.parametrize(
    ("lon", "lat", "so"),
    [(0.0, 0.0, True), (-0.0, 0.0, True), (0.0099, -0.0099, True), (0.01, 0.0, False), (0.0, 30.0, False)],
)
def test_a_receiver_without_a_fix_says_that_it_is_off_the_coast_of_africa(lon: float, lat: float, so: bool) -> None:
    assert looks_without_fix(lon, lat) is so


@pytest.mark.parametrize(
    ("lon", "lat", "so"), [(0.0, 30.69, True), (111.28, 0.0, True), (0.0, 0.0, False), (111.28, 30.69, False)]
)
def test_one_coordinate_of_exactly_zero_was_never_filled_in(lon: float, lat: float, so: bool) -> None:
    assert looks_half_filled(lon, lat) is so


@pytest.mark.parametrize(
    ("way_m", "after_ms", "jumps"),
    [
        (49.0, 1000, False),
        (51.0, 1000, True),
        (499.0, 10_000, False),
        (501.0, 10_000, True),
        (19.0, 0, False),
        (21.0, 0, True),
        (19.0, 100, False),
        (21.0, 100, True),
        (0.0, 0, False),
        (100_000.0, 3_600_000, False),
    ],
)
def test_faster_than_fifty_metres_a_second_is_a_jump(way_m: float, after_ms: int, jumps: bool) -> None:
    there = Fix(*north_of(way_m), 5000 + after_ms)
    jump = jump_between(Fix(LON, LAT, 5000), there)
    assert (jump is not None) is jumps
    if jump is not None:
        assert jump.metres == pytest.approx(way_m, abs=0.1)
        assert jump.seconds == after_ms / 1000


def test_how_fast_is_too_fast_may_be_said() -> None:
    before, after = Fix(LON, LAT, 0), Fix(*north_of(300), 10_000)
    assert jump_between(before, after) is None
    assert jump_between(before, after, fastest_m_per_s=20) is not None


@given(fixes, fixes)
def test_a_jump_is_the_same_whichever_fix_was_first(one: Fix, other: Fix) -> None:
    assert jump_between(one, other) == pytest.approx(jump_between(other, one))


@given(fixes, fixes)
def test_a_jump_is_exactly_what_the_fastest_way_does_not_reach(one: Fix, other: Fix) -> None:
    way, seconds = metres(*one[:2], *other[:2]), abs(one.at - other.at) / 1000
    assert (jump_between(one, other) is None) == (way <= max(50 * seconds, LEAST_JUMP_M))


@given(fixes, st.integers(0, 10**6))
def test_standing_still_is_never_a_jump(fix: Fix, later: int) -> None:
    assert jump_between(fix, fix._replace(at=fix.at + later)) is None


@pytest.mark.parametrize(("off_m", "far"), [(0.0, False), (199.0, False), (201.0, True), (5000.0, True)])
def test_two_hundred_metres_from_where_it_should_be_is_far(off_m: float, far: bool) -> None:
    found = far_from((LON, LAT), north_of(off_m))
    assert (found is not None) is far
    if found is not None:
        assert found == pytest.approx(off_m, abs=0.5)


def test_how_far_is_far_may_be_said() -> None:
    assert far_from((LON, LAT), north_of(150)) is None
    assert far_from((LON, LAT), north_of(150), limit_m=100) == pytest.approx(150, abs=0.2)


@pytest.mark.parametrize(("home", "gcj02", "bd09"), [YICHANG, WUHAN, BEIJING])
def test_a_phones_point_sent_as_wgs84_is_known_by_the_registered_place(
    home: tuple[float, float], gcj02: tuple[float, float], bd09: tuple[float, float]
) -> None:
    for crs, sent in (("gcj02", gcj02), ("bd09", bd09)):
        for named in ("wgs84", "cgcs2000"):
            found = mistaken_system(*sent, named, home)
            assert found is not None
            assert found.crs == crs
            assert found.off_m == pytest.approx(metres(*sent, *home))
            assert found.near_m < 0.1


@pytest.mark.parametrize(("home", "gcj02", "bd09"), [YICHANG, WUHAN, BEIJING])
def test_a_point_named_as_it_is_is_not_mistaken(
    home: tuple[float, float], gcj02: tuple[float, float], bd09: tuple[float, float]
) -> None:
    assert mistaken_system(*home, "wgs84", home) is None
    assert mistaken_system(*gcj02, "gcj02", home) is None
    assert mistaken_system(*bd09, "bd09", home) is None


def test_a_receivers_point_sent_as_a_phones_is_known_too() -> None:
    found = mistaken_system(LON, LAT, "gcj02", (LON, LAT))
    assert found is not None
    assert found.crs == "wgs84"
    assert found.near_m == 0


def test_the_two_phone_systems_are_told_apart() -> None:
    found = mistaken_system(*YICHANG[2], "gcj02", YICHANG[0])
    assert found is not None
    assert found.crs == "bd09"


def test_a_device_that_is_simply_elsewhere_is_in_no_other_system() -> None:
    assert mistaken_system(*north_of(600), "wgs84", (LON, LAT)) is None
    assert mistaken_system(LON - 0.0057, LAT + 0.0024, "wgs84", (LON, LAT)) is None


def test_outside_china_there_is_nothing_to_mistake() -> None:
    assert mistaken_system(139.71, 35.7, "wgs84", (139.7, 35.7)) is None


def test_an_unknown_system_cannot_be_mistaken() -> None:
    with pytest.raises(ValueError, match="unknown crs 'mars'"):
        mistaken_system(LON, LAT, "mars", (LON, LAT))


@given(in_china, st.sampled_from(["gcj02", "bd09"]), st.floats(0, 10), st.floats(0, 10))
def test_wherever_in_china_a_shifted_point_is_recognised_if_it_lies_well_away(
    home: tuple[float, float], crs: str, east_m: float, north_m: float
) -> None:
    point = (home[0] + east_m * NORTH_M, home[1] + north_m * NORTH_M)
    sent = from_wgs84(*point, crs)
    assume(metres(*sent, *home) > FAR_M)
    found = mistaken_system(*sent, "wgs84", home)
    assert found is not None
    assert found.near_m <= metres(*point, *home) + 1e-3


@given(
    in_china, st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.sampled_from(["wgs84", "gcj02", "bd09", "cgcs2000"])
)
def test_what_is_said_to_be_mistaken_vanishes_in_the_other_system(
    home: tuple[float, float], east: float, north: float, crs: str
) -> None:
    found = mistaken_system(home[0] + east, home[1] + north, crs, home)
    if found is not None:
        assert found.crs != crs
        assert found.near_m <= VANISHED_M < LEAST_OFF_M < found.off_m <= FARTHEST_OFF_M


@given(in_china, st.sampled_from(["gcj02", "bd09"]))
def test_no_shift_is_farther_than_is_looked_for(home: tuple[float, float], crs: str) -> None:
    assert metres(*from_wgs84(*home, crs), *home) < FARTHEST_OFF_M - VANISHED_M
