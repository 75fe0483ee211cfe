"""Moments as people in China write them, and the calendar of the examples."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import strategies as st

from adapters.calendar_file import read_calendar
from city.calendar import DayKind, Days, Known, Slot, WorkCalendar
from city.work_time import WorkTime

BEIJING = 480
HOUR = 3_600_000
DAY = 24 * HOUR
CHINA, MISTAKES = read_calendar(Path(__file__).parents[2] / "examples" / "demo")
PLAIN = WorkTime(WorkCalendar(), BEIJING)
YEAR = WorkTime(CHINA, BEIJING)


def at(text: str, minutes_east: int = BEIJING) -> int:
    """The moment of a local time like "2026-11-27 17:30", epoch ms."""
    zone = timezone(timedelta(minutes=minutes_east))
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def said(moment: int, minutes_east: int = BEIJING) -> str:
    """A moment as a local time with its day of the week; milliseconds where there are some."""
    zone = timezone(timedelta(minutes=minutes_east))
    local = datetime.fromtimestamp(moment // 1000, UTC).astimezone(zone).strftime("%a %Y-%m-%d %H:%M:%S")
    return f"{local}.{moment % 1000:03}" if moment % 1000 else local


moments = st.integers(at("2025-01-01 00:00"), at("2029-01-01 00:00"))
amounts = st.integers(0, 4000 * HOUR) | st.sampled_from([HOUR * n for n in (1, 2, 4, 8, 16, 40, 120)])


@st.composite
def calendars(draw: st.DrawFn) -> WorkTime:
    """Any calendar a city could have, in any time zone."""
    borders = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    slots = tuple(Slot(_time(start), _time(end)) for start, end in pairs)
    week = tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1))))
    others = draw(st.dictionaries(st.integers(0, 1500), st.sampled_from(DayKind), max_size=30))
    days = tuple(Days(first=(day := _date(n)), last=day, kind=kind) for n, kind in others.items())
    return WorkTime(WorkCalendar(slots=slots, work_days=week, days=days), draw(st.integers(-720, 840)))


def announced(*days: str, kind: DayKind = DayKind.HOLIDAY) -> WorkCalendar:
    """The usual week with these dates otherwise."""
    return WorkCalendar(days=tuple(Days(first=day, last=day, kind=kind, known=Known.ANNOUNCED) for day in days))


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _date(number: int) -> str:
    return (datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number)).date().isoformat()
