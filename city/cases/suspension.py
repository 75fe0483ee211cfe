"""What an operator may do about a limit: add to it, or let all clocks of an incident stand still until a date."""

from city.cases import words
from city.cases.clocks import LONGEST_SUSPENSION_MS, MOST_EXTENSIONS, MOST_SUSPENSIONS, clock_of, longer
from city.cases.draft import CITYGRID, Draft
from city.cases.offers import end_task, offer
from city.clocks import Light, Stage, light
from city.incident import Incident
from city.names import Name
from city.transitions import OVER, Change, TaskChange, after


def extension_flaw(incident: Incident, now: int) -> Name | None:
    """Why an incident cannot be extended: its handling has not begun, has run out, or was extended twice."""
    clock = clock_of(incident, Stage.HANDLING)
    if clock is None or clock.ended_at is not None:
        return words.NO_CLOCK_TO_EXTEND
    if light(clock, now) is Light.RED:
        return words.TOO_LATE_TO_EXTEND
    return words.EXTENDED_BEFORE if clock.extensions >= MOST_EXTENSIONS else None


def extend(draft: Draft, incident: Incident, *, actor: str, reason: str) -> Incident:
    """Adds the original limit once more to an incident's handling."""
    incident = draft.tell_of_clock(incident)
    clock = clock_of(incident, Stage.HANDLING)
    if clock is None:
        return incident
    clocks = longer(incident, clock, draft.facts.work)
    detail = {"limit": clock.limit, "extensions": clock.extensions + 1, "deadline": clock.deadline}
    return draft.move(incident, Change.EXTENDED, actor=actor, reason=reason, detail=detail, clocks=clocks)


def suspension_flaw(incident: Incident, now: int, until: int) -> Name | None:
    """Why an incident cannot be suspended until a time: it is or was already, or the time is not within the coming year."""
    if incident.suspended_until is not None:
        return words.SUSPENDED_ALREADY
    if incident.suspensions >= MOST_SUSPENSIONS:
        return words.SUSPENDED_BEFORE
    return None if now < until <= now + LONGEST_SUSPENSION_MS else words.SUSPENDED_BY_WHEN


def suspend(draft: Draft, incident: Incident, *, until: int, actor: str, reason: str) -> Incident:
    """Stops an incident's clocks until a time. Who was asked and has not answered is asked no longer."""
    offered = after(incident.state, Change.EXPIRED) is not None
    if offered:
        end_task(draft, incident, TaskChange.WITHDRAW)
        incident = draft.move(incident, Change.RECALLED, actor=actor, reason=reason)
    return draft.move(
        incident,
        Change.SUSPENDED,
        actor=actor,
        reason=reason,
        detail={"until": until},
        suspended_until=until,
        suspensions=incident.suspensions + 1,
    )


def resume(draft: Draft, incident: Incident, *, actor: str, reason: str | Name) -> Incident:
    """Lets an incident's clocks count on with what was left, and sends somebody where nobody is at work."""
    detail = {"until": incident.suspended_until}
    resumed = draft.move(incident, Change.RESUMED, actor=actor, reason=reason, detail=detail, suspended_until=None)
    return offer(draft, resumed)


def resume_due(draft: Draft) -> None:
    """Resumes what was suspended until now."""
    for incident in list(draft.incidents.values()):
        until = incident.suspended_until
        if until is not None and incident.state not in OVER and draft.now >= until:
            resume(draft, incident, actor=CITYGRID, reason=words.SUSPENSION_ENDS)
