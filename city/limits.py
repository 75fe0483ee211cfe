"""How long something may take, and by which of the four clocks that is counted; read from the short and the Chinese texts cities write."""

import re
from enum import StrEnum

from msgspec import Struct

from city.names import Name

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
HOURS_A_WORK_DAY = 8
MOST = 10_000


class Clock(StrEnum):
    """Which time counts: all of it (urgent hours, natural days), or the hours of the work calendar (work hours, work days)."""

    URGENT_HOUR = "urgent_hour"
    NATURAL_DAY = "natural_day"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"

    @property
    def continuous(self) -> bool:
        """Whether nights, weekends and holidays count."""
        return self in {Clock.URGENT_HOUR, Clock.NATURAL_DAY}

    @property
    def unit_ms(self) -> int:
        """Milliseconds of counted time in one unit; a work day is eight work hours."""
        return _UNIT_HOURS[self] * HOUR_MS


class Limit(Struct, frozen=True):
    """So many units of a clock. `original` keeps a text that says more than that, such as a season, or that nobody could read."""

    clock: Clock
    value: float
    original: str = ""

    @property
    def ms(self) -> int:
        """Milliseconds of counted time."""
        return round(self.value * self.clock.unit_ms)

    @property
    def text(self) -> str:
        """The short form that `read_limit` reads: 2uh, 1nd, 4wh, 2wd; 15m or 90s where that many urgent hours are not whole."""
        if self.clock is Clock.URGENT_HOUR and self.ms % HOUR_MS and self.ms % SECOND_MS == 0:
            return f"{self.ms // MINUTE_MS}m" if self.ms % MINUTE_MS == 0 else f"{self.ms // SECOND_MS}s"
        return f"{_number(self.value)}{_SHORT[self.clock]}"

    @property
    def name(self) -> Name:
        """The limit in words: a continuous one shorter than an hour in minutes or seconds, as nobody says 0.25 hours."""
        if self.clock is Clock.URGENT_HOUR and self.ms < HOUR_MS:
            whole = self.ms % MINUTE_MS == 0
            count, zh, en = (self.ms / MINUTE_MS, "分钟", "minute") if whole else (self.ms / SECOND_MS, "秒", "second")
            return Name(zh=f"{_number(count)}{zh}", en=_counted(count, en))
        zh, en = _WORDS[self.clock]
        return Name(zh=f"{_number(self.value)}{zh}", en=_counted(self.value, en))


UNREAD = (Clock.NATURAL_DAY, 1)
"""What a limit counts as whose text nobody can read: one natural day, as in the cities whose tables we know."""

_UNIT_HOURS = {Clock.URGENT_HOUR: 1, Clock.NATURAL_DAY: 24, Clock.WORK_HOUR: 1, Clock.WORK_DAY: HOURS_A_WORK_DAY}
_SHORT = {Clock.URGENT_HOUR: "uh", Clock.NATURAL_DAY: "nd", Clock.WORK_HOUR: "wh", Clock.WORK_DAY: "wd"}
_WORDS = {
    Clock.URGENT_HOUR: ("紧急工作时", "urgent hour"),
    Clock.NATURAL_DAY: ("自然日", "natural day"),
    Clock.WORK_HOUR: ("工作时", "work hour"),
    Clock.WORK_DAY: ("工作日", "work day"),
}
_ZH_UNITS = {
    Clock.URGENT_HOUR: ("紧急工作小时", "紧急工作时", "紧急小时"),
    Clock.NATURAL_DAY: ("紧急工作日", "紧急日", "自然日", "自然天"),
    Clock.WORK_HOUR: ("工作小时", "工作时", "小时"),
    Clock.WORK_DAY: ("工作日", "工作天", "天"),
}
_UNITS = {unit: clock for clock, units in _ZH_UNITS.items() for unit in units} | {
    short: clock for clock, short in _SHORT.items()
}
_LONGEST_FIRST = "|".join(sorted(_UNITS, key=len, reverse=True))
_COUNTED = re.compile(rf"(?P<before>\D*?)(?P<value>\d+(?:\.\d+)?)\s*个?\s*(?P<unit>{_LONGEST_FIRST})(?P<after>\D*)")
_DURATION_PART = re.compile(r"(\d+)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def read_limit(text: str) -> Limit | None:
    """The limit that a text says, or None.

    Read are the short form (`2uh`, `1nd`, `4wh`, `2wd`), the Chinese one (`2紧急工作时`, `1紧急工作日`, `4小时`, `2天`, `2工作日`), and a plain
    duration (`2h`, `90m`, `1h 30m`, `1d`), which is continuous. A Chinese text may say when it holds (`种植季节15工作日`); it is then kept as
    `original`. A text with several figures, such as a range, is no limit.
    """
    plain = text.strip()
    seconds = _duration(plain)
    if seconds is not None:
        return of_seconds(seconds) if 0 < seconds <= MOST * 3600 else None
    found = _COUNTED.fullmatch(plain)
    if found is None:
        return None
    value, condition = float(found["value"]), found["before"] + found["after"]
    if not 0 < value <= MOST or (condition and found["unit"].isascii()):
        return None
    return Limit(_UNITS[found["unit"]], value, original=plain if condition else "")


def limit_of(text: str) -> Limit:
    """As `read_limit`, for tables that must be taken as they are: a text that says no limit counts as `UNREAD`, and is kept."""
    return read_limit(text) or Limit(*UNREAD, original=text)


def of_seconds(seconds: float) -> Limit:
    """A continuous limit."""
    return Limit(Clock.URGENT_HOUR, seconds * SECOND_MS / HOUR_MS)


def _duration(text: str) -> int | None:
    parts = _DURATION_PART.findall(text)
    if not parts or _DURATION_PART.sub("", text).strip():
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def _number(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _counted(value: float, unit: str) -> str:
    return f"{_number(value)} {unit}{'' if value == 1 else 's'}"
