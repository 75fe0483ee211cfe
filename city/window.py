"""Tumbling windows on event time: which window a reading belongs to, what each adds up to, and when it closes.

    event time   |----- window -----|-- allowed lateness --|
                 start          start + length          closes

A reading is too late when its window's closing was at or before the watermark that stood before its message. Sums are kept as two
integers in units of 2^-20 and 2^-60, so that they are exact whatever the order in which readings come, and leave as the nearest double.
"""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from city.columns import Bools, Floats, Hashes, Ints, Readings, grown

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]

COARSE_BITS = 20
FINE_BITS = 60
MOST_EXTREME = 2.0**42
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
        self.coarse: Ints = np.zeros(size, np.int64)
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
        self.count, self.coarse, self.fine, self.late = (
            grown(column, size, 0) for column in (self.count, self.coarse, self.fine, self.late)
        )
        self.least, self.most = grown(self.least, size, np.inf), grown(self.most, size, -np.inf)
        self.first, self.last = grown(self.first, size, FAR), grown(self.last, size, -FAR)

    def unseen(self, identity: Hashes) -> Bools:
        """Which of these identities (shape [k]) are neither in the window nor earlier in the same column."""
        fresh = np.zeros(len(identity), np.bool_)
        fresh[np.unique(identity, return_index=True)[1]] = True
        if len(self.seen):
            place = np.minimum(np.searchsorted(self.seen, identity), len(self.seen) - 1)
            fresh &= self.seen[place] != identity
        return fresh

    def add(self, series: Ints, value: Floats, at: Ints, late: Bools, identity: Hashes) -> None:
        """Adds readings (columns of shape [k]) that are new to the window."""
        coarse = np.rint(np.ldexp(value, COARSE_BITS))
        rest = value - np.ldexp(coarse, -COARSE_BITS)
        np.add.at(self.count, series, 1)
        np.add.at(self.coarse, series, coarse.astype(np.int64))
        np.add.at(self.fine, series, np.rint(np.ldexp(rest, FINE_BITS)).astype(np.int64))
        np.minimum.at(self.least, series, value)
        np.maximum.at(self.most, series, value)
        np.minimum.at(self.first, series, at)
        np.maximum.at(self.last, series, at)
        np.add.at(self.late, series[late], 1)
        if len(identity):
            self.unsaved.append(identity)
        new = np.sort(identity)
        self.seen = np.insert(self.seen, np.searchsorted(self.seen, new), new)

    def sum_of(self, series: int) -> float:
        """The exact sum of a series, as the nearest double (Python divides integers correctly rounded)."""
        whole = (int(self.coarse[series]) << (FINE_BITS - COARSE_BITS)) + int(self.fine[series])
        return whole / (1 << FINE_BITS)

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
        verdicts = Verdicts(closes <= before, np.zeros(len(at), np.bool_), start)
        for span, rows in _by_span(closes, start, readings.seconds, ~verdicts.too_late):
            window = self.by_span.setdefault(span, Window())
            window.reserve(series_count)
            ids = identity[rows]
            fresh = window.unseen(ids) & ~self._elsewhere(span, ids, readings.clockless[readings.message[rows]])
            new = rows[fresh]
            window.add(readings.series[new], readings.value[new], at[new], at[new] < before[new], ids[fresh])
            verdicts.duplicate[rows[~fresh]] = True
        return verdicts

    def _elsewhere(self, span: Span, identity: Hashes, clockless: Bools) -> Bools:
        """Whether a reading without a time of its own came before and lies in another window, because it arrived in another minute."""
        known = np.zeros(len(identity), np.bool_)
        if clockless.any():
            for other, window in self.by_span.items():
                if other != span:
                    known |= np.isin(identity, window.seen)
        return known & clockless

    def close(self, watermark: int) -> list[tuple[Span, Window]]:
        """Takes out the windows that the watermark has closed, in the order of their closing."""
        done = sorted(span for span in self.by_span if span.closes <= watermark)
        return [(span, self.by_span.pop(span)) for span in done]

    @property
    def readings(self) -> int:
        """How many readings lie in open windows."""
        return sum(int(window.count.sum()) for window in self.by_span.values())


def _by_span(closes: Ints, start: Ints, length: Ints, chosen: Bools) -> Iterator[tuple[Span, Ints]]:
    rows = np.flatnonzero(chosen)
    if not len(rows):
        return
    keys = np.stack((closes[rows], start[rows], length[rows]), axis=1)
    first = keys[0]
    if (keys == first).all():
        yield Span(*first.tolist()), rows
        return
    spans, inverse = np.unique(keys, axis=0, return_inverse=True)
    for number, span in enumerate(spans.tolist()):
        yield Span(*span), rows[inverse.reshape(-1) == number]
