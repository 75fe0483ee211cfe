from typing import Any

import pytest

from city.named_levels import resolved
from city.soundness import flaws
from tests.city.soundness.builders import DEVICE, MEAN, METRIC, THRESHOLD, changed, draft

HAZE = changed(MEAN, id="r", on=0.0, off=0.0, metric="pm25_ugm3", level="aqi.heavy", windows=24)


def doubts(rule: Any, *, window_seconds: int = 60) -> list[str]:
    """What is said about the rule in a city that measures what it looks at; all of it has to be a warning."""
    name = rule.metric
    measured = changed(METRIC, name=name, unit=name.rsplit("_", 1)[1], max=5000, window_seconds=window_seconds)
    found = flaws(draft(measured, resolved(rule, 480), changed(DEVICE, metrics=[name, METRIC.name])))
    assert all(flaw.warning and (flaw.kind, flaw.id, flaw.field) == ("rules", "r", "level") for flaw in found), found
    return [flaw.what for flaw in found]


@pytest.mark.parametrize(
    ("fields", "window_seconds"),
    [
        ({"windows": 24}, 3600),
        ({"windows": 24}, 60),  # each device sends one value an hour
        ({"windows": 1440}, 60),
        ({"windows": 288}, 300),
        ({"windows": 8, "metric": "o3_ugm3"}, 60),
        ({"windows": 480, "metric": "o3_ugm3"}, 60),
        ({"windows": 60, "level": "aqi_1h.heavy"}, 60),
        ({"windows": 1, "level": "aqi_1h.heavy"}, 60),
        ({"windows": 1, "level": "aqi_1h.heavy"}, 3600),
        ({"windows": 3, "metric": "daily_pm25_ugm3"}, 60),
        ({"windows": 3, "metric": "noise_dba", "level": "noise.2"}, 60),
    ],
)
def test_a_mean_over_the_time_of_its_level_is_right(fields: dict[str, Any], window_seconds: int) -> None:
    assert doubts(changed(HAZE, **fields), window_seconds=window_seconds) == []


@pytest.mark.parametrize(
    ("fields", "window_seconds", "what"),
    [
        (
            {"windows": 5},
            60,
            (
                "r: aqi.heavy is meant for the mean over 24 h, and 5 windows of 60 s make 5 min;"
                " set windows to 1440, or set it to 24 where each device sends one value an hour"
            ),
        ),
        (
            {"windows": 60},
            3600,
            "r: aqi.heavy is meant for the mean over 24 h, and 60 windows of 3600 s make 60 h; set windows to 24",
        ),
        (
            {"windows": 1, "metric": "o3_ugm3"},
            7000,
            (
                "r: aqi.heavy is meant for the mean over 8 h, and 1 window of 7000 s make 1.944 h;"
                " choose another window_seconds"
            ),
        ),
        (
            {"windows": 24, "level": "aqi_1h.heavy"},
            1,
            (
                "r: aqi_1h.heavy is meant for the mean over 1 h, and 24 windows of 1 s make 24 s;"
                " set windows to 3600, or set it to 1 where each device sends one value an hour"
            ),
        ),
    ],
)
def test_a_mean_over_another_time_is_doubted_and_told_how_many_windows(
    fields: dict[str, Any], window_seconds: int, what: str
) -> None:
    assert doubts(changed(HAZE, **fields), window_seconds=window_seconds) == [what]


def test_a_daily_level_of_the_air_is_not_for_a_single_reading() -> None:
    single = changed(THRESHOLD, id="r", on=0.0, off=0.0, metric="pm25_ugm3", level="aqi.heavy")
    (what,) = doubts(single)
    assert what == 'r: aqi.heavy is meant for the mean over 24 h, not for a single reading; take type = "mean"'
    assert doubts(changed(single, metric="day_pm25_ugm3")) == []
    assert doubts(changed(single, level="aqi_1h.heavy")) == []


@pytest.mark.parametrize(("level", "hours"), [("rain_24h.storm", 24), ("rain_12h.storm", 12)])
@pytest.mark.parametrize(("kind", "taken"), [(THRESHOLD, "a single reading"), (MEAN, "a mean")])
def test_a_grade_of_rain_is_for_a_sum_that_the_metric_says_it_is(kind: Any, taken: str, level: str, hours: int) -> None:
    rule = changed(kind, id="r", on=0.0, off=0.0, metric="rain_mm", level=level)
    (what,) = doubts(rule)
    assert what.startswith(f"r: {level} is meant for the rain of {hours} h together, and {taken} of rain_mm is no")
    assert what.endswith(f"such as rain_{hours}h_mm")
    assert doubts(changed(rule, metric=f"rain_{hours}h_mm")) == []
    assert len(doubts(changed(rule, metric=f"rain_{36 - hours}h_mm"))) == 1
