"""Whether a sent position can be true, and if not, what it looks like: swapped, without a fix, in another system, too far, too fast.

Nothing here refuses anything: a position that lies nowhere is for its reader to refuse with the likeness as the reason, one that is merely
doubtful is to be taken in and shown. Degrees are of WGS-84 unless a system is named.
"""

from typing import NamedTuple

from geo.area import LARGEST_LAT, LARGEST_LON
from geo.crs import to_wgs84
from geo.distance import metres

FASTEST_M_PER_S = 50.0
FAR_M = 200.0
NO_FIX_DEGREES = 0.01
LEAST_JUMP_M = 20.0
"""What two fixes of a receiver that stands still may differ by; nearer ones are no jump however soon they follow."""

VANISHED_M = 50.0
LEAST_OFF_M = 100.0
FARTHEST_OFF_M = 1_600.0  # GCJ-02 shifts no point of China farther than 0.72 km, BD-09 none farther than 1.52 km
SHIFTED = ("gcj02", "bd09")


class Fix(NamedTuple):
    """Where something was at `at` (epoch ms)."""

    lon: float
    lat: float
    at: int


class Jump(NamedTuple):
    """A way that nothing in a city can have gone in that time; `seconds` may be 0."""

    metres: float
    seconds: float


class Mistaken(NamedTuple):
    """A position that makes sense in another system: how far off it is as sent, and how near taken as `crs`."""

    crs: str
    off_m: float
    near_m: float


def looks_swapped(lon: float, lat: float) -> bool:
    """Whether a pair can be degrees only the other way round. In the west of China both ways can be: then only the map can tell."""
    return LARGEST_LAT < abs(lat) <= LARGEST_LON and abs(lon) <= LARGEST_LAT


def looks_without_fix(lon: float, lat: float) -> bool:
    """Whether a pair lies where receivers without a fix put themselves: within a kilometre of 0, 0 in the Gulf of Guinea."""
    return abs(lon) < NO_FIX_DEGREES and abs(lat) < NO_FIX_DEGREES


def looks_half_filled(lon: float, lat: float) -> bool:
    """Whether one of the two was never filled in: it is exactly 0, and the other is not."""
    return (lon == 0) != (lat == 0)


def jump_between(before: Fix, after: Fix, *, fastest_m_per_s: float = FASTEST_M_PER_S) -> Jump | None:
    """The jump between two fixes, whichever was first, if the way between them is farther than the fastest way takes; else None."""
    way = metres(before.lon, before.lat, after.lon, after.lat)
    seconds = abs(after.at - before.at) / 1000
    return Jump(way, seconds) if way > max(fastest_m_per_s * seconds, LEAST_JUMP_M) else None


def far_from(home: tuple[float, float], point: tuple[float, float], *, limit_m: float = FAR_M) -> float | None:
    """How many metres a point lies from where it should, when these are more than the limit; else None."""
    off = metres(*home, *point)
    return off if off > limit_m else None


def mistaken_system(lon: float, lat: float, crs: str, home: tuple[float, float]) -> Mistaken | None:
    """The system in which a pair sent as `crs` lies at home (WGS-84), when as sent it lies well away from it; else None.

    Phones' maps give GCJ-02 or BD-09, receivers WGS-84: whoever names the wrong one is some hundred metres off, always the same way.
    Raises ValueError for an unknown crs.
    """
    off = metres(*to_wgs84(lon, lat, crs), *home)
    if not LEAST_OFF_M < off <= FARTHEST_OFF_M:
        return None
    own = "wgs84" if crs == "cgcs2000" else crs
    others = [
        Mistaken(other, off, metres(*to_wgs84(lon, lat, other), *home)) for other in ("wgs84", *SHIFTED) if other != own
    ]
    best = min(others, key=lambda other: other.near_m)
    return best if best.near_m <= VANISHED_M and 4 * best.near_m < off else None
