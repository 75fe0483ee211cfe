import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from city.calendar import DayKind, Days, Known, Slot, WorkCalendar
from city.work_time import WorkTime
from tests.city.time_builders import BEIJING, DAY, HOUR, PLAIN, YEAR, amounts, announced, at, calendars, moments, said

GOLDEN = [
    ("2026-11-27 17:30", 4, "Mon 2026-11-30 11:30:00"),
    ("2026-11-27 11:00", 2, "Fri 2026-11-27 15:00:00"),
    ("2026-11-27 12:30", 8, "Mon 2026-11-30 12:00:00"),
    ("2026-11-28 10:00", 4, "Mon 2026-11-30 12:00:00"),
    ("2026-11-27 18:00", 8, "Mon 2026-11-30 18:00:00"),
]


class TestTheGoldenVectors:
    @pytest.mark.parametrize(("start", "hours", "end"), GOLDEN)
    def test_work_hours_end_where_they_end(self, start: str, hours: int, end: str) -> None:
        assert said(PLAIN.after(at(start), hours * HOUR)) == end
        assert said(YEAR.after(at(start), hours * HOUR)) == end

    @pytest.mark.parametrize(("start", "hours", "end"), GOLDEN)
    def test_what_was_added_is_measured(self, start: str, hours: int, end: str) -> None:
        assert PLAIN.between(at(start), at(end[4:])) == hours * HOUR


class TestBorders:
    @pytest.mark.parametrize(
        ("start", "ms", "end"),
        [
            ("2026-11-23 08:00", 1, "Mon 2026-11-23 08:00:00.001"),
            ("2026-11-23 08:00", 4 * HOUR, "Mon 2026-11-23 12:00:00"),
            ("2026-11-23 08:00", 4 * HOUR + 1, "Mon 2026-11-23 14:00:00.001"),
            ("2026-11-23 08:00", 4 * HOUR - 1, "Mon 2026-11-23 11:59:59.999"),
            ("2026-11-23 11:59:59", 1000, "Mon 2026-11-23 12:00:00"),
            ("2026-11-23 12:00", 1000, "Mon 2026-11-23 14:00:01"),
            ("2026-11-23 13:59:59", 1000, "Mon 2026-11-23 14:00:01"),
            ("2026-11-23 18:00", 1000, "Tue 2026-11-24 08:00:01"),
            ("2026-11-23 00:00", 8 * HOUR, "Mon 2026-11-23 18:00:00"),
            ("2026-11-22 23:59:59", 8 * HOUR, "Mon 2026-11-23 18:00:00"),
            ("2026-11-23 17:59:59", 8 * HOUR, "Tue 2026-11-24 17:59:59"),
        ],
    )
    def test_a_slot_holds_its_end_and_not_its_start(self, start: str, ms: int, end: str) -> None:
        assert said(PLAIN.after(at(start), ms)) == end

    def test_no_work_is_over_at_once_also_at_night(self) -> None:
        assert PLAIN.after(at("2026-11-28 03:00"), 0) == at("2026-11-28 03:00")

    def test_time_cannot_run_backwards(self) -> None:
        with pytest.raises(ValueError, match="cannot pass"):
            PLAIN.after(at("2026-11-28 03:00"), -1)

    @pytest.mark.parametrize(
        ("moment", "counts", "changes"),
        [
            ("2026-11-23 07:59:59", False, "Mon 2026-11-23 08:00:00"),
            ("2026-11-23 08:00", True, "Mon 2026-11-23 12:00:00"),
            ("2026-11-23 11:59:59", True, "Mon 2026-11-23 12:00:00"),
            ("2026-11-23 12:00", False, "Mon 2026-11-23 14:00:00"),
            ("2026-11-27 18:00", False, "Mon 2026-11-30 08:00:00"),
            ("2026-11-29 12:00", False, "Mon 2026-11-30 08:00:00"),
        ],
    )
    def test_whether_time_counts_now_and_until_when(self, moment: str, counts: bool, changes: str) -> None:
        assert PLAIN.counts_at(at(moment)) is counts
        assert said(PLAIN.next_border(at(moment))) == changes

    def test_slots_that_touch_are_worked_through_midnight(self) -> None:
        nights = WorkCalendar(slots=(Slot("22:00", "24:00"), Slot("00:00", "06:00")), work_days=(1, 2, 3, 4, 5, 6, 7))
        work = WorkTime(nights, BEIJING)
        assert said(work.after(at("2026-11-23 23:00"), 3 * HOUR)) == "Tue 2026-11-24 02:00:00"
        assert said(work.after(at("2026-11-23 22:00"), 2 * HOUR)) == "Tue 2026-11-24 00:00:00"


