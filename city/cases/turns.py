"""Whose turn it is: who has to act next on an incident, and why nothing moves until then."""

from msgspec import Struct

from city.cases import words
from city.cases.evidence import standing
from city.cases.state import CaseClock
from city.incident import Evidence, Incident, IncidentState
from city.names import Name
from city.registry import EventClass
from city.task import Task
from city.transitions import OVER

OPERATOR, DISPATCH, SENSOR = "operator", "dispatch", "sensor"
NO_WORK = "none"


class Turn(Struct, frozen=True):
    """Who has to act ("operator", "dispatch", "sensor", a worker's id, or "" when all is over), and what is waited for."""

    who: str
    waiting: Name | None = None


def whose(incident: Incident, clock: CaseClock, task: Task | None, kind: EventClass) -> Turn:
    """Whose turn it is in an incident as it stands."""
    if incident.state in OVER:
        return Turn("")
    if incident.state is IncidentState.REPORTED:
        return Turn(OPERATOR, words.FOR_FILING)
    if task is not None:
        return Turn(task.worker)
    if incident.suspended_until is not None:
        return Turn(OPERATOR, words.SUSPENDED)
    if incident.state is IncidentState.VERIFYING or incident.work == NO_WORK:
        return _sensor(standing(incident), kind)
    return Turn(DISPATCH, clock.nobody or words.FOR_DISPATCH)


def _sensor(left: list[Evidence], kind: EventClass) -> Turn:
    if not left:
        return Turn(SENSOR, words.holding(kind.clear_seconds))
    alive = [evidence for evidence in left if not evidence.silent]
    return Turn(SENSOR, words.still_stands(alive[0])) if alive else Turn(OPERATOR, words.sensor_died(left[0]))
