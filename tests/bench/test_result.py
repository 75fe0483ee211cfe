import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.result import Bar, Run, percentile, rounded, summary


def run(rate: float, *, right: bool = True, note: str = "", **figures: float) -> Run:
    return Run(rate=rate, seconds=2.0, cpu={"stage": rate / 100}, figures=figures, right=right, note=note)


def test_a_result_is_the_median_of_its_runs() -> None:
    result = summary([run(300), run(100), run(200)], what="stage", candidate="ours", unit="readings")

    assert (result.rate, result.runs, result.rates) == (200, 3, [300, 100, 200])
    assert result.cpu == {"stage": 2.0}


def test_one_wrong_run_makes_the_result_wrong_and_says_why() -> None:
    result = summary([run(1), run(2, right=False, note="lost 3")], what="way", candidate="ours", unit="readings")

    assert not result.right
    assert result.notes == ["lost 3"]


def test_a_figure_that_some_runs_lack_is_the_median_of_the_others() -> None:
    result = summary([run(1, p99=10.0), run(2), run(3, p99=30.0)], what="way", candidate="ours", unit="readings")

    assert result.figures == {"p99": 20.0}


def test_a_result_is_one_line_of_json() -> None:
    line = summary([run(1234.5678)], what="stage", candidate="ours", unit="readings").line()

    assert "\n" not in line
    assert json.loads(line)["rate"] == 1235


def test_a_bar_is_reached_from_its_own_side() -> None:
    assert Bar(30, at_most=True).reached(30)
    assert not Bar(30, at_most=True).reached(31)
    assert Bar(400_000).reached(400_000)
    assert str(Bar(400_000)) == "≥ 400,000"


def test_numbers_are_rounded_to_what_they_can_say() -> None:
    assert rounded({"a": [0.123456, 12345.6], "b": True, "c": "x"}) == {"a": [0.1235, 12346], "b": True, "c": "x"}


def test_no_percentile_is_made_up_of_nothing() -> None:
    with pytest.raises(IndexError):
        percentile([], 0.5)


@given(st.lists(st.integers(0, 1000), min_size=1), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(values: list[int], share: float) -> None:
    found = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values)
