import json
from typing import Any

import pytest
from msgspec.structs import asdict

from bench.recount import Expected, Figures, differences, recount, together

CELL, METRIC = "990101001001001", "water_level_m"
MINUTE = 60_000


def pack(*moments: tuple[int, float]) -> bytes:
    lines = [
        {"device": "w1", "cell": CELL, "at": at, "received_at": at, "values": {METRIC: value}, "seq": 1}
        for at, value in moments
    ]
    return b"\n".join(json.dumps(line).encode() for line in lines)


def rows(expected: Expected) -> list[dict[str, Any]]:
    return [
        {"cell": cell, "metric": metric, "start": start, "seconds": 60, **asdict(figures)}
        for (cell, metric, start), figures in expected.windows.items()
    ]


def test_a_window_counts_once_the_watermark_has_passed_it() -> None:
    expected = recount([pack((1_000, 0.5), (59_000, 1.5)), pack((90_000, 2.0))])

    figures = Figures(count=2, sum=2.0, min=0.5, max=1.5, first_at=1_000, last_at=59_000, late=0)
    assert expected.windows == {(CELL, METRIC, 0): figures}
    assert (expected.windowed, expected.open, expected.too_late) == (2, 1, 0)


def test_a_reading_behind_the_watermark_is_late_and_after_the_closing_too_late() -> None:
    expected = recount([pack((80_000, 1.0), (59_000, 2.0), (90_000, 3.0), (58_000, 4.0))])

    assert expected.windows[CELL, METRIC, 0].late == 1
    assert expected.too_late == 1


def test_what_is_as_expected_has_no_differences_even_when_it_comes_twice() -> None:
    expected = recount([pack((1_000, 0.5)), pack((150_000, 2.0))])

    assert differences(expected, [*rows(expected), *rows(expected)], 0) == []


@pytest.mark.parametrize("field", ["count", "sum", "min", "max", "first_at", "last_at", "late"])
def test_a_window_that_differs_in_one_field_is_noticed(field: str) -> None:
    expected = recount([pack((1_000, 0.5)), pack((150_000, 2.0))])
    wrong = rows(expected)
    wrong[0][field] += 1

    assert differences(expected, wrong, 0)


def test_a_window_that_is_missing_or_too_many_is_noticed() -> None:
    expected = recount([pack((1_000, 0.5)), pack((150_000, 2.0))])
    other = {**rows(expected)[0], "start": MINUTE}

    assert differences(expected, [], 0) == ["1 windows are missing"]
    assert differences(expected, [*rows(expected), other], 0)
    assert differences(expected, rows(expected), 1) == ["1 readings came too late instead of 0"]


def test_districts_are_added_up() -> None:
    one = recount([pack((1_000, 0.5)), pack((150_000, 2.0))])

    total = together([one, Expected({}, 0, 3, 1)])
    assert (total.windowed, total.open, total.too_late, len(total.windows)) == (1, 4, 1, 1)
