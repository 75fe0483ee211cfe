import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.detect.episode import Place
from city.detect.mean import MeanWatch, take
from city.detect.means import Means
from city.finding import Finding
from city.named_levels import resolved
from city.rules import Rule
from city.window import ClosedWindow
from tests.builders import CELL, GAS, OTHER_CELL, WATER, facts, ms, rule

PLACE = Place(cell=CELL, metric=WATER)


def window(number: int, mean: float, *, count: int = 4, cell: str = CELL, metric: str = WATER) -> ClosedWindow:
    """The window of minute `number` with so many readings of this mean."""
    start = ms(60 * number)
    return ClosedWindow(
        cell=cell,
        metric=metric,
        start=start,
        seconds=60,
        count=count,
        sum=mean * count,
        min=mean,
        max=mean,
        first_at=start,
        last_at=start,
    )


def judged(watched: Rule, *means: float) -> list[Finding]:
    """The findings of one window a minute with these means."""
    watch, found = MeanWatch(), []
    for number, mean in enumerate(means):
        watch, finding = take(watch, watched, PLACE, window(number, mean))
        if finding is not None:
            found.append(finding)
    return found


def told(watched: Rule, *means: float) -> list[tuple[str, int, object]]:
    """State, minute of the end, and value of each finding."""
    return [(str(f.state), (f.at - ms(0)) // 60_000, pytest.approx(f.value)) for f in judged(watched, *means)]


def test_the_mean_of_one_window_is_judged_when_it_closes() -> None:
    assert told(rule("m", "mean"), 0.9, 1.0) == [("raised", 2, 1.0)]


def test_it_takes_as_many_windows_as_the_rule_says() -> None:
    # windows of two minutes' mean   (9+0)/2   (0+2)/2   (2+2)/2
    assert told(rule("m", "mean", windows=2), 9.0) == []
    assert told(rule("m", "mean", windows=2, on=2.0), 2.0, 0.0, 2.0, 2.0) == [("raised", 4, 2.0)]


def test_only_the_last_windows_count() -> None:
    assert told(rule("m", "mean", windows=3, on=2.0), 1.0, 1.0, 1.0, 1.0, 4.0) == [("raised", 5, 2.0)]


def test_every_window_weighs_the_same_however_many_readings_it_has() -> None:
    watched = rule("m", "mean", windows=2, on=1.0)
    watch, _ = take(MeanWatch(), watched, PLACE, window(0, 0.0, count=1000))
    _, finding = take(watch, watched, PLACE, window(1, 2.0, count=1))
    assert finding is not None
    assert finding.value == 1.0


def test_it_clears_at_the_off_level_and_not_above_it() -> None:
    assert told(rule("m", "mean"), 1.0, 0.6, 0.5) == [("raised", 1, 1.0), ("cleared", 3, 0.5)]


def test_it_is_told_again_when_it_grew_worse() -> None:
    assert told(rule("m", "mean"), 1.0, 1.1, 1.25) == [("raised", 1, 1.0), ("updated", 3, 1.25)]


def test_below_is_above_turned_over_for_means_too() -> None:
    low = rule("m", "mean", direction="below", on=1.0, off=2.0)
    assert told(low, 1.5, 1.0, 1.5, 2.0) == [("raised", 2, 1.0), ("cleared", 4, 2.0)]


def test_minutes_without_readings_do_not_count() -> None:
    watched = rule("m", "mean", windows=2)
    watch, _ = take(MeanWatch(), watched, PLACE, window(0, 1.0))
    _, finding = take(watch, watched, PLACE, window(7, 1.0))
    assert finding is not None


def test_a_window_that_comes_again_changes_nothing() -> None:
    watched = rule("m", "mean", windows=2)
    watch, _ = take(MeanWatch(), watched, PLACE, window(3, 9.0))
    for number in (3, 2):
        assert take(watch, watched, PLACE, window(number, 9.0)) == (watch, None)


def test_the_steps_of_an_episode_share_an_id_and_speak_of_no_device() -> None:
    found = judged(rule("m", "mean"), 1.0, 2.0, 0.0, 1.0)
    assert found[0].id == found[1].id == found[2].id != found[3].id
    assert {(finding.device, finding.cell) for finding in found} == {("", CELL)}
    assert found[0].why.en == "Flood: the mean of water_level_m over 1 windows is 1, at or above the limit 1"


def test_each_cell_is_judged_for_itself_and_other_metrics_not_at_all() -> None:
    means = Means()
    means.adopt(facts(rule("m", "mean", windows=2)).rules)
    assert means.judge(window(0, 9.0)) == means.judge(window(1, 9.0, cell=OTHER_CELL)) == []
    assert means.judge(window(1, 9.0, metric=GAS)) == []
    assert [finding.cell for finding in means.judge(window(1, 9.0))] == [CELL]


def test_two_rules_may_judge_one_metric() -> None:
    means = Means()
    means.adopt(facts(rule("b", "mean"), rule("a", "mean")).rules)
    assert [finding.rule for finding in means.judge(window(0, 9.0))] == ["a", "b"]


@pytest.mark.parametrize("now", [(), (rule("m"),), (rule("m", "mean", metric=GAS),)])
def test_an_episode_ends_when_its_rule_no_longer_judges_it(now: tuple[Rule, ...]) -> None:
    means = Means()
    means.adopt(facts(rule("m", "mean")).rules)
    means.judge(window(0, 9.0))
    assert [str(finding.state) for finding in means.adopt(facts(*now).rules)] == ["cleared"]
    assert means.watches == {}


def test_an_episode_goes_on_under_other_levels() -> None:
    means = Means()
    means.adopt(facts(rule("m", "mean")).rules)
    means.judge(window(0, 9.0))
    assert means.adopt(facts(rule("m", "mean", off=0.9)).rules) == []
    assert [str(finding.state) for finding in means.judge(window(1, 0.8))] == ["cleared"]


def test_a_named_level_itself_is_still_allowed_and_clears() -> None:
    watched = resolved(rule("m", "mean", metric="pm25_ugm3", level="aqi.heavy", level_off="aqi.good"), 480)
    assert [state for state, _, _ in told(watched, 150.0)] == []
    assert [state for state, _, _ in told(watched, 150.5, 60.0)] == ["raised", "cleared"]


@pytest.mark.parametrize(
    ("begins_h", "mean", "raised"), [(21, 55.0, False), (22, 55.0, True), (5, 55.0, True), (6, 55.0, False)]
)
def test_a_window_is_judged_by_its_own_hour_and_not_by_the_next(begins_h: int, mean: float, *, raised: bool) -> None:
    watched = resolved(rule("m", "mean", metric="noise_dba", level="noise.2"), 0)
    hour = 3_600_000
    start = ms(0) // (24 * hour) * 24 * hour + begins_h * hour
    last = replace(window(0, mean), start=start + hour - 60_000)
    _, finding = take(MeanWatch(), watched, PLACE, last)
    assert (finding is not None) == raised


def of(number: int, *readings: float) -> ClosedWindow:
    """The window of minute `number` with these readings, added up in this order."""
    return replace(window(number, 0.0), count=len(readings), sum=sum(readings), min=min(readings), max=max(readings))


def raised_at(watched: Rule, *windows: ClosedWindow) -> list[float]:
    """The values at which the rule was raised over these windows."""
    watch, found = MeanWatch(), []
    for one in windows:
        watch, finding = take(watch, watched, PLACE, one)
        if finding is not None and finding.state == "raised":
            found.append(finding.value)
    return found


@given(st.lists(st.integers(1000, 1999), min_size=23, max_size=23))
def test_a_mean_exactly_on_the_limit_is_never_past_it_by_rounding(tenths: list[int]) -> None:
    watched = resolved(rule("m", "mean", metric="pm25_ugm3", level="aqi.heavy", windows=24), 480)
    last = 24 * 1500 - sum(tenths)
    assume(last >= 0)
    windows = [of(number, tenth / 10) for number, tenth in enumerate([*tenths, last])]
    assert raised_at(watched, *windows) == []
    assert raised_at(watched, *windows[:-1], of(23, (last + 1) / 10)) == [pytest.approx(150 + 0.1 / 24)]


@given(st.lists(st.integers(1, 99), min_size=2, max_size=30))
def test_readings_of_a_window_whose_mean_is_the_level_reach_it(tenths: list[int]) -> None:
    readings = [each for tenth in tenths for each in (tenth / 10, (100 - tenth) / 10)]
    assert raised_at(rule("m", "mean", on=5.0, off=4.0), of(0, *readings)) == [5.0]


@given(st.lists(st.integers(-99, 99).filter(bool), min_size=1, max_size=30), st.integers(1, 3))
def test_readings_that_make_up_for_each_other_have_the_mean_zero(tenths: list[int], windows: int) -> None:
    readings = [0.1, *(tenth / 10 for tenth in tenths), -0.1, *(-tenth / 10 for tenth in tenths)]
    watched = rule("m", "mean", on=0.0, off=-1.0, windows=windows)
    assert raised_at(watched, *(of(number, *readings) for number in range(windows))) == [0.0]


@pytest.mark.parametrize("mean", [0.0, 5e-324, 1.5e-7, 101325.25, 1e300])
def test_a_value_of_any_size_stays_itself(mean: float) -> None:
    assert raised_at(rule("m", "mean", on=mean, off=-1.0), of(0, mean)) == [mean]
