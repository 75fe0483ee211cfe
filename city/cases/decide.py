"""What one event does to a district's cases: the only door to them."""

from typing import assert_never

from city.cases.actions import take_action
from city.cases.causes import take_finding, take_report
from city.cases.closing import consider
from city.cases.draft import Draft
from city.cases.memory import EVERY_MS, forget
from city.cases.offers import ask_again, take_back_expired
from city.cases.overdue import tell_of_clocks
from city.cases.replies import take_reply
from city.cases.state import Decision, DistrictCases, Event, Facts
from city.cases.suspension import resume_due
from city.finding import Finding
from city.incident import IncidentState
from city.report import Action, Reply, Report, Tick, WorkerPosition


def decide(cases: DistrictCases, event: Event, facts: Facts, *, arrived_at: int = 0) -> Decision:
    """The cases after an event, and what has to be sent.

    `arrived_at` is the record's own arrival (epoch ms). Wall time enters only here and with the event, and never runs backwards.
    """
    draft = Draft(cases, facts, _now(cases, event, arrived_at))
    match event:
        case Finding():
            take_finding(draft, event)
        case Report():
            take_report(draft, event)
        case Reply():
            take_reply(draft, event)
        case Action():
            take_action(draft, event)
        case WorkerPosition():
            _take_position(draft, event)
        case Tick():
            _take_tick(draft)
        case _:
            assert_never(event)
    if draft.freed or isinstance(event, Tick):
        ask_again(draft)
    return draft.decision(worth_keeping=not isinstance(event, Tick | WorkerPosition))


def _now(cases: DistrictCases, event: Event, arrived_at: int) -> int:
    """The latest wall time known: findings and positions carry none of their own, so theirs counts only while there is no other."""
    match event:
        case Report() | Reply():
            said = event.received_at
        case Action() | Tick():
            said = event.at
        case Finding() | WorkerPosition():
            said = 0
        case _:
            assert_never(event)
    return max(cases.now, said, arrived_at) or event.at


def _take_position(draft: Draft, event: WorkerPosition) -> None:
    last = draft.positions.get(event.worker)
    if last is None or event.at >= last.at:
        draft.positions[event.worker] = event


def _take_tick(draft: Draft) -> None:
    resume_due(draft)
    tell_of_clocks(draft)
    take_back_expired(draft)
    for incident in list(draft.incidents.values()):
        if incident.state is IncidentState.VERIFYING:
            consider(draft, incident)
    if draft.now // EVERY_MS > draft.before.now // EVERY_MS:
        forget(draft)
