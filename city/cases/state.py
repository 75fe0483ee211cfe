"""What a district's cases are between two events, and what one decision gives back."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from city.finding import Finding
from city.incident import Incident, LogEntry
from city.names import Name
from city.registry import EventClass, Registry, Worker
from city.report import Action, Receipt, Reply, Report, Tick, WorkerPosition
from city.task import Task
from city.work_time import EVERY_WEEK, WorkTime


class CaseClock(Struct, frozen=True, kw_only=True):
    """What an incident waits for, in wall time (epoch ms).

    `done_at`: when a worker said done. `cleared_at`: since when no reading stands. `stands_since`: since when one stands although the
    worker is done. `asked`: who was asked in this round; `rounds`: how often everybody has been; `rest_until`: when the next round begins;
    `retry_at`: when to look again; `nobody`: why nobody could be asked the last time.
    """

    done_at: int | None = None
    cleared_at: int | None = None
    stands_since: int | None = None
    asked: list[str] = []
    rounds: int = 0
    rest_until: int = 0
    retry_at: int = 0
    nobody: Name | None = None


class PastCase(Struct, frozen=True, kw_only=True):
    """What is remembered of an incident that has left the state: enough to link a repeat to it."""

    id: str
    event_class: str = field(name="class")
    cells: list[str]
    closed_at: int


class DistrictCases(Struct, frozen=True, kw_only=True):
    """All cases of one district: a value that `decide` replaces.

    `incidents` and `tasks` hold what is open and what was closed lately, `past` what may still be linked to. `known` says which incident a
    finding or report belongs to, `heard` which replies and actions were applied (id → when), `load` how many open tasks a worker has.
    `now` is the latest wall time that a record has brought; `applied` the last applied offset by source topic.
    """

    district: str
    now: int = 0
    incidents: dict[str, Incident] = {}
    tasks: dict[str, Task] = {}
    clocks: dict[str, CaseClock] = {}
    past: dict[str, PastCase] = {}
    known: dict[str, str] = {}
    heard: dict[str, int] = {}
    load: dict[str, int] = {}
    positions: dict[str, WorkerPosition] = {}
    applied: dict[str, int] = {}


class Facts(Struct, frozen=True, kw_only=True):
    """What a decision may look up: what is registered, which cells touch which, a point (lon, lat in degrees) inside each cell, and the work calendar."""

    registry: Registry
    neighbours: Mapping[str, frozenset[str]]
    centres: Mapping[str, tuple[float, float]]
    work: WorkTime = EVERY_WEEK

    def class_of(self, code: str) -> EventClass:
        """The class of an incident; a class that is registered no longer still has its code for a name."""
        return self.registry.classes.get(code) or EventClass(code=code, name=Name(zh=code, en=code))

    def workers_of(self, district: str) -> list[Worker]:
        """The workers a district may send, in the order of their ids."""
        return sorted(
            (w for w in self.registry.workers.values() if w.district == district), key=lambda worker: worker.id
        )


class RefusedFor(StrEnum):
    """Why the case stage refuses what the gateway had taken in; two of the reasons that senders may rely on."""

    UNKNOWN_TASK = "unknown_task"
    NOT_ALLOWED_NOW = "not_allowed_now"


class Refused(Struct, frozen=True, kw_only=True):
    """A reply or an action that changes nothing, and the sentence its sender is told; `home` is a worker's own district."""

    reason: RefusedFor
    detail: str
    id: str
    sender: str
    district: str
    at: int
    kind: str
    home: str = ""


Event = Finding | Report | Reply | Action | WorkerPosition | Tick
Outgoing = Incident | LogEntry | Task | Receipt | Refused


class Decision(Struct, frozen=True, kw_only=True):
    """The cases after an event, and what is to be sent, in order.

    `worth_keeping` is false where nothing but the clock, a place or a retry has moved: such a state need not be written down.
    """

    cases: DistrictCases
    outbox: list[Outgoing]
    worth_keeping: bool
