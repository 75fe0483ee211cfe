"""Tumbling windows on event time: which window a reading belongs to, what each adds up to, and when it closes.

    event time   |----- window -----|-- allowed lateness --|
                 start          start + length          closes

A reading is too late when its window's closing was at or before the watermark that stood before its message. Sums are kept as three
integers in units of 1, 2^-42 and 2^-84, so that they are exact whatever the order in which readings come, and leave as the nearest
double. What a reading has beyond 2^-84 is rounded away; a million readings of the most extreme value fit into one window.
"""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from city.columns import NEVER_MS, Bools, Floats, Hashes, Ints, Readings, grown, turns

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]

STEP_BITS = 42
MOST_EXTREME = 2.0**STEP_BITS
"""No value may lie further from zero, or the sums would not fit into 64 bits."""
FAR = 2**62


class ClosedWindow(Struct, frozen=True, kw_only=True):
    """A tumbling window of one cell and metric: times are event time in epoch ms; `late` of its readings came behind the watermark.

    (cell, metric, start, seconds) is its identity; it may be emitted twice, with equal content.
    """

    cell: str
    metric: str
    start: Int64
    seconds: Count
    count: Count
    sum: float
    min: float
    max: float
    first_at: Int64
    last_at: Int64
    late: Count = 0


class LateReading(Struct, frozen=True, kw_only=True):
    """A reading that came after its window (the one that starts at `window`) had closed; `received_at` is its arrival.

    (device, metric, at, seq, received_at) is its identity: the same reading sent once more is late once more.
    """

    device: str
    metric: str
    cell: str
    at: Int64
    seq: Int64 | None = None
    value: float
    received_at: Int64
    window: Int64


class Span(Struct, frozen=True, order=True):
    """When a window closes, where it starts, how long it is (all ms); the order in which windows close."""

    closes: int
    start: int
    length: int


class Window:
    """All series of a district in one open window: one column a figure, indexed by the series' number."""

    def __init__(self, size: int = 0) -> None:
        self.count: Ints = np.zeros(size, np.int64)
        self.whole: Ints = np.zeros(size, np.int64)
        self.middle: Ints = np.zeros(size, np.int64)
        self.fine: Ints = np.zeros(size, np.int64)
        self.least: Floats = np.full(size, np.inf)
        self.most: Floats = np.full(size, -np.inf)
        self.first: Ints = np.full(size, FAR, np.int64)
        self.last: Ints = np.full(size, -FAR, np.int64)
        self.late: Ints = np.zeros(size, np.int64)
        self.seen: Hashes = np.zeros(0, np.uint64)
        self.unsaved: list[Hashes] = []

    def reserve(self, size: int) -> None:
        """Makes room for series numbers below `size`."""
        if len(self.count) >= size:
            return
        self.count, self.late = grown(self.count, size, 0), grown(self.late, size, 0)
        self.whole, self.middle, self.fine = (grown(part, size, 0) for part in (self.whole, self.middle, self.fine))
        self.least, self.most = grown(self.least, size, np.inf), grown(self.most, size, -np.inf)
        self.first, self.last = grown(self.first, size, FAR), grown(self.last, size, -FAR)

    def holds(self, identity: Hashes) -> Bools:
        """Which of these identities (shape [k]) are in the window."""
        if not len(self.seen):
            return np.zeros(len(identity), np.bool_)
        place = np.minimum(np.searchsorted(self.seen, identity), len(self.seen) - 1)
        held: Bools = self.seen[place] == identity
        return held

    def admit(self, identity: Hashes) -> Bools:
        """Which of these identities (shape [k]) are neither in the window nor earlier in the same column; from now on all of them are in it."""
        order = np.argsort(identity)
        ordered = identity[order]
        first = turns(ordered)
        if not first.all():
            order = np.argsort(identity, kind="stable")  # so that it is the earliest of equals that counts
        place = np.searchsorted(self.seen, ordered)
        if len(self.seen):
            first &= self.seen[np.minimum(place, len(self.seen) - 1)] != ordered
        fresh: Bools = np.zeros(len(identity), np.bool_)
        fresh[order] = first
        new = ordered[first]
        if len(new):
            self.unsaved.append(new)
            self.seen = np.insert(self.seen, place[first], new)
        return fresh

    def add(self, series: Ints, value: Floats, at: Ints, late: Bools) -> None:
        """Adds readings (columns of shape [k]) that are new to the window."""
        np.add.at(self.count, series, 1)
        rest = value
        for step, column in enumerate((self.whole, self.middle, self.fine)):
            part = np.rint(np.ldexp(rest, step * STEP_BITS))
            np.add.at(column, series, part.astype(np.int64))
            rest = rest - np.ldexp(part, -step * STEP_BITS)
        np.minimum.at(self.least, series, value)
        np.maximum.at(self.most, series, value)
        np.minimum.at(self.first, series, at)
        np.maximum.at(self.last, series, at)
        if late.any():
            np.add.at(self.late, series[late], 1)

    def sum_of(self, series: int) -> float:
        """The exact sum of a series, as the nearest double (Python divides integers correctly rounded)."""
        total = 0
        for column in (self.whole, self.middle, self.fine):
            total = (total << STEP_BITS) + int(column[series])
        return total / (1 << 2 * STEP_BITS)

    def rows(self, span: Span, names: list[tuple[str, str]]) -> Iterator[ClosedWindow]:
        """The window's figures, a row for each series that has readings, ordered by cell and metric."""
        used = np.flatnonzero(self.count)
        for number in sorted(used.tolist(), key=names.__getitem__):
            cell, metric = names[number]
            yield ClosedWindow(
                cell=cell,
                metric=metric,
                start=span.start,
                seconds=span.length // 1000,
                count=int(self.count[number]),
                sum=self.sum_of(number),
                min=float(self.least[number]),
                max=float(self.most[number]),
                first_at=int(self.first[number]),
                last_at=int(self.last[number]),
                late=int(self.late[number]),
            )


