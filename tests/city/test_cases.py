"""Cases from their first cause to their close, told as stories."""

import pytest

from city.cases.state import RefusedFor
from city.incident import Incident, IncidentState, LogEntry
from city.registry import Shift
from city.task import Task, TaskState
from tests.city.case_builders import (
    BIN,
    CELLS,
    DISTRICT,
    FAR_CELL,
    FLOOD,
    HAZE,
    NOW,
    SECOND,
    WATER,
    Desk,
    event_class,
    facts,
    finding,
    report,
    silence,
    worker,
)

MINUTE, HOUR = 60, 3600


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestTheWay:
    def test_a_finding_opens_files_and_dispatches_an_incident(self, desk: Desk) -> None:
        desk.take(finding())
        incident = desk.incident
        assert incident.id.startswith(f"{DISTRICT}-")
        assert len(incident.id) == len(DISTRICT) + 1 + 12
        assert incident.state is IncidentState.DISPATCHED
        assert (incident.began_at, incident.detected_at, incident.filed_at) == (NOW, NOW, NOW)
        assert incident.deadline == NOW + 7200 * SECOND
        assert desk.log() == ["reported", "filed", "dispatched"]

    def test_the_task_goes_to_the_duty_grid_and_says_why(self, desk: Desk) -> None:
        desk.take(finding())
        assert (desk.task.id, desk.task.worker, desk.task.state) == (f"{desk.incident.id}-t1", "w-1", TaskState.OFFERED)
        assert desk.task.deadline == desk.incident.deadline
        assert [why.factor for why in desk.task.why] == ["duty", "open_tasks", "distance_m"]
        assert desk.incident.turn == "w-1"
        assert desk.cases.load == {"w-1": 1}

    def test_the_outbox_holds_the_log_the_incident_and_the_task(self, desk: Desk) -> None:
        kinds = [type(sent) for sent in desk.take(finding())]
        assert kinds == [LogEntry, LogEntry, LogEntry, Incident, Task]

    def test_versions_count_the_log_without_gaps(self, desk: Desk) -> None:
        desk.take(finding())
        desk.work()
        entries = [sent for sent in desk.sent if isinstance(sent, LogEntry)]
        assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry.from_state for entry in entries[1:]] == [entry.to_state for entry in entries[:-1]]

    def test_a_sensors_case_closes_when_done_and_clear_for_the_set_time(self, desk: Desk) -> None:
        desk.take(finding())
        desk.work()
        assert (desk.incident.state, desk.incident.turn) == (IncidentState.VERIFYING, "sensor")
        desk.take(finding(state="cleared", at=NOW + MINUTE * SECOND))
        desk.wait(59)
        assert desk.incident.state is IncidentState.VERIFYING
        desk.wait(1)
        assert desk.incident.state is IncidentState.CLOSED
        assert desk.incident.closed_at == desk.cases.now
        assert desk.incident.ended_at == NOW + MINUTE * SECOND
        assert desk.incident.turn == ""
        assert desk.cases.load == {}

    def test_what_was_clear_long_before_the_worker_is_done_closes_at_once(self, desk: Desk) -> None:
        desk.take(finding())
        desk.reply("accept")
        desk.take(finding(state="cleared", at=NOW + 1))
        desk.wait(HOUR)
        assert desk.incident.state is IncidentState.HANDLING
        desk.reply("arrive")
        desk.reply("done")
        assert desk.incident.state is IncidentState.CLOSED

    def test_a_case_of_people_closes_on_what_the_worker_shows(self, desk: Desk) -> None:
        desk.take(report())
        desk.work()
        assert desk.incident.state is IncidentState.CLOSED
        assert desk.log()[-3:] == ["arrived", "done", "closed"]
        assert [evidence.kind for evidence in desk.incident.evidence] == ["report", "reply"]

    def test_wall_time_sets_the_deadline_and_event_time_the_beginning(self, desk: Desk) -> None:
        years_ago = 1_481_904_000_000
        desk.take(finding(at=years_ago))
        assert desk.incident.began_at == years_ago
        assert desk.incident.filed_at == NOW


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


