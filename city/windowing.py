"""How long a metric's windows are and how late a reading may come, at each event time: a change holds from where no window was opened yet.

    event time  --- former length and lateness ---| until |--- those of now ---

So a window keeps what it was opened with until it has closed, and no window leaves twice with different content.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from city.columns import NEVER_MS, Ints
from city.registry import Metric

DEFAULT_WINDOW_MS = 60_000
DEFAULT_LATENESS_MS = 30_000


class Former(Struct, frozen=True):
    """The window length and allowed lateness (ms) of a metric before a change: readings before `until` (event time, ms) still go by them."""

    metric: str
    until: int
    length: int
    lateness: int


class Windowing:
    """The windows of each metric, and what they were before; `former` is in the order of the changes."""

    def __init__(self, metrics: Mapping[str, Metric] | None = None, former: Iterable[Former] = ()) -> None:
        self._metrics: Mapping[str, Metric] = metrics or {}
        self.former: list[Former] = list(former)

    def adopt(
        self, metrics: Mapping[str, Metric], seen: Iterable[str], opened: Mapping[int, int], watermark: int
    ) -> None:
        """Goes by these metrics from where nothing was opened; at once for a metric that is not among those `seen`.

        `opened` is the latest end of an open window by window length (ms). Every closed one ended before `watermark`.
        """
        for name in sorted(set(seen)):
            length, lateness = old = _span_of(self._metrics.get(name))
            if _span_of(metrics.get(name)) != old:
                before = max((one.until for one in self.former if one.metric == name), default=NEVER_MS)
                until = max(before, watermark, opened.get(length, NEVER_MS))
                self.former.append(Former(name, until + -until % length, length, lateness))
        self._metrics = metrics
        self.former = [one for one in self.former if not self._past(one, watermark)]

    def _past(self, former: Former, watermark: int) -> bool:
        """Whether what still goes by it is too late, whatever it goes by."""
        longest = [_span_of(self._metrics.get(former.metric))]
        longest += [(one.length, one.lateness) for one in self.former if one.metric == former.metric]
        return all(former.until + length + lateness <= watermark for length, lateness in longest)

    def spans(self, names: Sequence[str], metric: Ints, at: Ints) -> tuple[Ints, Ints]:
        """The window length and allowed lateness (ms, shape [n]) of readings at these event times (shape [n]).

        `metric` (shape [n]) is the place of each reading's metric in `names`.
        """
        lengths = np.array([_span_of(self._metrics.get(name)) for name in names], np.int64).reshape(-1, 2)[metric]
        for former in reversed(self.former):
            if former.metric in names:
                rows = (metric == names.index(former.metric)) & (at < former.until)
                lengths[rows] = former.length, former.lateness
        return lengths[:, 0], lengths[:, 1]


def _span_of(metric: Metric | None) -> tuple[int, int]:
    if metric is None:
        return DEFAULT_WINDOW_MS, DEFAULT_LATENESS_MS
    return metric.window_seconds * 1000, metric.lateness_seconds * 1000