class Verdicts(Struct):
    """What became of each reading of a pack (columns of shape [n]); one that is in neither column is in its window."""

    too_late: Bools
    duplicate: Bools
    start: Ints


class OpenWindows:
    """The open windows of one district."""

    def __init__(self) -> None:
        self.by_span: dict[Span, Window] = {}

    def add(self, readings: Readings, watermark_before: Ints, identity: Hashes, series_count: int) -> Verdicts:
        """Puts each reading into its window, unless the window had closed or holds it already.

        `watermark_before` (shape [m]) is the watermark before each message, which alone decides: not how messages were packed.
        """
        at = readings.at[readings.message]
        before = watermark_before[readings.message]
        start = at - at % readings.seconds
        closes = start + readings.seconds + readings.lateness
        too_late = closes <= before
        timeless = readings.clockless[readings.message] & ~too_late
        verdicts = Verdicts(too_late, self._arrived_before(identity, closes, before, timeless), start)
        for span, rows in _by_span(closes, start, readings.seconds, ~(too_late | verdicts.duplicate)):
            window = self.by_span.setdefault(span, Window())
            window.reserve(series_count)
            fresh = window.admit(identity[rows])
            new = rows[fresh]
            window.add(readings.series[new], readings.value[new], at[new], at[new] < before[new])
            verdicts.duplicate[rows[~fresh]] = True
        return verdicts

    def _arrived_before(self, identity: Hashes, closes: Ints, before: Ints, timeless: Bools) -> Bools:
        """Which readings without a time of their own lie in a window that was open before their message.

        Its start does not tell: a reading taken at its arrival may come again in another minute.
        """
        again = np.zeros(len(identity), np.bool_)
        rows = np.flatnonzero(timeless)
        if not len(rows):
            return again
        until = self._kept_until(identity[rows])
        again[rows] = until > before[rows]
        _, inverse, times = np.unique(identity[rows], return_inverse=True, return_counts=True)
        kept_until: dict[int, int] = {}
        for place in np.flatnonzero(times[inverse.reshape(-1)] > 1).tolist():
            row, number = rows[place], int(identity[rows[place]])
            again[row] = kept_until.get(number, int(until[place])) > before[row]
            if not again[row]:
                kept_until[number] = int(closes[row])
        return again

    def _kept_until(self, identity: Hashes) -> Ints:
        """When the window that holds each identity closes; NEVER_MS where none does."""
        until = np.full(len(identity), NEVER_MS, np.int64)
        for span, window in self.by_span.items():
            until[window.holds(identity)] = span.closes
        return until

    def close(self, watermark: int) -> list[tuple[Span, Window]]:
        """Takes out the windows that the watermark has closed, in the order of their closing."""
        done = sorted(span for span in self.by_span if span.closes <= watermark)
        return [(span, self.by_span.pop(span)) for span in done]

    def ends(self) -> dict[int, int]:
        """The latest end of an open window, by window length (ms)."""
        ends: dict[int, int] = {}
        for span in self.by_span:
            ends[span.length] = max(span.start + span.length, ends.get(span.length, NEVER_MS))
        return ends

    @property
    def readings(self) -> int:
        """How many readings lie in open windows."""
        return sum(int(window.count.sum()) for window in self.by_span.values())


def _by_span(closes: Ints, start: Ints, length: Ints, chosen: Bools) -> Iterator[tuple[Span, Ints]]:
    """The chosen rows window by window; those of a pack lie in few."""
    rows = np.flatnonzero(chosen)
    while len(rows):
        one = rows[0]
        same = (closes[rows] == closes[one]) & (start[rows] == start[one]) & (length[rows] == length[one])
        yield Span(int(closes[one]), int(start[one]), int(length[one])), rows[same]
        rows = rows[~same]
