"""Chance without a generator: every number is a function of (seed, who, step), so that any step can be drawn alone, in any order.

The mixing function is the finaliser of splitmix64 (Steele, Lea, Flood 2014), applied to whole NumPy columns.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint64]
Floats = NDArray[np.float64]

MEMORY_STEPS = 16
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_WORD = (1 << 64) - 1


def digest(*parts: object) -> int:
    """A 64-bit number that stands for `parts`, the same in every process."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def ids_of(names: Sequence[str]) -> Ids:
    """One 64-bit number a name."""
    return np.array([digest(name) for name in names], dtype=np.uint64)


def fraction(*parts: object) -> float:
    """A single number in [0, 1) that stands for `parts`."""
    return digest(*parts) / 2.0**64


def uniform(seed: int, ids: Ids, step: int, stream: int) -> Floats:
    """A number in [0, 1) for each id at `step`; different `stream`s have nothing to do with each other."""
    return _unit(_mix(ids ^ _mix(_word(seed) ^ _mix(_word(step) ^ _mix(_word(stream))))))


def ar1(seed: int, ids: Ids, step: int, *, stream: int, memory: float) -> Floats:
    """Noise of mean 0 and variance near 1 that remembers its last value with weight `memory` (0 to 1), for each id.

    A first-order autoregression written as the sum of its last `MEMORY_STEPS` shocks, so that no state is carried from step to step.
    """
    total = np.zeros(len(ids))
    for back in range(MEMORY_STEPS):
        total += memory**back * _normal(seed, ids, step - back, stream)
    scale = (1 - memory**2) / (1 - memory ** (2 * MEMORY_STEPS)) if memory else 1.0
    return np.asarray(total * scale**0.5)


def _normal(seed: int, ids: Ids, step: int, stream: int) -> Floats:
    """Standard normal numbers by Box and Muller (1958)."""
    first = 1.0 - uniform(seed, ids, step, 2 * stream)
    second = uniform(seed, ids, step, 2 * stream + 1)
    return np.asarray(np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second))


def _word(number: int) -> Ids:
    return np.array([number & _WORD], dtype=np.uint64)


def _mix(words: Ids) -> Ids:
    mixed = words + _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _unit(words: Ids) -> Floats:
    return np.asarray((words >> np.uint64(11)).astype(np.float64) / 2.0**53)