class TestJoining:
    @pytest.mark.parametrize(
        "other",
        [
            finding("f-2", device="wl-2"),
            finding("f-2", device="wl-2", cell=CELLS[1]),
            finding("f-2", device="up-1", event_class=FLOOD),
            report("r-2", cell=CELLS[1]),
        ],
        ids=["same cell", "next cell", "same family", "a report next door"],
    )
    def test_what_belongs_together_is_one_incident(self, desk: Desk, other: object) -> None:
        desk.take(finding(), other)  # type: ignore[arg-type]
        assert len(desk.cases.incidents) == 1
        assert next(cause.id for cause in desk.incident.causes) == "f-1"
        assert len(desk.incident.causes) == 2

    @pytest.mark.parametrize(
        "other",
        [finding("f-2", cell=CELLS[2]), finding("f-2", event_class=BIN)],
        ids=["two cells away", "another class"],
    )
    def test_what_does_not_belong_together_is_two(self, desk: Desk, other: object) -> None:
        desk.take(finding(), other)  # type: ignore[arg-type]
        assert len(desk.cases.incidents) == 2

    def test_a_cause_between_two_incidents_joins_the_older(self, desk: Desk) -> None:
        desk.take(finding("f-3", cell=CELLS[2]))
        older = desk.incident.id
        desk.wait(5)
        desk.take(finding("f-1", cell=CELLS[0]), finding("f-2", cell=CELLS[1]))
        assert desk.cases.known["f-2"] == older

    def test_an_incident_grows_from_cell_to_cell(self, desk: Desk) -> None:
        desk.take(*(finding(f"f-{number}", cell=cell) for number, cell in enumerate(CELLS)))
        assert desk.incident.cells == CELLS

    def test_severity_is_the_gravest_and_the_worker_is_told(self, desk: Desk) -> None:
        desk.take(finding(), finding("f-2", device="wl-2", severity="extreme"), finding("f-3", severity="minor"))
        assert desk.incident.severity == "extreme"
        assert desk.task.severity == "extreme"

    def test_all_sensors_have_to_clear(self, desk: Desk) -> None:
        desk.take(finding(), finding("f-2", device="wl-2"))
        desk.work()
        desk.take(finding(state="cleared", at=NOW + 1))
        desk.wait(5 * MINUTE)
        assert desk.incident.state is IncidentState.VERIFYING
        desk.take(finding("f-2", "cleared", device="wl-2", at=NOW + 2))
        desk.wait(MINUTE)
        assert desk.incident.state is IncidentState.CLOSED

    def test_a_thousand_breaches_in_one_cell_are_one_incident(self, desk: Desk) -> None:
        desk.take(*(finding(f"f-{number}", device=f"wl-{number}") for number in range(1000)))
        assert len(desk.cases.incidents) == 1
        assert len(desk.incident.causes) == 1000
        assert len(desk.cases.tasks) == 1

    def test_evidence_of_readings_that_fell_back_is_kept_for_the_latest_only(self, desk: Desk) -> None:
        desk.take(finding())
        for number in range(2, 90):
            desk.take(
                finding(f"f-{number}", device="wl-2"), finding(f"f-{number}", "cleared", device="wl-2", at=NOW + 1)
            )
        assert len(desk.incident.evidence) == 50
        assert desk.incident.evidence[0].cause == "f-1"
        assert len(desk.incident.causes) == 89


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


