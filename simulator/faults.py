"""What goes wrong on the way, in stated shares: duplicates, late and overtaken messages, garbage, wrong clocks, devices that are silent."""

from enum import StrEnum

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from simulator.noise import Ids, fraction, uniform

DELAY, LATE, LATE_BY, SHUFFLED, SHUFFLED_BY, REPEATED, REPEATED_AFTER, GARBAGE = range(20, 28)
NEVER = -1
USUAL_DELAY_MS = 150


class Shares(Struct, frozen=True, kw_only=True):
    """The shares of messages, and of devices (`wrong_clock`, `silent`), that something is wrong with; the milliseconds are the longest delays."""

    duplicate: float = 0.01
    duplicate_ms: int = 5_000
    late: float = 0.02
    late_ms: int = 20_000
    shuffled: float = 0.05
    shuffled_ms: int = 2_000
    garbage: float = 0.002
    wrong_clock: float = 0.003
    silent: float = 0.01


class Clock(StrEnum):
    """What a device takes for the time: the truth, local time sent as UTC, nothing (then it counts its messages), or the day it was made."""

    RIGHT = "right"
    AHEAD = "ahead"
    NONE = "none"
    RESET = "reset"


class Fates(Struct, frozen=True, kw_only=True):
    """What becomes of one step's messages, one a device: `delay_ms` on the way, `repeat_ms` after which it is sent again (-1: not), `garbled`."""

    delay_ms: NDArray[np.int64]
    repeat_ms: NDArray[np.int64]
    garbled: NDArray[np.bool_]


def clock_of(shares: Shares, seed: int, device: str) -> Clock:
    """The clock of a device, the same for a whole run."""
    if fraction(seed, device, "wrong clock") >= shares.wrong_clock:
        return Clock.RIGHT
    wrong = (Clock.AHEAD, Clock.NONE, Clock.RESET)
    return wrong[int(fraction(seed, device, "which clock") * len(wrong))]


def is_silent(shares: Shares, seed: int, device: str) -> bool:
    """Whether a device sends nothing until somebody repairs it."""
    return fraction(seed, device, "silent") < shares.silent


def fates(shares: Shares, seed: int, ids: Ids, step: int) -> Fates:
    """The fates of the messages that the devices `ids` send at `step`."""

    def draw(stream: int) -> NDArray[np.float64]:
        return uniform(seed, ids, step, stream)

    delay = USUAL_DELAY_MS * draw(DELAY)
    delay = np.where(draw(SHUFFLED) < shares.shuffled, shares.shuffled_ms * draw(SHUFFLED_BY), delay)
    delay = np.where(draw(LATE) < shares.late, shares.late_ms * (0.1 + 0.9 * draw(LATE_BY)), delay)
    after = np.where(draw(REPEATED) < shares.duplicate, shares.duplicate_ms * draw(REPEATED_AFTER), NEVER)
    return Fates(
        delay_ms=delay.astype(np.int64),
        repeat_ms=np.where(after >= 0, np.maximum(after, 1), NEVER).astype(np.int64),
        garbled=draw(GARBAGE) < shares.garbage,
    )
