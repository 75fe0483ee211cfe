from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.case_numbers import CaseNumber, first_case_number, next_case_number, parse_case_number

BEIJING = 480
DAY_MS = 86_400_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


NOON = at("2026-11-27T12:00+08:00")
numbers = st.builds(CaseNumber, st.sampled_from(["990101", "990102", "429004"]), st.dates(), st.integers(1, 99_999))


def test_a_case_number_has_its_division_its_day_and_its_serial() -> None:
    number = CaseNumber("990102", date(2026, 11, 27), 42)
    assert number.text == "9901022026112700042"
    assert len(number.text) == 19
    assert parse_case_number(number.text) == number


@given(numbers)
def test_every_case_number_comes_back_from_its_digits(number: CaseNumber) -> None:
    assert parse_case_number(number.text) == number


@given(st.lists(numbers, max_size=20))
def test_case_numbers_sort_by_division_and_then_by_time(some: list[CaseNumber]) -> None:
    assert [number.text for number in sorted(some)] == sorted(number.text for number in some)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "six digits of the division"),
        ("990102202611270042", "six digits of the division"),
        ("99010220261127000420", "six digits of the division"),
        ("YC01022026112700042", "six digits of the division"),
        ("0001022026112700042", "no province has the number 00"),
        ("9901002026112700042", "00 is a city's summary"),
        ("9901022026113100042", "20261131 is no day"),
        ("9901022027022900042", "20270229 is no day"),
        ("9901020000112700042", "00001127 is no day"),
        ("9901022026112700000", "begins at 00001"),
    ],
)
def test_what_is_no_case_number_is_told_why(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_case_number(text)


def test_the_leap_day_is_a_day() -> None:
    assert parse_case_number("9901022028022900001").day == date(2028, 2, 29)


def test_the_day_of_a_case_is_the_citys_own_and_not_the_worlds() -> None:
    just_after_midnight = at("2026-11-28T00:00+08:00")
    assert first_case_number("990102", just_after_midnight - 1, BEIJING).day == date(2026, 11, 27)
    assert first_case_number("990102", just_after_midnight, BEIJING).day == date(2026, 11, 28)
    assert first_case_number("990102", just_after_midnight, 0).day == date(2026, 11, 27)


def test_the_serial_counts_on_a_day_and_begins_anew_on_the_next() -> None:
    first = first_case_number("990102", NOON, BEIJING)
    second = next_case_number(first, NOON, BEIJING)
    tomorrow = next_case_number(second, NOON + DAY_MS, BEIJING)
    assert [number.text[6:] for number in (first, second, tomorrow)] == [
        "2026112700001",
        "2026112700002",
        "2026112800001",
    ]


def test_a_clock_that_goes_back_a_day_gives_no_number_twice() -> None:
    last = CaseNumber("990102", date(2026, 11, 27), 7)
    assert next_case_number(last, NOON - DAY_MS, BEIJING) == CaseNumber("990102", date(2026, 11, 27), 8)


def test_a_day_has_room_for_99999_cases_of_a_division() -> None:
    last = CaseNumber("990102", date(2026, 11, 27), 99_998)
    last = next_case_number(last, NOON, BEIJING)
    assert last.text.endswith("99999")
    with pytest.raises(ValueError, match="990102 has filed 99999 cases on 2026-11-27"):
        next_case_number(last, NOON, BEIJING)
    assert next_case_number(last, NOON + DAY_MS, BEIJING).serial == 1


@pytest.mark.parametrize(
    ("division", "said"), [("9901", "it has six digits"), ("990100", "summary"), ("99010x", "digits only")]
)
def test_only_a_division_files_cases(division: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        first_case_number(division, NOON, BEIJING)


@given(st.lists(st.integers(0, 10 * DAY_MS), min_size=1, max_size=50))
def test_whatever_the_clock_does_every_number_is_above_the_last(moments: list[int]) -> None:
    number = first_case_number("990102", NOON, BEIJING)
    for after in moments:
        following = next_case_number(number, NOON - 5 * DAY_MS + after, BEIJING)
        assert following > number
        number = following


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), st.integers(-12 * 60, 14 * 60))  # noqa: DTZ001 - the zone is set below
def test_the_first_number_of_a_day_names_the_day_on_the_citys_calendar(moment: datetime, offset: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=UTC)
    local = aware.timestamp() + offset * 60
    number = first_case_number("990102", int(aware.timestamp() * 1000), offset)
    assert number.day == datetime.fromtimestamp(local, UTC).date()
