"""What operators may do."""

import pytest

from city.cases.state import RefusedFor
from city.incident import IncidentState, LogEntry
from city.report import ActionKind
from city.task import TaskState
from tests.city.case_builders import HAZE, NOW, Desk, facts, finding, report, worker


class TestActions:
    @pytest.mark.parametrize("action", list(ActionKind))
    def test_every_action_needs_a_reason(self, desk: Desk, action: str) -> None:
        desk.take(report(source="citizen"))
        desk.act(action, reason="  ")
        assert desk.refusals()[0].reason is RefusedFor.NOT_ALLOWED_NOW
        assert "reason" in desk.refusals()[0].detail

    def test_voiding_withdraws_the_task(self, desk: Desk) -> None:
        desk.take(finding())
        desk.act("void", reason="the sensor was being cleaned")
        assert (desk.incident.state, desk.task.state) == (IncidentState.VOID, TaskState.WITHDRAWN)
        assert desk.incident.closed_at == NOW

    def test_closing_withdraws_the_task(self, desk: Desk) -> None:
        desk.take(report())
        desk.act("close")
        assert (desk.incident.state, desk.task.state) == (IncidentState.CLOSED, TaskState.WITHDRAWN)

    def test_nobody_closes_over_a_sensor_that_still_shows_it(self, desk: Desk) -> None:
        desk.take(finding())
        desk.work()
        desk.act("close")
        assert desk.incident.state is IncidentState.VERIFYING
        assert "still shows" in desk.refusals()[0].detail

    def test_reassigning_takes_the_task_back_and_asks_the_next_best(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.act("reassign")
        assert [(task.worker, task.state) for task in desk.cases.tasks.values()] == [
            ("w-1", "withdrawn"),
            ("w-2", "offered"),
        ]
        assert desk.log()[-2:] == ["recalled", "dispatched"]

    def test_reassigning_to_somebody_named_asks_him(self, desk: Desk) -> None:
        desk.take(report())
        desk.act("reassign", worker="w-4")
        assert desk.task.worker == "w-4"
        assert desk.task.why[0].value == "operator"

    @pytest.mark.parametrize("name", ["nobody", "w-9"])
    def test_reassigning_to_a_stranger_is_refused(self, desk: Desk, name: str) -> None:
        desk.facts = facts(workers=[worker("w-1"), worker("w-9", district="990104")])
        desk.take(report())
        desk.act("reassign", worker=name)
        assert desk.refusals()[0].reason is RefusedFor.NOT_ALLOWED_NOW
        assert desk.task.state is TaskState.OFFERED

    def test_a_note_is_in_the_log_and_moves_nothing(self, desk: Desk) -> None:
        desk.take(report())
        desk.act("note", reason="called the neighbour")
        entry = [sent for sent in desk.sent if isinstance(sent, LogEntry)][-1]
        assert (entry.event, entry.reason, entry.actor) == ("noted", "called the neighbour", "operator")
        assert desk.incident.state is IncidentState.DISPATCHED

    def test_an_action_on_nothing_is_refused(self, desk: Desk) -> None:
        desk.act("close", "990102-000000000000")
        assert desk.refusals()[0].kind == "actions"

    def test_the_same_action_twice_is_applied_once(self, desk: Desk) -> None:
        desk.take(report())
        desk.act("note", id="same")
        assert desk.act("note", id="same") == []

    def test_nobody_is_sent_against_haze(self, desk: Desk) -> None:
        desk.take(finding(event_class=HAZE))
        desk.act("reassign")
        assert "nobody is sent" in desk.refusals()[0].detail
