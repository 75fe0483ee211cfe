"""How China's map services shift a point (GCJ-02, BD-09), and which point was shifted to where they show it.

The formulas are the publicly known ones (Krasovsky 1940 ellipsoid, origin 105° E 35° N), applied to WGS-84 points inside a rectangle and to
none outside. They are written once, for floats and for NumPy arrays. The inverse is found by fixed-point iteration, exact to well below a
millimetre.

At the rectangle's edges the rule has consequences, each within 1.6 km of an edge. The image of a point inside may lie outside: it
comes back to the point inside, so that what is shifted always comes back. A point outside at the same place is shown unshifted by the same
rule and cannot be told from it. And behind other stretches of the edge lie points inside that are nobody's image: to these
the formula's inverse is applied all the same, and it lies outside, where nothing would have shifted it.
Hong Kong, Macao and Taiwan lie in the rectangle, and so do parts of China's neighbours: their points are shifted like all others in it.
"""

import math
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
N = TypeVar("N", float, Floats)
Point = tuple[float, float]

WEST, EAST, SOUTH, NORTH = 73.66, 135.05, 3.86, 53.55

_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_TURN = math.pi * 3000 / 180
_CLOSE_DEGREES = 1e-13
_MOST_STEPS = 30
_FARTHEST_DEGREES = (
    0.02  # no point of the rectangle is shifted farther: GCJ-02 0.0100 E and 0.0041 N, BD-09 0.0166 E and 0.0092 N
)
_ON_THE_EDGE_DEGREES = 1e-9  # a tenth of a millimetre: what rounding may put a point of the edge outside


class Maths(NamedTuple, Generic[N]):
    """The functions the formulas need, for one kind of number."""

    sin: Callable[[N], N]
    cos: Callable[[N], N]
    sqrt: Callable[[N], N]
    atan2: Callable[[N, N], N]


FLOATS: Maths[float] = Maths(math.sin, math.cos, math.sqrt, math.atan2)
ARRAYS: Maths[Floats] = Maths(np.sin, np.cos, np.sqrt, np.arctan2)

Shift = Callable[[N, N, Maths[N]], tuple[N, N]]


