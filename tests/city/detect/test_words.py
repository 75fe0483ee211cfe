import pytest

from city.detect.words import (
    amount,
    duration,
    fell_back,
    heard_again,
    mean_raised,
    silent_raised,
    threshold_raised,
    worse,
)
from tests.builders import rule, silent_rule


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.15, "0.15"), (1.0, "1"), (-2.5, "-2.5"), (123.456, "123.5"), (0.0, "0"), (1e-9, "1e-09")],
)
def test_an_amount_has_at_most_four_digits_and_no_trailing_zeros(value: float, text: str) -> None:
    assert amount(value) == text


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 s", "0 秒"),
        (59, "59 s", "59 秒"),
        (60, "1 min", "1 分钟"),
        (90, "1.5 min", "1.5 分钟"),
        (3599, "59.98 min", "59.98 分钟"),
        (3600, "1 h", "1 小时"),
        (86_400, "24 h", "24 小时"),
    ],
)
def test_a_duration_is_told_in_its_largest_fitting_unit(seconds: float, english: str, chinese: str) -> None:
    assert duration(seconds).en == english
    assert duration(seconds).zh == chinese


def test_a_raised_finding_says_value_and_limit() -> None:
    assert threshold_raised(rule("x"), 1.2).en == "Flood: water_level_m is 1.2, at or above the limit 1"
    low = rule("x", direction="below", on=-1.0)
    assert threshold_raised(low, -1.5).en == "Flood: water_level_m is -1.5, at or below the limit -1"
    assert threshold_raised(low, -1.5).zh == "积水：water_level_m 为 -1.5，低于或等于限值 -1"


def test_a_raised_finding_says_for_how_long_or_how_often() -> None:
    long = threshold_raised(rule("x", for_seconds=600), 1.2)
    assert (long.en.split(", ")[-1], long.zh.split("，")[-1]) == ("for at least 10 min", "已持续 10 分钟")
    often = threshold_raised(rule("x", m=2, n=3), 1.2)
    assert often.en.endswith("in 2 of the last 3 readings")
    assert often.zh.endswith("最近 3 次读数中有 2 次")


def test_a_mean_says_over_how_many_windows() -> None:
    text = mean_raised(rule("x", "mean", windows=3), 1.2)
    assert text.en == "Flood: the mean of water_level_m over 3 windows is 1.2, at or above the limit 1"
    assert text.zh == "积水：最近 3 个窗口 water_level_m 均值为 1.2，达到或高于限值 1"


def test_growing_worse_and_falling_back_say_where_it_stands() -> None:
    assert worse(rule("x"), 2.0).en == "Flood: growing worse, water_level_m is 2 (limit 1)"
    assert worse(rule("x"), 2.0).zh == "积水：情况加重，water_level_m 为 2（限值 1）"
    assert fell_back(rule("x"), 0.2).en == "Flood: water_level_m is back at 0.2, past the off level 0.5"
    assert fell_back(rule("x"), 0.2).zh == "积水：water_level_m 已回到 0.2，越过恢复值 0.5"


def test_a_silence_says_how_long_and_that_it_is_over() -> None:
    assert silent_raised(silent_rule(after_seconds=600)).en == "Flood: the device has sent nothing for 10 min"
    assert silent_raised(silent_rule(after_seconds=600)).zh == "积水：设备已 10 分钟 没有数据"
    assert heard_again(silent_rule()).en == "Flood: the device is sending again"
