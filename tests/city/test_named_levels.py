from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.air_quality import Level as AirLevel
from city.air_quality import Mean, Pollutant, edition_on, iaqi, level_of
from city.named_levels import in_numbers, resolved
from city.noise import Zone, limit
from city.rules import Rule, at_time, reach
from tests.builders import rule

CHINA_MIN = 480
CHINA = timezone(timedelta(minutes=CHINA_MIN))


def named(level: str, metric: str = "pm25_ugm3", **fields: Any) -> Rule:
    """A rule with a named level, in numbers."""
    return resolved(rule("named", "mean", on=0.0, off=0.0, metric=metric, level=level, **fields), CHINA_MIN)


def at(text: str) -> int:
    """A moment of China's time in epoch milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp() * 1000)


def levels(watched: Rule, moment: str) -> tuple[float, float]:
    """The on and off level that count at a moment of China's time."""
    then = at_time(watched, at(moment))
    return then.on, then.off


@pytest.mark.parametrize(
    ("level", "before", "since"),
    [
        ("aqi.light", (75, 35), (60, 35)),
        ("aqi.moderate", (115, 75), (115, 60)),
        ("aqi.heavy", (150, 115), (150, 115)),
        ("aqi.severe", (250, 150), (250, 150)),
    ],
)
def test_a_level_of_the_air_begins_past_its_border_and_ends_one_level_lower(
    level: str, before: tuple[float, float], since: tuple[float, float]
) -> None:
    watched = named(level)
    assert levels(watched, "2016-12-20 12:00") == levels(watched, "2026-02-28 23:59:59") == before
    assert levels(watched, "2026-03-01 00:00") == (watched.on, watched.off) == since


def test_a_rule_says_itself_at_which_level_it_clears() -> None:
    watched = named("aqi.heavy", level_off="aqi.good")
    assert levels(watched, "2016-12-20") == (150, 75)
    assert levels(watched, "2027-01-01") == (150, 60)


def test_carbon_monoxide_in_micrograms_is_measured_against_the_same_level() -> None:
    assert levels(named("aqi.light", "co_mgm3"), "2026-05-01") == (4, 2)
    assert levels(named("aqi.light", "co_ugm3"), "2026-05-01") == pytest.approx((4000, 2000))


def test_an_hours_mean_has_the_hours_levels() -> None:
    assert levels(named("aqi_1h.light", "o3_ugm3"), "2026-05-01") == (200, 160)
    assert levels(named("aqi.light", "o3_ugm3"), "2026-05-01") == (160, 100)


@given(
    st.sampled_from([AirLevel.LIGHT, AirLevel.MODERATE, AirLevel.HEAVY, AirLevel.SEVERE]),
    st.floats(0, 600),
    st.sampled_from(["2016-12-20", "2026-05-01"]),
)
def test_a_value_is_beyond_a_named_level_exactly_when_its_index_is_of_that_level_or_worse(
    level: AirLevel, value: float, day: str
) -> None:
    then = at_time(named(f"aqi.{level}"), at(day))
    index = iaqi(value, Pollutant.PM25, Mean.DAY, edition_on(day))
    assert index is not None
    order = list(AirLevel)
    assert then.past
    assert (value > then.on) == (order.index(level_of(index)) >= order.index(level))


@given(st.sampled_from(Zone), st.integers(0, 1439), st.integers(-720, 840))
def test_noise_has_the_limit_of_its_zone_at_each_minute_of_any_citys_day(zone: Zone, minute: int, offset: int) -> None:
    watched = resolved(rule("n", metric="noise_dba", level=f"noise.{zone}", on=0.0, off=0.0), offset)
    moment = at("2026-06-10 00:00") + (CHINA_MIN - offset + minute) * 60_000
    then = at_time(watched, moment)
    assert (then.on, then.off, then.past) == (limit(zone, minute), limit(zone, minute) - 3, True)


def test_rain_reaches_a_grade_with_its_first_millimetre_and_leaves_it_one_grade_lower() -> None:
    watched = named("rain_24h.storm", "rain_mm")
    assert (watched.on, watched.off, at_time(watched, 0).past) == (50, 25, False)
    assert named("rain_12h.heavy_storm", "rain_mm", level_off="rain_12h.moderate").off == 5
    assert named("rain_24h.light", "rain_mm").off == 0


def test_the_reach_of_a_rule_is_the_lowest_and_the_highest_level_it_ever_has() -> None:
    assert reach(named("noise.site", "noise_dba")) == (55, 70)
    assert reach(rule("plain", on=1.0)) == (1.0, 1.0)


def test_a_rule_without_a_named_level_stays_as_it_is_at_all_times() -> None:
    plain = rule("plain")
    assert resolved(plain, CHINA_MIN) is plain
    assert at_time(plain, 0) is plain


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"level": "aqi.heavvy"}, "no level aqi.heavvy: it is one of aqi.light"),
        ({"level": "aqi.good"}, "no level aqi.good"),
        ({"level": "smog.bad"}, "no level 'smog.bad': it begins with one of aqi."),
        ({"level": "aqi"}, "no level aqi.: it is one of"),
        ({"level": "aqi.heavy", "metric": "noise_dba"}, "noise_dba is no pollutant"),
        ({"level": "aqi.heavy", "level_off": "noise.2"}, "must begin with aqi."),
        ({"level": "aqi.heavy", "level_off": "aqi.severe"}, "no level aqi.severe"),
        ({"level": "aqi_1h.severe", "metric": "so2_ugm3"}, "not defined for so2"),
        ({"level": "noise.9", "metric": "noise_dba"}, "no level noise.9"),
        ({"level": "noise.2"}, "pm25_ugm3 is no noise level"),
        ({"level": "noise.2", "metric": "noise_dba", "level_off": "noise.1"}, "level_off means nothing"),
        ({"level": "rain_24h.storm"}, "pm25_ugm3 is no amount of rain"),
        ({"level_off": "aqi.good"}, "level_off goes with level"),
    ],
)
def test_a_name_that_means_nothing_is_told(fields: dict[str, str], sentence: str) -> None:
    wrong = rule("wrong", "mean", **{"metric": "pm25_ugm3", **fields})
    with pytest.raises(ValueError, match=sentence):
        resolved(wrong, CHINA_MIN)
    assert in_numbers({"wrong": wrong}, CHINA_MIN) == {"wrong": wrong}
