"""What the operations centre shows: one picture of the city that facts change, and the differences they made."""

from collections import deque
from typing import assert_never

from city.finding import Finding
from city.incident import Incident, LogEntry
from city.registry import Registry, Worker
from city.report import DeviceStatus, Receipt, WorkerPosition
from city.shifts import on_shift
from city.task import Task
from messages.ledger import DistrictSums
from messages.topics import INCIDENTS, POSITIONS, TASKS
from operations.cases import Cases
from operations.cells import CellState, Concerns
from operations.devices import Devices
from operations.facts import CaseFact, Fact, Gone, Pack, Refused, StreamFact, Unreadable
from operations.flow_figures import FlowFigures
from operations.pictures import Changes, Whereabouts, WorkerPicture

LATEST_REJECTS = 20
RECEIPTS_EACH = 20


class Board:
    """The read model. It has no clock, no thread and no connection: facts go in, `changes` come out."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.cases = Cases()
        self.concerns = Concerns()
        self.devices = Devices()
        self.flow = FlowFigures()
        self.states: dict[str, CellState] = {}
        self.refused: deque[Refused] = deque(maxlen=LATEST_REJECTS)
        self.receipts: dict[str, deque[Receipt]] = {}
        self.answers: dict[str, deque[Refused]] = {}
        self.offline: set[str] = set()
        self.unreadable = 0
        self._positions: dict[str, WorkerPosition] = {}
        self._dirty_cells: set[str] = set()
        self._dirty_incidents: dict[str, None] = {}
        self._dirty_tasks: dict[str, None] = {}
        self._dirty_workers: set[str] = set()
        self._shown_workers: dict[str, WorkerPicture] = {}
        self._new_rejects: list[Refused] = []
        self._ledger_changed = False
        self._everything = False

    def register(self, registry: Registry) -> None:
        """Replaces what the city has registered; whoever watches is shown everything anew."""
        self.registry = registry
        self.devices.register(registry.devices)
        self.states = {code: self.states.get(code, CellState.UNKNOWN) for code in registry.cells}
        self._dirty_cells |= registry.cells.keys()
        self._everything = True

    def apply(self, fact: Fact) -> None:
        """Takes in one fact."""
        match fact:
            case Incident() | Task() | LogEntry() | Receipt() | Gone():
                self._case(fact)
            case Pack() | DistrictSums() | Refused() | Unreadable():
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
            case DistrictSums():
                self._sums(fact)
            case Refused():
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
        seen = self._positions.get(worker.id)
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
        self._dirty_cells = set()
        return changed

    def _changed_workers(self, now: int, *, everyone: bool) -> list[WorkerPicture]:
        ids = self.registry.workers.keys() if everyone else self._dirty_workers & self.registry.workers.keys()
        pictures = [self.worker(self.registry.workers[id_], now) for id_ in sorted(ids)]
        changed = [picture for picture in pictures if self._shown_workers.get(picture.id) != picture]
        self._shown_workers.update({picture.id: picture for picture in changed})
        self._dirty_workers = set()
        return changed

    def _pack(self, pack: Pack) -> None:
        self.flow.pack(pack)
        for message in pack.heard:
            cell = self.devices.hear(message)
            if cell is not None:
                self._dirty_cells.add(cell)

    def _incident(self, incident: Incident) -> None:
        before = self.cases.incident(incident)
        after = self.cases.incidents[incident.id]
        self._dirty_cells |= self.concerns.incident(before, after)
        self._dirty_incidents[incident.id] = None

    def _position(self, position: WorkerPosition) -> None:
        before = self._positions.get(position.worker)
        if before is None or position.at >= before.at:
            self._positions[position.worker] = position
            self._dirty_workers.add(position.worker)

    def _refused(self, refused: Refused) -> None:
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
            self._dirty_workers |= {task.worker for task in self.cases.tasks_of(gone.key)}
            self._dirty_cells |= self.concerns.incident(self.cases.drop_incident(gone.key), None)
        elif gone.topic == TASKS.name:
            self._dirty_workers |= self.cases.drop_task(gone.key)
        elif gone.topic == POSITIONS.name:
            self._positions.pop(gone.key, None)
            self._dirty_workers.add(gone.key)
