"""Offering an incident's task to one worker after the other, and taking it back."""

from typing import assert_never

from msgspec.structs import replace

from city.cases import words
from city.cases.draft import CITYGRID, Draft
from city.cases.turns import NO_WORK
from city.dispatch import Assigned, Crew, NobodyThere, Request, appoint, choose
from city.incident import Incident, IncidentState
from city.names import Name
from city.registry import Worker
from city.report import Position
from city.task import Task, TaskState
from city.transitions import Change, TaskChange, after, task_after

RETRY_MS = 10_000
LONGEST_REST_S = 1800
SHORTEST_REST_S = 60
FRESH_MS = 30 * 60_000
AT_ONCE = 50
MOST_ROUNDS = 8
WAITING_STATES = frozenset({IncidentState.FILED, IncidentState.RETURNED, IncidentState.REOPENED})


def offer(draft: Draft, incident: Incident) -> Incident:
    """Asks the best worker, or writes down why nobody can be asked. Nobody is sent where nobody has to be, or while the incident is suspended."""
    if (
        incident.work == NO_WORK
        or incident.suspended_until is not None
        or after(incident.state, Change.DISPATCHED) is None
    ):
        return incident
    outcome = choose(_request(draft, incident), _crew(draft))
    match outcome:
        case Assigned():
            return _assign(draft, incident, outcome)
        case NobodyThere():
            return _wait(draft, incident, outcome)
    assert_never(outcome)


def offer_to(draft: Draft, incident: Incident, worker: Worker, actor: str) -> Incident:
    """Gives the task to a worker whom an operator named."""
    return _assign(draft, incident, appoint(worker, _request(draft, incident), _crew(draft), actor))


def end_task(draft: Draft, incident: Incident, change: TaskChange) -> Task | None:
    """Ends the task that is out for an incident, if one is."""
    task = draft.open_task(incident)
    state = task and task_after(task.state, change)
    return draft.put_task(replace(task, state=state)) if task and state else None


def refresh_task(draft: Draft, incident: Incident) -> None:
    """Tells the worker who has the task that the incident has become graver."""
    task = draft.open_task(incident)
    if task and task.severity != incident.severity:
        draft.put_task(replace(task, severity=incident.severity))


def take_back_expired(draft: Draft) -> None:
    """Takes back tasks that were not accepted in time, the oldest first and so many at once, and asks the next workers."""
    offered = [task for task in draft.tasks.values() if task.state is TaskState.OFFERED]
    late = [task for task in offered if draft.now - task.created_at >= _patience_ms(draft, task)]
    late.sort(key=lambda task: (task.created_at, task.id))
    for task in late[:AT_ONCE]:
        incident = draft.incidents[task.incident]
        end_task(draft, incident, TaskChange.EXPIRE)
        detail = {"task": task.id, "worker": task.worker}
        offer(draft, draft.move(incident, Change.EXPIRED, actor=CITYGRID, reason=words.NOT_ACCEPTED, detail=detail))


def _patience_ms(draft: Draft, task: Task) -> int:
    return draft.class_of(draft.incidents[task.incident]).offer_seconds * 1000


def ask_again(draft: Draft) -> None:
    """Asks for the gravest and most urgent incidents that wait for a worker, when their time has come or somebody has become free."""
    due = [i for i in draft.incidents.values() if i.state in WAITING_STATES and i.work != NO_WORK and _due(draft, i)]
    due.sort(key=lambda incident: (incident.deadline or 0, incident.id))
    for incident in due[:AT_ONCE]:
        offer(draft, incident)


def _due(draft: Draft, incident: Incident) -> bool:
    return incident.suspended_until is None and (draft.freed or draft.now >= draft.clocks[incident.id].retry_at)


def _assign(draft: Draft, incident: Incident, chosen: Assigned) -> Incident:
    clock = draft.clocks[incident.id]
    task = draft.put_task(_task(draft, incident, chosen))
    draft.clock(incident, asked=[*clock.asked, chosen.worker.id], rest_until=0, nobody=None)
    detail = {"task": task.id, "worker": task.worker}
    return draft.move(incident, Change.DISPATCHED, actor=CITYGRID, detail=detail, tasks=[*incident.tasks, task.id])


def _task(draft: Draft, incident: Incident, chosen: Assigned) -> Task:
    return Task(
        id=f"{incident.id}-t{len(incident.tasks) + 1}",
        incident=incident.id,
        district=incident.district,
        event_class=incident.event_class,
        name=incident.name,
        cell=incident.cells[0],
        position=incident.position,
        severity=incident.severity,
        created_at=draft.now,
        deadline=incident.deadline,
        instructions=draft.class_of(incident).instructions,
        why=chosen.why,
        state=TaskState.OFFERED,
        worker=chosen.worker.id,
        considered=chosen.considered,
    )


def _wait(draft: Draft, incident: Incident, nobody: NobodyThere) -> Incident:
    clock = draft.clocks[incident.id]
    if not nobody.all_asked:
        draft.clock(incident, retry_at=draft.now + RETRY_MS)
        return _say(draft, incident, words.nobody_there(nobody.left_out))
    if clock.rest_until and draft.now >= clock.rest_until:
        draft.clock(incident, asked=[], rounds=min(clock.rounds + 1, MOST_ROUNDS), rest_until=0)
        return offer(draft, incident)
    rest = min(max(draft.class_of(incident).offer_seconds, SHORTEST_REST_S) * 2**clock.rounds, LONGEST_REST_S)
    until = clock.rest_until or draft.now + rest * 1000
    draft.clock(incident, rest_until=until, retry_at=min(until, draft.now + RETRY_MS))
    return _say(draft, incident, words.all_asked(rest))


def _say(draft: Draft, incident: Incident, why: Name) -> Incident:
    if draft.clocks[incident.id].nobody == why:
        return incident
    draft.clock(incident, nobody=why)
    return draft.move(incident, Change.WAITING, actor=CITYGRID, reason=why)


def _request(draft: Draft, incident: Incident) -> Request:
    place = incident.position
    skill = draft.class_of(incident).skill
    return Request(
        cell=incident.cells[0],
        lon=place["lon"],
        lat=place["lat"],
        skill=skill,
        asked=frozenset(draft.clocks[incident.id].asked),
    )


def _crew(draft: Draft) -> Crew:
    places = {worker.id: place for worker in draft.workers if (place := _place(draft, worker)) is not None}
    return Crew(
        workers=draft.workers,
        load=draft.load,
        places=places,
        now=draft.now,
        utc_offset_minutes=draft.facts.registry.utc_offset_minutes,
    )


def _place(draft: Draft, worker: Worker) -> tuple[float, float] | None:
    """Where a worker's phone was lately, or else the first cell of the duty grid."""
    last = draft.positions.get(worker.id)
    if last is not None and draft.now - last.at <= FRESH_MS:
        return _lon_lat(last.position)
    return next((draft.facts.centres[grid] for grid in worker.grids if grid in draft.facts.centres), None)


def _lon_lat(position: Position) -> tuple[float, float]:
    return position.lon, position.lat
