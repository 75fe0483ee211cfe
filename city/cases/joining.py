"""Which incident a cause belongs to: an open one of its class or family in its cell or a neighbouring one, or one that has just been closed."""

from collections.abc import Iterable

from city.cases.arrivals import Arrival
from city.cases.draft import Draft
from city.cases.evidence import FINDING
from city.incident import Incident, IncidentState
from city.transitions import OVER

LINKED_FOR_MS = 72 * 3_600_000


def open_incident(draft: Draft, arrival: Arrival) -> Incident | None:
    """The oldest open incident that a cause joins."""
    family = _family(draft, arrival.event_class)
    around = {arrival.cell, *draft.facts.neighbours.get(arrival.cell, ())}
    fitting = (
        i
        for i in draft.incidents.values()
        if i.state not in OVER and not around.isdisjoint(i.cells) and _family(draft, i.event_class) == family
    )
    return _oldest(fitting)


def returning_incident(draft: Draft, arrival: Arrival) -> Incident | None:
    """The closed incident that a raised reading reopens: of its cell and class or family, ended no longer than the watch time before, in event time."""
    family = _family(draft, arrival.event_class)
    fitting = [
        incident
        for incident in draft.incidents.values()
        if incident.state is IncidentState.CLOSED
        and _family(draft, incident.event_class) == family
        and (arrival.cell in incident.cells or _same_sensor(incident, arrival))
        and _within_watch(draft, incident, arrival)
    ]
    return max(fitting, key=lambda incident: (incident.closed_at or 0, incident.id), default=None)


def earlier_incidents(draft: Draft, arrival: Arrival) -> list[str]:
    """Incidents of the same class and cell that were closed in the last 72 hours: the new one is a repeat of them."""
    recent = draft.now - LINKED_FOR_MS
    closed = [
        i.id
        for i in draft.incidents.values()
        if i.state is IncidentState.CLOSED
        and i.event_class == arrival.event_class
        and arrival.cell in i.cells
        and (i.closed_at or 0) >= recent
    ]
    past = [
        p.id
        for p in draft.past.values()
        if p.event_class == arrival.event_class and arrival.cell in p.cells and p.closed_at >= recent
    ]
    return past + closed


def _family(draft: Draft, code: str) -> str:
    return draft.facts.class_of(code).family or code


def _oldest(incidents: Iterable[Incident]) -> Incident | None:
    return min(incidents, key=lambda incident: (incident.detected_at, incident.began_at, incident.id), default=None)


def _same_sensor(incident: Incident, arrival: Arrival) -> bool:
    return any(
        e.kind == FINDING and e.device == arrival.evidence.device and e.sender == arrival.evidence.sender
        for e in incident.evidence
    )


def _within_watch(draft: Draft, incident: Incident, arrival: Arrival) -> bool:
    """Event time decides, so that a replay of years does not reopen what ended a season ago, and an outage does not hide a return."""
    kind = draft.class_of(incident)
    if incident.ended_at is not None:
        return arrival.at <= incident.ended_at + (kind.clear_seconds + kind.watch_seconds) * 1000
    return draft.now <= (incident.closed_at or 0) + kind.watch_seconds * 1000
