import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.calendar import (
    DayKind,
    Days,
    Slot,
    WorkCalendar,
    day_number,
    day_wrongs,
    idle_wrongs,
    slot_wrongs,
    week_wrongs,
    weekday,
)
from tests.city.time_builders import CHINA, MISTAKES

HOLIDAY, WORKDAY = DayKind.HOLIDAY, DayKind.WORKDAY


def days(first: str, last: str = "", kind: DayKind = HOLIDAY) -> Days:
    return Days(first=first, last=last or first, kind=kind)


class TestTheUsualCalendar:
    def test_it_has_eight_hours_in_two_slots_from_monday_to_friday(self) -> None:
        usual = WorkCalendar()
        assert usual.slots == (Slot("08:00", "12:00"), Slot("14:00", "18:00"))
        assert usual.work_days == (1, 2, 3, 4, 5)

    def test_it_survives_the_way_through_kafka(self) -> None:
        assert msgspec.json.decode(msgspec.json.encode(CHINA), type=WorkCalendar) == CHINA

    def test_one_that_nobody_could_work_by_cannot_come_out_of_kafka(self) -> None:
        with pytest.raises(msgspec.ValidationError, match="nobody would ever work"):
            msgspec.json.decode(b'{"slots":[]}', type=WorkCalendar)


class TestChina:
    def test_the_calendar_of_the_examples_has_no_mistake(self) -> None:
        assert MISTAKES == []

    def test_2026_is_announced_and_2027_assumed(self) -> None:
        assert {(entry.first[:4], str(entry.known)) for entry in CHINA.days} == {
            ("2026", "announced"),
            ("2027", "assumed"),
        }

    def test_the_make_up_days_of_2026_fall_on_weekends(self) -> None:
        made_up = [entry.first for entry in CHINA.days if entry.kind is WORKDAY]
        assert made_up == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
        assert all(weekday(day_number(day)) > 5 for day in made_up)

    def test_every_entry_has_a_name_in_both_languages(self) -> None:
        assert all(entry.name and entry.name.zh and entry.name.en for entry in CHINA.days)


class TestDates:
    def test_days_are_counted_from_1970(self) -> None:
        assert [day_number(text) for text in ("1970-01-01", "1970-01-02", "2026-11-27")] == [0, 1, 20_784]

    @pytest.mark.parametrize(
        ("text", "day"), [("2026-11-23", 1), ("2026-11-27", 5), ("2026-11-29", 7), ("1970-01-01", 4)]
    )
    def test_the_day_of_the_week_is_iso(self, text: str, day: int) -> None:
        assert weekday(day_number(text)) == day

    @pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "20260101", "2026-W01-1", "", "soon", "2026-1-1"])
    def test_what_is_no_date_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"no day|not a date"):
            day_number(text)

    @given(st.dates())
    def test_every_date_is_read(self, date: object) -> None:
        assert weekday(day_number(str(date))) == date.isoweekday()  # type: ignore[attr-defined]


class TestWhatCanBeWrong:
    @pytest.mark.parametrize(
        ("slots", "what"),
        [
            ([], "nobody would ever work"),
            ([("08:00", "12:00"), ("11:00", "18:00")], "08:00 to 12:00 and 11:00 to 18:00 overlap"),
            ([("14:00", "18:00"), ("08:00", "15:00")], "08:00 to 15:00 and 14:00 to 18:00 overlap"),
            ([("22:00", "06:00")], "runs past midnight is written as two"),
            ([("08:00", "08:00")], "ends before it begins"),
            ([("8 a.m.", "12:00")], "not a time of day"),
            ([("08:00", "24:01")], "not a time of day"),
        ],
    )
    def test_slots_that_cannot_be_are_said_in_words(self, slots: list[tuple[str, str]], what: str) -> None:
        wrongs = list(slot_wrongs([Slot(*slot) for slot in slots]))
        assert len(wrongs) == 1
        assert what in wrongs[0].what
        assert wrongs[0].field == "slots"

    def test_slots_may_touch_and_end_with_the_day(self) -> None:
        assert not list(slot_wrongs([Slot("00:00", "12:00"), Slot("12:00", "24:00")]))

    def test_all_slots_are_looked_at(self) -> None:
        assert len(list(slot_wrongs([Slot("a", "b"), Slot("09:00", "08:00"), Slot("c", "d")]))) == 3

    @pytest.mark.parametrize(
        ("week", "what"),
        [([], "no day of the week"), ([0], "0 is no day"), ([8], "8 is no day"), ([1, 1], "named twice")],
    )
    def test_a_week_that_cannot_be_is_said_in_words(self, week: list[int], what: str) -> None:
        assert [what in wrong.what for wrong in week_wrongs(week)] == [True]

    @pytest.mark.parametrize(
        ("entry", "field", "what"),
        [
            (days("2026-02-30"), "first", "there is no day 2026-02-30"),
            (days("2026-02-01", "tomorrow"), "last", "not a date"),
            (days("2026-02-05", "2026-02-01"), "last", "before 2026-02-05"),
            (days("2026-01-01", "2027-01-01"), "last", "366 days"),
        ],
    )
    def test_dates_that_cannot_be_are_said_in_words(self, entry: Days, field: str, what: str) -> None:
        (wrong, *_) = day_wrongs([entry])
        assert (wrong.entry, wrong.field) == (0, field)
        assert what in wrong.what

    def test_a_holiday_that_is_also_a_workday_is_said_with_both_entries(self) -> None:
        (wrong,) = day_wrongs([days("2026-10-01", "2026-10-07"), days("2026-10-04", kind=WORKDAY)])
        assert wrong.entry == 1
        assert wrong.what == "2026-10-04 is a workday here and also a holiday, in the entry from 2026-10-01"

    def test_a_date_named_twice_is_said_once_for_each_entry(self) -> None:
        wrongs = list(day_wrongs([days("2026-10-01", "2026-10-07"), days("2026-10-03", "2026-10-09")]))
        assert [wrong.entry for wrong in wrongs] == [1]

    def test_one_wrong_entry_does_not_hide_another(self) -> None:
        wrongs = list(day_wrongs([days("2026-02-30"), days("2026-05-05", "2026-05-01"), days("2026-01-01")]))
        assert [wrong.entry for wrong in wrongs] == [0, 1]

    def test_a_make_up_day_in_the_week_is_likely_a_wrong_date(self) -> None:
        entries = [days("2026-02-14", kind=WORKDAY), days("2026-02-13", kind=WORKDAY)]
        assert [wrong.entry for wrong in idle_wrongs(entries, (1, 2, 3, 4, 5))] == [1]
        assert not list(idle_wrongs([days("2026-02-30", kind=WORKDAY)], (1, 2, 3, 4, 5)))

    @pytest.mark.parametrize(
        "fields", [{"slots": ()}, {"work_days": ()}, {"days": (days("2026-01-01"), days("2026-01-01"))}]
    )
    def test_such_a_calendar_cannot_be(self, fields: dict[str, tuple[object, ...]]) -> None:
        with pytest.raises(ValueError, match=next(iter(fields)) if "days" not in fields else "first"):
            WorkCalendar(**fields)  # type: ignore[arg-type]
