"""Levels by number lines: on at 1, off at 0.5 unless a test says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.detect.episode import Place
from city.detect.threshold import IDLE, Watch, take
from city.finding import Finding
from city.named_levels import resolved
from city.rules import Rule
from tests.builders import CELL, WATER, ms, rule

PLACE = Place(cell=CELL, metric=WATER, device="w1")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def judged(watched: Rule, *values: float, every: float = 10) -> tuple[Watch, list[Finding]]:
    """The watch and the findings after readings with these values, one each 10 s."""
    watch, found = IDLE, []
    for number, value in enumerate(values):
        watch, finding = take(watch, watched, PLACE, ms(number * every), value)
        if finding is not None:
            found.append(finding)
    return watch, found


def told(watched: Rule, *values: float) -> list[tuple[str, int]]:
    """State and number of the reading, for each finding."""
    return [(str(finding.state), (finding.at - ms(0)) // 10_000) for finding in judged(watched, *values)[1]]


def test_a_reading_at_the_level_raises_and_one_just_below_does_not() -> None:
    assert told(rule("flood"), 0.999, 1.0) == [("raised", 1)]


def test_between_on_and_off_nothing_changes_in_either_state() -> None:
    #   1.0 ----------on------x------------------------
    #            x                 x   x
    #   0.5 ----------off---------------------x--------
    assert told(rule("flood"), 0.7, 1.2, 0.9, 0.6, 0.5) == [("raised", 1), ("cleared", 4)]


def test_an_episode_that_swings_around_the_level_is_one() -> None:
    assert told(rule("flood"), 1.0, 0.99, 1.0, 0.99, 1.0, 0.51) == [("raised", 0)]


def test_after_it_cleared_it_may_be_raised_again_as_another_episode() -> None:
    _, found = judged(rule("flood"), 1.0, 0.0, 1.0, 0.0)
    assert [str(finding.state) for finding in found] == ["raised", "cleared", "raised", "cleared"]
    first, second = {finding.id for finding in found[:2]}, {finding.id for finding in found[2:]}
    assert len(first) == len(second) == 1
    assert first != second


def test_below_is_above_turned_over() -> None:
    #  -0.5 ----------off-----------x--------
    #            x             x
    #  -1.0 ----------on--x------------------
    low = rule("low", direction="below", on=-1.0, off=-0.5)
    assert told(low, -0.9, -1.0, -0.6, -0.5) == [("raised", 1), ("cleared", 3)]


def test_it_is_told_again_when_it_is_a_fifth_of_the_level_worse_than_last_told() -> None:
    assert told(rule("flood"), 1.0, 1.19, 1.25, 1.4, 1.1, 1.5) == [("raised", 0), ("updated", 2), ("updated", 5)]


def test_growing_worse_downwards_is_told_as_well() -> None:
    low = rule("low", direction="below", on=-1.0, off=-0.5)
    assert told(low, -1.0, -1.19, -1.25) == [("raised", 0), ("updated", 2)]


def test_a_level_of_zero_is_measured_by_its_distance_from_the_off_level() -> None:
    frost = rule("frost", direction="below", on=0.0, off=2.0)
    assert told(frost, 0.0, -0.39, -0.4) == [("raised", 0), ("updated", 2)]


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (10, 1), (11, 2), (20, 2), (30, 3)])
def test_for_at_least_counts_event_time_from_the_first_reading_beyond_the_level(seconds: int, expected: int) -> None:
    assert told(rule("long", for_seconds=seconds), 1.0, 1.0, 1.0, 1.0) == [("raised", expected)]


def test_for_at_least_starts_anew_when_a_reading_falls_below_the_level() -> None:
    # 0    10   20   30   40   50
    # on   on   --   on   on   on     for 20 s: only from 30 on
    assert told(rule("long", for_seconds=20), 1.0, 1.0, 0.9, 1.0, 1.0, 1.0) == [("raised", 5)]


def test_an_episode_that_had_to_last_began_when_it_began() -> None:
    long, short = rule("x", for_seconds=20), rule("x")
    (late,), (early,) = judged(long, 1.0, 1.0, 1.0)[1], judged(short, 1.0)[1]
    assert late.id == early.id
    assert late.at == ms(20)


def test_m_of_n_readings_have_to_be_beyond_the_level() -> None:
    # 2 of the last 3:   on  --  --  on  --  on
    assert told(rule("often", m=2, n=3), 1.0, 0.0, 0.0, 1.0, 0.0, 1.0) == [("raised", 5)]


def test_m_of_n_is_raised_only_by_a_reading_that_is_beyond_itself() -> None:
    assert told(rule("often", m=1, n=3), 0.0, 1.0) == [("raised", 1)]
    assert told(rule("often", m=1, n=3, off=-9.0), 0.0, 1.0, 0.0) == [("raised", 1)]


def test_a_cleared_episode_has_forgotten_the_readings_before_it() -> None:
    assert told(rule("often", m=2, n=3), 1.0, 1.0, 0.0, 1.0) == [("raised", 1), ("cleared", 2)]


def test_a_watch_with_nothing_under_way_is_idle() -> None:
    assert judged(rule("often", m=2, n=3), 1.0, 0.0, 0.0, 0.0)[0].idle
    assert not judged(rule("often", m=2, n=3), 1.0, 0.0, 0.0)[0].idle
    assert judged(rule("flood"), 1.0, 0.0)[0] == IDLE


def test_a_finding_says_value_limit_and_why_in_both_languages() -> None:
    (raised,) = judged(rule("flood", severity="severe", version=3), 1.25)[1]
    assert (raised.value, raised.limit, raised.severity, raised.version) == (1.25, 1.0, "severe", 3)
    assert raised.why.en == "Flood: water_level_m is 1.25, at or above the limit 1"
    assert raised.why.zh == "积水：water_level_m 为 1.25，达到或高于限值 1"
    assert not raised.silent


VALUES = st.lists(st.sampled_from([-2.0, 0.0, 0.4, 0.5, 0.7, 1.0, 1.3, 5.0]), max_size=30)
RULES = st.builds(
    lambda seconds, m, more: rule("any", for_seconds=seconds, m=m, n=m + more),
    st.sampled_from([0, 10, 25]),
    st.integers(1, 3),
    st.integers(0, 2),
)


@given(RULES, VALUES)
def test_raised_and_cleared_take_turns_and_updates_come_between(watched: Rule, values: list[float]) -> None:
    _, found = judged(watched, *values)
    turns = [str(finding.state) for finding in found if finding.state != "updated"]
    assert turns == [("raised", "cleared")[number % 2] for number in range(len(turns))]
    if found:
        assert found[0].state == "raised"


@given(RULES, VALUES)
def test_a_value_that_clears_is_at_the_off_level_and_one_that_raises_at_the_on_level(
    watched: Rule, values: list[float]
) -> None:
    for finding in judged(watched, *values)[1]:
        assert finding.value <= 0.5 if finding.state == "cleared" else finding.value >= 1.0


@given(RULES, VALUES)
def test_readings_below_the_level_leave_an_idle_watch_idle(watched: Rule, values: list[float]) -> None:
    calm = [min(value, 0.9) for value in values]
    assert judged(watched, *calm) == (IDLE, [])


def test_a_level_by_hours_is_the_one_of_the_readings_own_time() -> None:
    loud = resolved(rule("site", metric="noise_dba", level="noise.site"), 0)
    evening = ms(0) // DAY_MS * DAY_MS + 22 * HOUR_MS
    states = []
    watch = IDLE
    for at, value in ((-1, 60.0), (0, 55.0), (1, 55.1), (8 * HOUR_MS, 60.0)):
        watch, finding = take(watch, loud, PLACE, evening + at, value)
        states.append((str(finding.state), finding.limit) if finding else None)
    assert states == [None, None, ("raised", 55.0), ("cleared", 67.0)]
