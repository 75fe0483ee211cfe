"""What findings and reports do."""

import pytest

from city.incident import IncidentState
from city.task import TaskState
from tests.city.case_builders import DISTRICT, NOW, SECOND, Desk, finding, report

MINUTE = 60


class TestReports:
    def test_a_workers_report_files_itself_and_gets_a_receipt(self, desk: Desk) -> None:
        desk.take(report())
        (receipt,) = desk.receipts()
        assert (receipt.report, receipt.worker, receipt.incident, receipt.state) == (
            "r-1",
            "w-1",
            desk.incident.id,
            "dispatched",
        )
        assert receipt.home == DISTRICT

    def test_the_same_report_twice_is_one_report_with_two_receipts(self, desk: Desk) -> None:
        desk.take(report())
        log = desk.log()
        desk.take(report())
        assert desk.log() == log
        assert [receipt.incident for receipt in desk.receipts()] == [desk.incident.id] * 2

    def test_a_citizens_report_waits_for_an_operator(self, desk: Desk) -> None:
        desk.take(report(source="citizen"))
        assert (desk.incident.state, desk.incident.turn) == (IncidentState.REPORTED, "operator")
        assert desk.incident.waiting is not None
        assert (desk.incident.filed_at, desk.cases.tasks) == (None, {})
        desk.act("file")
        assert desk.incident.state is IncidentState.DISPATCHED
        assert desk.incident.deadline == NOW + 7200 * SECOND

    @pytest.mark.parametrize("confirmation", [finding(), report("r-2")])
    def test_a_sensor_or_a_worker_confirms_a_citizen(self, desk: Desk, confirmation: object) -> None:
        desk.take(report(source="citizen"), confirmation)  # type: ignore[arg-type]
        assert desk.incident.state is IncidentState.DISPATCHED
        assert desk.log() == ["reported", "joined", "filed", "dispatched"]

    def test_another_citizen_confirms_nothing(self, desk: Desk) -> None:
        desk.take(report(source="citizen"), report("r-2", source="citizen"))
        assert desk.incident.state is IncidentState.REPORTED
        assert len(desk.incident.causes) == 2


class TestFindings:
    def test_an_update_changes_the_evidence(self, desk: Desk) -> None:
        desk.take(finding(), finding(state="updated", at=NOW + 1, value=0.6, severity="severe"))
        assert [evidence.value for evidence in desk.incident.evidence] == [0.6]
        assert desk.incident.severity == "severe"
        assert desk.task.severity == "severe"

    @pytest.mark.parametrize("state", ["raised", "updated"])
    def test_a_step_told_again_after_a_crash_changes_nothing(self, desk: Desk, state: str) -> None:
        desk.take(finding(), finding(state=state, at=NOW + 1, value=0.4))
        assert desk.take(finding(state=state, at=NOW + 1, value=0.4)) == []

    def test_what_has_cleared_is_not_raised_by_a_repeated_record(self, desk: Desk) -> None:
        desk.take(finding(), finding(state="cleared", at=NOW + 1))
        assert desk.take(finding()) == []
        assert desk.take(finding(state="updated", at=NOW + 5)) == []

    def test_the_clearing_of_an_unknown_finding_is_nothing(self, desk: Desk) -> None:
        assert desk.take(finding(state="cleared")) == []

    def test_a_finding_that_is_given_up_clears_with_its_beginning(self, desk: Desk) -> None:
        desk.take(finding(), finding(state="updated", at=NOW + 9000, value=0.5), finding(state="cleared", at=NOW))
        assert desk.incident.state is IncidentState.VERIFYING

    def test_what_ends_before_anybody_accepted_is_withdrawn_and_closes_by_itself(self, desk: Desk) -> None:
        desk.take(finding(), finding(state="cleared", at=NOW + 1))
        assert (desk.incident.state, desk.task.state) == (IncidentState.VERIFYING, TaskState.WITHDRAWN)
        assert desk.cases.load == {}
        desk.wait(MINUTE)
        assert desk.incident.state is IncidentState.CLOSED
        assert desk.log()[-3:] == ["cleared", "ended", "closed"]

    def test_what_a_person_saw_too_does_not_end_by_itself(self, desk: Desk) -> None:
        desk.take(finding(), report(), finding(state="cleared", at=NOW + 1))
        assert desk.incident.state is IncidentState.DISPATCHED

    @pytest.mark.parametrize("again", [finding("f-2", at=NOW + 30_000), report()])
    def test_what_comes_back_while_its_end_is_verified_is_dispatched_again(self, desk: Desk, again: object) -> None:
        desk.take(finding(), finding(state="cleared", at=NOW + 1))
        desk.take(again)  # type: ignore[arg-type]
        assert len(desk.cases.incidents) == 1
        assert desk.incident.state is IncidentState.DISPATCHED
        assert "raised_again" in desk.log()

    def test_a_reading_that_stands_too_long_after_the_work_sends_it_back(self, desk: Desk) -> None:
        desk.take(finding())
        desk.work()
        desk.wait(15 * MINUTE - 1)
        assert desk.incident.state is IncidentState.VERIFYING
        desk.wait(1)
        assert desk.incident.state is IncidentState.DISPATCHED
        assert "sent_back" in desk.log()
        assert len(desk.cases.tasks) == 2

    def test_a_reading_that_returns_while_done_work_is_verified_has_its_own_patience(self, desk: Desk) -> None:
        desk.take(finding())
        desk.work()
        desk.take(finding(state="cleared", at=NOW + 1))
        desk.wait(30)
        desk.take(finding("f-2", at=NOW + 30_000))
        desk.wait(15 * MINUTE - 1)
        assert desk.incident.state is IncidentState.VERIFYING
        desk.wait(1)
        assert "sent_back" in desk.log()
