"""All simulated workers with their phones: tasks come in, replies, positions and reports of their own go out."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from heapq import heappop, heappush
from uuid import UUID

import msgspec
from msgspec import Struct, field

from city.catalogue import filing_severity
from city.registry import EventClass, Registry, Worker
from city.shifts import on_shift
from city.task import TaskState
from geo.codes import district_of
from geo.crs import from_wgs84
from messages import mqtt_topics
from simulator.noise import digest, fraction
from simulator.outgoing import Outgoing
from simulator.person import Job, Person, Point, Said, Stage, offered, step, withdrawn
from simulator.sayings import condition_of, seen

FILTERS = (
    f"{mqtt_topics.PREFIX}/+/tasks/+/+",
    f"{mqtt_topics.PREFIX}/+/receipts/+",
    f"{mqtt_topics.PREFIX}/+/rejected/+",
)
STEP_MS = 500
FIRST_REPORT_MS, REPORT_GAP_MS, REPORT_SPREAD_MS = 25_000, 35_000, 40_000
REPEATED_SHARE, REPEATED_AFTER_MS = 0.05, 2_000
GCJ_SHARE = 0.1
BESIDE_DEGREES = 0.0001
AFTER_DIGITS = ":"


class Shown(Struct, frozen=True):
    """As much of a task as a worker's phone needs."""

    id: str
    cell: str
    position: dict[str, float]
    state: TaskState
    event_class: str = field(name="class", default="")


class Answered(Struct, frozen=True):
    """Why something was refused."""

    reason: str


class ReportTruth(Struct, frozen=True, kw_only=True):
    """A line of truth.ndjson: what a worker reported."""

    report: str
    event_class: str = field(name="class")
    district: str
    cell: str
    worker: str
    at: int


