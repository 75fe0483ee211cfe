"""A city's calendar.toml: when it works, or every mistake in that with its line."""

from datetime import date
from pathlib import Path

import msgspec

from adapters.city_entries import built
from adapters.city_source import Entry, Mistake, toml_entries, toml_table
from city.calendar import (
    DayKind,
    Days,
    Known,
    Slot,
    WorkCalendar,
    Wrong,
    day_wrongs,
    idle_wrongs,
    slot_wrongs,
    week_wrongs,
)
from city.names import Name

FILE, WEEK, DAY = "calendar.toml", "week", "day"
USUAL = WorkCalendar()


class _Week(msgspec.Struct, frozen=True, kw_only=True):
    """The table [week]: ISO days of the week, and slots like "08:00-12:00"."""

    days: tuple[int, ...] = USUAL.work_days
    slots: tuple[str, ...] = tuple(f"{slot.start}-{slot.end}" for slot in USUAL.slots)


class _Day(msgspec.Struct, frozen=True, kw_only=True):
    """An entry [[day]]: one date, or a run of them up to `last`."""

    first: str
    kind: DayKind
    last: str = ""
    known: Known = Known.ASSUMED
    name: Name | None = None


def read_calendar(folder: Path) -> tuple[WorkCalendar, list[Mistake]]:
    """The calendar of a city's folder; a folder without one works as usual, Monday to Friday. What is wrong comes in the order of its lines."""
    if not (folder / FILE).exists():
        return USUAL, []
    entries, mistakes = toml_entries(folder, FILE, DAY, beside=WEEK)
    week, in_week = _week(toml_table(folder, FILE, WEEK))
    days, in_days = _days(entries, week)
    mistakes = sorted({*mistakes, *in_week, *in_days})
    return (USUAL, mistakes) if mistakes else (msgspec.structs.replace(week, days=days), [])


def _week(entry: Entry | None) -> tuple[WorkCalendar, list[Mistake]]:
    if entry is None:
        return USUAL, []
    written, mistakes = built(_Week, entry)
    if written is None:
        return USUAL, mistakes
    slots = tuple(Slot(start.strip(), end.strip()) for start, _, end in (slot.partition("-") for slot in written.slots))
    mistakes = [entry.mistake(wrong.what, "slots") for wrong in slot_wrongs(slots)]
    mistakes += [entry.mistake(wrong.what, "days") for wrong in week_wrongs(written.days)]
    return (USUAL, mistakes) if mistakes else (WorkCalendar(slots=slots, work_days=written.days), [])


def _days(entries: list[Entry], week: WorkCalendar) -> tuple[tuple[Days, ...], list[Mistake]]:
    read: list[tuple[Entry, Days]] = []
    mistakes: list[Mistake] = []
    for entry in map(_with_plain_dates, entries):
        written, wrong = built(_Day, entry)
        mistakes += wrong
        if written is not None:
            last = written.last or written.first
            days = Days(first=written.first, last=last, kind=written.kind, known=written.known, name=written.name)
            read.append((entry, days))
    runs = tuple(each for _, each in read)
    found: list[Wrong] = [*day_wrongs(runs), *idle_wrongs(runs, week.work_days)]
    return runs, mistakes + [read[wrong.entry][0].mistake(wrong.what, wrong.field) for wrong in found]


def _with_plain_dates(entry: Entry) -> Entry:
    """TOML has dates of its own, and people write both."""
    fields = {name: value.isoformat() if isinstance(value, date) else value for name, value in entry.fields.items()}
    return Entry(entry.file, entry.line, fields, entry.lines)
