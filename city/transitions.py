"""Which change an incident or a task may make in which state: two tables, and the page that is drawn from them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from city.incident import IncidentState as State
from city.task import TaskState


class Change(StrEnum):
    """What can happen to an incident; the word that its log carries."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    DONE = "done"
    RETURNED = "returned"
    EXPIRED = "expired"
    RECALLED = "recalled"
    ENDED = "ended"
    RAISED_AGAIN = "raised_again"
    SENT_BACK = "sent_back"
    CLOSED = "closed"
    VOIDED = "voided"
    REOPENED = "reopened"
    JOINED = "joined"
    UPDATED = "updated"
    CLEARED = "cleared"
    SILENT = "silent"
    WAITING = "waiting"
    NOTED = "noted"


class TaskChange(StrEnum):
    """What can happen to a task; the first four are the kinds of reply."""

    ACCEPT = "accept"
    ARRIVE = "arrive"
    RETURN = "return"
    DONE = "done"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


def _stay(state: State, *, waits: bool = False) -> dict[Change, State]:
    """What may be learnt about an incident without moving it."""
    learnt = (Change.JOINED, Change.UPDATED, Change.CLEARED, Change.SILENT, Change.NOTED)
    return dict.fromkeys((*learnt, Change.WAITING) if waits else learnt, state)


_TO_BE_DISPATCHED: dict[Change, State] = {
    Change.DISPATCHED: State.DISPATCHED,
    Change.ENDED: State.VERIFYING,
    Change.CLOSED: State.CLOSED,
    Change.VOIDED: State.VOID,
}

TRANSITIONS: dict[State, dict[Change, State]] = {
    State.REPORTED: {Change.FILED: State.FILED, Change.VOIDED: State.VOID, **_stay(State.REPORTED)},
    State.FILED: {**_TO_BE_DISPATCHED, **_stay(State.FILED, waits=True)},
    State.DISPATCHED: {
        Change.ACCEPTED: State.HANDLING,
        Change.RETURNED: State.RETURNED,
        Change.EXPIRED: State.RETURNED,
        Change.RECALLED: State.RETURNED,
        Change.ENDED: State.VERIFYING,
        Change.CLOSED: State.CLOSED,
        Change.VOIDED: State.VOID,
        **_stay(State.DISPATCHED),
    },
    State.HANDLING: {
        Change.ARRIVED: State.HANDLING,
        Change.DONE: State.VERIFYING,
        Change.RETURNED: State.RETURNED,
        Change.RECALLED: State.RETURNED,
        Change.CLOSED: State.CLOSED,
        Change.VOIDED: State.VOID,
        **_stay(State.HANDLING),
    },
    State.VERIFYING: {
        Change.CLOSED: State.CLOSED,
        Change.SENT_BACK: State.RETURNED,
        Change.RAISED_AGAIN: State.RETURNED,
        Change.RECALLED: State.RETURNED,
        Change.VOIDED: State.VOID,
        **_stay(State.VERIFYING),
    },
    State.RETURNED: {**_TO_BE_DISPATCHED, **_stay(State.RETURNED, waits=True)},
    State.REOPENED: {**_TO_BE_DISPATCHED, **_stay(State.REOPENED, waits=True)},
    State.CLOSED: {Change.REOPENED: State.REOPENED, **_stay(State.CLOSED)},
    State.VOID: {Change.REOPENED: State.REOPENED, **_stay(State.VOID)},
}

TASK_TRANSITIONS: dict[TaskState, dict[TaskChange, TaskState]] = {
    TaskState.OFFERED: {
        TaskChange.ACCEPT: TaskState.ACCEPTED,
        TaskChange.RETURN: TaskState.RETURNED,
        TaskChange.EXPIRE: TaskState.EXPIRED,
        TaskChange.WITHDRAW: TaskState.WITHDRAWN,
    },
    TaskState.ACCEPTED: {
        TaskChange.ARRIVE: TaskState.ARRIVED,
        TaskChange.DONE: TaskState.DONE,
        TaskChange.RETURN: TaskState.RETURNED,
        TaskChange.WITHDRAW: TaskState.WITHDRAWN,
    },
    TaskState.ARRIVED: {
        TaskChange.DONE: TaskState.DONE,
        TaskChange.RETURN: TaskState.RETURNED,
        TaskChange.WITHDRAW: TaskState.WITHDRAWN,
    },
    TaskState.DONE: {},
    TaskState.RETURNED: {},
    TaskState.WITHDRAWN: {},
    TaskState.EXPIRED: {},
}

OVER = frozenset({State.CLOSED, State.VOID})


def after(state: State, change: Change) -> State | None:
    """The state an incident is in after a change, or None where the change is not allowed."""
    return TRANSITIONS[state].get(change)


def task_after(state: TaskState, change: TaskChange) -> TaskState | None:
    """The state a task is in after a change, or None where the change is not allowed."""
    return TASK_TRANSITIONS[state].get(change)


def draw() -> str:
    """The two tables as Mermaid state diagrams; changes that stay in their state are left to `page`."""
    incident = _diagram(State.REPORTED, Change.REPORTED, TRANSITIONS)
    task = _diagram(TaskState.OFFERED, "offer", TASK_TRANSITIONS)
    return f"## An incident\n\n{incident}\n## A task\n\n{task}"


def page() -> str:
    """The whole of `docs/incident.md`."""
    return f"{_HEAD}\n{draw()}\n{_STAYING}\n{_staying()}"


def _diagram(
    first: StrEnum,
    how: str,
    table: Mapping[State, Mapping[Change, State]] | Mapping[TaskState, Mapping[TaskChange, TaskState]],
) -> str:
    arrows = [f"    [*] --> {first} : {how}"]
    for state, changes in table.items():
        targets = dict.fromkeys(target for target in changes.values() if target is not state)
        arrows += [
            f"    {state} --> {target} : {_words(c for c, to in changes.items() if to is target)}" for target in targets
        ]
        arrows += [] if targets else [f"    {state} --> [*]"]
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```", ""])


def _staying() -> str:
    rows = [
        f"| {state} | {_words(change for change, to in changes.items() if to is state)} |"
        for state, changes in TRANSITIONS.items()
    ]
    return "\n".join(["| in state | may be written down |", "|---|---|", *rows, ""])


def _words(changes: Iterable[StrEnum]) -> str:
    return ", ".join(changes)


_HEAD = """# The life of an incident and of a task

Drawn from the tables in `city/transitions.py`; a test keeps this page equal to them. To draw it again:

    .venv/bin/python -c "from city.transitions import page; print(page(), end='')" > docs/incident.md

A change that has no arrow is not allowed: it alters nothing and is answered with `not_allowed_now`.

- A sensor's and a known worker's case is filed by rule; a citizen's waits in `reported` until an operator files it, or a sensor or a worker confirms it.
- `verifying` is where the evidence decides. A case that a sensor raised is closed once its readings have stayed below the off level for the class's
  `clear_seconds`; one that only people reported is closed by what the worker wrote or photographed.
- `ended` is what happens when the readings fall back before a worker has accepted, or where nobody is sent (`work = "none"`).
- `sent_back` is what happens when the worker is done and the reading is not; `raised_again` when a reading returns while an end is being verified.
- An operator may not close a case over a sensor that still shows it, only void it; over a sensor that died, the operator decides.
"""
_STAYING = """## What is written down without moving the incident
"""
