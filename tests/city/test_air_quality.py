from fractions import Fraction
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.air_quality import (
    INDEX,
    Edition,
    Level,
    Mean,
    Pollutant,
    air,
    border_above,
    border_below,
    city_air,
    edition_on,
    iaqi,
    knots,
    level_of,
    pollutant_of,
)

EDITIONS = st.sampled_from(Edition)
MEANS = st.sampled_from(Mean)
POLLUTANTS = st.sampled_from(Pollutant)
CONCENTRATIONS = st.floats(0, 6000)
OLD, NEW = Edition.OF_2012, Edition.OF_2026
PM25, PM10, SO2, NO2, CO, O3 = (Pollutant(name) for name in ("pm25", "pm10", "so2", "no2", "co", "o3"))


@pytest.mark.parametrize(
    ("concentration", "before", "since"),
    [
        (0, 0, 0),
        (12, 18, 18),
        (35, 50, 50),
        (50, 69, 80),
        (60, 82, 100),
        (75, 100, 114),
        (80, 107, 119),
        (120, 158, 158),
        (150, 200, 200),
        (300, 350, 350),
        (600, 500, 500),
    ],
)
def test_fine_particles_have_these_indices_before_and_since_march_2026(
    concentration: float, before: int, since: int
) -> None:
    assert iaqi(concentration, PM25, Mean.DAY, OLD) == before
    assert iaqi(concentration, PM25, Mean.DAY, NEW) == since


@pytest.mark.parametrize(
    ("concentration", "before", "since"),
    [(50, 50, 50), (120, 85, 100), (150, 100, 112), (250, 150, 150), (420, 300, 300)],
)
def test_coarse_particles_have_these_indices_before_and_since_march_2026(
    concentration: float, before: int, since: int
) -> None:
    assert iaqi(concentration, PM10, Mean.DAY, OLD) == before
    assert iaqi(concentration, PM10, Mean.DAY, NEW) == since


@pytest.mark.parametrize(
    ("pollutant", "mean", "concentration", "index"),
    [
        (SO2, Mean.DAY, 100, 75),
        (SO2, Mean.HOUR, 800, 200),
        (SO2, Mean.HOUR, 801, 200),
        (SO2, Mean.DAY, 3000, 500),
        (NO2, Mean.DAY, 60, 75),
        (NO2, Mean.HOUR, 100, 50),
        (CO, Mean.DAY, 3, 75),
        (CO, Mean.HOUR, 7.5, 75),
        (O3, Mean.DAY, 160, 100),
        (O3, Mean.DAY, 800, 300),
        (O3, Mean.HOUR, 200, 100),
        (O3, Mean.HOUR, 1300, 500),
    ],
)
def test_gases_have_a_table_for_the_day_and_one_for_the_hour(
    pollutant: Pollutant, mean: Mean, concentration: float, index: int
) -> None:
    assert iaqi(concentration, pollutant, mean, NEW) == iaqi(concentration, pollutant, mean, OLD) == index


def test_ozone_of_eight_hours_beyond_its_table_has_no_index_because_the_hour_counts_then() -> None:
    assert iaqi(801, O3, Mean.DAY, NEW) is None
    assert air({O3: 801.0}, mean=Mean.DAY, edition=NEW) is None


@given(POLLUTANTS, MEANS, EDITIONS)
def test_every_knot_has_exactly_its_index(pollutant: Pollutant, mean: Mean, edition: Edition) -> None:
    table = knots(pollutant, mean, edition)
    assert [iaqi(knot, pollutant, mean, edition) for knot in table] == list(INDEX[: len(table)])


@given(POLLUTANTS, MEANS, EDITIONS, CONCENTRATIONS, CONCENTRATIONS)
def test_more_of_a_pollutant_is_never_better(
    pollutant: Pollutant, mean: Mean, edition: Edition, one: float, other: float
) -> None:
    less, more = (iaqi(value, pollutant, mean, edition) for value in sorted((one, other)))
    assert more is None or (less is not None and less <= more)


