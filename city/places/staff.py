"""Whose duty reaches where, and who of them is on shift: a worker counts in every place that the duty grid reaches into."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from city.places.ground import CELL_DIGITS, Ground, Mask, Places
from city.registry import Worker
from city.shifts import on_shift

MINUTE_MS = 60_000


class Staff:
    """The workers of a registry over its ground; replaced when either changes."""

    def __init__(self, workers: Mapping[str, Worker], ground: Ground, utc_offset_minutes: int = 480) -> None:
        self.ids = sorted(workers)
        self.workers = [workers[id_] for id_ in self.ids]
        self._cells = len(ground.codes)
        self._offset = utc_offset_minutes
        duties = [
            (number, *_range(grid))
            for number, worker in enumerate(self.workers)
            for grid in worker.grids
            if grid.isascii() and grid.isdigit() and len(grid) <= CELL_DIGITS
        ]
        who, low, high = np.array(duties, np.int64).reshape(-1, 3).T
        begin, end = np.searchsorted(ground.numbers, low), np.searchsorted(ground.numbers, high)
        some = begin < end
        self._who, self._begin, self._end = who[some], begin[some].astype(np.int64), end[some].astype(np.int64)
        self._shifts = list(dict.fromkeys(worker.shift for worker in self.workers))
        numbers = {shift: number for number, shift in enumerate(self._shifts)}
        self._shift = np.array([numbers[worker.shift] for worker in self.workers], np.int64)
        self._asked: tuple[int, Mask] = (-1, np.zeros(0, np.bool_))

    def on_shift(self, now: int) -> Mask:
        """Per worker whether `now` (epoch ms) lies in the shift."""
        minute = now // MINUTE_MS
        if self._asked[0] != minute:
            working = np.array([on_shift(shift, now, self._offset) for shift in self._shifts], np.bool_)
            self._asked = minute, working[self._shift] if len(self._shift) else np.zeros(0, np.bool_)
        return self._asked[1]

    def everyone(self) -> Mask:
        """All workers."""
        return np.ones(len(self.ids), np.bool_)

    def covered(self, chosen: Mask) -> Mask:
        """Per cell of the ground whether the duty of one of the chosen workers reaches it."""
        some = chosen[self._who] if len(self._who) else np.zeros(0, np.bool_)
        edges = np.bincount(self._begin[some], minlength=self._cells + 1)
        edges = edges - np.bincount(self._end[some], minlength=self._cells + 1)
        reached: Mask = np.cumsum(edges)[: self._cells] > 0
        return reached

    def counts(self, places: Places, chosen: Mask) -> npt.NDArray[np.int64]:
        """For each place how many of the chosen workers have a duty that reaches into it."""
        pairs = self._pairs(places, chosen)
        counted: npt.NDArray[np.int64] = np.bincount(pairs[:, 1], minlength=len(places.codes))
        return counted

    def within(self, begin: int, end: int) -> list[str]:
        """The ids of the workers whose duty reaches into the ground's cells begin..end-1."""
        some = np.unique(self._who[(self._begin < end) & (self._end > begin) & (begin < end)])
        return [self.ids[number] for number in some.tolist()]

    def _pairs(self, places: Places, chosen: Mask) -> npt.NDArray[np.int64]:
        """(worker, place) once for each place that a chosen worker's duty reaches into."""
        if not len(self._who) or not len(places.codes):
            return np.zeros((0, 2), np.int64)
        some = np.flatnonzero(chosen[self._who])
        first = np.searchsorted(places.end, self._begin[some], side="right")
        last = np.searchsorted(places.begin, self._end[some], side="left")
        width = np.maximum(last - first, 0)
        place = np.repeat(first, width) + np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)
        who = np.repeat(self._who[some], width)
        filled = places.begin[place] < places.end[place]
        pairs: npt.NDArray[np.int64] = np.unique(np.column_stack((who[filled], place[filled])), axis=0)
        return pairs


def _range(grid: str) -> tuple[int, int]:
    factor = 10 ** (CELL_DIGITS - len(grid))
    return int(grid) * factor, (int(grid) + 1) * factor
