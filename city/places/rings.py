"""The last half hour of closed windows, cell by cell and community by community, from which every place's aggregates are added up.

A window that is told twice is taken once: (cell, metric, start, seconds) is its identity. The memory is bounded by what is measured, not by time.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from city.places.closed import Closed, ClosedPack
from geo.codes import LENGTHS, Level

KEPT_MS = 30 * 60_000
MOST_SLOTS = 180
NEVER = np.iinfo(np.int64).min // 4
CELL_DIGITS = LENGTHS[Level.CELL]
COMMUNITY_DIGITS = LENGTHS[Level.COMMUNITY]
Ints = npt.NDArray[np.int64]


class Point(Struct, frozen=True):
    """All windows of a place that start at `start` (epoch ms, event time), added up."""

    start: int
    count: int
    sum: float
    min: float
    max: float
    late: int


class Rolled(Struct, frozen=True, kw_only=True):
    """One metric of a place: its windows by start, and how many of its cells they come from."""

    metric: str
    seconds: int
    points: list[Point]
    cells: int


class Ring:
    """Rows of windows of one metric and length, by code number of `digits` digits; a row has a fixed number of slots, and a newer window takes an older one's."""

    def __init__(self, seconds: int, digits: int) -> None:
        self.ms = seconds * 1000
        self._by_district = 10 ** (digits - LENGTHS[Level.DISTRICT])
        self.slots = min(MOST_SLOTS, max(2, -(-KEPT_MS // self.ms) + 1))
        self.rows: dict[int, int] = {}
        self.code: Ints = np.zeros(0, np.int64)
        self.newest: Ints = np.zeros(0, np.int64)
        self.start = np.zeros((0, self.slots), np.int64)
        self.count = np.zeros((0, self.slots), np.int64)
        self.late = np.zeros((0, self.slots), np.int64)
        self.sum = np.zeros((0, self.slots))
        self.min = np.zeros((0, self.slots))
        self.max = np.zeros((0, self.slots))

    def place(self, closed: Closed) -> npt.NDArray[np.bool_]:
        """Takes in windows, each of its own cell or start; returns which of them are new."""
        row, slot = self._rows(closed.code), (closed.start // self.ms) % self.slots
        new: npt.NDArray[np.bool_] = self.start[row, slot] < closed.start
        row, slot, some = row[new], slot[new], closed.only(new)
        self.start[row, slot], self.count[row, slot], self.late[row, slot] = some.start, some.count, some.late
        self.sum[row, slot], self.min[row, slot], self.max[row, slot] = some.sum, some.min, some.max
        np.maximum.at(self.newest, row, some.start)
        return new

    def add(self, closed: Closed) -> None:
        """Adds windows to what the same rows hold of the same starts; what is older than a row still holds is passed over."""
        row, slot = self._rows(closed.code), (closed.start // self.ms) % self.slots
        held = self.start[row, slot].copy()
        np.maximum.at(self.start, (row, slot), closed.start)
        fresh = self.start[row, slot] > held
        for column, empty in (
            (self.count, 0),
            (self.late, 0),
            (self.sum, 0.0),
            (self.min, np.inf),
            (self.max, -np.inf),
        ):
            column[row[fresh], slot[fresh]] = empty
        right = self.start[row, slot] == closed.start
        row, slot, some = row[right], slot[right], closed.only(right)
        for column, added in ((self.count, some.count), (self.late, some.late), (self.sum, some.sum)):
            np.add.at(column, (row, slot), added)
        np.minimum.at(self.min, (row, slot), some.min)
        np.maximum.at(self.max, (row, slot), some.max)
        np.maximum.at(self.newest, row, some.start)

    def points(self, low: int, high: int, since: Mapping[int, int]) -> list[Point]:
        """The windows of the rows with codes in low..high-1 that end after `since` (by district number), added up by start."""
        rows = self._between(low, high)
        keep = self.start[rows] + self.ms > self._since(rows, since)[:, None]
        starts, at = np.unique(self.start[rows][keep], return_inverse=True)
        lowest, highest = np.full(len(starts), np.inf), np.full(len(starts), -np.inf)
        np.minimum.at(lowest, at, self.min[rows][keep])
        np.maximum.at(highest, at, self.max[rows][keep])
        summed = [np.bincount(at, column[rows][keep], len(starts)) for column in (self.count, self.sum, self.late)]
        return [
            Point(start, int(count), total, low_, high_, int(late))
            for start, count, total, late, low_, high_ in zip(
                starts.tolist(), *(column.tolist() for column in (*summed, lowest, highest)), strict=True
            )
        ]

    def reporting(self, low: int, high: int, since: Mapping[int, int]) -> int:
        """How many rows with codes in low..high-1 have a window that ends after `since`."""
        rows = self._between(low, high)
        return int((self.newest[rows] + self.ms > self._since(rows, since)).sum())

    def _between(self, low: int, high: int) -> npt.NDArray[np.intp]:
        code = self.code[: len(self.rows)]
        return np.flatnonzero((code >= low) & (code < high))

    def _since(self, rows: npt.NDArray[np.intp], since: Mapping[int, int]) -> Ints:
        some, at = np.unique(self.code[rows] // self._by_district, return_inverse=True)
        return np.array([since.get(number, NEVER // 2) for number in some.tolist()], np.int64)[at]

    def _rows(self, codes: Ints) -> npt.NDArray[np.intp]:
        listed = codes.tolist()
        for code in dict.fromkeys(listed):
            if code not in self.rows:
                self._grow(len(self.rows) + 1)
                self.code[len(self.rows)] = code
                self.rows[code] = len(self.rows)
        return np.fromiter(map(self.rows.__getitem__, listed), np.intp, len(listed))

    def _grow(self, size: int) -> None:
        room = len(self.code)
        if size <= room:
            return
        more = max(16, room)
        self.code = np.concatenate((self.code, np.zeros(more, np.int64)))
        self.newest = np.concatenate((self.newest, np.full(more, NEVER)))
        self.start = np.concatenate((self.start, np.full((more, self.slots), NEVER)))
        for name in ("count", "late", "sum", "min", "max"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate((column, np.zeros((more, self.slots), column.dtype))))


class Rings:
    """The rings of every metric and window length: one of the cells, and one of the communities, which all larger places are added up from."""

    def __init__(self) -> None:
        self._rings: dict[tuple[str, int], tuple[Ring, Ring]] = {}

    def take(self, pack: ClosedPack) -> None:
        """Takes in a record of closed windows."""
        for key, closed in pack.closed.items():
            if key not in self._rings:
                self._rings[key] = Ring(key[1], CELL_DIGITS), Ring(key[1], COMMUNITY_DIGITS)
            cells, communities = self._rings[key]
            once = closed.first_of_each()
            new = once.only(cells.place(once))
            communities.add(new.rolled(10 ** (CELL_DIGITS - COMMUNITY_DIGITS)))

    def rolled(self, place: str, newest: Mapping[str, int], span_ms: int) -> list[Rolled]:
        """Every metric of a place: the windows that end in the last `span_ms` before its district's newest event time, at least one window's length."""
        low = int(place) * 10 ** (CELL_DIGITS - len(place))
        high = low + 10 ** (CELL_DIGITS - len(place))
        found = []
        for (metric, seconds), (cells, communities) in sorted(self._rings.items()):
            reach = max(span_ms, 2 * cells.ms)
            since = {int(district): at - reach for district, at in newest.items()}
            whole = len(place) <= COMMUNITY_DIGITS
            ring, by = (communities, 10 ** (CELL_DIGITS - COMMUNITY_DIGITS)) if whole else (cells, 1)
            points = ring.points(low // by, -(-high // by), since)
            if points:
                reporting = cells.reporting(low, high, since)
                found.append(Rolled(metric=metric, seconds=seconds, points=points, cells=reporting))
        return found
