"""What a coordinate pair means in WGS-84, whichever of China's systems it was given in.

GNSS chips send WGS-84; phone maps send GCJ-02 (AMap, Tencent) or BD-09 (Baidu), which lie some 500 m away and so several cells off.
CGCS2000 differs from WGS-84 by less than a metre and is taken as the same. The shifts are the publicly known ones (Krasovsky 1940
ellipsoid, origin 105° E 35° N); their inverses are found by fixed-point iteration, exact to well below a millimetre.
"""

from collections.abc import Callable
from math import atan2, cos, pi, sin, sqrt

Point = tuple[float, float]

CRS_NAMES = ("wgs84", "gcj02", "bd09", "cgcs2000")

_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_TURN = pi * 3000 / 180
_WEST, _EAST, _SOUTH, _NORTH = 73.66, 135.05, 3.86, 53.55
_CLOSE_DEGREES = 1e-13
_MOST_STEPS = 30


def to_wgs84(lon: float, lat: float, crs: str) -> Point:
    """A point in degrees of `crs` as degrees of WGS-84. Outside China nothing is shifted. Raises ValueError for an unknown crs."""
    match crs:
        case "wgs84" | "cgcs2000":
            return lon, lat
        case "gcj02":
            return _unshift(lon, lat, _gcj_shift)
        case "bd09":
            return _unshift(lon, lat, _bd_shift)
        case _:
            raise ValueError(_unknown(crs))


def from_wgs84(lon: float, lat: float, crs: str) -> Point:
    """A WGS-84 point in degrees as degrees of `crs`. Outside China nothing is shifted. Raises ValueError for an unknown crs."""
    match crs:
        case "wgs84" | "cgcs2000":
            return lon, lat
        case "gcj02":
            return _gcj_shift(lon, lat) if in_china(lon, lat) else (lon, lat)
        case "bd09":
            return _bd_shift(lon, lat) if in_china(lon, lat) else (lon, lat)
        case _:
            raise ValueError(_unknown(crs))


def in_china(lon: float, lat: float) -> bool:
    """Whether a point lies in the rectangle where map services shift coordinates."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _unknown(crs: str) -> str:
    return f"unknown crs {crs!r}: use one of {', '.join(CRS_NAMES)}"


def _unshift(lon: float, lat: float, shift: Callable[[float, float], Point]) -> Point:
    if not in_china(lon, lat):
        return lon, lat
    x, y = lon, lat
    for _ in range(_MOST_STEPS):
        shifted_x, shifted_y = shift(x, y)
        off_x, off_y = shifted_x - lon, shifted_y - lat
        x, y = x - off_x, y - off_y
        if abs(off_x) < _CLOSE_DEGREES and abs(off_y) < _CLOSE_DEGREES:
            break
    return x, y


def _bd_shift(lon: float, lat: float) -> Point:
    x, y = _gcj_shift(lon, lat)
    radius = sqrt(x * x + y * y) + 0.00002 * sin(y * _BD_TURN)
    angle = atan2(y, x) + 0.000003 * cos(x * _BD_TURN)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def _gcj_shift(lon: float, lat: float) -> Point:
    x, y = lon - 105.0, lat - 35.0
    angle = lat / 180.0 * pi
    squared = 1 - _ECCENTRICITY_SQUARED * sin(angle) ** 2
    root = sqrt(squared)
    metres_a_degree_north = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / (squared * root) * pi / 180.0
    metres_a_degree_east = _SEMI_MAJOR_M / root * cos(angle) * pi / 180.0
    return lon + _east_m(x, y) / metres_a_degree_east, lat + _north_m(x, y) / metres_a_degree_north


def _east_m(x: float, y: float) -> float:
    base = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    return (
        base
        + (_ripple(x) + _waves(x, 20.0, 40.0) + 150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    )


def _north_m(x: float, y: float) -> float:
    base = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    return (
        base
        + (_ripple(x) + _waves(y, 20.0, 40.0) + 160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    )


def _ripple(x: float) -> float:
    return 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)


def _waves(value: float, first: float, second: float) -> float:
    return first * sin(value * pi) + second * sin(value / 3.0 * pi)
