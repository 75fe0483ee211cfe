"""A decision while it is being made: the district's cases, changed step by step, and what is to be sent about it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from city.cases import words
from city.cases.clocks import set_for, told, turned
from city.cases.state import CaseClock, Decision, DistrictCases, Facts, Outgoing, Refused
from city.cases.turns import whose
from city.incident import Incident, LogEntry
from city.names import Name
from city.registry import EventClass, Worker
from city.report import Receipt
from city.task import OPEN_TASK_STATES, Task
from city.transitions import Change, after

CITYGRID = "citygrid"
_OF_CLOCKS = frozenset({Change.CLOCK_WARNING, Change.OVERDUE})


class Draft:
    """The working copy of one district's cases for one decision; it never leaves the call that made it.

    Every change of an incident goes through `move`, which holds the table, counts the version and writes the log.
    """

    def __init__(self, cases: DistrictCases, facts: Facts, now: int) -> None:
        self.before, self.facts, self.now = cases, facts, now
        self.district = cases.district
        self.incidents, self.tasks, self.clocks = dict(cases.incidents), dict(cases.tasks), dict(cases.clocks)
        self.past, self.known, self.heard = dict(cases.past), dict(cases.known), dict(cases.heard)
        self.load, self.positions = dict(cases.load), dict(cases.positions)
        self._log: list[LogEntry] = []
        self._touched: dict[str, None] = {}
        self._sent_tasks: dict[str, None] = {}
        self._answers: list[Outgoing] = []
        self.freed = False

    @cached_property
    def workers(self) -> list[Worker]:
        """Whom the district may send."""
        return self.facts.workers_of(self.district)

    def class_of(self, incident: Incident) -> EventClass:
        """The class that sets an incident's clocks."""
        return self.facts.class_of(incident.event_class)

    def open(self, incident: Incident, actor: str, detail: Mapping[str, Any]) -> Incident:
        """A new incident, with the first entry of its log."""
        self.incidents[incident.id] = incident
        self.clocks[incident.id] = CaseClock()
        self._write(incident, Change.REPORTED, None, actor=actor, detail=detail)
        return incident

    def move(
        self,
        incident: Incident,
        change: Change,
        *,
        actor: str,
        reason: str | Name = "",
        detail: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Incident:
        """An incident after a change that the table allows; `fields` are replaced with it. Raises ValueError where it is not allowed."""
        state = after(incident.state, change)
        if state is None:
            raise ValueError(f"{incident.id}: {change} is not allowed in {incident.state}")
        if change not in _OF_CLOCKS:
            incident = self.tell_of_clock(incident)
        moved = replace(incident, version=incident.version + 1, state=state, **fields)
        self.incidents[moved.id] = moved
        said = {"reason": {"zh": reason.zh, "en": reason.en}} if isinstance(reason, Name) else {}
        text = reason.en if isinstance(reason, Name) else reason
        self._write(moved, change, incident.state, actor=actor, reason=text, detail={**(detail or {}), **said})
        return moved

    def tell_of_clock(self, incident: Incident) -> Incident:
        """An incident after the log was told of its clock, where that has turned: before whatever stops it."""
        clock = turned(incident, self.now)
        if clock is None:
            return incident
        change, detail, clocks = told(incident, clock, self.now, self.facts.work)
        reason = words.clock_turned(change, clock)
        return self.move(incident, change, actor=CITYGRID, reason=reason, detail=detail, clocks=clocks)

    def clock(self, incident: Incident, **fields: Any) -> None:
        """Sets what an incident waits for."""
        self.clocks[incident.id] = replace(self.clocks.get(incident.id, CaseClock()), **fields)

    def put_task(self, task: Task) -> Task:
        """A new or changed task; the worker's load follows."""
        old = self.tasks.get(task.id)
        was = old is not None and old.state in OPEN_TASK_STATES
        step = (task.state in OPEN_TASK_STATES) - was
        self.load[task.worker] = self.load.get(task.worker, 0) + step
        if not self.load[task.worker]:
            del self.load[task.worker]
        self.freed = self.freed or step < 0
        kept = self.tasks[task.id] = replace(task, updated_at=self.now)
        self._sent_tasks[task.id] = None
        return kept

    def open_task(self, incident: Incident) -> Task | None:
        """The task that is out for an incident, if one is."""
        last = self.tasks.get(incident.tasks[-1]) if incident.tasks else None
        return last if last is not None and last.state in OPEN_TASK_STATES else None

    def answer(self, answer: Receipt | Refused) -> None:
        """Tells the sender of a report, a reply or an action what became of it."""
        self._answers.append(answer)

    def home_of(self, sender: str) -> str:
        """The district a worker is registered in, where the worker listens; "" for anybody else."""
        worker = self.facts.registry.workers.get(sender)
        return worker.district if worker else ""

    def decision(self, *, worth_keeping: bool) -> Decision:
        """The cases as they are now, and everything that has to be sent."""
        for id_ in self._touched:
            self._finish(self.incidents[id_])
        tasks = [self.tasks[id_] for id_ in self._sent_tasks]
        outbox: list[Outgoing] = [*self._log, *(self.incidents[id_] for id_ in self._touched), *tasks, *self._answers]
        cases = DistrictCases(
            district=self.district,
            now=self.now,
            incidents=self.incidents,
            tasks=self.tasks,
            clocks=self.clocks,
            past=self.past,
            known=self.known,
            heard=self.heard,
            load=self.load,
            positions=self.positions,
            applied=self.before.applied,
        )
        return Decision(cases=cases, outbox=outbox, worth_keeping=worth_keeping or bool(outbox))

    def _finish(self, incident: Incident) -> None:
        """Sets the clocks and the turn of an incident as it stands in the end, so that what it only passed through leaves no trace in them."""
        incident = set_for(incident, self.class_of(incident), self.now, self.facts.work)
        task = self.open_task(incident)
        if task is not None and task.deadline != incident.deadline:
            self.put_task(replace(task, deadline=incident.deadline))
        self.incidents[incident.id] = self._with_turn(incident)

    def _with_turn(self, incident: Incident) -> Incident:
        turn = whose(
            incident, self.clocks.get(incident.id, CaseClock()), self.open_task(incident), self.class_of(incident)
        )
        return replace(incident, turn=turn.who, waiting=turn.waiting, updated_at=self.now)

    def _write(
        self,
        incident: Incident,
        change: Change,
        before: str | None,
        *,
        actor: str,
        detail: Mapping[str, Any],
        reason: str = "",
    ) -> None:
        entry = LogEntry(
            incident=incident.id,
            version=incident.version,
            at=self.now,
            event=change,
            from_state=before,
            to_state=incident.state,
            actor=actor,
            reason=reason,
            detail=dict(detail),
        )
        self._log.append(entry)
        self._touched[incident.id] = None
