"""Which cell a point lies in.

A raster lies over the city. A raster square that lies wholly in one cell, or in none, answers at once; only points in the others are
compared with the cells that reach into their square. A point on a border or a corner belongs to exactly one cell: of all cells that
cover it, the one with the smallest code.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.area import polygons_of
from geo.raster import NOWHERE, SLACK_DEGREES, Degrees, Numbers, Positions, Raster, Shapes, raster_of

__all__ = ["NOWHERE", "SLACK_DEGREES", "CellIndex"]

Holds = Callable[[Shapes, Positions], npt.NDArray[np.bool_]]


class CellIndex:
    """The cells of a city, ready to be asked: sorted `codes`, the `areas` of each (shapes in degrees of WGS-84), and the raster of those.

    Positions point into `codes`. `geometries` are GeoJSON areas in degrees by code. Raises ValueError when one is not valid.
    """

    codes: list[str]
    areas: Shapes
    raster: Raster

    def __init__(self, geometries: Mapping[str, Mapping[str, Any]]) -> None:
        self.codes = sorted(geometries)
        self.areas = polygons_of([geometries[code] for code in self.codes])
        shapely.prepare(self.areas)
        self.raster = raster_of(self.areas)

    @classmethod
    def made_of(cls, codes: list[str], areas: Shapes, raster: Raster) -> "CellIndex":
        """An index from the parts of another one."""
        index = cls.__new__(cls)
        index.codes, index.areas, index.raster = codes, areas, raster
        shapely.prepare(areas)
        return index

    def cell_of(self, lon: float, lat: float) -> str | None:
        """The code of the cell a point in degrees lies in, or None when it lies in none."""
        position = int(self.cells_of([lon], [lat])[0])
        return None if position == NOWHERE else self.codes[position]

    def cells_of(self, lons: Sequence[float] | Degrees, lats: Sequence[float] | Degrees) -> Positions:
        """For points in degrees (two sequences of one length) the positions of their cells in `codes`, or -1."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        said = self.raster.answers_of(x, y)
        found = said.astype(np.intp)
        undecided = np.flatnonzero(said < NOWHERE)
        if undecided.size:
            found[undecided] = self._compare(x[undecided], y[undecided], -2 - said[undecided])
        return found

    def _compare(self, x: Degrees, y: Degrees, squares: Numbers) -> Positions:
        within = self._first(squares, lambda areas, at: shapely.intersects_xy(areas, x[at], y[at]))
        missed = np.flatnonzero(within == NOWHERE)
        if missed.size:
            points = np.atleast_1d(np.asarray(shapely.points(x[missed], y[missed])))
            near = self._first(squares[missed], lambda areas, at: shapely.dwithin(areas, points[at], SLACK_DEGREES))
            within[missed] = near
        return within

    def _first(self, squares: Numbers, holds: Holds) -> Positions:
        """The first of each open square's candidates (they are sorted by code) for which `holds` is true of its point."""
        found = np.full(squares.shape, NOWHERE, dtype=np.intp)
        first, last = self.raster.first[squares], self.raster.first[squares + 1]
        at = np.arange(squares.size)
        step = 0
        while at.size:
            candidates = self.raster.candidates[first[at] + step]
            hits = holds(self.areas[candidates], at)
            found[at[hits]] = candidates[hits]
            step += 1
            at = at[~hits & (first[at] + step < last[at])]
        return found