class TestTheYear:
    @pytest.mark.parametrize(
        ("start", "days", "end"),
        [
            ("2026-02-13 18:00", 1, "Sat 2026-02-14 18:00:00"),  # a make-up day
            ("2026-02-14 18:00", 1, "Tue 2026-02-24 18:00:00"),  # over the Spring Festival
            ("2026-02-27 18:00", 2, "Mon 2026-03-02 18:00:00"),  # Saturday the 28th is worked
            ("2026-09-18 18:00", 1, "Sun 2026-09-20 18:00:00"),
            ("2026-09-30 14:00", 1, "Thu 2026-10-08 12:00:00"),
            ("2026-10-09 18:00", 1, "Sat 2026-10-10 18:00:00"),
            ("2025-12-31 18:00", 1, "Sun 2026-01-04 18:00:00"),
            ("2027-02-04 18:00", 1, "Thu 2027-02-11 18:00:00"),
        ],
    )
    def test_holidays_are_left_out_and_make_up_days_are_worked(self, start: str, days: int, end: str) -> None:
        assert said(YEAR.after(at(start), days * 8 * HOUR)) == end

    def test_2026_has_as_many_work_days_as_were_announced(self) -> None:
        year = YEAR.between(at("2026-01-01 00:00"), at("2027-01-01 00:00"))
        assert year == (261 - 19 + 6) * 8 * HOUR

    @pytest.mark.parametrize(
        ("start", "end", "assumed"),
        [
            ("2026-01-01 00:00", "2026-12-31 23:59:59", False),
            ("2026-12-31 00:00", "2027-01-01 00:00", True),
            ("2025-12-31 23:59", "2026-01-01 00:00", True),
            ("2028-06-01 00:00", "2028-06-02 00:00", True),
        ],
    )
    def test_it_says_where_it_does_not_know(self, start: str, end: str, assumed: bool) -> None:
        assert YEAR.assumed(at(start), at(end)) is assumed

    def test_an_announced_run_over_new_year_announces_neither_year(self) -> None:
        run = Days(first="2026-12-31", last="2027-01-02", kind=DayKind.HOLIDAY, known=Known.ANNOUNCED)
        day = Days(first="2026-10-01", last="2026-10-07", kind=DayKind.HOLIDAY, known=Known.ANNOUNCED)
        alone, both = (WorkTime(WorkCalendar(days=days), BEIJING) for days in ((run,), (run, day)))
        for year in (2026, 2027):
            assert alone.assumed(at(f"{year}-06-01 00:00"), at(f"{year}-06-02 00:00"))
        assert not both.assumed(at("2026-06-01 00:00"), at("2026-06-02 00:00"))
        assert both.assumed(at("2027-06-01 00:00"), at("2027-06-02 00:00"))

    def test_a_city_without_dates_knows_of_no_year(self) -> None:
        assert PLAIN.assumed(at("2026-06-01 00:00"), at("2026-06-02 00:00"))

    def test_beyond_its_dates_the_week_decides(self) -> None:
        assert said(YEAR.after(at("2035-11-23 18:00"), 8 * HOUR)) == "Mon 2035-11-26 18:00:00"

    def test_a_workday_in_the_week_changes_nothing(self) -> None:
        work = WorkTime(announced("2026-11-24", kind=DayKind.WORKDAY), BEIJING)
        assert said(work.after(at("2026-11-23 18:00"), 8 * HOUR)) == "Tue 2026-11-24 18:00:00"


