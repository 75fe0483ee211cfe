"""A device lives as long as it speaks at its own pace, measured on the data's time and never on the clock."""

from hypothesis import given
from hypothesis import strategies as st

from operations.devices import AT_LEAST_MS, Devices
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
