"""A device lives as long as it speaks at its own pace, measured on the data's time and never on the clock."""

from hypothesis import given
from hypothesis import strategies as st

from city.report import Position
from city.whereabouts import DoubtKind
from geo.crs import from_wgs84
from operations.devices import AT_LEAST_MS, Devices
from operations.facts import Heard
from tests.operations.builders import CELL, DISTRICT, HOUR, MINUTE, NOW, OTHER_CELL, device, heard


def devices() -> Devices:
    made = Devices()
    made.register({"water-1": device(), "water-2": device("water-2"), "far": device("far", cell=OTHER_CELL)})
    return made


def test_the_first_message_makes_a_device_and_its_cell_live() -> None:
    d = devices()
    assert d.hear(heard()) == CELL
    assert d.live_in(CELL)
    assert d.counts() == {"total": 3, "live": 1, "silent": 0}


def test_a_second_live_device_changes_nothing_about_the_cell() -> None:
    d = devices()
    d.hear(heard())
    assert d.hear(heard(device="water-2")) is None
    assert d.counts()["live"] == 2


def test_a_device_may_be_silent_for_fifteen_minutes_of_data_time() -> None:
    d = devices()
    d.hear(heard(NOW))
    d.reach(DISTRICT, NOW + AT_LEAST_MS)
    assert list(d.sweep()) == []
    d.reach(DISTRICT, NOW + AT_LEAST_MS + 1)
    assert list(d.sweep()) == [CELL]
    assert not d.live_in(CELL)
    assert d.counts() == {"total": 3, "live": 0, "silent": 1}


def test_a_cell_lives_while_one_of_its_devices_does() -> None:
    d = devices()
    d.hear(heard(NOW))
    d.hear(heard(NOW + 20 * MINUTE, device="water-2"))
    assert list(d.sweep()) == []
    assert d.live == {"water-2"}
    assert d.live_in(CELL)


def test_an_hourly_device_may_be_silent_for_three_of_its_hours() -> None:
    d = devices()
    for hour in range(3):
        d.hear(heard(NOW + hour * HOUR))
    d.reach(DISTRICT, NOW + 5 * HOUR)
    assert list(d.sweep()) == []
    d.reach(DISTRICT, NOW + 5 * HOUR + 1)
    assert list(d.sweep()) == [CELL]


def test_one_long_gap_does_not_make_a_quick_device_slow() -> None:
    d = devices()
    for step in (0, 10, 20, 30):
        d.hear(heard(NOW + step * MINUTE))
    d.hear(heard(NOW + 48 * HOUR))
    d.reach(DISTRICT, NOW + 48 * HOUR + 61 * MINUTE)
    assert list(d.sweep()) == [CELL]


def test_a_silent_device_that_speaks_again_lives_again() -> None:
    d = devices()
    d.hear(heard(NOW))
    d.reach(DISTRICT, NOW + HOUR)
    d.sweep()
    assert d.hear(heard(NOW + HOUR)) == CELL


def test_an_older_message_does_not_replace_a_newer_value() -> None:
    d = devices()
    d.hear(heard(NOW, value=3.0))
    d.hear(heard(NOW - MINUTE, value=1.0))
    assert d.known["water-1"].values == {"water_level_m": (NOW, 3.0)}
    assert d.known["water-1"].last_at == NOW


def test_a_clock_that_runs_ahead_does_not_silence_the_others() -> None:
    d = devices()
    d.hear(heard(NOW))
    d.hear(heard(NOW + 4 * HOUR, device="far", received_at=NOW))
    assert d.newest[DISTRICT] == NOW
    assert list(d.sweep()) == []


def test_a_device_that_is_not_registered_counts_nowhere() -> None:
    d = devices()
    assert d.hear(heard(device="stranger")) is None
    assert d.counts() == {"total": 3, "live": 0, "silent": 0}
    assert list(d.sweep()) == []


