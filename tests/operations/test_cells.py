"""What is the matter in a cell decides its colour, the graver before the lesser."""

import pytest

from city.finding import FindingState
from city.incident import IncidentState
from city.places.due import is_open
from operations.cells import CellState, Concerns
from tests.operations.builders import CELL, OTHER_CELL, finding, incident


def state(concerns: Concerns, cell: str = CELL, *, heard: bool = True) -> CellState:
    return concerns.state_of(cell, heard=heard)


def test_a_cell_that_is_heard_and_quiet_is_fine() -> None:
    assert state(Concerns()) is CellState.FINE


def test_a_cell_that_nobody_hears_is_unknown() -> None:
    assert state(Concerns(), heard=False) is CellState.UNKNOWN


@pytest.mark.parametrize("heard", [True, False])
def test_an_open_incident_outranks_everything(heard: bool) -> None:
    concerns = Concerns()
    concerns.finding(finding())
    assert concerns.incident(None, incident(cells=[CELL, OTHER_CELL])) == {CELL, OTHER_CELL}
    assert state(concerns, heard=heard) is CellState.INCIDENT
    assert state(concerns, OTHER_CELL, heard=heard) is CellState.INCIDENT


@pytest.mark.parametrize("heard", [True, False])
def test_a_report_that_nobody_filed_yet_is_a_doubt(heard: bool) -> None:
    concerns = Concerns()
    concerns.incident(None, incident(state=IncidentState.REPORTED))
    assert state(concerns, heard=heard) is CellState.WATCH


def test_an_open_finding_is_a_doubt_until_it_clears() -> None:
    concerns = Concerns()
    assert concerns.finding(finding()) == {CELL}
    concerns.finding(finding(state=FindingState.UPDATED))
    assert state(concerns) is CellState.WATCH
    concerns.finding(finding(state=FindingState.CLEARED))
    assert state(concerns) is CellState.FINE
    assert concerns.open_findings == {}


def test_a_silent_device_is_a_doubt_even_where_nobody_is_heard() -> None:
    concerns = Concerns()
    concerns.finding(finding("s-1", silent=True))
    assert state(concerns, heard=False) is CellState.WATCH


@pytest.mark.parametrize("end", [IncidentState.CLOSED, IncidentState.VOID])
def test_an_ended_incident_colours_no_cell(end: IncidentState) -> None:
    concerns = Concerns()
    before = incident()
    concerns.incident(None, before)
    assert concerns.incident(before, incident(state=end, version=2)) == {CELL}
    assert state(concerns) is CellState.FINE
    assert not is_open(incident(state=end))


def test_an_incident_that_leaves_a_cell_touches_old_and_new() -> None:
    concerns = Concerns()
    before = incident(cells=[CELL])
    concerns.incident(None, before)
    assert concerns.incident(before, incident(cells=[OTHER_CELL], version=2)) == {CELL, OTHER_CELL}
    assert state(concerns) is CellState.FINE
    assert state(concerns, OTHER_CELL) is CellState.INCIDENT


def test_of_two_incidents_in_a_cell_the_end_of_one_leaves_the_other() -> None:
    concerns = Concerns()
    first, second = incident(1), incident(2)
    concerns.incident(None, first)
    concerns.incident(None, second)
    concerns.incident(first, incident(1, state=IncidentState.CLOSED))
    assert state(concerns) is CellState.INCIDENT


def test_a_forgotten_incident_leaves_its_cells() -> None:
    concerns = Concerns()
    concerns.incident(None, incident())
    concerns.incident(incident(), None)
    assert state(concerns) is CellState.FINE


def test_a_filed_report_becomes_an_incident() -> None:
    concerns = Concerns()
    reported = incident(state=IncidentState.REPORTED)
    concerns.incident(None, reported)
    concerns.incident(reported, incident(version=2))
    assert state(concerns) is CellState.INCIDENT
    assert not concerns.unfiled[CELL]
