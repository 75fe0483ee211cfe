"""Which clock of an incident counts in which state, when the log is told of one, and what an operator may do to them."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from city.cases.evidence import FINDING, standing
from city.cases.turns import NO_WORK
from city.catalogue import filing_limit
from city.clocks import (
    Light,
    Pause,
    Stage,
    StageClock,
    deadline,
    ended,
    extended,
    light,
    read,
    resumed,
    started,
    stopped,
)
from city.incident import Incident, IncidentState
from city.limits import Limit, of_seconds, read_limit
from city.registry import EventClass
from city.transitions import OVER, Change
from city.work_time import WorkTime

MOST_EXTENSIONS = 2
MOST_SUSPENSIONS = 1
LONGEST_SUSPENSION_MS = 366 * 86_400_000

_LIMITS = {
    Stage.ACCEPTANCE: of_seconds(15 * 60),
    Stage.DISPATCH: of_seconds(15 * 60),
    Stage.VERIFICATION: of_seconds(30 * 60),
}
_STAGES = {
    IncidentState.REPORTED: Stage.ACCEPTANCE,
    IncidentState.FILED: Stage.DISPATCH,
    IncidentState.RETURNED: Stage.DISPATCH,
    IncidentState.REOPENED: Stage.DISPATCH,
    IncidentState.DISPATCHED: Stage.HANDLING,
    IncidentState.HANDLING: Stage.HANDLING,
    IncidentState.VERIFYING: Stage.VERIFICATION,
}
_ORDER = list(Stage)
_SAID = {Light.YELLOW: Change.CLOCK_WARNING, Light.RED: Change.OVERDUE}


def stage_limit(stage: Stage, incident: Incident, kind: EventClass) -> Limit:
    """How long a stage of an incident may take."""
    return _LIMITS.get(stage) or filing_limit(kind, incident.condition)


def first_deadline(incident: Incident, kind: EventClass, now: int, work: WorkTime) -> int | None:
    """By when an incident that is filed now must be done, if somebody is sent at once; None where nobody is."""
    return None if incident.work == NO_WORK else deadline(now, stage_limit(Stage.HANDLING, incident, kind), work)


def set_for(incident: Incident, kind: EventClass, now: int, work: WorkTime) -> Incident:
    """An incident with its clocks as its state wants them: one counts, the handling's waits for its turn, the others are over."""
    at_work = _stage(incident)
    why = _stands_still(incident)
    clocks = {clock.stage: _left(clock, incident, now, work) for clock in incident.clocks if clock.stage != at_work}
    if at_work is not None:
        old = clock_of(incident, at_work)
        going = old if old is not None and old.ended_at is None else None
        clock = going or started(at_work, stage_limit(at_work, incident, kind), now, work)
        clocks[at_work] = stopped(clock, now, why, work) if why else resumed(clock, now, work)
    handling = clocks.get(Stage.HANDLING)
    goes_on = handling is not None and handling.ended_at is None
    until = handling.deadline if handling is not None and goes_on else incident.deadline
    kept = [clocks[stage] for stage in _ORDER if stage in clocks and not _never_counted(clocks[stage])]
    return replace(incident, clocks=kept, deadline=until)


def clock_of(incident: Incident, stage: Stage) -> StageClock | None:
    """The latest clock of a stage."""
    return next((clock for clock in incident.clocks if clock.stage is stage), None)


def turned(incident: Incident, now: int) -> StageClock | None:
    """The clock that has to be told of at `now`: nine tenths are used, or all. After an outage that is one thing to tell, not two."""
    if incident.state in OVER:
        return None
    return next((clock for clock in incident.clocks if light(clock, now) is not clock.state), None)


def told(
    incident: Incident, clock: StageClock, now: int, work: WorkTime
) -> tuple[Change, Mapping[str, Any], list[StageClock]]:
    """What the log says of a clock that has turned, and the incident's clocks after that."""
    shown = light(clock, now)
    reading = read(clock, now, work)
    detail = {
        "stage": clock.stage,
        "share": round(reading.share, 4),
        "deadline": clock.deadline,
        "used_ms": reading.used_ms,
        "limit_ms": clock.limit_ms,
        "started_at": clock.started_at,
    }
    return _SAID[shown], detail, with_clock(incident, replace(clock, state=shown))


def with_clock(incident: Incident, clock: StageClock) -> list[StageClock]:
    """An incident's clocks with one replaced."""
    return [clock if other.stage is clock.stage else other for other in incident.clocks]


def longer(incident: Incident, clock: StageClock, work: WorkTime) -> list[StageClock]:
    """An incident's clocks with one extended by its original limit."""
    original = read_limit(clock.limit)
    return with_clock(incident, extended(clock, original.ms if original else clock.limit_ms, work))


def _never_counted(clock: StageClock) -> bool:
    return clock.ended_at is not None and not clock.used_ms


def _stage(incident: Incident) -> Stage | None:
    stage = _STAGES.get(incident.state)
    return None if stage is Stage.DISPATCH and incident.work == NO_WORK else stage


def _stands_still(incident: Incident) -> Pause:
    """Why the clock of the stage at work does not count: by an operator's word, or because the readings only have to stay down."""
    if incident.suspended_until is not None:
        return Pause.SUSPENDED
    by_sensor = any(cause.kind == FINDING for cause in incident.causes)
    holding = incident.state is IncidentState.VERIFYING and by_sensor and not standing(incident)
    return Pause.HOLDING if holding else Pause.NONE


def _left(clock: StageClock, incident: Incident, now: int, work: WorkTime) -> StageClock:
    """A clock whose stage is not at work. What a worker has not brought to an end goes on with the next one, so the handling's only waits."""
    if clock.stage is not Stage.HANDLING or incident.state in OVER or clock.ended_at is not None:
        return ended(clock, now, work)
    why = Pause.VERIFYING if incident.state is IncidentState.VERIFYING else Pause.RETURNED
    return stopped(clock, now, Pause.SUSPENDED if incident.suspended_until is not None else why, work)
