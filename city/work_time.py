"""How much work time lies between two moments, and when so much of it will have passed: sums over days, so that years cost no more than hours."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date
from itertools import accumulate

from city.calendar import EPOCH, DayKind, Days, Known, WorkCalendar, day_number, weekday
from city.time_of_day import minutes_of

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


class WorkTime:
    """A calendar in a time zone of `utc_offset_minutes` east of UTC, made ready for reckoning. Moments are epoch milliseconds.

    All of it rests on one function: the work time that has passed since a far moment, which never goes down. A slot holds its end: work
    that fills a slot is over when the slot is, not when the next one begins.
    """

    def __init__(self, calendar: WorkCalendar, utc_offset_minutes: int) -> None:
        self.calendar = calendar
        self._offset = utc_offset_minutes * MINUTE_MS
        slots = sorted((minutes_of(slot.start), minutes_of(slot.end)) for slot in calendar.slots)
        self._starts = [start * MINUTE_MS for start, _ in slots]
        self._ends = [end * MINUTE_MS for _, end in slots]
        lengths = [end - start for start, end in zip(self._starts, self._ends, strict=True)]
        self._filled = list(accumulate(lengths, initial=0))
        self._day = self._filled[-1]
        self._week = [weekday(day) in calendar.work_days for day in range(7)]
        self._week_before = list(accumulate(self._week, initial=0))
        self._other = _exceptions(calendar.days, self._week)
        self._other_days = sorted(self._other)
        steps = (1 if self._other[day] else -1 for day in self._other_days)
        self._other_before = list(accumulate(steps, initial=0))
        self._announced = _announced(calendar.days)

    def works_on(self, day: int) -> bool:
        """Whether a day (counted from 1970-01-01, local) is worked."""
        return self._other.get(day, self._week[day % 7])

    def passed(self, at: int) -> int:
        """Milliseconds of work time from a fixed far moment until `at`; only differences of it mean anything."""
        day, of_day = divmod(at + self._offset, DAY_MS)
        whole = self._days_before(day) * self._day
        if not self.works_on(day):
            return whole
        clipped = (max(0, min(of_day, end) - start) for start, end in zip(self._starts, self._ends, strict=True))
        return whole + sum(clipped)

    def between(self, start: int, end: int, /) -> int:
        """Milliseconds of work time from `start` to `end`; below zero where `end` is the earlier one."""
        return self.passed(end) - self.passed(start)

    def after(self, start: int, work_ms: int, /) -> int:
        """The earliest moment by which `work_ms` of work time have passed since `start`. Raises ValueError below zero."""
        if work_ms < 0:
            raise ValueError(f"{work_ms} ms of work time cannot pass")
        return self._when(self.passed(start) + work_ms) if work_ms else start

    def counts_at(self, at: int) -> bool:
        """Whether work time passes from `at` on."""
        day, of_day = divmod(at + self._offset, DAY_MS)
        slots = zip(self._starts, self._ends, strict=True)
        return self.works_on(day) and any(start <= of_day < end for start, end in slots)

    def next_border(self, at: int) -> int:
        """The next moment after `at` at which a slot of a worked day begins or ends."""
        day, of_day = divmod(at + self._offset, DAY_MS)
        left = [border for border in (*self._starts, *self._ends) if border > of_day] if self.works_on(day) else []
        if left:
            return day * DAY_MS + min(left) - self._offset
        return self._work_day(self._days_before(day + 1)) * DAY_MS + self._starts[0] - self._offset

    def assumed(self, start: int, end: int) -> bool:
        """Whether some year between two moments has not been announced, so that what lies between them is a guess."""
        years = range(_year(start + self._offset), _year(end + self._offset) + 1)
        return not self._announced.issuperset(years)

    def _days_before(self, day: int) -> int:
        """Worked days before a day, counted from 1970-01-01; below zero before that."""
        weeks, rest = divmod(day, 7)
        by_week = weeks * self._week_before[-1] + self._week_before[rest]
        return by_week + self._other_before[bisect_left(self._other_days, day)]

    def _work_day(self, number: int) -> int:
        """The worked day before which `number` worked days lie."""
        per_week, others = self._week_before[-1], len(self._other_days)
        first = (number - others) * 7 // per_week - 14
        last = (number + others) * 7 // per_week + 14
        return first + bisect_left(range(first, last), number + 1, key=lambda day: self._days_before(day + 1))

    def _when(self, passed: int) -> int:
        number, of_day = divmod(passed - 1, self._day)
        slot = bisect_left(self._filled, of_day + 1) - 1
        at = self._starts[slot] + of_day + 1 - self._filled[slot]
        return self._work_day(number) * DAY_MS + at - self._offset


def _exceptions(days: Iterable[Days], week: list[bool]) -> dict[int, bool]:
    """Which days are worked or not, against the week."""
    others = {
        day: entry.kind is DayKind.WORKDAY
        for entry in days
        for day in range(day_number(entry.first), day_number(entry.last) + 1)
    }
    return {day: worked for day, worked in others.items() if worked is not week[day % 7]}


def _announced(days: Iterable[Days]) -> frozenset[int]:
    """The years of which an announced run is known, and nothing only assumed: a run over New Year tells nothing of the rest of either year."""
    known: set[str] = set()
    guessed: set[str] = set()
    for entry in days:
        years = {entry.first[:4], entry.last[:4]}
        if entry.known is Known.ASSUMED:
            guessed |= years
        elif len(years) == 1:
            known |= years
    return frozenset(map(int, known - guessed))


def _year(local: int) -> int:
    return date.fromordinal(local // DAY_MS + EPOCH).year


EVERY_WEEK = WorkTime(WorkCalendar(), 480)
"""The work time of a city that has registered no calendar, and lies where China's clocks are right."""
