"""An incident and its log: what happened where, from which causes, in which state, by when it must be done."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from city.clocks import StageClock
from city.names import Name


class IncidentState(StrEnum):
    """Where a case stands."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    VERIFYING = "verifying"
    CLOSED = "closed"
    VOID = "void"
    RETURNED = "returned"
    REOPENED = "reopened"


class Cause(Struct, frozen=True, kw_only=True):
    """A finding or a report that belongs to the incident."""

    kind: str
    id: str
    at: int


class Evidence(Struct, frozen=True, kw_only=True):
    """What a cause shows, kept for the page: the reading against its limit, or what a person wrote and photographed.

    `silent` says that the device has died since, so that nobody knows whether the reading still stands. A worker's word of having
    done it is kept here too, with the kind "reply" and the reply's id.
    """

    cause: str
    kind: str
    at: int
    why: Name
    state: str = ""
    device: str = ""
    metric: str = ""
    value: float | None = None
    limit: float | None = None
    text: str = ""
    photos: list[str] = []
    sender: str = ""
    silent: bool = False
    cell: str = ""


class Incident(Struct, frozen=True, kw_only=True):
    """The whole incident as it stands after `version` changes.

    `deadline` is wall time: when the handling's limit runs out, and before somebody is sent, when it would if that were at filing. `clocks` holds
    a clock for each stage that took time; all stand still until `suspended_until`. `condition` is the class's filing condition it was filed by, or
    "". `began_at` and `ended_at` (when the last reading fell back) are event time. `turn` says who has to act now ("operator", "dispatch", "sensor", a worker's id, or ""), `waiting` why nothing moves, in both languages.
    """

    id: str
    version: int
    district: str
    state: IncidentState
    event_class: str = field(name="class")
    name: Name
    severity: str
    cells: list[str]
    position: dict[str, float]
    causes: list[Cause]
    began_at: int
    detected_at: int
    filed_at: int | None = None
    deadline: int | None = None
    tasks: list[str] = []
    closed_at: int | None = None
    ended_at: int | None = None
    links: list[str] = []
    source: str = "sensor"
    work: str = "worker"
    turn: str = ""
    waiting: Name | None = None
    evidence: list[Evidence] = []
    updated_at: int = 0
    condition: str = ""
    clocks: list[StageClock] = []
    suspended_until: int | None = None
    suspensions: int = 0


class LogEntry(Struct, frozen=True, kw_only=True):
    """One change of one incident; (incident, version) is its identity. `actor` is a worker, an operator, a rule or "citygrid"."""

    incident: str
    version: int
    at: int
    event: str
    from_state: str | None = field(name="from")
    to_state: str = field(name="to")
    actor: str
    reason: str = ""
    detail: dict[str, Any] = {}