class Crew:
    """The workers of a city. Time and messages are handed in; `due` gives what they say, `arrivals` where one has come to work."""

    def __init__(self, registry: Registry, centres: Mapping[str, Point], *, seed: int, started_at: int) -> None:
        """`centres` gives a point (WGS-84 degrees) inside each cell."""
        self._registry = registry
        self._centres = centres
        self._seed = seed
        cells = sorted(centres)
        self._duty = {one.id: _duty_cells(one, cells) for one in registry.workers.values()}
        self._people = {
            one.id: self._person(one, started_at) for one in registry.workers.values() if self._duty[one.id]
        }
        self._classes = _people_classes(registry)
        self._next_step_at = started_at
        self._next_report_at = started_at + FIRST_REPORT_MS
        self._reports = 0
        self._later: list[tuple[int, int, Outgoing]] = []
        self._arrivals: list[Job] = []
        self._truths: list[ReportTruth] = []
        self.refused: Counter[str] = Counter()
        self.receipts = 0
        self.unreadable = 0

    def take(self, topic: str, payload: bytes, now: int) -> None:
        """What a phone, or a device, was told. What is not as the contract says is counted and else left alone."""
        try:
            self._take(topic, payload, now)
        except msgspec.DecodeError:
            self.unreadable += 1

    def _take(self, topic: str, payload: bytes, now: int) -> None:
        _, _, _, kind, addressee, *rest = topic.split("/")
        match kind:
            case "tasks" if addressee in self._people:
                self._people[addressee] = self._told(self._people[addressee], rest[0], payload, now)
            case "rejected":
                self.refused[msgspec.json.decode(payload, type=Answered).reason] += 1
            case "receipts":
                self.receipts += 1
            case _:
                pass

    def due(self, now: int) -> list[Outgoing]:
        """Everything that the workers send by `now`."""
        sent: list[Outgoing] = []
        while self._later and self._later[0][0] <= now:
            sent.append(heappop(self._later)[2])
        if now >= self._next_step_at:
            self._next_step_at = now + STEP_MS
            sent.extend(self._step(now))
        if now >= self._next_report_at:
            self._reports += 1
            self._next_report_at = (
                now + REPORT_GAP_MS + int(REPORT_SPREAD_MS * fraction(self._seed, "report gap", self._reports))
            )
            sent.extend(self._report(now))
        return sent

    def arrivals(self) -> list[Job]:
        """The tasks whose workers have come to the place since the last call."""
        come, self._arrivals = self._arrivals, []
        return come

    def truths(self) -> list[ReportTruth]:
        """What was reported since the last call."""
        known, self._truths = self._truths, []
        return known

    def _person(self, worker: Worker, started_at: int) -> Person:
        cells = self._duty[worker.id]
        home = self._centres[cells[digest(self._seed, worker.id, "home") % len(cells)]]
        return Person(
            id=worker.id,
            home=home,
            place=home,
            next_position_at=started_at + int(15_000 * fraction(worker.id, "first position")),
        )

    def _told(self, person: Person, task: str, payload: bytes, now: int) -> Person:
        shown = msgspec.json.decode(payload, type=Shown) if payload else None
        if shown is None or shown.state not in {TaskState.OFFERED, TaskState.ACCEPTED, TaskState.ARRIVED}:
            return withdrawn(person, task)
        place = shown.position["lon"], shown.position["lat"]
        job = Job(
            task=shown.id, event_class=shown.event_class, cell=shown.cell, place=place, stage=Stage.DECIDING, due_at=now
        )
        return offered(person, job, shown.state, now)

    def _step(self, now: int) -> list[Outgoing]:
        sent: list[Outgoing] = []
        for id_, person in self._people.items():
            if person.idle and now < person.next_position_at:
                continue
            worker = self._registry.workers[id_]
            self._people[id_], said = step(person, now, on_duty=self._on_duty(worker, now))
            sent.extend(self._outgoing(worker, one) for one in said)
            self._arrivals.extend(one.job for one in said if one.kind == "arrive" and one.job is not None)
        return sent

    def _outgoing(self, worker: Worker, said: Said) -> Outgoing:
        position = self._position(worker, said.place)
        if said.job is None:
            body: dict[str, object] = {"at": said.at, "position": position}
            return Outgoing(mqtt_topics.positions(worker.district, worker.id), msgspec.json.encode(body))
        reply = {
            "id": _uuid(worker.id, said.job.task, said.kind, said.at),
            "task": said.job.task,
            "at": said.at,
            "kind": said.kind,
        }
        if said.text:
            reply["reason" if said.kind == "return" else "text"] = said.text
        reply["position"] = position
        return Outgoing(mqtt_topics.replies(worker.district, worker.id), msgspec.json.encode(reply))

    def _report(self, now: int) -> list[Outgoing]:
        """One worker on duty who has nothing to do reports something; one report in 20 is sent twice."""
        workers = self._registry.workers
        free = [id_ for id_, one in sorted(self._people.items()) if one.idle and self._on_duty(workers[id_], now)]
        if not free or not self._classes:
            return []
        chance = (self._seed, "report", self._reports)
        worker = workers[free[digest(*chance, "who") % len(free)]]
        known = self._classes[digest(*chance, "what") % len(self._classes)]
        sent = self._write_report(worker, known, now)
        if fraction(*chance, "twice") < REPEATED_SHARE:
            heappush(self._later, (now + REPEATED_AFTER_MS, self._reports, sent))
        return [sent]

    def _write_report(self, worker: Worker, known: EventClass, now: int) -> Outgoing:
        cells = self._duty[worker.id]
        cell = cells[digest(self._seed, "report", self._reports, "where") % len(cells)]
        lon, lat = self._centres[cell]
        place = (
            lon + BESIDE_DEGREES * (fraction(now, "east") - 0.5),
            lat + BESIDE_DEGREES * (fraction(now, "north") - 0.5),
        )
        said = condition_of(known, self._seed, self._reports)
        report = {
            "id": _uuid(worker.id, known.code, now),
            "at": now,
            "class": known.code,
            "position": self._position(worker, place),
            "text": seen(known, said, now),
            "severity": filing_severity(known, said.id if said else ""),
        }
        if said:
            report["condition"] = said.id
        truth = ReportTruth(
            report=str(report["id"]),
            event_class=known.code,
            district=district_of(cell),
            cell=cell,
            worker=worker.id,
            at=now,
        )
        self._truths.append(truth)
        return Outgoing(mqtt_topics.reports(worker.district, worker.id), msgspec.json.encode(report))

    def _position(self, worker: Worker, place: Point) -> dict[str, object]:
        """One phone in ten gives the shifted coordinates of a Chinese map service, and says so."""
        crs = "gcj02" if fraction(self._seed, worker.id, "phone") < GCJ_SHARE else "wgs84"
        lon, lat = from_wgs84(*place, crs)
        return {"lon": round(lon, 7), "lat": round(lat, 7), "crs": crs}

    def _on_duty(self, worker: Worker, now: int) -> bool:
        return on_shift(worker.shift, now, self._registry.utc_offset_minutes)


def _duty_cells(worker: Worker, cells: list[str]) -> list[str]:
    """Those of the sorted `cells` that lie in the worker's grids, in their order."""
    spans = [_span(grid, cells) for grid in worker.grids or (worker.district,)]
    return [cells[at] for at in sorted({at for span in spans for at in span})]


def _span(grid: str, cells: list[str]) -> range:
    """Where the codes that begin with `grid` lie among sorted ones."""
    return range(bisect_left(cells, grid), bisect_left(cells, grid + AFTER_DIGITS))


def _people_classes(registry: Registry) -> list[EventClass]:
    """What only people report: classes that need work and share no family with a class that a rule finds."""
    found = {rule.event_class for rule in registry.rules.values()}
    families = {registry.classes[code].family for code in found if code in registry.classes} - {""}
    known = [one for _, one in sorted(registry.classes.items()) if one.work == "worker"]
    return [one for one in known if one.code not in found and one.family not in families]


def _uuid(*parts: object) -> str:
    return str(UUID(int=digest(*parts, 1) << 64 | digest(*parts, 2), version=4))