class TestWithoutWork:
    def test_haze_is_filed_without_anybody_being_sent_and_closes_once_clear(self, desk: Desk) -> None:
        desk.take(finding(event_class=HAZE))
        assert (desk.incident.state, desk.incident.turn, desk.incident.deadline) == (
            IncidentState.FILED,
            "sensor",
            None,
        )
        desk.wait(10 * HOUR)
        assert desk.incident.state is IncidentState.FILED
        desk.take(finding(state="cleared", event_class=HAZE, at=NOW + HOUR))
        desk.wait(MINUTE)
        assert desk.incident.state is IncidentState.CLOSED
        assert desk.cases.tasks == {}

    def test_haze_that_comes_back_soon_is_the_same_episode(self, desk: Desk) -> None:
        desk.take(finding(event_class=HAZE), finding(state="cleared", event_class=HAZE, at=NOW + 1))
        desk.take(finding("f-2", event_class=HAZE, at=NOW + 30 * SECOND))
        assert len(desk.cases.incidents) == 1
        assert (desk.incident.state, desk.incident.turn) == (IncidentState.RETURNED, "sensor")

    def test_a_replay_faster_than_the_clock_keeps_the_episodes_of_a_winter_apart(self, desk: Desk) -> None:
        day = 24 * HOUR * SECOND
        for number in range(3):
            at = NOW + number * day
            desk.take(finding(f"f-{number}", event_class=HAZE, at=at))
            desk.take(finding(f"f-{number}", "cleared", event_class=HAZE, at=at + HOUR * SECOND))
        assert [incident.began_at for incident in desk.cases.incidents.values()] == [NOW, NOW + day, NOW + 2 * day]
        states = [incident.state for incident in desk.cases.incidents.values()]
        assert states == [IncidentState.CLOSED, IncidentState.CLOSED, IncidentState.VERIFYING]

    @pytest.mark.parametrize("wall_seconds", [0, 30, 60, 4000])
    def test_how_fast_a_replay_runs_does_not_change_the_incidents(self, desk: Desk, wall_seconds: float) -> None:
        gaps = [30, 100, 1800, 3000, 90, 100_000]
        at = NOW
        for number, gap in enumerate(gaps):
            desk.take(finding(f"f-{number}", event_class=HAZE, at=at))
            at += 600 * SECOND
            desk.take(finding(f"f-{number}", "cleared", event_class=HAZE, at=at))
            desk.wait(wall_seconds)
            at += gap * SECOND
        episodes = [[cause.id for cause in incident.causes] for incident in desk.cases.incidents.values()]
        assert episodes == [["f-0", "f-1", "f-2", "f-3"], ["f-4", "f-5"]]


class TestReopening:
    def closed(self, desk: Desk) -> str:
        desk.take(finding())
        desk.work()
        desk.take(finding(state="cleared", at=NOW + 1))
        desk.wait(MINUTE)
        assert desk.incident.state is IncidentState.CLOSED
        return desk.incident.id

    def test_a_reading_that_returns_within_the_watch_time_reopens(self, desk: Desk) -> None:
        first = self.closed(desk)
        desk.take(finding("f-2", at=NOW + 20 * MINUTE * SECOND))
        assert list(desk.cases.incidents) == [first]
        assert desk.incident.state is IncidentState.DISPATCHED
        assert (desk.incident.closed_at, desk.incident.ended_at) == (None, None)
        assert "reopened" in desk.log()
        assert desk.task.id == f"{first}-t2"

    def test_a_reading_that_returns_later_is_a_new_incident_linked_to_the_old(self, desk: Desk) -> None:
        first = self.closed(desk)
        desk.wait(HOUR)
        desk.take(finding("f-2", at=NOW + 5 * HOUR * SECOND))
        assert len(desk.cases.incidents) == 2
        assert desk.incident.links == [first]

    def test_a_repeat_after_72_hours_is_linked_no_more(self, desk: Desk) -> None:
        self.closed(desk)
        desk.wait(73 * HOUR)
        desk.take(finding("f-2", at=NOW + 74 * HOUR * SECOND))
        assert desk.incident.links == []

    def test_a_reading_next_door_opens_its_own(self, desk: Desk) -> None:
        self.closed(desk)
        desk.take(finding("f-2", device="wl-2", cell=CELLS[1], at=NOW + 20 * MINUTE * SECOND))
        assert len(desk.cases.incidents) == 2

    def test_an_operator_reopens_and_somebody_is_sent(self, desk: Desk) -> None:
        desk.take(report())
        desk.work()
        desk.act("reopen")
        assert desk.incident.state is IncidentState.DISPATCHED
        assert desk.incident.deadline == desk.cases.now + 7200 * SECOND

    def test_a_voided_report_that_is_reopened_is_filed(self, desk: Desk) -> None:
        desk.take(report(source="citizen"))
        desk.act("void")
        desk.act("reopen")
        assert desk.incident.filed_at == NOW
        assert desk.incident.state is IncidentState.DISPATCHED

    def test_a_sensors_case_reopened_after_it_was_clear_closes_when_done(self, desk: Desk) -> None:
        self.closed(desk)
        desk.act("reopen")
        desk.work()
        desk.wait(MINUTE)
        assert desk.incident.state is IncidentState.CLOSED


