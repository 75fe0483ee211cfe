"""An incident on its usual way, from the first finding to the close."""

from city.incident import Incident, IncidentState, LogEntry
from city.task import Task, TaskState
from tests.city.case_builders import DISTRICT, NOW, SECOND, Desk, finding, report

MINUTE = 60
HOUR = 3600


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
