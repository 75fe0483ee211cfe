"""A table of numbers as a whole and the changes over it: what is written of it grows with what changed, and what is stored stays bounded.

    whole | change 0 | change 1 | ...      each row of a change stands for the row of its number

Changes are written as long as they are much smaller than the whole, and all of them together not several times as large.
"""

from collections.abc import Iterable

import numpy as np
from msgspec import Struct

from city.columns import Ints

SMALL = 2
"""A change is written when the whole is at least this many times as large."""
MOST = 4
"""The changes together are at most this many times as large as the whole."""
MOST_CHANGES = 256
"""And there are at most so many: a worker that takes over reads and copies each."""


class Layers(Struct):
    """What is stored of one table: the size of the whole in bytes, how many changes lie over it, and their size."""

    whole: int
    changes: int = 0
    size: int = 0

    def takes(self, change: bytes) -> bool:
        """Whether the change is worth writing; otherwise the whole is."""
        small = SMALL * len(change) <= self.whole and self.size + len(change) <= MOST * self.whole
        return small and self.changes < MOST_CHANGES


def packed(table: Ints, rows: Ints) -> bytes:
    """Some rows (numbers, shape [k]) of a table (shape [n, columns]), with the size of the table."""
    return np.concatenate((np.array([*table.shape, len(rows)], np.int64), rows, table[rows].ravel())).tobytes()


def changed(table: Ints, before: Ints) -> Ints:
    """The numbers of the rows that differ from those of an earlier, perhaps shorter table with as many columns."""
    known = len(before)
    rows: Ints = np.append(np.flatnonzero((table[:known] != before).any(axis=1)), np.arange(known, len(table)))
    return rows


def unpacked(layers: Iterable[bytes], rest: Ints) -> Ints:
    """The table that the whole and its changes, in their order, make up; rows that none of them has are like `rest` (shape [columns])."""
    table = np.empty((0, len(rest)), np.int64)
    for data in layers:
        numbers = np.frombuffer(data, np.int64)
        size, columns, count = numbers[:3].tolist()
        wider = np.tile(rest, (size, 1))
        wider[: len(table)] = table
        wider[numbers[3 : 3 + count]] = numbers[3 + count :].reshape(count, columns)
        table = wider
    return table