class TestDeadSensors:
    def test_the_operator_decides_over_a_sensor_that_died(self, desk: Desk) -> None:
        desk.take(finding(), silence())
        watched = desk.cases.known["f-1"]
        desk.reply("accept", desk.cases.tasks[f"{watched}-t1"])
        desk.reply("done", desk.cases.tasks[f"{watched}-t1"])
        incident = desk.cases.incidents[watched]
        assert (incident.state, incident.turn) == (IncidentState.VERIFYING, "operator")
        assert incident.waiting is not None
        assert "died" in incident.waiting.en
        desk.wait(HOUR)
        assert desk.cases.incidents[watched].state is IncidentState.VERIFYING
        desk.act("close", watched, "seen on the camera")
        assert desk.cases.incidents[watched].state is IncidentState.CLOSED

    def test_a_silent_device_is_an_incident_of_its_own(self, desk: Desk) -> None:
        desk.take(finding(), silence())
        assert len(desk.cases.incidents) == 2
        assert desk.incident.event_class == "C0199"
        assert not desk.incident.evidence[0].silent

    def test_a_device_that_comes_back_still_high_is_waited_for_again(self, desk: Desk) -> None:
        desk.take(finding(), silence())
        watched = desk.cases.known["f-1"]
        for kind in ("accept", "done"):
            desk.reply(kind, desk.cases.tasks[f"{watched}-t1"])
        desk.wait(HOUR)
        desk.take(silence("cleared", at=NOW + 1))
        assert desk.cases.incidents[watched].turn == "sensor"
        desk.wait(14 * MINUTE)
        assert desk.cases.incidents[watched].state is IncidentState.VERIFYING
        desk.wait(MINUTE)
        assert "sent_back" in desk.log(watched)

    def test_what_was_closed_over_a_dead_sensor_reopens_when_it_wakes_and_still_shows_it(self, desk: Desk) -> None:
        desk.take(finding(), finding(state="updated", at=NOW + 1, silent=True))
        desk.work()
        desk.act("close")
        desk.take(finding(state="updated", at=NOW + 2, value=0.5))
        assert desk.incident.state is IncidentState.DISPATCHED

    def test_a_cells_mean_dies_with_the_only_device_that_measures_it(self, desk: Desk) -> None:
        desk.take(finding(device="", metric="pm10_ugm3", rule="dust"), silence(device="dust-1", cell=CELLS[0]))
        assert next(iter(desk.cases.incidents.values())).evidence[0].silent

    def test_a_cells_mean_does_not_die_with_a_device_that_measures_something_else(self, desk: Desk) -> None:
        desk.take(finding(device=""), silence(device="dust-1", cell=CELLS[0]))
        assert not next(iter(desk.cases.incidents.values())).evidence[0].silent


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


