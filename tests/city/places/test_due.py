"""How a case stands against its clocks, whose turn it is, and where it counts."""

import pytest
from msgspec.structs import replace

from city.calendar import WorkCalendar
from city.clocks import Light, Pause, Stage, StageClock, ended, started, stopped
from city.incident import IncidentState
from city.limits import of_seconds
from city.places.due import Due, due, home, is_open, turn
from city.work_time import WorkTime
from tests.city.places.builders import CELLS, EAST, MINUTE, NOW, incident

HOUR = 60 * MINUTE
WORK = WorkTime(WorkCalendar(), 480)


def clock(used_share: float, stage: Stage = Stage.HANDLING) -> StageClock:
    """A clock of one hour that has used this share of it at NOW."""
    return started(stage, of_seconds(3600), round(NOW - used_share * HOUR), WORK)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, Due.IN_TIME), (0.89, Due.IN_TIME), (0.9, Due.NEAR), (1.0, Due.NEAR), (1.01, Due.LATE)]
)
def test_an_open_case_is_near_from_nine_tenths_and_late_past_its_limit(share: float, expected: Due) -> None:
    assert due(incident(clocks=[clock(share)]), NOW) is expected
    assert due(incident(filed_at=round(NOW - share * HOUR), deadline=round(NOW + (1 - share) * HOUR)), NOW) is expected


@pytest.mark.parametrize("state", [IncidentState.CLOSED, IncidentState.VOID])
def test_what_is_over_is_never_late(state: IncidentState) -> None:
    over = incident(state=state, clocks=[clock(2.0)], deadline=NOW - HOUR)
    assert not is_open(over)
    assert due(over, NOW) is Due.IN_TIME


def test_the_gravest_of_the_running_clocks_counts() -> None:
    clocks = [clock(0.95, Stage.DISPATCH), clock(1.5), clock(0.1, Stage.VERIFICATION)]
    assert due(incident(clocks=clocks), NOW) is Due.LATE
    assert due(incident(clocks=[clocks[0], clocks[2]]), NOW) is Due.NEAR


def test_a_stage_that_ended_late_makes_no_later_stage_late() -> None:
    over = ended(clock(1.5, Stage.ACCEPTANCE), NOW, WORK)
    assert over.state is Light.RED
    assert due(incident(clocks=[over, clock(0.1)]), NOW) is Due.IN_TIME


def test_a_clock_that_stands_still_turns_no_further() -> None:
    still = stopped(clock(0.5), NOW, Pause.SUSPENDED, WORK)
    assert due(incident(clocks=[still]), NOW + 10 * HOUR) is Due.IN_TIME


def test_a_case_that_waits_for_its_check_stays_late() -> None:
    still = stopped(clock(1.5), NOW, Pause.VERIFYING, WORK)
    assert due(incident(clocks=[still]), NOW) is Due.LATE


def test_a_case_without_a_deadline_is_in_time() -> None:
    assert due(incident(), NOW) is Due.IN_TIME


def test_before_filing_a_case_is_measured_from_when_it_was_detected() -> None:
    assert due(incident(detected_at=NOW - HOUR, deadline=NOW + MINUTE), NOW) is Due.NEAR


@pytest.mark.parametrize(
    ("said", "expected"),
    [("operator", "operator"), ("dispatch", "dispatch"), ("sensor", "sensor"), ("w-17", "worker"), ("", "none")],
)
def test_any_worker_is_the_turn_of_workers(said: str, expected: str) -> None:
    assert turn(incident(turn=said)) == expected


def test_an_incident_counts_where_its_first_cause_was() -> None:
    assert home(incident(1, CELLS[2], CELLS[0])) == CELLS[2]
    assert home(replace(incident(), cells=[])) == EAST
