"""Who is on duty when: a shift is local time and week days, and may run past midnight."""

from city.registry import Shift
from city.time_of_day import MINUTES_A_DAY, minutes_of

_MS_A_MINUTE = 60_000
_THURSDAY = 4  # 1 January 1970, as an ISO week day


def on_shift(shift: Shift, now: int, utc_offset_minutes: int) -> bool:
    """Whether `now` (epoch ms) lies in the shift. The evening of a duty day carries its shift into the next morning."""
    day, minute = divmod(now // _MS_A_MINUTE + utc_offset_minutes, MINUTES_A_DAY)
    start, end = minutes_of(shift.start), minutes_of(shift.end)
    today = (day + _THURSDAY - 1) % 7 + 1
    yesterday = (today - 2) % 7 + 1
    if start < end:
        return today in shift.days and start <= minute < end
    return (today in shift.days and minute >= start) or (yesterday in shift.days and minute < end)
