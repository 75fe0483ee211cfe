"""What the operations centre shows: one picture of the city that facts change, and the differences they made."""

from collections import deque
from typing import assert_never

from city.finding import Finding
from city.incident import Incident, LogEntry
from city.places.closed import ClosedPack
from city.places.days import Days
from city.places.due import home
from city.places.ground import Ground, Shades
from city.places.presence import Presence
from city.places.rings import Rings
from city.places.staff import Staff
from city.registry import Registry, Worker
from city.report import DeviceStatus, Receipt, WorkerPosition
from city.shifts import on_shift
from city.task import Task
from city.whereabouts import Track, seen_worker
from city.work_time import WorkTime
from geo.plausible import Fix
from messages.ledger import DistrictSums
from messages.topics import INCIDENTS, POSITIONS, TASKS
from operations.cases import Cases
from operations.cells import CellState, Concerns
from operations.devices import Devices
from operations.facts import CaseFact, Fact, Gone, Pack, ShownReject, StreamFact, Unreadable
from operations.flow_figures import FlowFigures
from operations.pictures import Changes, Whereabouts, WorkerPicture

LATEST_REJECTS = 20
RECEIPTS_EACH = 20
SHADES = {state: number for number, state in enumerate(CellState)}


class Board:
    """The read model. It has no clock, no thread and no connection: facts go in, `changes` come out."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.cases = Cases()
        self.concerns = Concerns()
        self.devices = Devices()
        self.flow = FlowFigures()
        self.ground = Ground()
        self.staff = Staff({}, self.ground)
        self.presence = Presence()
        self.work_time = WorkTime(self.registry.calendar, self.registry.utc_offset_minutes)
        self.rings = Rings()
        self.days = Days()
        self.shades = Shades(self.ground, len(SHADES))
        self.states: dict[str, CellState] = {}
        self.refused: deque[ShownReject] = deque(maxlen=LATEST_REJECTS)
        self.receipts: dict[str, deque[Receipt]] = {}
        self.answers: dict[str, deque[ShownReject]] = {}
        self.offline: set[str] = set()
        self.unreadable = 0
        self._positions: dict[str, WorkerPosition] = {}
        self._tracks: dict[str, Track] = {}
        self._dirty_cells: set[str] = set()
        self._dirty_incidents: dict[str, None] = {}
        self._dirty_tasks: dict[str, None] = {}
        self._dirty_workers: set[str] = set()
        self._touched: set[str] = set()
        self._shown_workers: dict[str, WorkerPicture] = {}
        self._new_rejects: list[ShownReject] = []
        self._ledger_changed = False
        self._everything = False

    def register(self, registry: Registry, ground: Ground | None = None) -> None:
        """Replaces what the city has registered; whoever watches is shown everything anew. `ground` is the registry's, where it was made already."""
        self.registry = registry
        self.devices.register(registry.devices, {code: district.crs for code, district in registry.districts.items()})
        self.states = {code: self.states.get(code, CellState.UNKNOWN) for code in registry.cells}
        self._lay(ground or (self.ground if self.ground.fits(registry) else Ground(registry)))
        self._dirty_cells |= registry.cells.keys()
        self._everything = True

    def _lay(self, ground: Ground) -> None:
        if ground.registry is not self.registry:
            ground.named(self.registry)
        self.ground = ground
        self.presence.register(self.registry.devices, ground)
        self.staff = Staff(self.registry.workers, ground, self.registry.utc_offset_minutes)
        self.work_time = WorkTime(self.registry.calendar, self.registry.utc_offset_minutes)
        self.shades = Shades(ground, len(SHADES), [SHADES[self.states[code]] for code in ground.codes])

    def apply(self, fact: Fact) -> None:
        """Takes in one fact."""
        match fact:
            case Incident() | Task() | LogEntry() | Receipt() | Gone():
                self._case(fact)
            case Pack() | ClosedPack() | DistrictSums() | ShownReject() | Unreadable():
                self._stream(fact)
            case Finding():
                self._dirty_cells |= self.concerns.finding(fact)
            case WorkerPosition():
                self._position(fact)
            case DeviceStatus():
                (self.offline.discard if fact.online else self.offline.add)(fact.device)
            case _:
                assert_never(fact)

    def _case(self, fact: CaseFact) -> None:
        match fact:
            case Incident():
                self._incident(fact)
            case Task():
                self._dirty_workers |= self.cases.task(fact)
                self._dirty_tasks[fact.id] = None
                self._touched.add(fact.cell)
            case LogEntry():
                self.cases.entry(fact)
            case Receipt():
                self.receipts.setdefault(fact.worker, deque(maxlen=RECEIPTS_EACH)).appendleft(fact)
            case Gone():
                self._gone(fact)
            case _:
                assert_never(fact)

    def _stream(self, fact: StreamFact) -> None:
        match fact:
            case Pack():
                self._pack(fact)
            case ClosedPack():
                self.rings.take(fact)
            case DistrictSums():
                self._sums(fact)
            case ShownReject():
                self._refused(fact)
            case Unreadable():
                self.unreadable += 1
            case _:
                assert_never(fact)

    def sweep(self) -> None:
        """Looks again at what only the passing of data time changes: which devices still live, what may be forgotten."""
        self._dirty_cells.update(self.devices.sweep())
        for incident in self.cases.prune():
            self._dirty_cells |= self.concerns.incident(incident, None)

    def settle(self) -> None:
        """Everything that lay in Kafka has been read: what belongs to no incident may go."""
        self.cases.drop_orphans()
        self.sweep()

    def worker(self, worker: Worker, now: int) -> WorkerPicture:
        """A worker as shown at `now`."""
        seen, track = self._positions.get(worker.id), self._tracks.get(worker.id)
        return WorkerPicture(
            id=worker.id,
            district=worker.district,
            name=worker.name,
            skills=worker.skills,
            grids=worker.grids,
            on_shift=on_shift(worker.shift, now, self.registry.utc_offset_minutes),
            load=self.cases.load.get(worker.id, 0),
            capacity=worker.capacity,
            position=Whereabouts(lon=seen.position.lon, lat=seen.position.lat, at=seen.at) if seen else None,
            doubts=track.doubts if track else [],
        )

    def changes(self, now: int, *, shifts: bool = False) -> Changes:
        """What became different since the last call. With `shifts`, workers whose shift began or ended by `now` are among it."""
        incidents, tasks = self.case_changes()
        found = Changes(
            cells=self._changed_cells(),
            incidents=incidents,
            tasks=tasks,
            workers=self._changed_workers(now, everyone=shifts),
            ledger=self.flow.ledger() if self._ledger_changed else None,
            rejects=self._new_rejects,
            everything=self._everything,
        )
        self._new_rejects = []
        self._ledger_changed = self._everything = False
        return found

    def case_changes(self) -> tuple[list[Incident], list[Task]]:
        """The incidents and tasks that became different since the last call of this or of `changes`."""
        incidents = [self.cases.incidents[i] for i in self._dirty_incidents if i in self.cases.incidents]
        tasks = [self.cases.tasks[t] for t in self._dirty_tasks if t in self.cases.tasks]
        self._dirty_incidents, self._dirty_tasks = {}, {}
        return incidents, tasks

    def _changed_cells(self) -> dict[str, CellState]:
        changed = {}
        for code in self._dirty_cells & self.states.keys():
            state = self.concerns.state_of(code, heard=self.devices.live_in(code))
            if state is not self.states[code]:
                changed[code] = self.states[code] = state
        self._shade(changed)
        self._dirty_cells = set()
        return changed

    def _shade(self, changed: dict[str, CellState]) -> None:
        if changed:
            self.shades.change({code: SHADES[state] for code, state in changed.items()})
            self._touched |= changed.keys()

    def touched(self) -> set[str]:
        """The places, at any level, whose figures have changed since the last call other than by the passing of time."""
        touched, self._touched = self._touched, set()
        return touched

    def _changed_workers(self, now: int, *, everyone: bool) -> list[WorkerPicture]:
        ids = self.registry.workers.keys() if everyone else self._dirty_workers & self.registry.workers.keys()
        pictures = [self.worker(self.registry.workers[id_], now) for id_ in sorted(ids)]
        changed = [picture for picture in pictures if self._shown_workers.get(picture.id) != picture]
        self._touched.update(*(picture.grids for picture in changed if self._turned(picture)))
        self._shown_workers.update({picture.id: picture for picture in changed})
        self._dirty_workers = set()
        return changed

    def _turned(self, picture: WorkerPicture) -> bool:
        """Whether a shift began or ended; where a worker stands changes no place's figures."""
        before = self._shown_workers.get(picture.id)
        return before is None or before.on_shift != picture.on_shift

    def _pack(self, pack: Pack) -> None:
        self.flow.pack(pack)
        for message in pack.heard:
            cell = self.devices.hear(message)
            self.presence.hear(message.device, message.received_at)
            if cell is not None:
                self._dirty_cells.add(cell)

    def _incident(self, incident: Incident) -> None:
        before = self.cases.incident(incident)
        after = self.cases.incidents[incident.id]
        self._dirty_cells |= self.concerns.incident(before, after)
        self._dirty_incidents[incident.id] = None
        self.days.incident(after)
        self._touched |= {home(after), home(before or after)}

    def _position(self, position: WorkerPosition) -> None:
        before = self._positions.get(position.worker)
        if before is None or position.at >= before.at:
            self._positions[position.worker] = position
            fix = Fix(position.position.lon, position.position.lat, position.at)
            self._tracks[position.worker] = seen_worker(self._tracks.get(position.worker), fix)
            self._dirty_workers.add(position.worker)

    def _refused(self, refused: ShownReject) -> None:
        self.refused.appendleft(refused)
        self._new_rejects = [*self._new_rejects, refused][-LATEST_REJECTS:]
        if refused.id is not None and refused.sender in self.registry.workers:
            self.answers.setdefault(refused.sender, deque(maxlen=RECEIPTS_EACH)).appendleft(refused)

    def _sums(self, sums: DistrictSums) -> None:
        self.flow.sum_up(sums)
        self._ledger_changed = True
        if sums.watermark is not None:
            self.devices.reach(sums.district, sums.watermark)

    def _gone(self, gone: Gone) -> None:
        if gone.topic == INCIDENTS.name:
            self.days.drop(gone.key)
            self._dirty_workers |= {task.worker for task in self.cases.tasks_of(gone.key)}
            self._dirty_cells |= self.concerns.incident(self.cases.drop_incident(gone.key), None)
        elif gone.topic == TASKS.name:
            self._dirty_workers |= self.cases.drop_task(gone.key)
        elif gone.topic == POSITIONS.name:
            self._positions.pop(gone.key, None)
            self._tracks.pop(gone.key, None)
            self._dirty_workers.add(gone.key)
