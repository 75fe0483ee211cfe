import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.rhythm import DAY_MS, HOUR_MS, RHYTHMS, Curves, Rhythm, Shape, quiet_range, rhythm_of
from tests.simulator.builders import metric, rule

MONDAY = 4 * DAY_MS
SATURDAY = 9 * DAY_MS


def read(rhythm: Rhythm, at: int, *, trait: float = 0.5, shock: float = 0.0) -> float:
    curves = Curves([rhythm], np.array([trait]))
    return float(curves.read(np.array([at]), np.array([shock]))[0])


def test_a_wave_is_highest_at_its_peak_hour_and_lowest_half_a_day_later() -> None:
    wave = Rhythm(base=17, swing=5, peak_hour=14)
    assert read(wave, MONDAY + 14 * HOUR_MS) == pytest.approx(22)
    assert read(wave, MONDAY + 2 * HOUR_MS) == pytest.approx(12)


def test_rush_hours_are_louder_than_the_night() -> None:
    rush = Rhythm(base=44, swing=10, shape=Shape.RUSH)
    assert (
        read(rush, MONDAY + 8 * HOUR_MS)
        > read(rush, MONDAY + 18 * HOUR_MS - HOUR_MS)
        > read(rush, MONDAY + 3 * HOUR_MS)
    )


def test_a_bin_fills_up_and_is_emptied_once_a_day() -> None:
    bin_ = RHYTHMS["fill"]
    levels = [read(bin_, MONDAY + hour * HOUR_MS, trait=0.25) for hour in range(24)]
    falls = [hour for hour in range(1, 24) if levels[hour] < levels[hour - 1]]
    assert falls == [6]
    assert levels[5] > 60
    assert levels[6] < 15


def test_lamps_burn_at_night_and_at_no_other_time() -> None:
    lamp = RHYTHMS["lamp_power"]
    assert read(lamp, MONDAY + 12 * HOUR_MS, shock=2.0) == 0
    assert read(lamp, MONDAY + 22 * HOUR_MS) == pytest.approx(92)


def test_a_free_day_differs_from_a_working_day() -> None:
    rhythm = Rhythm(base=58, weekend=-8)
    assert read(rhythm, SATURDAY) == read(rhythm, SATURDAY + DAY_MS) == pytest.approx(50)
    assert read(rhythm, MONDAY) == read(rhythm, SATURDAY - DAY_MS) == pytest.approx(58)


def test_a_battery_drains_over_weeks() -> None:
    assert read(RHYTHMS["battery"], MONDAY, trait=0) > read(RHYTHMS["battery"], MONDAY + 30 * DAY_MS, trait=0)


def test_what_is_still_does_not_even_tremble() -> None:
    assert read(RHYTHMS["cover_open"], MONDAY, shock=3.0) == 0


def test_the_longest_beginning_of_the_name_decides_the_rhythm() -> None:
    assert rhythm_of(metric("lamp_power_w")) is RHYTHMS["lamp_power"]
    assert rhythm_of(metric("pm25_ugm3")) is RHYTHMS["pm25"]
    assert rhythm_of(metric("underpass_water_level_m")) is RHYTHMS["underpass_water_level"]


def test_an_unknown_metric_waves_quietly_within_what_is_possible() -> None:
    rhythm = rhythm_of(metric("flux_xy", low=-40, high=60))
    assert -40 < rhythm.base - rhythm.swing < rhythm.base + rhythm.swing < 60
    assert rhythm_of(metric("door_bool", high=1, type_="boolean")).shape is Shape.STILL


def test_values_have_the_decimals_of_their_sensor() -> None:
    curves = Curves([RHYTHMS["water_level"], RHYTHMS["pm10"]], np.array([0.5, 0.5]))
    assert curves.rounded(np.array([0.01234, 58.4])).tolist() == [0.012, 58.0]


levels = st.floats(0, 100)


@given(levels, levels)
def test_a_quiet_value_stays_clear_of_the_level_where_a_rule_lets_go(on: float, off: float) -> None:
    on, off = max(on, off), min(on, off)
    low, high = quiet_range(
        metric("m_x"), [rule("one", "m_x", "E1", on=on, off=off), rule("two", "other_x", "E1", on=1)]
    )
    assert 0 <= low <= high <= off


@given(levels, levels)
def test_a_rule_that_looks_downwards_keeps_quiet_values_up(on: float, off: float) -> None:
    on, off = min(on, off), max(on, off)
    low, high = quiet_range(metric("m_x"), [rule("one", "m_x", "E1", on=on, off=off, direction="below")])
    assert off <= low <= high <= 100
