"""What a square of ground says of the points in it: the one cell they lie in, none, or the few that have to be looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt
import shapely

Positions = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.int32]
Degrees = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

NOWHERE = -1
SLACK_DEGREES = 1e-9  # a point this near (0.1 mm) to a cell that misses it by rounding only counts as on its border
SQUARES_A_CELL = 96
MOST_SQUARES = 12_000_000
_AT_ONCE = 100_000  # squares; as shapes they take half a kilobyte each


@dataclass(frozen=True)
class Raster:
    """Squares over a bounding box in degrees, row by row from the south-west.

    `answers` holds for each square the position of the only cell in it, -1 where there is none, or -2 - k where the cells to look at are
    `candidates[first[k]:first[k + 1]]`, in their order.
    """

    box: tuple[float, float, float, float]
    columns: int
    rows: int
    answers: Numbers
    first: Numbers
    candidates: Numbers

    def answers_of(self, x: Degrees, y: Degrees) -> Numbers:
        """What the squares of points in degrees say; -1 for points outside of the box, and for what is no number."""
        west, south, east, north = self.box
        inside = (x >= west - SLACK_DEGREES) & (x <= east + SLACK_DEGREES)
        inside &= (y >= south - SLACK_DEGREES) & (y <= north + SLACK_DEGREES)
        width, height = _steps(self.box, self.columns, self.rows)
        if not inside.all():
            x, y = np.where(inside, x, west), np.where(inside, y, south)
        column = ((x - west) / width).astype(np.intp).clip(0, self.columns - 1)
        row = ((y - south) / height).astype(np.intp).clip(0, self.rows - 1)
        found: Numbers = self.answers[row * self.columns + column]
        return found if inside.all() else np.where(inside, found, NOWHERE).astype(np.int32)


def raster_of(areas: Shapes) -> Raster:
    """The raster of areas in degrees. Its squares grow with the city where that has more cells than are worth 96 squares each."""
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(areas)) if areas.size else (0.0,) * 4
    box = (west, south, east, north)
    columns, rows = _shape(box, len(areas))
    tree = shapely.STRtree(areas)
    parts = [_filled(areas, tree, boxes) for boxes in _boxes(box, columns, rows)]
    undecided = np.concatenate([counts for _, counts, _ in parts])
    answers = np.concatenate([answers for answers, _, _ in parts])
    candidates = np.concatenate([candidates for _, _, candidates in parts])
    open_ = np.flatnonzero(undecided)
    answers[open_] = -2 - np.arange(open_.size)
    first = np.concatenate(([0], np.cumsum(undecided[open_]))).astype(np.int32)
    return Raster(box, columns, rows, answers, first, candidates)


def _shape(box: tuple[float, float, float, float], cells: int) -> tuple[int, int]:
    west, south, east, north = box
    wide, tall = max(east - west, SLACK_DEGREES), max(north - south, SLACK_DEGREES)
    squares = min(MOST_SQUARES, max(1, cells * SQUARES_A_CELL))
    columns = min(squares, max(1, ceil(sqrt(squares * wide / tall))))
    return columns, max(1, ceil(squares / columns))


def _steps(box: tuple[float, float, float, float], columns: int, rows: int) -> tuple[float, float]:
    west, south, east, north = box
    return max(east - west, SLACK_DEGREES) / columns, max(north - south, SLACK_DEGREES) / rows


def _boxes(box: tuple[float, float, float, float], columns: int, rows: int) -> Iterator[Shapes]:
    # Twice the slack wider on each side: cutting may put a point one rounding beside its square, and a near point needs its candidates.
    slack = 2 * SLACK_DEGREES
    width, height = _steps(box, columns, rows)
    for begin in range(0, columns * rows, _AT_ONCE):
        row, column = np.divmod(np.arange(begin, min(begin + _AT_ONCE, columns * rows)), columns)
        west, south = box[0] + column * width, box[1] + row * height
        yield np.atleast_1d(shapely.box(west - slack, south - slack, west + width + slack, south + height + slack))


def _filled(areas: Shapes, tree: shapely.STRtree, boxes: Shapes) -> tuple[Numbers, Numbers, Numbers]:
    """For some squares their answers, and, where those are open, how many candidates each has, and which."""
    in_square, of_area = tree.query(boxes, predicate="intersects")
    order = np.lexsort((of_area, in_square))
    in_square, of_area = in_square[order], of_area[order].astype(np.int32)
    counts = np.bincount(in_square, minlength=len(boxes)).astype(np.int32)
    answers = np.full(len(boxes), NOWHERE, dtype=np.int32)
    alone = counts[in_square] == 1
    whole = np.zeros(len(in_square), dtype=bool)
    whole[alone] = shapely.covers(areas[of_area[alone]], boxes[in_square[alone]])
    answers[in_square[whole]] = of_area[whole]
    counts[in_square[whole]] = 0
    return answers, counts, of_area[~whole]
