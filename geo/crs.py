"""What a coordinate pair means in WGS-84, whichever of China's systems it was given in.

GNSS chips send WGS-84; phone maps send GCJ-02 (AMap, Tencent) or BD-09 (Baidu), which lie some 500 m away and so several cells off
(geo/shift.py). Survey data come in CGCS2000, in degrees or in metres of one of its planes (geo/cgcs2000.py); its degrees differ from WGS-84's
by less than a metre and are taken as the same.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geo import cgcs2000, shift
from geo.shift import Floats, Point, Shift, in_china

__all__ = ["CRS_NAMES", "Point", "from_wgs84", "from_wgs84_many", "in_china", "to_wgs84", "to_wgs84_many"]

_SHIFTS: dict[str, Shift[Any] | None] = {"wgs84": None, "gcj02": shift.gcj02, "bd09": shift.bd09, "cgcs2000": None}
CRS_NAMES = tuple(_SHIFTS)
"""The systems in degrees, which a message may name."""


def to_wgs84(lon: float, lat: float, crs: str) -> Point:
    """A point in degrees of `crs` as degrees of WGS-84; in a plane system's name `lon` and `lat` are easting and northing in metres.

    Outside China (a rectangle) nothing is shifted, but for what is the image of a point inside: by an edge, see geo/shift.py. Raises
    ValueError for an unknown crs, and for metres that cannot be of the plane.
    """
    if crs not in _SHIFTS:
        return cgcs2000.to_degrees(_plane(crs), lon, lat)
    by = _SHIFTS[crs]
    return shift.unshifted(lon, lat, by) if by else (lon, lat)


def from_wgs84(lon: float, lat: float, crs: str) -> Point:
    """A WGS-84 point in degrees as degrees of `crs`, or as easting and northing in metres of a plane system.

    Outside China nothing is shifted. Raises ValueError for an unknown crs, and for a point far from the plane's strip.
    """
    if crs not in _SHIFTS:
        return cgcs2000.from_degrees(_plane(crs), lon, lat)
    by = _SHIFTS[crs]
    return shift.shifted(lon, lat, by) if by else (lon, lat)


def to_wgs84_many(lons: ArrayLike, lats: ArrayLike, crs: str) -> tuple[Floats, Floats]:
    """`to_wgs84` for arrays of equal shape; the results are new arrays. Raises ValueError as it does, and for unequal shapes."""
    x, y = _pair(lons, lats)
    if crs not in _SHIFTS:
        return cgcs2000.to_degrees_many(_plane(crs), x, y)
    by = _SHIFTS[crs]
    return shift.unshifted_many(x, y, by) if by else (x.copy(), y.copy())


def from_wgs84_many(lons: ArrayLike, lats: ArrayLike, crs: str) -> tuple[Floats, Floats]:
    """`from_wgs84` for arrays of equal shape, but a point far from a plane's strip has infinite metres instead of an error."""
    x, y = _pair(lons, lats)
    if crs not in _SHIFTS:
        return cgcs2000.from_degrees_many(_plane(crs), x, y)
    by = _SHIFTS[crs]
    return shift.shifted_many(x, y, by) if by else (x.copy(), y.copy())


def _plane(crs: str) -> cgcs2000.System:
    try:
        return cgcs2000.system_of(crs)
    except ValueError as unknown:
        known = ", ".join(CRS_NAMES)
        raise ValueError(f"unknown crs {crs!r}: use one of {known}, or a plane system such as EPSG:4546") from unknown


def _pair(lons: ArrayLike, lats: ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"as many longitudes as latitudes are wanted, not shapes {x.shape} and {y.shape}")
    return x, y
