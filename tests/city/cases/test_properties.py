"""Whatever happens in whatever order, a district's books stay right."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city.cases.decide import decide
from city.cases.evidence import standing
from city.cases.state import DistrictCases, Event
from city.clocks import Stage
from city.finding import Finding
from city.incident import Incident, IncidentState, LogEntry
from city.report import Action, ActionKind, Reply, ReplyKind, Tick
from city.task import OPEN_TASK_STATES
from city.transitions import OVER, TRANSITIONS, Change
from tests.city.case_builders import (
    BIN,
    CELLS,
    DISTRICT,
    FLOOD,
    HAZE,
    NOW,
    SECOND,
    WATER,
    Desk,
    facts,
    finding,
    report,
    silence,
)

Step = tuple[str, int, int, int]
steps = st.tuples(
    st.sampled_from(
        ["finding", "finding", "step", "report", "citizen", "reply", "reply", "action", "tick", "tick", "silence"]
    ),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 20),
)
CLASSES = [WATER, FLOOD, BIN, HAZE]
STAGES = {
    IncidentState.FILED: Stage.DISPATCH,
    IncidentState.RETURNED: Stage.DISPATCH,
    IncidentState.REOPENED: Stage.DISPATCH,
    IncidentState.DISPATCHED: Stage.HANDLING,
    IncidentState.HANDLING: Stage.HANDLING,
    IncidentState.REPORTED: Stage.ACCEPTANCE,
    IncidentState.VERIFYING: Stage.VERIFICATION,
}
GAPS = [1, 10, 60, 181, 1000, 4000]


def event_of(desk: Desk, number: int, step: Step) -> Event:
    """The event that a drawn step means in the state the desk is in."""
    kind, one, _, third = step
    if kind in {"finding", "step", "silence"}:
        return finding_of(desk, number, step)
    if kind in {"report", "citizen"}:
        source = "worker" if kind == "report" else "citizen"
        return report(f"r-{third}", source, received_at=desk.cases.now, **where(step))
    if kind == "reply":
        return reply_of(desk, number, third, one)
    if kind == "action":
        return action_of(desk, number, third, one)
    return Tick(district=DISTRICT, at=desk.cases.now + GAPS[one] * SECOND)


def where(step: Step) -> dict[str, Any]:
    """The cell and the class of a drawn step."""
    return {"cell": CELLS[step[1] % len(CELLS)], "event_class": CLASSES[step[2] % len(CLASSES)]}


def finding_of(desk: Desk, number: int, step: Step) -> Finding:
    kind, one, _, third = step
    device, ended = f"d-{third}", "cleared" if one % 2 else "updated"
    if kind == "silence":
        return silence("cleared" if one % 2 else "raised", device=device, at=desk.cases.now)
    if kind == "finding":
        return finding(f"f-{third}", device=device, at=desk.cases.now, **where(step))
    return finding(f"f-{third}", ended, device=device, at=desk.cases.now, value=float(number), **where(step))


def reply_of(desk: Desk, number: int, which: int, kind: int) -> Reply:
    tasks = list(desk.cases.tasks.values())
    task, worker = (
        ("nothing", "w-1") if not tasks else (tasks[-1 - which % len(tasks)].id, tasks[-1 - which % len(tasks)].worker)
    )
    said = list(ReplyKind)[kind % 4]
    return Reply(
        id=f"reply-{number}",
        task=task,
        at=NOW,
        kind=said,
        district=DISTRICT,
        worker=worker,
        received_at=desk.cases.now,
        reason="because",
        text="so",
    )


def action_of(desk: Desk, number: int, which: int, kind: int) -> Action:
    incidents = list(desk.cases.incidents)
    incident = incidents[which % len(incidents)] if incidents else "nothing"
    return Action(
        id=f"action-{number}",
        incident=incident,
        district=DISTRICT,
        action=list(ActionKind)[(kind + which) % len(ActionKind)],
        reason="because",
        actor="operator",
        at=desk.cases.now,
        until=desk.cases.now + GAPS[kind] * SECOND,
    )


def check_books(desk: Desk) -> None:
    cases = desk.cases
    open_tasks = [task for task in cases.tasks.values() if task.state in OPEN_TASK_STATES]
    load: dict[str, int] = {}
    for task in open_tasks:
        load[task.worker] = load.get(task.worker, 0) + 1
    assert cases.load == load
    assert len({task.incident for task in open_tasks}) == len(open_tasks)
    for incident in cases.incidents.values():
        check_incident(cases, incident, {task.incident for task in open_tasks})
        check_clocks(incident)
    assert all(task.deadline == cases.incidents[task.incident].deadline for task in open_tasks)


def check_incident(cases: DistrictCases, incident: Incident, with_task: set[str]) -> None:
    over = incident.state in OVER
    assert (incident.closed_at is not None) is over
    assert (incident.turn == "") is over
    assert (incident.filed_at is None) <= (incident.state in {IncidentState.REPORTED, IncidentState.VOID})
    assert (incident.id in with_task) is (incident.state in {IncidentState.DISPATCHED, IncidentState.HANDLING})
    assert (incident.id in cases.clocks) is not over
    assert all(task in cases.tasks for task in incident.tasks)
    if incident.work == "none":
        assert not incident.tasks
    if incident.state is IncidentState.CLOSED:
        assert all(evidence.silent for evidence in standing(incident))


def check_clocks(incident: Incident) -> None:
    """The one clock that counts is its state's, and none does where nothing can be done about it."""
    counting = [clock.stage for clock in incident.clocks if clock.since is not None]
    still = incident.state in OVER or incident.suspended_until is not None
    assert (incident.suspended_until is None) or incident.state not in OVER
    if still or (incident.state is IncidentState.VERIFYING and not standing(incident)):
        assert counting == []
    elif incident.work == "worker" or incident.state in {IncidentState.REPORTED, IncidentState.VERIFYING}:
        assert counting == [STAGES[incident.state]]
    else:
        assert counting == []
    for clock in incident.clocks:
        assert clock.used_ms >= 0
        assert clock.warn_at <= clock.deadline
        assert clock.stage is not Stage.HANDLING or clock.ended_at is not None or clock.deadline == incident.deadline