@given(POLLUTANTS, MEANS, EDITIONS, CONCENTRATIONS)
def test_an_index_is_the_least_whole_number_not_below_the_line(
    pollutant: Pollutant, mean: Mean, edition: Edition, value: float
) -> None:
    index = iaqi(value, pollutant, mean, edition)
    table = knots(pollutant, mean, edition)
    if index is None or value > table[-1]:
        return
    inside = next(place for place in range(1, len(table)) if value <= table[place])
    low, high = table[inside - 1], table[inside]
    line = INDEX[inside - 1] + (INDEX[inside] - INDEX[inside - 1]) * (Fraction(repr(value)) - low) / (high - low)
    assert index - 1 < line <= index


@pytest.mark.parametrize("wrong", [-0.1, nan, inf])
def test_what_is_no_concentration_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="a concentration is a number from 0 on"):
        iaqi(wrong, PM25, Mean.DAY, NEW)


@pytest.mark.parametrize(
    ("day", "edition"), [("2016-12-20", OLD), ("2026-02-28", OLD), ("2026-03-01", NEW), ("2030-01-01", NEW)]
)
def test_the_edition_changes_on_the_first_of_march_2026(day: str, edition: Edition) -> None:
    assert edition_on(day) is edition


@pytest.mark.parametrize(
    ("aqi", "level"),
    [
        (0, Level.EXCELLENT),
        (50, Level.EXCELLENT),
        (51, Level.GOOD),
        (100, Level.GOOD),
        (101, Level.LIGHT),
        (151, Level.MODERATE),
        (200, Level.MODERATE),
        (201, Level.HEAVY),
        (300, Level.HEAVY),
        (301, Level.SEVERE),
        (500, Level.SEVERE),
    ],
)
def test_a_level_ends_with_its_last_index(aqi: int, level: Level) -> None:
    assert level_of(aqi) is level


def test_an_index_below_nothing_has_no_level() -> None:
    with pytest.raises(ValueError, match="an index is a number from 0 on"):
        level_of(-1)


@given(POLLUTANTS, MEANS, EDITIONS, st.sampled_from(list(Level)[1:]))
def test_a_border_still_belongs_to_the_better_level_and_a_little_more_to_the_worse(
    pollutant: Pollutant, mean: Mean, edition: Edition, level: Level
) -> None:
    border = border_below(level, pollutant, mean, edition)
    if border is None:
        return
    there, past = iaqi(border, pollutant, mean, edition), iaqi(border + 0.001, pollutant, mean, edition)
    assert there is not None
    assert level_of(there) is list(Level)[list(Level).index(level) - 1]
    assert past is None or past == there or level_of(past) is level
    assert border_above(level_of(there), pollutant, mean, edition) == border


def test_the_worst_pollutant_makes_the_index_and_is_to_blame() -> None:
    found = air({PM25: 80.0, PM10: 100.0, NO2: 40.0}, mean=Mean.DAY, edition=OLD)
    assert found is not None
    assert (found.aqi, found.level, found.primary) == (107, Level.LIGHT, (PM25,))
    assert found.iaqi == {PM25: 107, PM10: 75, NO2: 50}
    assert (found.name.zh, found.colour) == ("轻度污染", "#ff7e00")


def test_nobody_is_to_blame_for_excellent_air_and_two_share_the_blame_when_they_are_equal() -> None:
    clean = air({PM25: 35.0, PM10: 50.0}, mean=Mean.DAY, edition=OLD)
    shared = air({PM25: 75.0, PM10: 150.0}, mean=Mean.DAY, edition=OLD)
    assert clean is not None
    assert shared is not None
    assert (clean.aqi, clean.primary) == (50, ())
    assert (shared.aqi, set(shared.primary)) == (100, {PM25, PM10})


def test_ozone_beyond_its_eight_hours_is_never_left_out_of_an_index() -> None:
    much = {O3: 900.0, PM25: 10.0}
    assert air(much, mean=Mean.DAY, edition=NEW) is None
    assert air(much, mean=Mean.DAY, edition=NEW, hourly={PM25: 12.0}) is None
    assert city_air([much], mean=Mean.DAY, edition=NEW) is None


