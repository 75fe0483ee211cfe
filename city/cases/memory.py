"""What a district forgets: incidents that are over and watched no longer, and the ids of what was said long ago."""

from city.cases.draft import Draft
from city.cases.evidence import stands
from city.cases.joining import LINKED_FOR_MS
from city.cases.state import PastCase
from city.incident import Incident, IncidentState
from city.transitions import OVER

CLOSED_KEPT = 200
KNOWN_KEPT = 5000
HEARD_KEPT = 1000
EVERY_MS = 60_000


def forget(draft: Draft) -> None:
    """Lets go of what nothing can come back to. The latest closed incidents stay whole, so that an operator can reopen them."""
    over = sorted(
        (i for i in draft.incidents.values() if i.state in OVER),
        key=lambda incident: (incident.closed_at or 0, incident.id),
    )
    for incident in over[: max(len(over) - CLOSED_KEPT, 0)]:
        if not _still_watched(draft, incident):
            _let_go(draft, incident)
    recent = draft.now - LINKED_FOR_MS
    draft.past = {id_: past for id_, past in draft.past.items() if past.closed_at >= recent}
    _keep_newest(draft.heard, HEARD_KEPT)
    _forget_causes(draft)


def _still_watched(draft: Draft, incident: Incident) -> bool:
    if any(map(stands, incident.evidence)):
        return True
    return draft.now <= (incident.closed_at or 0) + draft.class_of(incident).watch_seconds * 1000


def _let_go(draft: Draft, incident: Incident) -> None:
    del draft.incidents[incident.id]
    for task in incident.tasks:
        draft.tasks.pop(task, None)
    if incident.state is IncidentState.CLOSED:
        draft.past[incident.id] = PastCase(
            id=incident.id, event_class=incident.event_class, cells=incident.cells, closed_at=incident.closed_at or 0
        )


def _forget_causes(draft: Draft) -> None:
    surplus = len(draft.known) - KNOWN_KEPT
    if surplus > 0:
        gone = [cause for cause, incident in draft.known.items() if incident not in draft.incidents]
        for cause in gone[:surplus]:
            del draft.known[cause]


def _keep_newest(heard: dict[str, int], most: int) -> None:
    for id_ in list(heard)[: max(len(heard) - most, 0)]:
        del heard[id_]
