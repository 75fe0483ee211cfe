"""Where degrees become metres, so that a tolerance in metres means the same in both directions."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, radians, sin, sqrt

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
Points = npt.NDArray[np.float64]

_A = 6_378_137.0  # WGS-84, metres
_E2 = 0.00669437999014


@dataclass(frozen=True)
class Plane:
    """A flat map around (lon, lat) in degrees of WGS-84: good to 1 % within half a degree, which is enough for widths.

    `east_m` and `north_m` are the metres of a degree there (radii of curvature of the ellipsoid).
    """

    lon: float
    lat: float
    east_m: float
    north_m: float

    def flat(self, shapes: Shapes) -> Shapes:
        """Shapes in degrees as shapes in metres east and north."""
        return self._moved(shapes, lambda points: (points - self._origin) * self._scale)

    def round(self, shapes: Shapes) -> Shapes:
        """Shapes in metres east and north as shapes in degrees."""
        return self._moved(shapes, lambda points: points / self._scale + self._origin)

    @property
    def _origin(self) -> Points:
        return np.array([self.lon, self.lat])

    @property
    def _scale(self) -> Points:
        return np.array([self.east_m, self.north_m])

    @staticmethod
    def _moved(shapes: Shapes, how: Callable[[Points], Points]) -> Shapes:
        moved: Shapes = np.atleast_1d(shapely.transform(shapes, how))
        return moved


def plane_at(lon: float, lat: float) -> Plane:
    """The flat map around a point in degrees."""
    bent = 1 - _E2 * sin(radians(lat)) ** 2
    east_m = radians(1) * _A * cos(radians(lat)) / sqrt(bent)
    north_m = radians(1) * _A * (1 - _E2) / bent**1.5
    return Plane(lon, lat, east_m, north_m)


def plane_of(shapes: Shapes) -> Plane:
    """The flat map around the middle of most shapes, whatever a few strays do; (0, 0) for none."""
    if not shapes.size:
        return plane_at(0.0, 0.0)
    west, south, east, north = shapely.bounds(shapes).T
    return plane_at(float(np.median((west + east) / 2)), float(np.median((south + north) / 2)))