def test_ozone_beyond_its_eight_hours_has_the_index_of_its_hour() -> None:
    hour = {O3: 1000.0, PM25: 499.0}
    found = air({O3: 900.0, PM25: 10.0}, mean=Mean.DAY, edition=NEW, hourly=hour)
    assert found is not None
    assert (found.aqi, found.level, found.primary) == (400, Level.SEVERE, (O3,))
    assert found.iaqi == {O3: 400, PM25: 15}
    stations = [{O3: 700.0}, {O3: 1100.0, PM25: 10.0}]
    hours = [{O3: 800.0}, {O3: 1200.0, PM25: 499.0}]
    assert city_air(stations, mean=Mean.DAY, edition=NEW, hourly=hours) == found


def test_the_hour_counts_for_nothing_while_the_eight_hours_have_an_index() -> None:
    found = air({O3: 800.0}, mean=Mean.DAY, edition=NEW, hourly={O3: 1100.0, NO2: 900.0})
    assert found is not None
    assert found.iaqi == {O3: 300}


def test_where_nothing_is_measured_nothing_is_said() -> None:
    assert air({}, mean=Mean.HOUR, edition=NEW) is None
    assert city_air([], mean=Mean.HOUR, edition=NEW) is None


def test_a_city_averages_concentrations_and_not_indices() -> None:
    stations = [{PM25: 10.0}, {PM25: 140.0}]
    found = city_air(stations, mean=Mean.DAY, edition=OLD)
    assert found is not None
    assert found.aqi == iaqi(75, PM25, Mean.DAY, OLD) == 100
    indices = [iaqi(one[PM25], PM25, Mean.DAY, OLD) or 0 for one in stations]
    assert max(indices) > found.aqi != sum(indices) / 2


def test_a_station_that_measures_less_counts_only_for_what_it_measures() -> None:
    found = city_air([{PM25: 40.0, O3: 120.0}, {PM25: 60.0}], mean=Mean.DAY, edition=OLD)
    assert found is not None
    assert found.iaqi == {PM25: iaqi(50, PM25, Mean.DAY, OLD), O3: iaqi(120, O3, Mean.DAY, OLD)}


@given(st.sampled_from([35, 60, 115, 150, 250]), st.lists(st.integers(0, 3000), min_size=1, max_size=11))
def test_stations_whose_mean_lies_on_a_knot_have_the_knots_index(knot: int, others: list[int]) -> None:
    last = knot * 10 * (len(others) + 1) - sum(others)
    tenths = [*others, last] if last >= 0 else [knot * 10] * len(others)
    found = city_air([{PM25: tenth / 10} for tenth in tenths], mean=Mean.DAY, edition=NEW)
    assert found is not None
    assert found.aqi == iaqi(knot, PM25, Mean.DAY, NEW)


@pytest.mark.parametrize("wrong", [inf, nan, -1.0])
def test_a_city_with_a_station_that_measured_no_number_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="a concentration is a number from 0 on"):
        city_air([{PM25: wrong}], mean=Mean.HOUR, edition=NEW)


@given(st.lists(st.floats(0, 500), min_size=1, max_size=8))
def test_a_city_of_equal_stations_has_their_air(values: list[float]) -> None:
    one = air({PM10: round(values[0], 9)}, mean=Mean.DAY, edition=NEW)
    assert city_air([{PM10: values[0]}] * 4, mean=Mean.DAY, edition=NEW) == one


@pytest.mark.parametrize(
    ("metric", "found"),
    [
        ("pm25_ugm3", (PM25, 1.0)),
        ("site_pm10_ugm3", (PM10, 1.0)),
        ("co_mgm3", (CO, 1.0)),
        ("co_ugm3", (CO, 0.001)),
        ("o3_mgm3", (O3, 1000.0)),
        ("pm25_ppb", None),
        ("noise_dba", None),
        ("pm25", None),
        ("", None),
    ],
)
def test_a_metric_names_its_pollutant_and_unit(metric: str, found: tuple[Pollutant, float] | None) -> None:
    assert pollutant_of(metric) == found
