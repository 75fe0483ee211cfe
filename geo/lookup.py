"""Which cell a point lies in.

A raster lies over the city. A raster square that lies wholly in one cell, or in none, answers at once; only points in the others are
compared with the cells that reach into their square. A point on a border or a corner belongs to exactly one cell: of all cells that
cover it, the one with the smallest code.
"""

from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.area import polygon_of

Positions = npt.NDArray[np.intp]
Degrees = npt.NDArray[np.float64]

NOWHERE = -1
SLACK_DEGREES = 1e-9  # a point this near (0.1 mm) to a cell that misses it by rounding only counts as on its border
SQUARES_A_CELL = 48
_UNDECIDED = -2
_MOST_SQUARES = 400_000


class CellIndex:
    """The cells of a city, ready to be asked. `codes` are sorted; positions point into them.

    `geometries` are GeoJSON areas in degrees of WGS-84 by code. Raises ValueError when one is not valid.
    """

    def __init__(self, geometries: Mapping[str, Mapping[str, Any]]) -> None:
        self.codes: list[str] = sorted(geometries)
        self._areas = np.array([polygon_of(geometries[code]) for code in self.codes], dtype=object)
        shapely.prepare(self._areas)
        self._raster = _Raster(self._areas)

    def cell_of(self, lon: float, lat: float) -> str | None:
        """The code of the cell a point in degrees lies in, or None when it lies in none."""
        position = int(self.cells_of([lon], [lat])[0])
        return None if position == NOWHERE else self.codes[position]

    def cells_of(self, lons: Sequence[float] | Degrees, lats: Sequence[float] | Degrees) -> Positions:
        """For points in degrees (two sequences of one length) the positions of their cells in `codes`, or -1."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        squares = self._raster.squares_of(x, y)
        found = np.where(squares >= 0, self._raster.answers[squares], NOWHERE)
        undecided = np.flatnonzero(found == _UNDECIDED)
        if undecided.size:
            found[undecided] = self._compare(x[undecided], y[undecided], squares[undecided])
        return found

    def _compare(self, x: Degrees, y: Degrees, squares: Positions) -> Positions:
        within = self._first(squares, lambda areas, at: shapely.intersects_xy(areas, x[at], y[at]))
        missed = np.flatnonzero(within == NOWHERE)
        if missed.size:
            points = np.atleast_1d(np.asarray(shapely.points(x[missed], y[missed])))
            near = self._first(squares[missed], lambda areas, at: shapely.dwithin(areas, points[at], SLACK_DEGREES))
            within[missed] = near
        return within

    def _first(self, squares: Positions, holds: Any) -> Positions:
        """The first of each square's candidates (they are sorted by code) for which `holds` is true of its point."""
        found = np.full(squares.shape, NOWHERE, dtype=np.intp)
        first, last = self._raster.first[squares], self._raster.first[squares + 1]
        at = np.arange(squares.size)
        step = 0
        while at.size:
            at = at[(found[at] == NOWHERE) & (first[at] + step < last[at])]
            candidates = self._raster.candidates[first[at] + step]
            hits = holds(self._areas[candidates], at)
            found[at[hits]] = candidates[hits]
            step += 1
        return found


class _Raster:
    """Squares over the bounding box: `answers` a position, -1 or undecided; the candidates of square s are `candidates[first[s]:first[s + 1]]`."""

    def __init__(self, areas: npt.NDArray[np.object_]) -> None:
        bounds = shapely.total_bounds(areas) if areas.size else np.zeros(4)
        self._west, self._south, self._east, self._north = (float(edge) for edge in bounds)
        self._columns, self._rows = self._shape(len(areas))
        self._width = max(self._east - self._west, SLACK_DEGREES) / self._columns
        self._height = max(self._north - self._south, SLACK_DEGREES) / self._rows
        self.answers, self.first, self.candidates = self._filled(areas)

    def squares_of(self, x: Degrees, y: Degrees) -> Positions:
        inside = (x >= self._west - SLACK_DEGREES) & (x <= self._east + SLACK_DEGREES)
        inside &= (y >= self._south - SLACK_DEGREES) & (y <= self._north + SLACK_DEGREES)
        column = np.floor((np.where(inside, x, self._west) - self._west) / self._width).clip(0, self._columns - 1)
        row = np.floor((np.where(inside, y, self._south) - self._south) / self._height).clip(0, self._rows - 1)
        squares: Positions = np.where(inside, row * self._columns + column, NOWHERE).astype(np.intp)
        return squares

    def _shape(self, cells: int) -> tuple[int, int]:
        wide = max(self._east - self._west, SLACK_DEGREES)
        tall = max(self._north - self._south, SLACK_DEGREES)
        squares = min(_MOST_SQUARES, max(1, cells * SQUARES_A_CELL))
        columns = min(squares, max(1, ceil(sqrt(squares * wide / tall))))
        return columns, max(1, ceil(squares / columns))

    def _filled(self, areas: npt.NDArray[np.object_]) -> tuple[Positions, Positions, Positions]:
        count = self._columns * self._rows
        squares = self._boxes(count)
        in_square, of_area = shapely.STRtree(areas).query(squares, predicate="intersects")
        order = np.lexsort((of_area, in_square))
        in_square, of_area = in_square[order].astype(np.intp), of_area[order].astype(np.intp)
        candidates_in = np.bincount(in_square, minlength=count)
        first = np.concatenate(([0], np.cumsum(candidates_in))).astype(np.intp)
        answers = np.where(candidates_in == 0, NOWHERE, _UNDECIDED).astype(np.intp)
        alone = np.flatnonzero(candidates_in == 1)
        only = of_area[first[alone]]
        whole = shapely.covers(areas[only], squares[alone])
        answers[alone[whole]] = only[whole]
        return answers, first, of_area

    def _boxes(self, count: int) -> npt.NDArray[np.object_]:
        # Twice the slack wider on each side: floor() may put a point one rounding beside its square, and a near point needs its candidates.
        slack = 2 * SLACK_DEGREES
        row, column = np.divmod(np.arange(count), self._columns)
        west = self._west + column * self._width
        south = self._south + row * self._height
        boxes: npt.NDArray[np.object_] = shapely.box(
            west - slack, south - slack, west + self._width + slack, south + self._height + slack
        )
        return boxes
