"""The last half hour of closed windows (of the air an hour), cell by cell and community by community, from which every place's aggregates are added up.

A window that is told twice is taken once: (cell, metric, start, seconds) is its identity. The memory is bounded by what is measured, not by time.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from city.air_quality import Pollutant, pollutant_of
from city.places.closed import Closed, ClosedPack
from geo.codes import LENGTHS, Level

KEPT_MS = 30 * 60_000
HOUR_MS = 60 * 60_000
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

    def __init__(self, seconds: int, digits: int, kept_ms: int = KEPT_MS) -> None:
        self.ms = seconds * 1000
        self._by_district = 10 ** (digits - LENGTHS[Level.DISTRICT])
        self.slots = min(MOST_SLOTS, max(2, -(-kept_ms // self.ms) + 1))
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

    def means(self, low: int, high: int, span_ms: int, since: Mapping[int, int]) -> dict[int, float]:
        """For each row with a code in low..high-1 that has a window which ends after `since`: the mean over the last `span_ms` of its own windows."""
        rows = self._between(low, high)
        rows = rows[self.newest[rows] + self.ms > self._since(rows, since)]
        own = self.start[rows] + max(span_ms, self.ms) > self.newest[rows][:, None]
        own &= self.start[rows] != NEVER
        count, total = (np.where(own, column[rows], 0).sum(axis=1) for column in (self.count, self.sum))
        return dict(zip(self.code[rows].tolist(), (total / count).tolist(), strict=True))

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
                kept = HOUR_MS if pollutant_of(key[0]) else KEPT_MS
                self._rings[key] = Ring(key[1], CELL_DIGITS, kept), Ring(key[1], COMMUNITY_DIGITS, kept)
            cells, communities = self._rings[key]
            once = closed.first_of_each()
            new = once.only(cells.place(once))
            communities.add(new.rolled(10 ** (CELL_DIGITS - COMMUNITY_DIGITS)))

    def stations(self, place: str, newest: Mapping[str, int]) -> list[dict[Pollutant, float]]:
        """What each cell of a place measured of the air in its last hour, in the units of the tables; what stands at a building site is left out.

        A cell counts whose last window ends within two hours (or two windows) of its district's newest data.
        """
        low, high = _codes(place)
        found: dict[int, dict[Pollutant, float]] = {}
        for (metric, _), (cells, _) in sorted(self._rings.items()):
            measured = pollutant_of(metric)
            if measured is None or "_" in metric.rpartition("_")[0]:
                continue
            reach = 2 * max(HOUR_MS, cells.ms)
            since = {int(district): at - reach for district, at in newest.items()}
            for code, mean in cells.means(low, high, HOUR_MS, since).items():
                found.setdefault(code, {})[measured[0]] = mean * measured[1]
        return [found[code] for code in sorted(found)]

    def rolled(self, place: str, newest: Mapping[str, int], span_ms: int) -> list[Rolled]:
        """Every metric of a place: the windows that end in the last `span_ms` before its district's newest event time, at least one window's length."""
        low, high = _codes(place)
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


def _codes(place: str) -> tuple[int, int]:
    """The cells' code numbers that a place may hold: from the first one to the one behind the last."""
    factor = 10 ** (CELL_DIGITS - len(place))
    return int(place) * factor, (int(place) + 1) * factor
