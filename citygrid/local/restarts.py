"""When a process that died is started again: soon at first, then ever more slowly, and when it counts as failing.

A value without a clock: the supervisor passes `now` (milliseconds on a clock that never goes backwards) and the jitter.
"""

from msgspec import Struct

FIRST_PAUSE_MS = 500
LONGEST_PAUSE_MS = 15_000
MANY_DEATHS = 5
WITHIN_MS = 60_000


class Restarts(Struct, frozen=True):
    """The deaths of one process within the last minute, oldest first, and when it may be started again."""

    deaths: tuple[int, ...] = ()
    again_at: int = 0

    @property
    def failing(self) -> bool:
        """Whether it died so often within a minute that somebody should look."""
        return len(self.deaths) >= MANY_DEATHS


def forget_old(restarts: Restarts, now: int) -> Restarts:
    """The same without the deaths that are more than a minute old."""
    recent = tuple(at for at in restarts.deaths if now - at < WITHIN_MS)
    return Restarts(recent, restarts.again_at)


def died(restarts: Restarts, now: int, jitter: float) -> Restarts:
    """The state after a death at `now`; `jitter` in 0..1 spreads the pauses of processes that died together over half their length."""
    deaths = (*forget_old(restarts, now).deaths, now)[-MANY_DEATHS:]
    pause = min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (len(deaths) - 1))
    return Restarts(deaths, now + int(pause * (0.5 + 0.5 * jitter)))
