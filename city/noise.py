"""How loud it may be: limits by kind of zone and hour, in dB(A).

Zones 0 to 4b after GB 3096-2008, the boundary of a building site after GB 12523-2011; the day is 06:00 to 22:00. The figures are known
from memory and common use, and are to be compared with the standard's text before anybody is fined by them.
"""

from enum import StrEnum

from msgspec import Struct

DAY_BEGINS_MIN, NIGHT_BEGINS_MIN = 6 * 60, 22 * 60
DAY_MIN = 24 * 60


class Zone(StrEnum):
    """What an area is used for, and so how quiet it has to be."""

    REST = "0"
    HOMES = "1"
    MIXED = "2"
    INDUSTRY = "3"
    ROADS = "4a"
    RAILWAYS = "4b"
    SITE = "site"


class Limits(Struct, frozen=True):
    """The most that is allowed by day and by night, dB(A)."""

    day: int
    night: int


LIMITS = {
    Zone.REST: Limits(50, 40),
    Zone.HOMES: Limits(55, 45),
    Zone.MIXED: Limits(60, 50),
    Zone.INDUSTRY: Limits(65, 55),
    Zone.ROADS: Limits(70, 55),
    Zone.RAILWAYS: Limits(70, 60),
    Zone.SITE: Limits(70, 55),
}


def is_day(minute: int) -> bool:
    """Whether a local minute of the day (0 to 1439) is day: from 06:00, until before 22:00. Raises ValueError beyond."""
    if not 0 <= minute < DAY_MIN:
        raise ValueError(f"a day has the minutes 0 to {DAY_MIN - 1}, not {minute}")
    return DAY_BEGINS_MIN <= minute < NIGHT_BEGINS_MIN


def limit(zone: Zone, minute: int) -> int:
    """The most that is allowed in a zone at a local minute of the day, dB(A). Raises ValueError when there is no such minute."""
    return LIMITS[zone].day if is_day(minute) else LIMITS[zone].night
