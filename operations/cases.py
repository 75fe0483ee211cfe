"""Which incidents, tasks and log entries the board holds: all that is open, and as much of the past as fits."""

from city.incident import Incident, LogEntry
from city.places.due import is_open
from city.task import OPEN_TASK_STATES, Task

KEPT_ENDED = 2000
PRUNE_EVERY = 500


class Cases:
    """Incidents, their tasks and their logs by id; of the ended ones only the newest `kept` stay."""

    def __init__(self, kept: int = KEPT_ENDED) -> None:
        self.incidents: dict[str, Incident] = {}
        self.tasks: dict[str, Task] = {}
        self.load: dict[str, int] = {}
        self._tasks_of: dict[str, set[str]] = {}
        self._logs: dict[str, dict[int, LogEntry]] = {}
        self._kept = kept
        self._changed = 0

    def incident(self, incident: Incident) -> Incident | None:
        """Takes in an incident and returns what was held before; an older version than that changes nothing."""
        before = self.incidents.get(incident.id)
        if before is None or incident.version >= before.version:
            self.incidents[incident.id] = incident
        self._changed += 1
        return before

    def drop_incident(self, id_: str) -> Incident | None:
        """Forgets an incident, its tasks and its log."""
        for task in sorted(self._tasks_of.get(id_, ())):
            self.drop_task(task)
        self._logs.pop(id_, None)
        return self.incidents.pop(id_, None)

    def task(self, task: Task) -> set[str]:
        """Takes in a task; returns the workers whose load it changed."""
        before = self.tasks.get(task.id)
        self.tasks[task.id] = task
        self._tasks_of.setdefault(task.incident, set()).add(task.id)
        return self._weigh(before, -1) ^ self._weigh(task, 1)

    def drop_task(self, id_: str) -> set[str]:
        """Forgets a task; returns the worker whose load that changed."""
        task = self.tasks.pop(id_, None)
        if task is not None:
            self._tasks_of.get(task.incident, set()).discard(id_)
        return self._weigh(task, -1)

    def entry(self, entry: LogEntry) -> None:
        """Takes in a log entry; (incident, version) is its identity, so a repeated one changes nothing."""
        self._logs.setdefault(entry.incident, {})[entry.version] = entry

    def log_of(self, incident: str) -> list[LogEntry]:
        """What happened to an incident, oldest first."""
        return [entry for _, entry in sorted(self._logs.get(incident, {}).items())]

    def tasks_of(self, incident: str) -> list[Task]:
        """The tasks of an incident, in the order of their making."""
        tasks = [self.tasks[id_] for id_ in self._tasks_of.get(incident, ())]
        return sorted(tasks, key=lambda task: (task.created_at, len(task.id), task.id))

    def prune(self) -> list[Incident]:
        """Forgets the ended incidents beyond the newest, now and then; returns them."""
        if self._changed < PRUNE_EVERY:
            return []
        self._changed = 0
        ended = sorted((i for i in self.incidents.values() if not is_open(i)), key=ended_at, reverse=True)
        gone = ended[self._kept :]
        for incident in gone:
            self.drop_incident(incident.id)
        return gone

    def drop_orphans(self) -> None:
        """Forgets ended tasks and logs whose incident is not held, once everything that lies in Kafka has been read."""
        ended = [task for task in self.tasks.values() if task.state not in OPEN_TASK_STATES]
        for task in ended:
            if task.incident not in self.incidents:
                self.drop_task(task.id)
        for id_ in self._logs.keys() - self.incidents.keys():
            del self._logs[id_]

    def _weigh(self, task: Task | None, by: int) -> set[str]:
        if task is None or task.state not in OPEN_TASK_STATES:
            return set()
        self.load[task.worker] = self.load.get(task.worker, 0) + by
        return {task.worker}


def ended_at(incident: Incident) -> int:
    """When an incident ended, or last changed where that is not said; epoch milliseconds."""
    return incident.closed_at or incident.updated_at or incident.detected_at
