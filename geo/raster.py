"""What a square of ground says of the points in it: the one cell they lie in, none, or the few that have to be looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt
import shapely

from geo.axis import SLACK_DEGREES, Axis, Degrees, Positions, axis_of, stretches_of, total

Numbers = npt.NDArray[np.int32]
Stretches = Sequence[tuple[float, float]]
Shapes = npt.NDArray[np.object_]

__all__ = ["NOWHERE", "SLACK_DEGREES", "Degrees", "Numbers", "Positions", "Raster", "Shapes", "raster_of"]

NOWHERE = -1
SQUARES_A_CELL = 96
MOST_SQUARES = 12_000_000
_AT_ONCE = 100_000  # squares; as shapes they take half a kilobyte each


@dataclass(frozen=True)
class Raster:
    """Squares over the ground of a city, row by row from the south-west: `across` are its columns, `up` its rows.

    `answers` holds for each square the position of the only cell in it, -1 where there is none, or -2 - k where the cells to look at are
    `candidates[first[k]:first[k + 1]]`, in their order.
    """

    across: Axis
    up: Axis
    answers: Numbers
    first: Numbers
    candidates: Numbers

    def answers_of(self, x: Degrees, y: Degrees) -> Numbers:
        """What the squares of points in degrees say; -1 for points in no square, and for what is no number."""
        column, known = self.across.steps_of(x)
        row, also = self.up.steps_of(y)
        inside = known & also
        found: Numbers = self.answers[row * self.across.count + column]
        return found if inside.all() else np.where(inside, found, NOWHERE).astype(np.int32)


def raster_of(areas: Shapes) -> Raster:
    """The raster of areas in degrees. Its squares grow with the city where that has more cells than are worth 96 squares each."""
    # Of each piece of a cell: one of them may lie far away from the others.
    west, south, east, north = shapely.bounds(shapely.get_parts(areas)).T if areas.size else np.empty((4, 0))
    across, up = _axes(stretches_of(west, east), stretches_of(south, north), len(areas))
    tree = shapely.STRtree(areas)
    parts = [_filled(areas, tree, boxes) for boxes in _boxes(across, up)]
    undecided = np.concatenate([counts for _, counts, _ in parts])
    answers = np.concatenate([answers for answers, _, _ in parts])
    candidates = np.concatenate([candidates for _, _, candidates in parts])
    open_ = np.flatnonzero(undecided)
    answers[open_] = -2 - np.arange(open_.size)
    first = np.concatenate(([0], np.cumsum(undecided[open_]))).astype(np.int32)
    return Raster(across, up, answers, first, candidates)


def _axes(wide: Stretches, tall: Stretches, cells: int) -> tuple[Axis, Axis]:
    squares = min(MOST_SQUARES, max(1, cells * SQUARES_A_CELL))
    columns = min(squares, max(1, ceil(sqrt(squares * total(wide) / total(tall)))))
    return axis_of(wide, columns), axis_of(tall, max(1, ceil(squares / columns)))


def _boxes(across: Axis, up: Axis) -> Iterator[Shapes]:
    # Twice the slack wider on each side: cutting may put a point one rounding beside its square, and a near point needs its candidates.
    slack = 2 * SLACK_DEGREES
    (west, east), (south, north) = across.edges(), up.edges()
    squares = across.count * up.count
    for begin in range(0, squares, _AT_ONCE):
        row, column = np.divmod(np.arange(begin, min(begin + _AT_ONCE, squares)), across.count)
        boxes = shapely.box(west[column] - slack, south[row] - slack, east[column] + slack, north[row] + slack)
        yield np.atleast_1d(boxes)


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
