"""A doubtful position is taken in, and said to be doubtful for as long as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.report import Position
from city.whereabouts import MOVING_MS, SHOWN_MS, DoubtKind, Track, seen_device, seen_worker
from geo.crs import from_wgs84
from geo.distance import metres
from geo.plausible import Fix

HOME = (111.2865, 30.6919)
GCJ02 = (111.2921596, 30.6894610)
BD09 = (111.2987247, 30.6951496)
NOW = 1_795_000_000_000
MINUTE = 60_000
HOUR = 60 * MINUTE
NORTH_M = 1 / 111_195.08  # degrees of latitude in a metre


def north(metres_: float) -> tuple[float, float]:
    return HOME[0], HOME[1] + metres_ * NORTH_M


def device(*way: tuple[tuple[float, float], int], crs: str = "wgs84", home: tuple[float, float] | None = HOME) -> Track:
    track: Track | None = None
    for (lon, lat), at in way:
        track = seen_device(track, Position(lon=lon, lat=lat), at, crs=crs, home=home)
    assert track is not None
    return track


def worker(*way: tuple[tuple[float, float], int]) -> Track:
    track: Track | None = None
    for (lon, lat), at in way:
        track = seen_worker(track, Fix(lon, lat, at))
    assert track is not None
    return track


def kinds(track: Track) -> list[DoubtKind]:
    return [doubt.kind for doubt in track.doubts]


def test_a_device_at_its_place_is_beyond_doubt() -> None:
    track = device((HOME, NOW), (north(50), NOW + MINUTE), (HOME, NOW + 2 * MINUTE))
    assert track.doubts == []
    assert track.fix == Fix(*HOME, NOW + 2 * MINUTE)


def test_a_device_half_a_kilometre_from_its_place_is_far() -> None:
    (doubt,) = device((north(500), NOW)).doubts
    assert doubt.kind is DoubtKind.FAR
    assert doubt.at == NOW
    assert doubt.metres == pytest.approx(500, abs=1)
    assert doubt.text.en == "500 m from its registered place"
    assert doubt.text.zh == "距登记位置 500 米"


@pytest.mark.parametrize(("crs", "sent"), [("gcj02", GCJ02), ("bd09", BD09)])
def test_a_phones_coordinates_sent_as_a_receivers_are_told_by_their_name(crs: str, sent: tuple[float, float]) -> None:
    (doubt,) = device((sent, NOW)).doubts
    assert doubt.kind is DoubtKind.WRONG_CRS
    assert doubt.crs == crs
    assert doubt.text.en.startswith(f"looks like {crs} sent as wgs84: {doubt.metres} m from its registered place")
    assert doubt.text.zh.startswith(f"位置像是 {crs} 坐标却按 wgs84 发送")


def test_a_phones_coordinates_sent_as_what_they_are_are_beyond_doubt() -> None:
    track = device((GCJ02, NOW), crs="gcj02")
    assert track.doubts == []
    assert metres(*track.fix[:2], *HOME) < 0.1


def test_a_receivers_coordinates_sent_as_a_phones_are_told_so() -> None:
    (doubt,) = device((HOME, NOW), crs="gcj02").doubts
    assert (doubt.kind, doubt.crs) == (DoubtKind.WRONG_CRS, "wgs84")


def test_once_the_mistake_is_mended_only_the_leap_home_is_left_for_an_hour() -> None:
    mended = device((GCJ02, NOW), (HOME, NOW + MINUTE))
    assert kinds(mended) == []
    leapt = device((GCJ02, NOW), (HOME, NOW + 1000))
    assert kinds(leapt) == [DoubtKind.JUMP]


def test_a_device_without_a_known_place_is_not_far_from_it() -> None:
    assert device((north(5000), NOW), home=None).doubts == []


def test_a_leap_is_told_for_an_hour_of_the_devices_own_time() -> None:
    way = [(HOME, NOW), (north(900), NOW + 1000), (HOME, NOW + 2000)]
    track = device(*way)
    assert kinds(track) == [DoubtKind.JUMP]
    assert track.doubts[0].text.en == "moved 900 m within 1 s"
    assert track.doubts[0].text.zh == "1 秒内位移 900 米"
    assert kinds(device(*way, (HOME, NOW + 2000 + SHOWN_MS))) == [DoubtKind.JUMP]
    assert kinds(device(*way, (HOME, NOW + 2001 + SHOWN_MS))) == []


def test_a_leap_that_stays_away_is_both_a_jump_and_far() -> None:
    assert kinds(device((HOME, NOW), (north(900), NOW + 1000))) == [DoubtKind.JUMP, DoubtKind.FAR]


def test_a_vehicle_that_drives_is_not_far_from_where_it_is_registered() -> None:
    drive = [(north(step * 250), NOW + step * 10_000) for step in range(40)]
    track = device(*drive)
    assert metres(*track.fix[:2], *HOME) > 5000
    assert track.doubts == []


def test_a_vehicle_that_has_stood_for_over_a_day_away_from_its_place_is_far() -> None:
    drive = [(north(step * 250), NOW + step * 10_000) for step in range(40)]
    parked = drive[-1][0]
    arrived = drive[-1][1]
    last_but_one = arrived - 10_000
    assert kinds(device(*drive, (parked, last_but_one + MOVING_MS))) == []
    assert kinds(device(*drive, (parked, last_but_one + MOVING_MS + 1))) == [DoubtKind.FAR]


def test_a_device_that_was_carried_off_slowly_once_is_far() -> None:
    assert kinds(device((HOME, NOW), (north(900), NOW + HOUR))) == [DoubtKind.FAR]


def test_a_device_that_learns_the_wrong_system_overnight_is_told_so() -> None:
    (doubt,) = device((HOME, NOW), (GCJ02, NOW + 8 * HOUR)).doubts
    assert (doubt.kind, doubt.crs) == (DoubtKind.WRONG_CRS, "gcj02")


def test_a_device_that_trembles_does_not_move() -> None:
    track = device(*((north(500 + 30 * (step % 2)), NOW + step * MINUTE) for step in range(10)))
    assert track.moves == ()
    assert kinds(track) == [DoubtKind.FAR]


def test_a_device_that_was_carried_off_in_a_leap_is_far_and_not_moving() -> None:
    track = device((HOME, NOW), (north(9000), NOW + 1000), (north(9010), NOW + 2 * HOUR))
    assert kinds(track) == [DoubtKind.FAR]


def test_an_older_position_changes_nothing() -> None:
    newest = device((HOME, NOW))
    assert seen_device(newest, Position(lon=0, lat=50), NOW - 1, crs="wgs84", home=HOME) is newest
    assert seen_device(newest, Position(lon=0, lat=50), NOW, crs="wgs84", home=HOME) is newest
    walked = worker((HOME, NOW))
    assert seen_worker(walked, Fix(0, 50, NOW)) is walked


def test_a_worker_who_walks_or_drives_is_beyond_doubt() -> None:
    assert worker(*((north(step * 400), NOW + step * 10_000) for step in range(20))).doubts == []


def test_a_worker_who_leaps_across_the_city_is_told_so() -> None:
    (doubt,) = worker((HOME, NOW), (north(4000), NOW + 5000)).doubts
    assert doubt.kind is DoubtKind.JUMP
    assert doubt.text.en == "moved 4000 m within 5 s"


points = st.tuples(st.floats(-3000, 3000), st.integers(0, 2 * HOUR)).map(lambda one: (north(one[0]), NOW + one[1]))


@given(st.lists(points, min_size=1, max_size=30))
def test_the_newest_fix_is_the_one_of_the_newest_time_in_whatever_order_they_come(
    way: list[tuple[tuple[float, float], int]],
) -> None:
    newest = max(at for _, at in way)
    assert device(*way).fix.at == newest
    assert worker(*way).fix.at == newest
    assert device(*way).fix[:2] == next(point for point, at in way if at == newest)


@given(st.lists(points, min_size=1, max_size=30))
def test_what_is_doubtful_of_the_place_is_only_ever_of_the_newest_fix(
    way: list[tuple[tuple[float, float], int]],
) -> None:
    track = device(*way)
    away = metres(*track.fix[:2], *HOME)
    assert all(doubt.at == track.fix.at for doubt in track.doubts if doubt.kind is not DoubtKind.JUMP)
    assert all(0 <= track.fix.at - doubt.at <= SHOWN_MS for doubt in track.doubts)
    if away <= 100:
        assert DoubtKind.FAR not in kinds(track)
        assert DoubtKind.WRONG_CRS not in kinds(track)


@given(st.floats(74, 135), st.floats(4, 53), st.sampled_from(["gcj02", "bd09"]))
def test_wherever_a_device_is_registered_its_named_system_is_believed(lon: float, lat: float, crs: str) -> None:
    x, y = from_wgs84(lon, lat, crs)
    sent = Position(lon=x, lat=y)
    assert seen_device(None, sent, NOW, crs=crs, home=(lon, lat)).doubts == []