def by_the_minute(work: WorkTime, start: int, minutes: int) -> int:
    """Work time counted minute by minute, the slow and plain way."""
    return sum(60_000 for minute in range(minutes) if work.counts_at(start + minute * 60_000))


class TestProperties:
    @given(calendars(), moments, amounts)
    @example(PLAIN, at("2026-11-27 18:00"), 8 * HOUR)
    def test_what_was_added_is_measured_again(self, work: WorkTime, start: int, amount: int) -> None:
        assert work.between(start, work.after(start, amount)) == amount

    @given(calendars(), moments, amounts)
    def test_no_earlier_moment_would_have_done(self, work: WorkTime, start: int, amount: int) -> None:
        end = work.after(start, amount)
        assert end >= start
        assert amount == 0 or work.between(start, end - 1) == amount - 1

    @given(calendars(), moments, amounts, amounts)
    def test_two_steps_are_as_long_as_one(self, work: WorkTime, start: int, one: int, other: int) -> None:
        assert work.after(work.after(start, one), other) == work.after(start, one + other)

    @given(calendars(), moments, st.integers(0, 40 * DAY), amounts)
    def test_who_begins_later_ends_no_earlier(self, work: WorkTime, start: int, later: int, amount: int) -> None:
        assert work.after(start + later, amount + 1) >= work.after(start, amount + 1)

    @given(calendars(), moments, amounts, amounts)
    def test_more_work_takes_longer(self, work: WorkTime, start: int, one: int, other: int) -> None:
        less, more = sorted((one, other))
        assert (work.after(start, less) < work.after(start, more)) is (less < more)

    @given(calendars(), moments, st.integers(0, 40 * DAY), st.integers(0, 40 * DAY))
    def test_parts_of_a_time_add_up_to_the_whole(self, work: WorkTime, start: int, one: int, other: int) -> None:
        middle, end = start + one, start + one + other
        assert work.between(start, middle) + work.between(middle, end) == work.between(start, end)
        assert 0 <= work.between(start, end) <= end - start
        assert work.between(end, start) == -work.between(start, end)

    @given(calendars(), moments.map(lambda moment: moment // 60_000 * 60_000), st.integers(0, 3 * 1440))
    def test_it_is_what_counting_by_the_minute_gives(self, work: WorkTime, start: int, minutes: int) -> None:
        assert work.between(start, start + minutes * 60_000) == by_the_minute(work, start, minutes)

    @given(calendars(), moments)
    def test_nothing_changes_before_the_next_border(self, work: WorkTime, moment: int) -> None:
        border = work.next_border(moment)
        counted = border - moment if work.counts_at(moment) else 0
        assert border > moment
        assert work.between(moment, border) == counted

    @given(calendars(), moments, amounts, st.integers(-720, 840))
    def test_a_city_further_east_is_only_earlier(self, work: WorkTime, start: int, amount: int, east: int) -> None:
        moved = WorkTime(work.calendar, east)
        shift = work._offset - moved._offset
        assert moved.after(start + shift, amount) == work.after(start, amount) + shift

    @given(moments, amounts)
    def test_long_before_and_after_its_dates_it_goes_on(self, start: int, amount: int) -> None:
        for years in (-400, -50, 100, 1000):
            far = start + years * 365 * DAY
            assert YEAR.between(far, YEAR.after(far, amount)) == amount


def test_a_deadline_years_ahead_costs_no_more_than_one_tomorrow() -> None:
    began = time.perf_counter()
    for number in range(2000):
        YEAR.after(at("2026-11-27 17:30") + number, 10_000 * 8 * HOUR)
    assert time.perf_counter() - began < 2, "40 years ahead, a thousand deadlines a second on a machine under load"


def test_the_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("UTC", "America/New_York", "Pacific/Apia"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert said(PLAIN.after(at("2026-11-27 17:30"), 4 * HOUR)) == "Mon 2026-11-30 11:30:00"
    monkeypatch.undo()
    time.tzset()
