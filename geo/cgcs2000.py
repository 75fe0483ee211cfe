"""Which of CGCS2000's systems a name means, and what metres in one of its planes are in degrees.

Chinese surveys use Gauss-Krüger strips 3° or 6° wide around a central meridian from 75° E to 135° E. The easting is counted from 500 km
west of the meridian; in the variant with zone numbers the zone's number stands in front of it (37 500 000 m for 500 000 m in zone 37).
EPSG 4490 is the geographic system, 4491-4501 the 6° zones with and 4502-4512 without number, 4513-4533 and 4534-4554 the 3° ones.
Degrees of CGCS2000 are taken as WGS-84's, from which they differ by less than a metre.
"""

import math
import re
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from pyproj import Transformer

from geo.shift import Floats

GEOGRAPHIC_EPSG = 4490
FIRST_MERIDIAN, LAST_MERIDIAN = 75, 135
_FIRST_EPSG = {(6, True): 4491, (6, False): 4502, (3, True): 4513, (3, False): 4534}
_ZONE_M = 1_000_000
_WIDEST_M = 500_000
_SOUTHMOST_M, _NORTHMOST_M = 300_000, 6_500_000  # the northings of 2.7° N and 58.6° N, between which China lies
_EPSG = re.compile(r"(?:.*\b)?epsg(?: \d+(?: \d+)*)? (\d{4,5})|(\d{4,5})")
_PLANE = re.compile(
    r"(?:china geodetic coordinate system 2000|cgcs 2000|cgcs2000) (?:([36]) degree )?gk (?:(cm) (\d{2,3}) ?e|zone (\d{2}))"
)
_GEOGRAPHIC = (
    "cgcs2000",
    "cgcs 2000",
    "china geodetic coordinate system 2000",
    "gcs china geodetic coordinate system 2000",
)


class System(NamedTuple):
    """One of CGCS2000's systems; `meridian` (degrees east) and `width` (degrees) are 0 for the geographic one."""

    meridian: int = 0
    width: int = 0
    numbered: bool = False

    @property
    def epsg(self) -> int:
        """Its number in the EPSG register."""
        if not self.width:
            return GEOGRAPHIC_EPSG
        return _FIRST_EPSG[self.width, self.numbered] + (self.meridian - FIRST_MERIDIAN) // self.width

    @property
    def zone(self) -> int:
        """The number of its zone: 3° zones are counted by their meridian from 0° on, 6° zones from 3° on."""
        return self.meridian // 3 if self.width == 3 else (self.meridian + 3) // 6  # noqa: PLR2004 - whole degrees

    @property
    def name(self) -> str:
        """Our name of it, such as cgcs2000/3-degree-gk-cm-111e."""
        if not self.width:
            return "cgcs2000"
        place = f"zone-{self.zone}" if self.numbered else f"cm-{self.meridian}e"
        return f"cgcs2000/{self.width}-degree-gk-{place}"

    @property
    def false_easting_m(self) -> int:
        """The easting of the central meridian."""
        return _WIDEST_M + (self.zone * _ZONE_M if self.numbered else 0)


GEOGRAPHIC = System()
SYSTEMS = (
    GEOGRAPHIC,
    *(
        System(meridian, width, numbered)
        for width, numbered in _FIRST_EPSG
        for meridian in range(FIRST_MERIDIAN, LAST_MERIDIAN + 1, width)
    ),
)
_BY_EPSG = {system.epsg: system for system in SYSTEMS}


def system_of(name: str) -> System:
    """The system a name means: our own names, EPSG:4546 (also as URN or address), EPSG's and ESRI's names.

    Raises ValueError for every other name.
    """
    words = _words(name)
    if words in _GEOGRAPHIC:
        return GEOGRAPHIC
    numbered = _EPSG.fullmatch(words)
    if numbered and (system := _BY_EPSG.get(int(numbered[1] or numbered[2]))):
        return system
    plane = _PLANE.fullmatch(words)
    if plane and (system := _plane(int(plane[1] or 6), plane[3], plane[4])):
        return system
    raise ValueError(
        f"unknown system {name!r}: use EPSG:4490, EPSG:4491 to EPSG:4554, or a name like {System(111, 3).name}"
    )


