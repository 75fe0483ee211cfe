"""Which numbers the readings of a message have: worked out once for each sort of message, which is its device, its cell and its metrics."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from city.columns import Ints, grown

Sort = tuple[str, str, tuple[str, ...]]
"""A message's device, its cell, and the names of its metrics in their order."""
MOST_SORTS = 200_000


class Numbers(Struct):
    """Per message (shape [m]) its `device`; per reading (shape [n]) its `message`, `channel`, `series` and `metric`, all as numbers."""

    device: Ints
    message: Ints
    channel: Ints
    series: Ints
    metric: Ints


class Shapes:
    """The sorts of message seen so far, each with the numbers of its readings laid end to end. A memo: it may be dropped at any time."""

    def __init__(self) -> None:
        self.known: dict[Sort, int] = {}
        self._used = 0
        self._device, self._first, self._width = (np.zeros(0, np.int64) for _ in range(3))
        self._channel, self._series, self._metric = (np.zeros(0, np.int64) for _ in range(3))

    def learn(self, sort: Sort, device: int, readings: Sequence[tuple[int, int, int]]) -> int:
        """Notes a new sort: its device and, for each reading, channel, series and metric; returns its number."""
        number, first = len(self.known), self._used
        self.known[sort] = number
        self._used += len(readings)
        self._device, self._first = grown(self._device, number + 1, 0), grown(self._first, number + 1, 0)
        self._width = grown(self._width, number + 1, 0)
        self._device[number], self._first[number], self._width[number] = device, first, len(readings)
        self._channel, self._series = grown(self._channel, self._used, 0), grown(self._series, self._used, 0)
        self._metric = grown(self._metric, self._used, 0)
        for place, (channel, series, metric) in enumerate(readings, first):
            self._channel[place], self._series[place], self._metric[place] = channel, series, metric
        return number

    def numbers(self, shape: Ints) -> Numbers:
        """The numbers of messages of these sorts (shape [m]), in their order."""
        width = self._width[shape]
        message = np.repeat(np.arange(len(shape)), width)
        begins = np.cumsum(width) - width
        place = np.arange(len(message)) + (self._first[shape] - begins)[message]
        return Numbers(self._device[shape], message, self._channel[place], self._series[place], self._metric[place])