def test_registering_anew_keeps_what_was_heard_of_those_that_stay() -> None:
    d = devices()
    d.hear(heard())
    d.hear(heard(device="far"))
    d.register({"water-1": device(), "new": device("new", cell=OTHER_CELL)})
    assert d.live == {"water-1"}
    assert d.live_in(CELL)
    assert not d.live_in(OTHER_CELL)
    assert d.in_cell == {CELL: ["water-1"], OTHER_CELL: ["new"]}


@given(st.lists(st.tuples(st.sampled_from(["water-1", "water-2", "far"]), st.integers(0, 6 * HOUR)), max_size=60))
def test_after_a_sweep_a_cell_lives_exactly_when_a_device_in_it_does(messages: list[tuple[str, int]]) -> None:
    d = devices()
    for id_, after in messages:
        d.hear(heard(NOW + after, device=id_))
    d.sweep()
    for cell, ids in d.in_cell.items():
        assert d.live_in(cell) == any(id_ in d.live for id_ in ids)
    assert d.live == {id_ for id_, known in d.known.items() if known.live_at(d.newest.get(DISTRICT, 0))}


HOME = (111.005, 30.005)


def doubts(d: Devices) -> list[tuple[DoubtKind, str | None]]:
    return [(doubt.kind, doubt.crs) for doubt in d.doubts("water-1")]


def placed(lon: float, lat: float, at: int = NOW, crs: str | None = None) -> Heard:
    return heard(at, position=Position(lon=lon, lat=lat, crs=crs))


def test_a_device_that_says_nothing_of_its_place_is_beyond_doubt() -> None:
    d = devices()
    assert d.doubts("water-1") == []
    d.hear(heard())
    assert d.known["water-1"].track is None
    assert d.doubts("water-1") == []


def test_a_device_at_its_registered_place_is_beyond_doubt() -> None:
    d = devices()
    d.hear(placed(*HOME))
    track = d.known["water-1"].track
    assert track is not None
    assert track.fix == (*HOME, NOW)
    assert doubts(d) == []


def test_a_device_far_from_its_registered_place_lives_and_is_doubtful() -> None:
    d = devices()
    assert d.hear(placed(HOME[0] + 0.009, HOME[1])) == CELL
    assert doubts(d) == [(DoubtKind.FAR, None)]
    assert d.live == {"water-1"}


def test_a_phones_coordinates_are_recognised_where_the_device_names_no_system() -> None:
    d = devices()
    d.hear(placed(*from_wgs84(*HOME, "gcj02")))
    assert doubts(d) == [(DoubtKind.WRONG_CRS, "gcj02")]


def test_a_system_that_is_named_is_believed_before_the_districts() -> None:
    d = devices()
    d.hear(placed(*from_wgs84(*HOME, "bd09"), crs="bd09"))
    assert doubts(d) == []


def test_a_district_says_in_which_system_its_devices_speak() -> None:
    d = devices()
    d.register({"water-1": device()}, {DISTRICT: "gcj02"})
    d.hear(placed(*from_wgs84(*HOME, "gcj02")))
    assert doubts(d) == []
    d.hear(placed(*HOME, at=NOW + HOUR))
    assert doubts(d) == [(DoubtKind.WRONG_CRS, "wgs84")]


def test_a_leap_is_seen_across_messages_without_a_position() -> None:
    d = devices()
    d.hear(placed(*HOME))
    d.hear(heard(NOW + 1000))
    d.hear(placed(HOME[0], HOME[1] + 0.01, at=NOW + 2000))
    assert doubts(d) == [(DoubtKind.JUMP, None), (DoubtKind.FAR, None)]


def test_a_device_that_is_not_registered_has_no_place_to_doubt() -> None:
    d = devices()
    d.hear(heard(device="stranger", position=Position(lon=0.5, lat=0.5)))
    assert d.doubts("stranger") == []


def test_a_device_that_is_registered_elsewhere_is_judged_by_its_new_place() -> None:
    d = devices()
    d.hear(placed(HOME[0] + 0.009, HOME[1]))
    d.register({"water-1": device(lon=HOME[0] + 0.009)})
    d.hear(placed(HOME[0] + 0.009, HOME[1], at=NOW + MINUTE))
    assert doubts(d) == []
