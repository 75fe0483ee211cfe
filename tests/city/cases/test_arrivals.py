"""Findings and reports, seen alike."""

import pytest

from city.cases.arrivals import from_finding, from_report
from tests.city.case_builders import CELLS, NOW, WATER, event_class, facts, finding, report


def test_a_finding_without_a_position_has_its_devices() -> None:
    assert from_finding(finding(device="dust-1"), facts()).position == {"lon": 111.3, "lat": 30.7}


def test_a_finding_of_a_moving_device_has_its_own_position() -> None:
    here = {"lon": 111.35, "lat": 30.72}
    assert from_finding(finding(device="dust-1", position=here), facts()).position == here


def test_a_finding_of_a_cell_lies_in_the_cells_middle() -> None:
    assert from_finding(finding(device="", cell=CELLS[2]), facts()).position == pytest.approx(
        {"lon": 111.302, "lat": 30.7}
    )


def test_a_finding_of_a_device_away_from_its_place_lies_in_the_middle_of_the_cell() -> None:
    assert from_finding(finding(device="dust-1", cell=CELLS[2]), facts()).position == pytest.approx(
        {"lon": 111.302, "lat": 30.7}
    )


def test_a_report_without_a_severity_has_its_classs() -> None:
    known = facts(classes=[event_class(WATER, severity="severe")])
    assert from_report(report(), known).severity == "severe"
    assert from_report(report(severity="minor"), known).severity == "minor"


@pytest.mark.parametrize(("source", "trusted"), [("worker", True), ("citizen", False), ("somebody", False)])
def test_only_known_workers_are_trusted(source: str, trusted: bool) -> None:
    assert from_report(report(source=source, sender="x"), facts()).trusted is trusted


def test_sensors_are_trusted_and_their_rule_is_the_actor() -> None:
    arrival = from_finding(finding(), facts())
    assert (arrival.trusted, arrival.actor, arrival.source, arrival.at) == (True, "water-road", "sensor", NOW)
