"""What an operator may do about a limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.cases.decide import decide
from city.cases.offers import AT_ONCE
from city.clocks import Light
from city.incident import IncidentState, LogEntry
from city.registry import Shift
from city.report import Action, ActionKind
from city.task import TaskState
from tests.city.case_builders import DISTRICT, HAZE, NOW, SECOND, Desk, facts, finding, report, worker

HOUR = 3600 * SECOND
DAY = 24 * HOUR


def handled(desk: Desk) -> Desk:
    desk.take(report())
    desk.reply("accept")
    return desk


def refusal(desk: Desk) -> str:
    return desk.refusals()[-1].detail if desk.refusals() else ""


class TestExtending:
    def test_the_original_limit_is_added_and_the_worker_told(self, desk: Desk) -> None:
        handled(desk).wait(3600)
        desk.act("extend", reason="a part has to come")
        assert desk.incident.deadline == desk.task.deadline == NOW + 4 * HOUR
        (entry,) = [sent for sent in desk.sent if isinstance(sent, LogEntry) and sent.event == "extended"]
        assert (entry.actor, entry.reason) == ("operator", "a part has to come")
        assert entry.detail == {"limit": "2uh", "extensions": 1, "deadline": NOW + 2 * HOUR}

    def test_it_may_be_done_twice(self, desk: Desk) -> None:
        handled(desk)
        for _ in range(3):
            desk.act("extend")
        assert desk.incident.deadline == NOW + 6 * HOUR
        assert refusal(desk) == "Extend is not possible: an incident may be extended twice"

    def test_not_once_it_is_overdue(self, desk: Desk) -> None:
        handled(desk).wait(7201)
        desk.act("extend")
        assert desk.incident.deadline == NOW + 2 * HOUR
        assert refusal(desk) == "Extend is not possible: the limit has run out"

    def test_nor_when_the_limit_ran_out_on_the_way(self, desk: Desk) -> None:
        handled(desk)
        desk.act("extend", at=NOW + 3 * HOUR)
        assert desk.incident.deadline == NOW + 2 * HOUR
        assert refusal(desk) == "Extend is not possible: the limit has run out"

    def test_nor_when_it_reaches_the_case_stage_too_late(self, desk: Desk) -> None:
        handled(desk).wait(7199)
        desk.take(finding("f-9", at=NOW))
        action = Action(
            id="a-1",
            incident=desk.incident.id,
            district=DISTRICT,
            action=ActionKind.EXTEND,
            reason="?",
            actor="operator",
            at=NOW,
        )
        desk.cases = decide(desk.cases, action, desk.facts, arrived_at=NOW + 3 * HOUR).cases
        assert desk.incident.deadline == NOW + 2 * HOUR

    def test_nor_before_anybody_is_sent(self, desk: Desk) -> None:
        desk.take(finding(event_class=HAZE))
        desk.act("extend")
        assert "nobody has been sent" in refusal(desk)

    def test_it_needs_a_reason(self, desk: Desk) -> None:
        handled(desk)
        desk.act("extend", reason=" ")
        assert refusal(desk) == "Extend needs a reason"

    def test_an_extended_clock_warns_again(self, desk: Desk) -> None:
        handled(desk).wait(110 * 60)
        desk.act("extend")
        assert desk.incident.clocks[0].state is Light.GREEN
        desk.wait(110 * 60)
        assert desk.log().count("clock_warning") == 2


class TestSuspending:
    def test_the_clock_stands_still_until_the_time_and_goes_on_by_itself(self, desk: Desk) -> None:
        handled(desk).wait(3600)
        desk.act("suspend", until=NOW + 10 * DAY)
        (clock,) = desk.incident.clocks
        assert (desk.incident.suspended_until, clock.paused, clock.used_ms) == (NOW + 10 * DAY, "suspended", HOUR)
        desk.wait(8 * 86_400)
        assert "overdue" not in desk.log()
        desk.wait(2 * 86_400)
        assert desk.incident.suspended_until is None
        assert desk.log()[-2:] == ["suspended", "resumed"]
        assert desk.incident.deadline == desk.cases.now + HOUR == desk.task.deadline

    def test_the_operator_may_resume_earlier(self, desk: Desk) -> None:
        handled(desk)
        desk.act("suspend", until=NOW + 10 * DAY)
        desk.wait(86_400)
        desk.act("resume", reason="the part is here")
        assert desk.incident.deadline == NOW + DAY + 2 * HOUR

    def test_who_has_not_accepted_is_asked_no_longer_and_nobody_else_is(self, desk: Desk) -> None:
        desk.take(report())
        desk.act("suspend", until=NOW + DAY)
        assert desk.task.state is TaskState.WITHDRAWN
        assert (desk.incident.state, desk.incident.turn) == (IncidentState.RETURNED, "operator")
        assert desk.incident.waiting is not None
        assert "Suspended" in desk.incident.waiting.en
        for _ in range(5):
            desk.wait(3600)
        assert len(desk.cases.tasks) == 1
        desk.wait(19 * 3600)
        assert desk.incident.state is IncidentState.DISPATCHED
        assert len(desk.cases.tasks) == 2

    @pytest.mark.parametrize("until", [0, NOW, NOW - DAY, NOW + 367 * DAY])
    def test_the_time_lies_within_the_coming_year(self, desk: Desk, until: int) -> None:
        handled(desk)
        desk.act("suspend", until=until)
        assert desk.incident.suspended_until is None
        assert "within a year" in refusal(desk)

    def test_it_is_done_once(self, desk: Desk) -> None:
        handled(desk)
        desk.act("suspend", until=NOW + DAY)
        desk.act("suspend", until=NOW + 2 * DAY)
        assert refusal(desk) == "Suspend is not possible: the incident is suspended"
        desk.act("resume")
        desk.act("suspend", until=NOW + 2 * DAY)
        assert refusal(desk) == "Suspend is not possible: an incident may be suspended once"

    def test_only_what_is_to_be_done_can_be_suspended(self, desk: Desk) -> None:
        desk.take(report(source="citizen"))
        desk.act("suspend", until=NOW + DAY)
        assert refusal(desk) == "Suspend is not possible: the incident is reported"

    def test_only_what_is_suspended_can_be_resumed(self, desk: Desk) -> None:
        handled(desk)
        desk.act("resume")
        assert refusal(desk) == "Resume is not possible: the incident is not suspended"

    def test_closing_ends_it_and_reopening_allows_it_again(self, desk: Desk) -> None:
        handled(desk)
        desk.act("suspend", until=NOW + DAY)
        desk.act("close")
        assert desk.incident.suspended_until is None
        desk.act("reopen")
        desk.reply("accept")
        desk.act("suspend", until=NOW + 3 * DAY)
        assert desk.incident.suspended_until == NOW + 3 * DAY

    def test_many_that_are_suspended_do_not_keep_others_from_being_sent(self) -> None:
        desk = Desk(facts(workers=[worker("w-1", shift=Shift(start="06:00", end="14:00"))]))
        for number in range(AT_ONCE + 1):
            desk.take(report(f"r-{number}", event_class=f"X{number}"))
            desk.act("suspend", until=NOW + 100 * DAY)
        desk.take(report("last"))
        desk.wait(14 * 3600)  # at 06:00 in Beijing
        assert desk.incident.state is IncidentState.DISPATCHED

    def test_a_worker_who_is_done_meanwhile_is_heard(self, desk: Desk) -> None:
        handled(desk)
        desk.act("suspend", until=NOW + DAY)
        desk.reply("done")
        assert desk.incident.state is IncidentState.CLOSED

    @given(st.integers(1, 7000), st.integers(1, 300 * 86_400))
    def test_the_deadline_moves_by_exactly_its_length(self, before: int, length: int) -> None:
        desk = handled(Desk())
        desk.wait(before)
        desk.act("suspend", until=desk.cases.now + length * SECOND)
        desk.wait(length)
        assert desk.incident.deadline == NOW + 2 * HOUR + length * SECOND