class TestOffers:
    def test_a_task_that_is_not_accepted_in_time_goes_to_the_next(self, desk: Desk) -> None:
        desk.take(report())
        desk.wait(179)
        assert len(desk.cases.tasks) == 1
        desk.wait(1)
        assert [(task.worker, task.state) for task in desk.cases.tasks.values()] == [
            ("w-1", "expired"),
            ("w-2", "offered"),
        ]
        assert desk.log()[-2:] == ["expired", "dispatched"]

    def test_nobody_is_asked_twice_until_all_were_asked(self, desk: Desk) -> None:
        desk.take(report())
        for _ in range(3):
            desk.wait(180)
        assert [task.worker for task in desk.cases.tasks.values()] == ["w-1", "w-2", "w-3"]
        assert (desk.incident.state, desk.incident.turn) == (IncidentState.RETURNED, "dispatch")
        assert desk.incident.waiting is not None
        assert "asked" in desk.incident.waiting.en
        desk.wait(179)
        assert len(desk.cases.tasks) == 3
        desk.wait(1)
        assert desk.task.worker == "w-1"

    def test_rounds_come_less_and_less_often(self) -> None:
        alone = Desk(facts(workers=[worker("w-1")]))
        alone.take(report())
        for _ in range(24 * 360):
            alone.wait(10)
        assert len(alone.cases.tasks) < 60

    def test_nobody_there_waits_visibly_and_is_tried_again(self) -> None:
        night = Shift(start="00:00", end="00:01", days=())
        desk = Desk(facts(workers=[worker("w-1", shift=night)]))
        desk.take(report())
        assert (desk.incident.state, desk.incident.turn) == (IncidentState.FILED, "dispatch")
        assert desk.incident.waiting is not None
        assert desk.incident.waiting.zh == "有技能的人员均不在班"
        desk.facts = facts()
        desk.wait(10)
        assert desk.incident.state is IncidentState.DISPATCHED

    def test_a_tick_takes_back_only_so_many_tasks_at_once(self) -> None:
        classes = [event_class(f"E{number:04}") for number in range(120)]
        desk = Desk(facts(workers=[worker(f"w-{number}", capacity=99) for number in range(5)], classes=classes))
        desk.take(*(report(f"r-{number}", event_class=f"E{number:04}") for number in range(120)))
        for expired in (50, 100, 120):
            desk.wait(180 if expired == 50 else 1)
            assert sum(task.state is TaskState.EXPIRED for task in desk.cases.tasks.values()) == expired

    def test_waiting_is_written_down_once(self) -> None:
        desk = Desk(facts(workers=[]))
        desk.take(report())
        for _ in range(20):
            assert desk.wait(10) == []
        assert desk.log() == ["reported", "filed", "waiting"]

    def test_somebody_who_becomes_free_is_asked_at_once(self) -> None:
        desk = Desk(facts(workers=[worker("w-1", capacity=1)]))
        desk.take(report("r-1"))
        first = desk.task
        desk.take(report("r-2", event_class=BIN))
        assert desk.incident.state is IncidentState.FILED
        desk.reply("accept", first)
        desk.reply("done", first)
        assert desk.incident.state is IncidentState.DISPATCHED

    def test_the_phone_says_who_is_near(self, desk: Desk) -> None:
        desk.place("w-1", 111.5, 30.7)
        desk.facts = facts(workers=[worker("w-1"), worker("w-2")])
        desk.place("w-2", 111.3001, 30.7)
        desk.take(report())
        assert desk.task.worker == "w-2"

    def test_an_old_place_does_not_count(self, desk: Desk) -> None:
        desk.facts = facts(workers=[worker("w-1"), worker("w-2", grids=[FAR_CELL])])
        desk.place("w-1", 111.3, 30.7)
        desk.wait(HOUR)
        desk.take(report())
        assert desk.task.worker == "w-2"


class TestActions:
    @pytest.mark.parametrize("action", ["file", "void", "close", "reassign", "reopen", "note"])
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


class TestMemory:
    def test_old_closed_incidents_leave_and_are_still_linked_to(self) -> None:
        desk = Desk(facts(classes=[event_class(f"E{number:04}") for number in range(300)]))
        for number in range(300):
            desk.wait(1)
            desk.take(report(f"r-{number}", event_class=f"E{number:04}"))
            desk.work()
        first = next(iter(desk.cases.incidents))
        desk.wait(HOUR)
        assert len(desk.cases.incidents) == 200
        assert len(desk.cases.tasks) == 200
        assert first in desk.cases.past
        desk.take(report("again", event_class="E0000"))
        assert desk.incident.links == [first]

    def test_a_repeated_report_is_known_after_its_incident_has_left(self) -> None:
        desk = Desk(facts(classes=[event_class(f"E{number:04}") for number in range(300)]))
        for number in range(300):
            desk.wait(1)
            desk.take(report(f"r-{number}", event_class=f"E{number:04}"))
            desk.work()
        desk.wait(HOUR)
        desk.take(report("r-0", event_class="E0000"))
        assert len(desk.cases.incidents) == 200
        assert desk.receipts()[-1].state == "closed"

    def test_a_voided_case_stays_while_its_sensor_still_shows_it(self, desk: Desk) -> None:
        desk.take(finding())
        desk.act("void")
        desk.wait(HOUR)
        assert desk.take(finding(state="updated", at=NOW + 1, value=0.9)) == []

    def test_a_tick_without_consequence_is_not_worth_keeping(self, desk: Desk) -> None:
        assert desk.wait(1) == []
        assert desk.cases.now == NOW + SECOND

    def test_time_never_runs_backwards(self, desk: Desk) -> None:
        desk.wait(100)
        desk.take(report(received_at=NOW))
        assert desk.incident.filed_at == NOW + 100 * SECOND

    def test_a_class_that_is_not_registered_has_its_code_for_a_name(self, desk: Desk) -> None:
        desk.take(report(event_class="E9999"))
        assert desk.incident.name.en == "E9999"
        assert WATER not in desk.incident.name.en
