"""When a city works: the slots of a work day, the days of the week, and the dates that are otherwise, each announced or assumed."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from city.names import Name
from city.time_of_day import minutes_of

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
EPOCH = date(1970, 1, 1).toordinal()
"""What `date.toordinal` gives for the day that is counted as 0 here."""
LONGEST_RUN = 60


class DayKind(StrEnum):
    """What a date is instead of what its day of the week says."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class Known(StrEnum):
    """How a date is known: made public by who decides it, or expected by whoever wrote it down."""

    ANNOUNCED = "announced"
    ASSUMED = "assumed"


class Slot(Struct, frozen=True):
    """Work hours without a break, local times "HH:MM"; 24:00 is the end of the day."""

    start: str
    end: str


class Days(Struct, frozen=True, kw_only=True):
    """A date or a run of dates, "YYYY-MM-DD", both ends included: a holiday, or days that are worked although the week says otherwise."""

    first: str
    last: str
    kind: DayKind
    known: Known = Known.ASSUMED
    name: Name | None = None


class Wrong(Struct, frozen=True):
    """What is wrong in a calendar: in which entry of `days` (-1: in the slots or the week), in which field."""

    entry: int
    field: str
    what: str


class WorkCalendar(Struct, frozen=True, kw_only=True):
    """The calendar of a city; `work_days` are ISO days of the week. Raises ValueError when nobody could work by it, or a date is two things."""

    slots: tuple[Slot, ...] = (Slot("08:00", "12:00"), Slot("14:00", "18:00"))
    work_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    days: tuple[Days, ...] = ()

    def __post_init__(self) -> None:
        wrong = next(iter([*slot_wrongs(self.slots), *week_wrongs(self.work_days), *day_wrongs(self.days)]), None)
        if wrong is not None:
            raise ValueError(f"{wrong.field}: {wrong.what}")


def day_number(text: str) -> int:
    """Days since 1970-01-01 of a date "YYYY-MM-DD". Raises ValueError when there is no such day."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date like 2026-10-01")
    try:
        return date.fromisoformat(text).toordinal() - EPOCH
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


def slot_wrongs(slots: Sequence[Slot]) -> Iterator[Wrong]:
    """Slots that are no times, run past midnight, overlap, or are not there at all."""
    if not slots:
        yield Wrong(-1, "slots", "there is no slot, so that nobody would ever work")
    spans = []
    for slot in slots:
        try:
            start, end = minutes_of(slot.start), minutes_of(slot.end)
        except ValueError as wrong:
            yield Wrong(-1, "slots", str(wrong))
            continue
        if start >= end:
            what = f"{slot.start} to {slot.end} ends before it begins; a slot that runs past midnight is written as two"
            yield Wrong(-1, "slots", what)
        else:
            spans.append((start, end, slot))
    spans.sort(key=lambda span: span[:2])
    for (_, end, one), (start, _, other) in pairwise(spans):
        if start < end:
            what = f"{one.start} to {one.end} and {other.start} to {other.end} overlap"
            yield Wrong(-1, "slots", what)


def week_wrongs(work_days: Sequence[int]) -> Iterator[Wrong]:
    """Days of the week that there are not, that are named twice, or not at all."""
    if not work_days:
        yield Wrong(-1, "work_days", "no day of the week is worked")
    for day in sorted(set(work_days)):
        if day not in range(1, 8):
            yield Wrong(-1, "work_days", f"{day} is no day of the week: 1 is Monday, 7 is Sunday")
        if list(work_days).count(day) > 1:
            yield Wrong(-1, "work_days", f"{day} is named twice")


def day_wrongs(days: Sequence[Days]) -> Iterator[Wrong]:
    """Dates that there are not, runs that go backwards or on for months, and dates that two entries name."""
    taken: dict[int, Days] = {}
    for at, entry in enumerate(days):
        span, wrongs = _span(at, entry)
        yield from wrongs
        both = next((day for day in span if day in taken), None)
        if both is not None:
            other = taken[both]
            also = f"also a {other.kind}" if other.kind is not entry.kind else f"named as a {other.kind} already"
            yield Wrong(
                at, "first", f"{_text(both)} is a {entry.kind} here and {also}, in the entry from {other.first}"
            )
        taken |= dict.fromkeys(span, entry)


def idle_wrongs(days: Sequence[Days], work_days: Sequence[int]) -> Iterator[Wrong]:
    """Make-up days that are worked anyway: most likely a wrong date. For whoever checks a file; a calendar with one works."""
    for at, entry in enumerate(days):
        for day in _span(at, entry)[0] if entry.kind is DayKind.WORKDAY else ():
            if weekday(day) in work_days:
                yield Wrong(at, "first", f"{_text(day)} is worked anyway, by its day of the week: is the date right?")


def weekday(day: int) -> int:
    """The ISO day of the week (Monday is 1) of a day counted from 1970-01-01, a Thursday."""
    return (day + 3) % 7 + 1


def _span(at: int, entry: Days) -> tuple[range, list[Wrong]]:
    wrongs, ends = [], []
    for field in ("first",) if entry.last == entry.first else ("first", "last"):
        try:
            ends.append(day_number(getattr(entry, field)))
        except ValueError as wrong:
            wrongs.append(Wrong(at, field, str(wrong)))
    if wrongs:
        return range(0), wrongs
    first, last = ends[0], ends[-1]
    if last < first:
        return range(0), [Wrong(at, "last", f"{entry.last} is before {entry.first}, where it begins")]
    if last - first >= LONGEST_RUN:
        return range(0), [
            Wrong(at, "last", f"{entry.first} to {entry.last} are {last - first + 1} days: is that right?")
        ]
    return range(first, last + 1), []


def _text(day: int) -> str:
    return date.fromordinal(day + EPOCH).isoformat()
