"""The clocks of a case: how much of its limit a stage has used, when it runs out, and what stopping and extending do to that."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from city.limits import Clock, Limit
from city.work_time import WorkTime

WARNED_AT = (9, 10)
"""The share of its limit at which a clock turns yellow."""


class Light(StrEnum):
    """How a clock stands: in time, nearly out (90 % used), or run out."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Stage(StrEnum):
    """The links of a case that have a clock."""

    ACCEPTANCE = "acceptance"
    DISPATCH = "dispatch"
    HANDLING = "handling"
    VERIFICATION = "verification"


class Pause(StrEnum):
    """Why a clock stands still."""

    NONE = ""
    SUSPENDED = "suspended"
    RETURNED = "returned"
    VERIFYING = "verifying"
    HOLDING = "holding"


class StageClock(Struct, frozen=True, kw_only=True):
    """The clock of one stage of one incident; times are epoch ms, `limit_ms` and `used_ms` counted time.

    It counts since `since` (None: it stands still), and had used `used_ms` before that. `warn_at` is when nine tenths are used and
    `deadline` when all is, if it is not stopped until then. `limit` is the original one in its short form; each of `extensions` has added it once.
    `assumed` says that the deadline rests on days of which nobody has announced whether they are worked.
    """

    stage: Stage
    limit: str
    clock: Clock
    limit_ms: int
    started_at: int
    since: int | None
    used_ms: int
    warn_at: int
    deadline: int
    paused: Pause = Pause.NONE
    ended_at: int | None = None
    extensions: int = 0
    state: Light = Light.GREEN
    assumed: bool = False


class Reading(Struct, frozen=True):
    """A clock read at a moment: counted time used and left (below zero past the limit), the share used, and whether time counts now.

    `changes_at` is when that changes by itself: the next border of a work slot, or None.
    """

    used_ms: int
    left_ms: int
    share: float
    counting: bool
    changes_at: int | None


class _Counts(Protocol):
    def after(self, start: int, counted_ms: int, /) -> int: ...

    def between(self, start: int, end: int, /) -> int: ...


class _AllTime:
    """Continuous time."""

    def after(self, start: int, counted_ms: int, /) -> int:
        return start + counted_ms

    def between(self, start: int, end: int, /) -> int:
        return end - start


_ALL_TIME = _AllTime()


def deadline(start: int, limit: Limit, work: WorkTime) -> int:
    """When a limit that counts from `start` runs out."""
    return _counts(limit.clock, work).after(start, limit.ms)


def time_used(start: int, end: int, clock: Clock, work: WorkTime) -> int:
    """Counted milliseconds between two moments."""
    return _counts(clock, work).between(start, end)


def share_used(start: int, now: int, limit: Limit, work: WorkTime) -> float:
    """The share of a limit that is used at `now`; above 1 when it has run out."""
    return time_used(start, now, limit.clock, work) / limit.ms


def time_left(start: int, now: int, limit: Limit, work: WorkTime) -> int:
    """Counted milliseconds that a limit leaves at `now`; below zero when it has run out."""
    return limit.ms - time_used(start, now, limit.clock, work)


def started(stage: Stage, limit: Limit, now: int, work: WorkTime) -> StageClock:
    """A clock that begins to count."""
    still = StageClock(
        stage=stage,
        limit=limit.text,
        clock=limit.clock,
        limit_ms=limit.ms,
        started_at=now,
        since=None,
        used_ms=0,
        warn_at=now,
        deadline=now,
    )
    return resumed(still, now, work)


def resumed(clock: StageClock, now: int, work: WorkTime) -> StageClock:
    """A clock that counts on after it stood still, with what was left; one that has run out keeps its deadline."""
    if clock.since is not None or clock.ended_at is not None:
        return clock
    return _timed(replace(clock, since=now, paused=Pause.NONE), work)


def stopped(clock: StageClock, now: int, why: Pause, work: WorkTime) -> StageClock:
    """A clock that stands still from now on; what it has used stays used."""
    if clock.since is None:
        return replace(clock, paused=why) if clock.ended_at is None else clock
    return replace(_until(clock, now, work), paused=why)


def ended(clock: StageClock, now: int, work: WorkTime) -> StageClock:
    """A clock whose stage is over."""
    if clock.ended_at is not None:
        return clock
    return replace(_until(clock, now, work), ended_at=now, paused=Pause.NONE)


def extended(clock: StageClock, original_ms: int, work: WorkTime) -> StageClock:
    """A clock with one more of its original limit; it is in time again, if it is, and warns again."""
    longer = replace(clock, limit_ms=clock.limit_ms + original_ms, extensions=clock.extensions + 1, state=Light.GREEN)
    return _timed(longer, work) if clock.since is not None else longer


def light(clock: StageClock, now: int) -> Light:
    """How a clock stands at `now`. A clock that has once turned stays so while it stands still."""
    if clock.since is None or now < clock.warn_at:
        return clock.state
    shown = Light.RED if now > clock.deadline else Light.YELLOW
    return clock.state if clock.state is Light.RED else shown


def read(clock: StageClock, now: int, work: WorkTime) -> Reading:
    """A clock at a moment that is not before it was last started."""
    running = clock.since is not None
    used = clock.used_ms + (_counts(clock.clock, work).between(clock.since, now) if clock.since is not None else 0)
    by_slots = running and not clock.clock.continuous
    return Reading(
        used_ms=used,
        left_ms=clock.limit_ms - used,
        share=used / clock.limit_ms,
        counting=running and (clock.clock.continuous or work.counts_at(now)),
        changes_at=work.next_border(now) if by_slots else None,
    )


def _counts(clock: Clock, work: WorkTime) -> _Counts:
    return _ALL_TIME if clock.continuous else work


def _until(clock: StageClock, now: int, work: WorkTime) -> StageClock:
    if clock.since is None:
        return clock
    used = clock.used_ms + _counts(clock.clock, work).between(clock.since, now)
    return replace(clock, since=None, used_ms=used, state=light(clock, now))


def _timed(clock: StageClock, work: WorkTime) -> StageClock:
    """A counting clock with the times at which it will have used nine tenths and all of its limit."""
    since, left = clock.since, clock.limit_ms - clock.used_ms
    if since is None or clock.state is Light.RED:
        return clock
    parts, of = WARNED_AT
    until_warning = -(-clock.limit_ms * parts // of) - clock.used_ms
    after = _counts(clock.clock, work).after
    until = after(since, max(left, 0))
    assumed = not clock.clock.continuous and work.assumed(since, until)
    return replace(clock, warn_at=after(since, max(until_warning, 0)), deadline=until, assumed=assumed)