def check_told(desk: Desk) -> None:
    """Each clock is told of once in each of its limits: nine tenths, then the end."""
    told = [
        (entry.incident, entry.detail["stage"], entry.detail["started_at"], entry.detail["limit_ms"], entry.event)
        for entry in desk.sent
        if isinstance(entry, LogEntry) and entry.event in {Change.CLOCK_WARNING, Change.OVERDUE}
    ]
    assert len(told) == len(set(told))
    ends = {what[:4]: at for at, what in enumerate(told) if what[4] == Change.OVERDUE}
    assert all(at < ends.get(what[:4], at + 1) for at, what in enumerate(told) if what[4] != Change.OVERDUE)


def check_log(desk: Desk) -> None:
    versions: dict[str, int] = {}
    states: dict[str, str | None] = {}
    for entry in desk.sent:
        if isinstance(entry, LogEntry):
            assert entry.version == versions.get(entry.incident, 0) + 1
            assert entry.from_state == states.get(entry.incident)
            if entry.from_state is not None:
                assert TRANSITIONS[IncidentState(entry.from_state)][Change(entry.event)] == entry.to_state
            versions[entry.incident], states[entry.incident] = entry.version, entry.to_state
    for incident in desk.cases.incidents.values():
        assert incident.version == versions[incident.id]
        assert incident.state == states[incident.id]
    last = {sent.id: sent for sent in desk.sent if isinstance(sent, Incident)}
    assert last == desk.cases.incidents


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=60))
def test_the_books_stay_right(drawn: list[Step]) -> None:
    desk = Desk()
    brought: set[str] = set()
    for number, step in enumerate(drawn):
        event = event_of(desk, number, step)
        if step[0] != "silence":
            before = desk.cases.known
            desk.take(event)
            brought |= (
                {event.id} if step[0] in {"finding", "report", "citizen"} else set(desk.cases.known) - set(before)
            )  # type: ignore[union-attr]
        else:
            desk.take(event)
            brought |= set(desk.cases.known)
        check_books(desk)
    causes = [cause.id for incident in desk.cases.incidents.values() for cause in incident.causes]
    assert len(causes) == len(set(causes))
    assert set(causes) == brought
    check_log(desk)
    check_told(desk)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=40))
def test_a_decision_leaves_the_cases_before_it_untouched_and_can_be_repeated(drawn: list[Step]) -> None:
    desk = Desk()
    for number, step in enumerate(drawn):
        event, before = event_of(desk, number, step), desk.cases
        picture = {
            name: dict(getattr(before, name))
            for name in ("incidents", "tasks", "clocks", "known", "heard", "load", "past", "positions")
        }
        once, again = decide(before, event, facts()), decide(before, event, facts())
        assert once == again
        assert {name: getattr(before, name) for name in picture} == picture
        desk.take(event)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=40), st.data())
def test_records_that_come_twice_change_nothing(drawn: list[Step], data: st.DataObject) -> None:
    desk = Desk()
    for number, step in enumerate(drawn):
        event = event_of(desk, number, step)
        refused = len(desk.refusals())
        desk.take(event)
        if data.draw(st.booleans()) and len(desk.refusals()) == refused and not isinstance(event, Tick):
            settled = desk.cases.incidents
            desk.take(event)
            assert {id_: i.version for id_, i in desk.cases.incidents.items()} == {
                id_: i.version for id_, i in settled.items()
            }
