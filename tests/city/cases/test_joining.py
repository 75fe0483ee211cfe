"""Which causes are one incident."""

import pytest

from city.incident import IncidentState
from tests.city.case_builders import BIN, CELLS, DISTRICT, FAR_CELL, FLOOD, NOW, Desk, finding, report

MINUTE = 60


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

    def test_a_closed_incident_takes_no_report_but_is_linked_to(self, desk: Desk) -> None:
        desk.take(report())
        desk.work()
        first = desk.incident.id
        desk.take(report("r-2"))
        assert desk.incident.id != first
        assert desk.incident.links == [first]

    def test_the_identity_of_an_incident_comes_from_its_first_cause_alone(self) -> None:
        early, late = Desk(), Desk()
        early.take(finding(), finding("f-2", device="wl-2"))
        late.wait(500)
        late.take(finding(at=NOW + 5, value=0.9), finding("f-3", device="wl-3"))
        assert early.incident.id == late.incident.id

    def test_two_places_far_apart_in_a_district_are_two_incidents(self, desk: Desk) -> None:
        desk.take(finding(), finding("f-2", cell=FAR_CELL))
        assert len(desk.cases.incidents) == 2
        assert {incident.district for incident in desk.cases.incidents.values()} == {DISTRICT}
