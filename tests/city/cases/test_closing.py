"""What ends an incident, and what brings it back."""

import pytest

from city.incident import IncidentState
from tests.city.case_builders import CELLS, HAZE, NOW, SECOND, Desk, finding, report, silence

MINUTE = 60
HOUR = 3600


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
