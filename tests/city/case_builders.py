"""A small district to try cases in: a street of five cells, four workers, three classes."""

from collections.abc import Iterable
from typing import Any

from city.cases.decide import decide
from city.cases.state import DistrictCases, Event, Facts, Outgoing, Refused
from city.finding import Finding, FindingState
from city.incident import Incident, LogEntry
from city.names import Name
from city.registry import Device, EventClass, Registry, Shift, Worker
from city.report import Action, ActionKind, Position, Receipt, Reply, ReplyKind, Report, Tick, WorkerPosition
from city.task import Task

DISTRICT = "990102"
CELLS = [f"99010200100100{number}" for number in range(1, 6)]
FAR_CELL = "990102002001001"
NOW = 1_800_000_000_000
SECOND = 1000
ALL_DAY = Shift(start="00:00", end="24:00")
WATER, BIN, HAZE, FLOOD = "E0506", "E0192", "E0599", "C0207"


def worker(id_: str, **changes: Any) -> Worker:
    fields: dict[str, Any] = {
        "district": DISTRICT,
        "name": Name(id_, id_),
        "skills": ["drainage", "sanitation"],
        "grids": [],
        "shift": ALL_DAY,
        "capacity": 3,
    }
    return Worker(id=id_, **fields | changes)


def event_class(code: str, **changes: Any) -> EventClass:
    fields: dict[str, Any] = {
        "name": Name(code, code),
        "skill": "drainage",
        "limit_seconds": 7200,
        "offer_seconds": 180,
        "clear_seconds": 60,
        "watch_seconds": 1800,
    }
    return EventClass(code=code, **fields | changes)


WORKERS = [
    worker("w-1", grids=CELLS[:2]),
    worker("w-2", grids=CELLS[2:]),
    worker("w-3", grids=[FAR_CELL]),
    worker("w-4", grids=[FAR_CELL], skills=["lighting"]),
]
CLASSES = [
    event_class(WATER, family="flood"),
    event_class(FLOOD, family="flood"),
    event_class(BIN, skill="sanitation"),
    event_class(HAZE, work="none"),
]
DEVICES = [
    Device(id="dust-1", district=DISTRICT, cell=CELLS[0], kind="dust", metrics=["pm10_ugm3"], lon=111.3, lat=30.7)
]


def facts(workers: Iterable[Worker] = WORKERS, classes: Iterable[EventClass] = CLASSES) -> Facts:
    street = {cell: frozenset(CELLS[max(at - 1, 0) : at + 2]) - {cell} for at, cell in enumerate(CELLS)}
    centres = {cell: (111.3 + 0.001 * at, 30.7) for at, cell in enumerate([*CELLS, FAR_CELL])}
    registry = Registry(
        workers={w.id: w for w in workers}, classes={c.code: c for c in classes}, devices={d.id: d for d in DEVICES}
    )
    return Facts(registry=registry, neighbours=street, centres=centres)


def finding(id_: str = "f-1", state: str = "raised", **changes: Any) -> Finding:
    fields: dict[str, Any] = {
        "rule": "water-road",
        "version": 1,
        "event_class": WATER,
        "severity": "moderate",
        "cell": CELLS[0],
        "device": "wl-1",
        "metric": "water_level_m",
        "at": NOW,
        "value": 0.3,
        "limit": 0.15,
        "why": Name("积水", "water"),
    }
    return Finding(id=id_, state=FindingState(state), **fields | changes)


def silence(state: str = "raised", device: str = "wl-1", **changes: Any) -> Finding:
    """A finding that a device says nothing."""
    fields = {"rule": "device-silent", "event_class": "C0199", "metric": "", "silent": True, "cell": FAR_CELL}
    return finding(f"s-{device}", state, device=device, **fields | changes)


def report(id_: str = "r-1", source: str = "worker", **changes: Any) -> Report:
    fields: dict[str, Any] = {
        "at": NOW,
        "event_class": WATER,
        "position": Position(lon=111.3, lat=30.7),
        "district": DISTRICT,
        "cell": CELLS[0],
        "source": source,
        "sender": "w-1" if source == "worker" else "citizen",
        "received_at": NOW,
    }
    return Report(id=id_, **fields | changes)


class Desk:
    """Plays events to a district one after the other and keeps all that was sent."""

    def __init__(self, known: Facts | None = None, cases: DistrictCases | None = None) -> None:
        self.facts = known or facts()
        self.cases = cases or DistrictCases(district=DISTRICT, now=NOW)
        self.sent: list[Outgoing] = []
        self._said = 0

    def take(self, *events: Event) -> list[Outgoing]:
        """What the last of the events sent."""
        outbox: list[Outgoing] = []
        for event in events:
            decision = decide(self.cases, event, self.facts)
            self.cases, outbox = decision.cases, decision.outbox
            self.sent += outbox
        return outbox

    def wait(self, seconds: float) -> list[Outgoing]:
        """One tick, that much later."""
        return self.take(Tick(district=DISTRICT, at=self.cases.now + round(seconds * SECOND)))

    def reply(self, kind: str, of: Task | None = None, **changes: Any) -> list[Outgoing]:
        """A reply to a task (the newest), by its worker."""
        self._said += 1
        task = of or self.task
        fields: dict[str, Any] = {
            "id": f"reply-{self._said}",
            "task": task.id,
            "at": self.cases.now,
            "kind": ReplyKind(kind),
            "district": DISTRICT,
            "worker": task.worker,
            "received_at": self.cases.now,
            "reason": "no boots" if kind == "return" else "",
            "text": "pumped dry" if kind == "done" else "",
        }
        return self.take(Reply(**fields | changes))

    def act(self, action: str, incident: str = "", reason: str = "because", **changes: Any) -> list[Outgoing]:
        """An operator's action on an incident (the newest)."""
        self._said += 1
        fields: dict[str, Any] = {
            "id": f"action-{self._said}",
            "district": DISTRICT,
            "actor": "operator",
            "at": self.cases.now,
        }
        return self.take(
            Action(incident=incident or self.incident.id, action=ActionKind(action), reason=reason, **fields | changes)
        )

    def work(self) -> None:
        """The worker accepts, arrives and is done."""
        for kind in ("accept", "arrive", "done"):
            self.reply(kind)

    def place(self, worker_id: str, lon: float, lat: float) -> None:
        """Where a worker is now."""
        self.take(
            WorkerPosition(worker=worker_id, district=DISTRICT, at=self.cases.now, position=Position(lon=lon, lat=lat))
        )

    @property
    def incident(self) -> Incident:
        """The newest incident."""
        return list(self.cases.incidents.values())[-1]

    @property
    def task(self) -> Task:
        """The newest task."""
        return list(self.cases.tasks.values())[-1]

    def log(self, incident: str = "") -> list[str]:
        """The words of an incident's log (the newest)."""
        id_ = incident or self.incident.id
        return [entry.event for entry in self.sent if isinstance(entry, LogEntry) and entry.incident == id_]

    def refusals(self) -> list[Refused]:
        """All that was refused."""
        return [sent for sent in self.sent if isinstance(sent, Refused)]

    def receipts(self) -> list[Receipt]:
        """All receipts."""
        return [sent for sent in self.sent if isinstance(sent, Receipt)]
