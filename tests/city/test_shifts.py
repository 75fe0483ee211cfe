"""Shifts in local time, also past midnight."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.registry import Shift
from city.shifts import on_shift
from city.time_of_day import MINUTES_A_DAY

MONDAY = 1
BEIJING = 480


def at(text: str) -> int:
    """Epoch milliseconds of a UTC time in the week of Monday 23 November 2026."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("time", "expected"),
    [("07:59", False), ("08:00", True), ("15:59", True), ("16:00", False)],
)
def test_a_day_shift_includes_its_start_and_not_its_end(time: str, expected: bool) -> None:
    assert on_shift(Shift(start="08:00", end="16:00"), at(f"2026-11-23T{time}"), 0) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T21:59", False),
        ("2026-11-23T22:00", True),
        ("2026-11-24T05:59", True),
        ("2026-11-24T06:00", False),
        ("2026-11-24T22:00", False),
    ],
)
def test_a_night_shift_ends_on_the_morning_after_its_day(moment: str, expected: bool) -> None:
    assert on_shift(Shift(start="22:00", end="06:00", days=(MONDAY,)), at(moment), 0) is expected


def test_the_week_turns_from_sunday_to_monday() -> None:
    sunday_night = Shift(start="22:00", end="06:00", days=(7,))
    assert on_shift(sunday_night, at("2026-11-23T03:00"), 0)
    assert not on_shift(sunday_night, at("2026-11-24T03:00"), 0)


def test_local_time_decides_and_not_utc() -> None:
    shift = Shift(start="08:00", end="16:00", days=(MONDAY,))
    assert on_shift(shift, at("2026-11-23T00:00"), BEIJING)
    assert not on_shift(shift, at("2026-11-23T08:00"), BEIJING)


def test_equal_start_and_end_is_a_whole_day_from_there() -> None:
    shift = Shift(start="08:00", end="08:00", days=(MONDAY,))
    assert on_shift(shift, at("2026-11-24T07:59"), 0)
    assert not on_shift(shift, at("2026-11-24T08:00"), 0)
    assert not on_shift(shift, at("2026-11-23T07:59"), 0)


@given(st.integers(0, 4_000_000_000_000), st.integers(0, MINUTES_A_DAY - 1), st.integers(0, MINUTES_A_DAY - 1))
def test_a_shift_and_its_opposite_cover_the_day_once(now: int, one: int, other: int) -> None:
    first, second = (f"{minute // 60:02}:{minute % 60:02}" for minute in (one, other))
    if one != other:
        assert on_shift(Shift(start=first, end=second), now, BEIJING) is not on_shift(
            Shift(start=second, end=first), now, BEIJING
        )


@given(st.integers(0, 4_000_000_000_000))
def test_the_whole_day_has_no_gap(now: int) -> None:
    assert on_shift(Shift(start="00:00", end="24:00"), now, BEIJING)
