"""What ends an incident and what brings it back: evidence, readings that stay down, an operator, a reading that returns."""

from typing import Any

from city.cases import words
from city.cases.clocks import first_deadline
from city.cases.draft import CITYGRID, Draft
from city.cases.evidence import FINDING, from_sensors_only, standing
from city.cases.offers import end_task, offer
from city.clocks import ended
from city.incident import Incident, IncidentState
from city.names import Name
from city.task import TaskState
from city.transitions import Change, TaskChange, after

PATIENCE = 10  # times the class's clear_seconds, until a reading that stands after the work sends the case back
SHORTEST_PATIENCE_S = 15 * 60


def close(draft: Draft, incident: Incident, *, actor: str, reason: str | Name) -> Incident:
    """An incident that is over; a task that is still out is withdrawn."""
    end_task(draft, incident, TaskChange.WITHDRAW)
    draft.clocks.pop(incident.id, None)
    return draft.move(incident, Change.CLOSED, actor=actor, reason=reason, closed_at=draft.now, suspended_until=None)


def void(draft: Draft, incident: Incident, *, actor: str, reason: str) -> Incident:
    """An incident that was none; a task that is still out is withdrawn."""
    end_task(draft, incident, TaskChange.WITHDRAW)
    draft.clocks.pop(incident.id, None)
    return draft.move(incident, Change.VOIDED, actor=actor, reason=reason, closed_at=draft.now, suspended_until=None)


def reopen(draft: Draft, incident: Incident, *, actor: str, reason: str | Name, **fields: Any) -> Incident:
    """An incident that was over and is not: its clock begins anew, the log keeps when it was to be done before, and somebody is sent."""
    detail = {"closed_at": incident.closed_at, "deadline": incident.deadline}
    fields |= filing(draft, incident) | {
        "filed_at": incident.filed_at or draft.now,
        "closed_at": None,
        "ended_at": None,
        "suspensions": 0,
        "clocks": [ended(clock, draft.now, draft.facts.work) for clock in incident.clocks],
    }
    reopened = draft.move(incident, Change.REOPENED, actor=actor, reason=reason, detail=detail, **fields)
    draft.clock(reopened, cleared_at=None if standing(reopened) else draft.now)
    return offer(draft, reopened)


def file(draft: Draft, incident: Incident, *, actor: str, reason: str | Name) -> Incident:
    """A reported incident that is taken on: its clock starts, and somebody is sent."""
    return offer(draft, draft.move(incident, Change.FILED, actor=actor, reason=reason, **filing(draft, incident)))


def filing(draft: Draft, incident: Incident) -> dict[str, Any]:
    """When an incident is filed and by when it must be done if somebody is sent at once: wall time, and no deadline where nobody is sent."""
    until = first_deadline(incident, draft.class_of(incident), draft.now, draft.facts.work)
    return {"filed_at": draft.now, "deadline": until}


def settle_cleared(draft: Draft, incident: Incident) -> Incident:
    """What follows when the last reading that stood has fallen back."""
    draft.clock(incident, cleared_at=draft.now, stands_since=None)
    task = draft.open_task(incident)
    accepted = task is not None and task.state is not TaskState.OFFERED
    if accepted or not from_sensors_only(incident) or after(incident.state, Change.ENDED) is None:
        return consider(draft, incident)
    end_task(draft, incident, TaskChange.WITHDRAW)
    return consider(draft, draft.move(incident, Change.ENDED, actor=CITYGRID, reason=words.ENDED_BY_ITSELF))


def settle_standing(draft: Draft, incident: Incident) -> Incident:
    """What follows when a reading stands or a worker confirms it, while an end was being verified."""
    clock = draft.clocks[incident.id]
    verifying = incident.state is IncidentState.VERIFYING
    if standing(incident):
        draft.clock(
            incident, cleared_at=None, stands_since=(clock.stands_since or draft.now) if clock.done_at else None
        )
    if not verifying or clock.done_at is not None:
        return incident
    return offer(
        draft, draft.move(incident, Change.RAISED_AGAIN, actor=CITYGRID, reason=words.BACK_AGAIN, ended_at=None)
    )


def restart_patience(draft: Draft, incident: Incident) -> None:
    """Gives a reading time to fall back once more, after its sensor has died or come back."""
    if draft.clocks[incident.id].stands_since is not None:
        draft.clock(incident, stands_since=draft.now)


def settle_done(draft: Draft, incident: Incident) -> Incident:
    """What follows when the worker has said done."""
    draft.clock(incident, done_at=draft.now, stands_since=draft.now if standing(incident) else None)
    return consider(draft, incident)


def consider(draft: Draft, incident: Incident) -> Incident:
    """Closes a verified incident, or sends it back when its reading has stood too long after the work."""
    if incident.state is not IncidentState.VERIFYING:
        return incident
    if not any(cause.kind == FINDING for cause in incident.causes):
        return close(draft, incident, actor=CITYGRID, reason=words.EVIDENCE)
    left = standing(incident)
    if not left:
        return _close_when_held(draft, incident)
    alive = [evidence for evidence in left if not evidence.silent]
    return _send_back_when_patience_ends(draft, incident) if alive else incident


def over_by_event_time(draft: Draft, incident: Incident, at: int) -> bool:
    """Whether a reading raised at `at` (event time) proves that the incident had ended before: it stayed down for the class's clear time.

    Without this, a replay that runs faster than the clock would join the episodes of a winter into one.
    """
    if incident.state is not IncidentState.VERIFYING or incident.ended_at is None or standing(incident):
        return False
    return at - incident.ended_at >= draft.class_of(incident).clear_seconds * 1000


def close_verified(draft: Draft, incident: Incident) -> Incident:
    """Closes an incident whose readings have stayed down for long enough."""
    done = draft.clocks[incident.id].done_at is not None
    return close(draft, incident, actor=CITYGRID, reason=words.CLEARED_AND_DONE if done else words.ENDED_BY_ITSELF)


def _close_when_held(draft: Draft, incident: Incident) -> Incident:
    cleared_at = draft.clocks[incident.id].cleared_at
    held = draft.class_of(incident).clear_seconds * 1000
    if cleared_at is None or draft.now - cleared_at < held:
        return incident
    return close_verified(draft, incident)


def _send_back_when_patience_ends(draft: Draft, incident: Incident) -> Incident:
    since = draft.clocks[incident.id].stands_since
    patience = max(draft.class_of(incident).clear_seconds * PATIENCE, SHORTEST_PATIENCE_S) * 1000
    if since is None or draft.now - since < patience:
        return incident
    draft.clock(incident, done_at=None, stands_since=None, asked=[], rest_until=0)
    return offer(draft, draft.move(incident, Change.SENT_BACK, actor=CITYGRID, reason=words.STILL_THERE))