def system_at(lon: float, *, width: int = 3, numbered: bool = False) -> System:
    """The plane system in whose strip a longitude lies. Raises ValueError outside 72° E to 138° E, or for a width other than 3 or 6."""
    if (width, numbered) not in _FIRST_EPSG:
        raise ValueError(f"strips are 3 or 6 degrees wide, not {width}")
    meridian = FIRST_MERIDIAN + round((lon - FIRST_MERIDIAN) / width) * width if math.isfinite(lon) else 0
    if not FIRST_MERIDIAN <= meridian <= LAST_MERIDIAN:
        raise ValueError(f"{lon:g}° E lies in no strip: they go from {FIRST_MERIDIAN}° E to {LAST_MERIDIAN}° E")
    return System(meridian, width, numbered)


def plane_fault(system: System, x: float, y: float) -> str | None:
    """Why a pair can't be easting and northing (metres) of a plane system in China, saying what it looks like; None when it can."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return "easting and northing are finite numbers of metres"
    if _fits(system, x, y):
        return None
    likeness = _likeness(system, x, y)
    return f"{x:.10g}, {y:.10g} is no easting and northing of {system.name}{likeness and f'; {likeness}'}"


def to_degrees(system: System, x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of an easting and northing (metres). Raises ValueError as `plane_fault` says; degrees stay what they are."""
    if system == GEOGRAPHIC:
        return x, y
    fault = plane_fault(system, x, y)
    if fault:
        raise ValueError(fault)
    lon, lat = _transformer(system.epsg).transform(x, y)
    return float(lon), float(lat)


def from_degrees(system: System, lon: float, lat: float) -> tuple[float, float]:
    """Easting and northing (metres) of a longitude and latitude; degrees stay what they are.

    Raises ValueError for a point so far from the strip that the result could not be read back.
    """
    if system == GEOGRAPHIC:
        return lon, lat
    x, y = _transformer(system.epsg).transform(lon, lat, direction="INVERSE")
    if plane_fault(system, x, y):
        raise ValueError(f"{lon:g}, {lat:g} lies too far from the strip of {system.name}")
    return float(x), float(y)


def to_degrees_many(system: System, xs: Floats, ys: Floats) -> tuple[Floats, Floats]:
    """`to_degrees` for many points; the error names the first that is wrong."""
    if system == GEOGRAPHIC:
        return xs.copy(), ys.copy()
    wrong = np.flatnonzero(
        ~((np.abs(xs - system.false_easting_m) <= _WIDEST_M) & (ys >= _SOUTHMOST_M) & (ys <= _NORTHMOST_M))
    )
    if wrong.size:
        raise ValueError(f"point {wrong[0]}: {plane_fault(system, float(xs[wrong[0]]), float(ys[wrong[0]]))}")
    return _arrays(_transformer(system.epsg).transform(xs, ys))


def from_degrees_many(system: System, lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
    """`from_degrees` for many points; a point too far from the strip has infinite metres."""
    if system == GEOGRAPHIC:
        return lons.copy(), lats.copy()
    return _arrays(_transformer(system.epsg).transform(lons, lats, direction="INVERSE"))


def _likeness(system: System, x: float, y: float) -> str:
    zone, within = divmod(x, _ZONE_M)
    if _fits(system, y, x):
        return "it looks like northing and easting swapped"
    if abs(x) <= 180 and abs(y) <= 90:  # noqa: PLR2004 - whole degrees
        return "it looks like degrees"
    if system.numbered and zone == 0 and within:
        return f"the zone's number {system.zone} is missing in front of the easting"
    if zone and not system.numbered:
        return f"the easting has a zone's number {zone:.0f} in front, which this system does not write"
    if zone != system.zone and system.numbered:
        return f"the easting is of zone {zone:.0f}, not {system.zone}"
    return ""


def _fits(system: System, x: float, y: float) -> bool:
    return abs(x - system.false_easting_m) <= _WIDEST_M and _SOUTHMOST_M <= y <= _NORTHMOST_M


def _plane(width: int, meridian: str | None, zone: str | None) -> System | None:
    degrees = int(meridian) if meridian else int(zone or 0) * width - (3 if width == 6 else 0)  # noqa: PLR2004 - whole degrees
    system = System(degrees, width, zone is not None)
    return system if system in SYSTEMS else None


def _words(name: str) -> str:
    spaced = " ".join(re.sub(r"[^a-z0-9]+", " ", name.strip().lower().replace("ü", "u")).split())
    return spaced.replace("gauss kruger", "gk").replace("gauss krueger", "gk")


@lru_cache(maxsize=len(SYSTEMS))
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(f"EPSG:{epsg}", f"EPSG:{GEOGRAPHIC_EPSG}", always_xy=True)


def _arrays(found: Any) -> tuple[Floats, Floats]:
    return np.asarray(found[0], dtype=np.float64), np.asarray(found[1], dtype=np.float64)
