from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.rain import FROM_12H, FROM_24H, NAMES, Grade, Signal, grade, signal

AMOUNTS = st.floats(0, 500)


@pytest.mark.parametrize(
    ("mm", "expected"),
    [
        (0, "none"),
        (0.09, "none"),
        (0.1, "light"),
        (9.9, "light"),
        (10, "moderate"),
        (24.9, "moderate"),
        (25, "heavy"),
        (50, "storm"),
        (99.9, "storm"),
        (100, "heavy_storm"),
        (249.9, "heavy_storm"),
        (250, "extraordinary"),
    ],
)
def test_a_days_rain_has_these_grades(mm: float, expected: str) -> None:
    assert grade(mm) is Grade(expected)


@given(AMOUNTS)
def test_half_a_day_grades_the_same_amount_at_least_as_high(mm: float) -> None:
    grades = list(Grade)
    assert grades.index(grade(mm, 12)) >= grades.index(grade(mm, 24))


@given(AMOUNTS, AMOUNTS, st.sampled_from([12, 24]))
def test_more_rain_is_never_a_lower_grade(one: float, other: float, hours: int) -> None:
    grades = list(Grade)
    less, more = sorted((one, other))
    assert grades.index(grade(less, hours)) <= grades.index(grade(more, hours))


def test_every_grade_has_a_name_in_both_languages_and_a_beginning_in_both_tables() -> None:
    assert set(NAMES) == set(Grade)
    assert set(FROM_24H) == set(FROM_12H) == set(Grade) - {Grade.NONE}
    assert all(name.zh and name.en for name in NAMES.values())


@pytest.mark.parametrize(
    ("fallen", "expected"),
    [
        ({12: 49.9, 6: 40.0, 3: 30.0}, None),
        ({12: 50.0}, Signal.BLUE),
        ({12: 60.0, 6: 50.0}, Signal.YELLOW),
        ({12: 60.0, 6: 55.0, 3: 50.0}, Signal.ORANGE),
        ({3: 100.0}, Signal.RED),
        ({}, None),
    ],
)
def test_the_highest_signal_that_is_due_is_given(fallen: dict[int, float], expected: Signal | None) -> None:
    assert signal(fallen) is expected


@pytest.mark.parametrize("wrong", [-1.0, nan])
def test_what_is_no_amount_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="an amount of rain"):
        grade(wrong)
    with pytest.raises(ValueError, match="an amount of rain"):
        signal({3: wrong})


def test_other_times_have_no_grades() -> None:
    with pytest.raises(ValueError, match="grades for 12 and 24 hours"):
        grade(5.0, 6)
