"""Readings as NumPy columns, and the dense numbers that stand for names in them."""

from collections.abc import Hashable, Iterable
from typing import Any, Generic, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

K = TypeVar("K", bound=Hashable)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Hashes = NDArray[np.uint64]

NO_SEQ = -1
NEVER_MS = -(2**62)
"""An event time before all others, where there has been none yet."""


class Numbering(Generic[K]):
    """Gives each new key the next number from 0; a number is never given twice."""

    def __init__(self, keys: Iterable[K] = ()) -> None:
        self.keys: list[K] = list(keys)
        self._numbers = {key: number for number, key in enumerate(self.keys)}

    def number(self, key: K) -> int:
        """The number of `key`, given now if it is new."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.keys)
            self.keys.append(key)
        return found

    def find(self, key: K) -> int | None:
        """The number of `key`, or None where it has none yet."""
        return self._numbers.get(key)

    def __len__(self) -> int:
        return len(self.keys)


def grown(column: NDArray[Any], size: int, fill: float) -> NDArray[Any]:
    """The column with room for at least `size` numbers; new places hold `fill`. Doubles, so that growing stays cheap."""
    if len(column) >= size:
        return column
    room = max(size, 2 * len(column), 16)
    wider = np.full(room, fill, dtype=column.dtype)
    wider[: len(column)] = column
    return wider


def turns(ordered: NDArray[Any]) -> Bools:
    """Which values of a column differ from the one before; the first always does."""
    turn = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=turn[1:])
    return turn


def moved_up(column: Ints, last: int) -> Ints:
    """The column without its first value, and with `last` behind it (shape [m], not empty where m is not)."""
    moved = np.empty(max(len(column), 1), np.int64)
    moved[:-1], moved[-1] = column[1:], last
    return moved


class Readings(Struct):
    """The readings of one pack, in record order.

    Per message (shape [m]): `at`, `received_at` (epoch ms), `device` (number), `seq` (-1: none), `clockless`.
    Per reading (shape [n]): `message` (its place in the columns above), `channel` (number of device and metric), `series`
    (number of cell and metric), `value`, `seconds` and `lateness` (of its metric's window, in ms).
    """

    at: Ints
    received_at: Ints
    device: Ints
    seq: Ints
    clockless: Bools
    message: Ints
    channel: Ints
    series: Ints
    value: Floats
    seconds: Ints
    lateness: Ints

    def __len__(self) -> int:
        return len(self.message)


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def mixed(bits: Hashes) -> Hashes:
    """The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): spreads 64 bits evenly and loses none."""
    bits = (bits ^ (bits >> np.uint64(30))) * _MIX_1
    bits = (bits ^ (bits >> np.uint64(27))) * _MIX_2
    return bits ^ (bits >> np.uint64(31))


def identities(readings: Readings, channel_hash: Hashes) -> Hashes:
    """A 64-bit hash of each reading's identity (device, metric, at, seq); without `at` for a device that has no clock."""
    at = np.where(readings.clockless, -1, readings.at).astype(np.uint64)
    moment = mixed(at * _GOLDEN + mixed(readings.seq.astype(np.uint64)))
    return mixed(channel_hash[readings.channel] ^ moment[readings.message])
