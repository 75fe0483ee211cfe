"""When a process that died is started again: soon at first, then ever more slowly, and when it counts as failing.

A value without a clock: the supervisor passes `now` (milliseconds on a clock that never goes backwards) and the jitter.
"""

from msgspec import Struct

SHORTEST_PAUSE_MS = 50
FIRST_PAUSE_MS = 500
LONGEST_PAUSE_MS = 15_000
MANY_DEATHS = 5
WITHIN_MS = 60_000
STABLE_MS = 60_000
LONG_ENOUGH_MS = 5_000


class Restarts(Struct, frozen=True):
    """The latest deaths of one process, oldest first, how many of them in a row came soon after a start, and when it may be started again."""

    deaths: tuple[int, ...] = ()
    streak: int = 0
    again_at: int = 0
    failing: bool = False


def settled(restarts: Restarts, now: int) -> Restarts:
    """The state of one that runs: after a minute without a death it counts as never having died."""
    ran = now - max(restarts.deaths, default=now - STABLE_MS)
    return Restarts() if ran >= STABLE_MS else restarts


def died(restarts: Restarts, now: int, jitter: float, *, ran_ms: int = 0) -> Restarts:
    """The state after a death at `now`. `jitter` in 0..1 is the part of the longest pause that is waited (full jitter), so that what died together does not come back together.

    Pauses grow while it dies soon after each start. One that had run for `ran_ms` of at least 5 s can start: it comes back at once, however often it is killed.
    Five deaths within a minute make it failing all the same, until it has run for a minute: as the pauses grow there are fewer deaths a minute, and it is none the better.
    """
    deaths = (*restarts.deaths, now)[-MANY_DEATHS:]
    streak = 1 if ran_ms >= LONG_ENOUGH_MS else restarts.streak + 1
    longest = min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** min(streak - 1, 30))
    failing = restarts.failing or (len(deaths) == MANY_DEATHS and now - deaths[0] < WITHIN_MS)
    return Restarts(deaths, streak, now + max(SHORTEST_PAUSE_MS, int(longest * jitter)), failing)
