"""Where the columns, or the rows, of a raster lie: side by side where there are cells, and none where wide ground is empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.intp]
Degrees = npt.NDArray[np.float64]
Inside = npt.NDArray[np.bool_]

SLACK_DEGREES = 1e-9  # a point this near (0.1 mm) to a cell that misses it by rounding only counts as on its border
WIDE_SHARE = 0.25  # of what the cells cover: a wider gap is left out, so that a cell far away makes no square larger
LEAST_GAP_DEGREES = 1e-6


@dataclass(frozen=True)
class Axis:
    """One direction in degrees: `stretches` from west to east or from south to north with wide gaps between, and how many steps each is cut into."""

    stretches: tuple[tuple[float, float], ...]
    steps: tuple[int, ...]

    @cached_property
    def count(self) -> int:
        """The steps of all stretches."""
        return sum(self.steps)

    def edges(self) -> tuple[Degrees, Degrees]:
        """Where each step begins and ends."""
        numbers = np.concatenate([np.arange(steps) for steps in self.steps])
        begin, width = np.repeat(self._begins, self.steps), np.repeat(self._widths, self.steps)
        low: Degrees = begin + numbers * width
        return low, low + width

    def steps_of(self, places: Degrees) -> tuple[Positions, Inside]:
        """The steps that places lie in, and whether they lie in any: what is in a gap, outside, or no number, does not."""
        if len(self.steps) == 1:
            begin, end = self.stretches[0]
            width = _length(self.stretches[0]) / self.steps[0]
            inside = (places >= begin - SLACK_DEGREES) & (places <= end + SLACK_DEGREES)
            kept = places if inside.all() else np.where(inside, places, begin)
            return ((kept - begin) / width).astype(np.intp).clip(0, self.steps[0] - 1), inside
        return self._steps_among(places)

    def _steps_among(self, places: Degrees) -> tuple[Positions, Inside]:
        at = (np.searchsorted(self._begins - SLACK_DEGREES, places, side="right") - 1).clip(0)
        begin = self._begins[at]
        inside = (places >= begin - SLACK_DEGREES) & (places <= self._ends[at] + SLACK_DEGREES)
        step = ((np.where(inside, places, begin) - begin) / self._widths[at]).astype(np.intp)
        return step.clip(0, self._last[at]) + self._before[at], inside

    @cached_property
    def _begins(self) -> Degrees:
        return np.array([begin for begin, _ in self.stretches])

    @cached_property
    def _ends(self) -> Degrees:
        return np.array([end for _, end in self.stretches])

    @cached_property
    def _widths(self) -> Degrees:
        return np.array([_length(each) / steps for each, steps in zip(self.stretches, self.steps, strict=True)])

    @cached_property
    def _last(self) -> Positions:
        return np.array(self.steps) - 1

    @cached_property
    def _before(self) -> Positions:
        return np.concatenate(([0], np.cumsum(self.steps)[:-1])).astype(np.intp)


def stretches_of(begins: Degrees, ends: Degrees) -> tuple[tuple[float, float], ...]:
    """What intervals cover, without the wide gaps between them; one point at 0 for none."""
    if not begins.size:
        return ((0.0, 0.0),)
    order = np.argsort(begins)
    begin, end = begins[order], np.maximum.accumulate(ends[order])
    gaps = (begin[1:] - end[:-1]).clip(0)
    covered = float(end[-1] - begin[0] - gaps.sum())
    wide = np.flatnonzero(gaps > max(covered * WIDE_SHARE, LEAST_GAP_DEGREES))
    first, last = [0, *(wide + 1).tolist()], [*wide.tolist(), len(begin) - 1]
    return tuple((float(begin[one]), float(end[other])) for one, other in zip(first, last, strict=True))


def axis_of(stretches: Sequence[tuple[float, float]], steps: int) -> Axis:
    """The stretches cut into about so many steps, each into at least one."""
    whole = total(stretches)
    return Axis(tuple(stretches), tuple(max(1, round(steps * _length(each) / whole)) for each in stretches))


def total(stretches: Sequence[tuple[float, float]]) -> float:
    """How many degrees long they are together."""
    return sum(_length(each) for each in stretches)


def _length(stretch: tuple[float, float]) -> float:
    return max(stretch[1] - stretch[0], SLACK_DEGREES)
