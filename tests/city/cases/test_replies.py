"""What workers say to their tasks."""

import pytest

from city.cases.state import RefusedFor
from city.incident import IncidentState, LogEntry
from tests.city.case_builders import Desk, report


class TestReplies:
    def test_accept_arrive_and_done_are_logged_with_what_was_said(self, desk: Desk) -> None:
        desk.take(report())
        desk.work()
        entry = next(sent for sent in desk.sent if isinstance(sent, LogEntry) and sent.event == "done")
        assert (entry.actor, entry.detail["text"]) == ("w-1", "pumped dry")

    def test_the_same_reply_twice_is_applied_once(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept", id="same")
        assert desk.reply("accept", id="same") == []

    def test_arriving_may_be_left_out(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.reply("done")
        assert desk.incident.state is IncidentState.CLOSED

    def test_a_returned_task_goes_to_the_next_worker(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.reply("return")
        assert [(task.worker, task.state) for task in desk.cases.tasks.values()] == [
            ("w-1", "returned"),
            ("w-2", "offered"),
        ]
        assert desk.cases.load == {"w-2": 1}

    @pytest.mark.parametrize("kind", ["arrive", "done"])
    def test_what_the_task_does_not_allow_is_refused_and_changes_nothing(self, desk: Desk, kind: str) -> None:
        desk.take(report())
        before = desk.cases.incidents
        (refused,) = desk.reply(kind)
        assert refused == desk.refusals()[0]
        assert (desk.refusals()[0].reason, desk.refusals()[0].sender) == (RefusedFor.NOT_ALLOWED_NOW, "w-1")
        assert desk.cases.incidents == before

    def test_a_task_nobody_has_is_refused(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept", task=f"{desk.task.id}9")
        assert desk.refusals()[0].reason is RefusedFor.UNKNOWN_TASK

    def test_a_task_of_somebody_else_is_refused(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept", worker="w-2")
        assert desk.refusals()[0].reason is RefusedFor.UNKNOWN_TASK

    @pytest.mark.parametrize(("kind", "changes"), [("return", {"reason": " "}), ("done", {"text": ""})])
    def test_returning_needs_a_reason_and_being_done_needs_evidence(
        self, desk: Desk, kind: str, changes: dict[str, str]
    ) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.reply(kind, **changes)
        assert desk.refusals()[0].reason is RefusedFor.NOT_ALLOWED_NOW

    def test_a_photo_is_evidence(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.reply("done", text="", photos=["sha256:" + "a" * 64])
        assert desk.incident.state is IncidentState.CLOSED
        assert desk.incident.evidence[-1].photos
