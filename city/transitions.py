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
    CLOCK_WARNING = "clock_warning"
    OVERDUE = "overdue"
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    RESUMED = "resumed"


class TaskChange(StrEnum):
    """What can happen to a task; the first four are the kinds of reply."""

    ACCEPT = "accept"
    ARRIVE = "arrive"
    RETURN = "return"
    DONE = "done"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


_LEARNT = (Change.JOINED, Change.UPDATED, Change.CLEARED, Change.SILENT, Change.NOTED)
_OF_CLOCKS = (Change.CLOCK_WARNING, Change.OVERDUE, Change.RESUMED)
_BY_OPERATOR = (Change.EXTENDED, Change.SUSPENDED)


def _stay(state: State, *more: Change) -> dict[Change, State]:
    """What may be learnt about an incident without moving it."""
    return dict.fromkeys((*_LEARNT, *more), state)


def _to_be_done(state: State, *more: Change) -> dict[Change, State]:
    """As `_stay`, for what is filed and has to be handled."""
    return _stay(state, *more, *_OF_CLOCKS, *_BY_OPERATOR)


_TO_BE_DISPATCHED: dict[Change, State] = {
    Change.DISPATCHED: State.DISPATCHED,
    Change.ENDED: State.VERIFYING,
    Change.CLOSED: State.CLOSED,
    Change.VOIDED: State.VOID,
}

TRANSITIONS: dict[State, dict[Change, State]] = {
    State.REPORTED: {Change.FILED: State.FILED, Change.VOIDED: State.VOID, **_stay(State.REPORTED, *_OF_CLOCKS)},
    State.FILED: {**_TO_BE_DISPATCHED, **_to_be_done(State.FILED, Change.WAITING)},
    State.DISPATCHED: {
        Change.ACCEPTED: State.HANDLING,
        Change.RETURNED: State.RETURNED,
        Change.EXPIRED: State.RETURNED,
        Change.RECALLED: State.RETURNED,
        Change.ENDED: State.VERIFYING,
        Change.CLOSED: State.CLOSED,
        Change.VOIDED: State.VOID,
        **_to_be_done(State.DISPATCHED),
    },
    State.HANDLING: {
        Change.ARRIVED: State.HANDLING,
        Change.DONE: State.VERIFYING,
        Change.RETURNED: State.RETURNED,
        Change.RECALLED: State.RETURNED,
        Change.CLOSED: State.CLOSED,
        Change.VOIDED: State.VOID,
        **_to_be_done(State.HANDLING),
    },
    State.VERIFYING: {
        Change.CLOSED: State.CLOSED,
        Change.SENT_BACK: State.RETURNED,
        Change.RAISED_AGAIN: State.RETURNED,
        Change.RECALLED: State.RETURNED,
        Change.VOIDED: State.VOID,
        **_stay(State.VERIFYING, *_OF_CLOCKS),
    },
    State.RETURNED: {**_TO_BE_DISPATCHED, **_to_be_done(State.RETURNED, Change.WAITING)},
    State.REOPENED: {**_TO_BE_DISPATCHED, **_to_be_done(State.REOPENED, Change.WAITING)},
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
    return f"{_HEAD}\n{draw()}\n{_STAYING}\n{_staying()}\n{_CLOCKS}"


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
- `clock_warning` is what a clock says when nine tenths of its limit are used, `overdue` when it has run out; each once. See "Clocks" below.
- An operator may not close a case over a sensor that still shows it, only void it; over a sensor that died, the operator decides.
"""
_STAYING = """## What is written down without moving the incident
"""
_CLOCKS = """## Clocks

Each stage has a clock, which counts while its state lasts; `clocks` of the incident holds the latest of each stage that took any time. All of it is wall time that came with a record,
so a restart changes nothing, and an outage is told once when it is over.

| stage | counts in | limit | otherwise |
|---|---|---|---|
| acceptance | reported | 15 min | over |
| dispatch | filed, returned, reopened | 15 min, anew each time | over; there is none where nobody is sent |
| handling | dispatched, handling | the filing condition's or the class's | stands still (`returned`, `verifying`) and goes on with the next worker, until the incident is closed |
| verification | verifying, while a reading stands | 30 min | stands still (`holding`) while the readings only have to stay down; over when left |

- A limit is in urgent hours (`2uh`) or natural days (`1nd`), which count all time, or in work hours (`4wh`) or work days of eight hours (`2wd`), which count only the slots of the city's work days
  (`calendar.toml`). A limit holds the end of a slot: eight work hours from Friday 18:00 are over on Monday at 18:00. The three limits above are continuous.
- `deadline` of the incident is the handling clock's. Before somebody is sent it is what it would be if that had happened at filing; whenever handling has stood still it moves by as much counted time.
- `clock_warning` is written when nine tenths are used (the clock is `yellow`), `overdue` when the deadline has passed (`red`): once for each clock, by the tick that shows it, or before whatever stops the
  clock. Where both have passed meanwhile, only `overdue`. At most 50 incidents are told of in one tick, those that ran out first before the others.
- `extend` adds the original limit to the handling once more: at most twice, and not once overdue. An extended clock is green again and warns again.
- `suspend` stops all clocks `until` a time within a year, once for each filing; nobody is sent meanwhile, and who was asked and has not accepted is asked no longer. `resume`, or that time, ends it.
- A work clock is `assumed` where its deadline lies in, or behind, days of a year that the calendar does not know as announced; beyond the calendar's dates the days of the week decide.
- A clock that has started keeps its limit and the calendar it was reckoned by until it stands still and goes on: what is registered later moves no deadline by itself.
"""