def in_china(lon: float, lat: float) -> bool:
    """Whether a point lies in the rectangle where map services shift coordinates; its edges belong to it."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def at_the_edge(lon: float, lat: float) -> bool:
    """Whether a point, shifted or not, lies so near an edge of the rectangle that the rule alone does not say which point is meant."""
    far = _FARTHEST_DEGREES
    within = WEST + far <= lon <= EAST - far and SOUTH + far <= lat <= NORTH - far
    return _is_near(lon, lat) and not within


def shifted(lon: float, lat: float, shift: Shift[float]) -> Point:
    """Where a map service shows a WGS-84 point (degrees); the point itself outside the rectangle."""
    return shift(lon, lat, FLOATS) if in_china(lon, lat) else (lon, lat)


def shifted_many(lons: Floats, lats: Floats, shift: Shift[Floats]) -> tuple[Floats, Floats]:
    """The same for many points."""
    moved = _within(lons, lats, 0.0)
    x, y = lons.copy(), lats.copy()
    x[moved], y[moved] = shift(lons[moved], lats[moved], ARRAYS)
    return x, y


def unshifted(lon: float, lat: float, shift: Shift[float]) -> Point:
    """The WGS-84 point (degrees) that a map service shows at `lon`, `lat`; the point itself where nothing is shifted to it."""
    if not _is_near(lon, lat):
        return lon, lat
    x, y = lon, lat
    for _ in range(_MOST_STEPS):
        seen_x, seen_y = shift(x, y, FLOATS)
        off_x, off_y = seen_x - lon, seen_y - lat
        x, y = x - off_x, y - off_y
        if abs(off_x) < _CLOSE_DEGREES and abs(off_y) < _CLOSE_DEGREES:
            break
    x, y = _onto_edge(x, WEST, EAST), _onto_edge(y, SOUTH, NORTH)
    return (x, y) if in_china(x, y) or in_china(lon, lat) else (lon, lat)


def unshifted_many(lons: Floats, lats: Floats, shift: Shift[Floats]) -> tuple[Floats, Floats]:
    """The same for many points."""
    near = _within(lons, lats, _FARTHEST_DEGREES)
    x, y = _undo(lons[near], lats[near], shift)
    for values, low, high in ((x, WEST, EAST), (y, SOUTH, NORTH)):
        for edge in (low, high):
            values[np.abs(values - edge) <= _ON_THE_EDGE_DEGREES] = edge
    stays = ~(_within(x, y, 0.0) | _within(lons[near], lats[near], 0.0))
    x[stays], y[stays] = lons[near][stays], lats[near][stays]
    found_x, found_y = lons.copy(), lats.copy()
    found_x[near], found_y[near] = x, y
    return found_x, found_y


def gcj02(lon: N, lat: N, maths: Maths[N]) -> tuple[N, N]:
    """WGS-84 degrees as degrees of GCJ-02, wherever they lie."""
    x, y = lon - 105.0, lat - 35.0
    angle = lat / 180.0 * math.pi
    squared = 1 - _ECCENTRICITY_SQUARED * maths.sin(angle) ** 2
    root = maths.sqrt(squared)
    metres_a_degree_north = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / (squared * root) * math.pi / 180.0
    metres_a_degree_east = _SEMI_MAJOR_M / root * maths.cos(angle) * math.pi / 180.0
    return lon + _east_m(x, y, maths) / metres_a_degree_east, lat + _north_m(x, y, maths) / metres_a_degree_north


def bd09(lon: N, lat: N, maths: Maths[N]) -> tuple[N, N]:
    """WGS-84 degrees as degrees of BD-09, which Baidu makes from those of GCJ-02, wherever they lie."""
    x, y = gcj02(lon, lat, maths)
    radius = maths.sqrt(x * x + y * y) + 0.00002 * maths.sin(y * _BD_TURN)
    angle = maths.atan2(y, x) + 0.000003 * maths.cos(x * _BD_TURN)
    return radius * maths.cos(angle) + 0.0065, radius * maths.sin(angle) + 0.006


def _is_near(lon: float, lat: float) -> bool:
    far = _FARTHEST_DEGREES
    return WEST - far <= lon <= EAST + far and SOUTH - far <= lat <= NORTH + far


def _within(lons: Floats, lats: Floats, margin: float) -> NDArray[np.bool_]:
    east = (lons >= WEST - margin) & (lons <= EAST + margin)
    return np.asarray(east & (lats >= SOUTH - margin) & (lats <= NORTH + margin))


def _onto_edge(value: float, low: float, high: float) -> float:
    for edge in (low, high):
        if abs(value - edge) <= _ON_THE_EDGE_DEGREES:
            return edge
    return value


def _undo(lons: Floats, lats: Floats, shift: Shift[Floats]) -> tuple[Floats, Floats]:
    x, y = lons.copy(), lats.copy()
    for _ in range(_MOST_STEPS):
        seen_x, seen_y = shift(x, y, ARRAYS)
        off_x, off_y = seen_x - lons, seen_y - lats
        x, y = x - off_x, y - off_y
        if max(np.abs(off_x).max(initial=0.0), np.abs(off_y).max(initial=0.0)) < _CLOSE_DEGREES:
            break
    return x, y


def _east_m(x: N, y: N, maths: Maths[N]) -> N:
    base = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * maths.sqrt(abs(x))
    slow = 150.0 * maths.sin(x / 12.0 * math.pi) + 300.0 * maths.sin(x / 30.0 * math.pi)
    return base + (_ripple(x, maths) + _waves(x, maths) + slow) * 2.0 / 3.0


def _north_m(x: N, y: N, maths: Maths[N]) -> N:
    base = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * maths.sqrt(abs(x))
    slow = 160.0 * maths.sin(y / 12.0 * math.pi) + 320.0 * maths.sin(y * math.pi / 30.0)
    return base + (_ripple(x, maths) + _waves(y, maths) + slow) * 2.0 / 3.0


def _ripple(x: N, maths: Maths[N]) -> N:
    return 20.0 * maths.sin(6.0 * x * math.pi) + 20.0 * maths.sin(2.0 * x * math.pi)


def _waves(value: N, maths: Maths[N]) -> N:
    return 20.0 * maths.sin(value * math.pi) + 40.0 * maths.sin(value / 3.0 * math.pi)
