"""How a case stands against its deadline, whose turn it is, and where it is counted."""

from enum import StrEnum

from city.clocks import WARNED_AT, Light, light
from city.incident import Incident
from city.transitions import OVER

OFFICES = frozenset({"operator", "dispatch", "sensor"})


class Due(StrEnum):
    """An open case is late past its deadline, near it from nine tenths of its limit."""

    IN_TIME = "in_time"
    NEAR = "near"
    LATE = "late"


def is_open(incident: Incident) -> bool:
    """Whether somebody or something still has to act on the incident."""
    return incident.state not in OVER


def due(incident: Incident, now: int) -> Due:
    """How an incident stands at `now` (epoch ms) by the clocks of its stages that have not ended; what is over is in time.

    One without clocks is measured from its filing to its deadline.
    """
    if not is_open(incident):
        return Due.IN_TIME
    if not incident.clocks:
        return _by_deadline(incident, now)
    lights = {light(clock, now) for clock in incident.clocks if clock.ended_at is None}
    if Light.RED in lights:
        return Due.LATE
    return Due.NEAR if Light.YELLOW in lights else Due.IN_TIME


def turn(incident: Incident) -> str:
    """Who has to act: "operator", "dispatch", "sensor", "worker" for any worker, or "none"."""
    if not incident.turn:
        return "none"
    return incident.turn if incident.turn in OFFICES else "worker"


def home(incident: Incident) -> str:
    """The one place where an incident is counted, so that counts add up: the cell of its first cause."""
    return incident.cells[0] if incident.cells else incident.district


def _by_deadline(incident: Incident, now: int) -> Due:
    begin, end = incident.filed_at or incident.detected_at, incident.deadline
    if end is None:
        return Due.IN_TIME
    if now > end:
        return Due.LATE
    used, whole = WARNED_AT
    return Due.NEAR if (now - begin) * whole >= (end - begin) * used else Due.IN_TIME
