"""Opened and closed today: each incident once, by the city's own midnight."""

from city.incident import IncidentState
from city.places.days import Days, midnight
from tests.city.places.builders import CELLS, DAY, MINUTE, NOW, incident

HOUR = 60 * MINUTE
TODAY = midnight(NOW, 480)


def test_the_day_begins_at_midnight_of_the_citys_own_time() -> None:
    assert (TODAY + 8 * HOUR) % DAY == 0
    assert TODAY <= NOW < TODAY + DAY
    assert midnight(TODAY, 480) == TODAY
    assert midnight(TODAY - 1, 480) == TODAY - DAY


def test_an_incident_counts_on_the_day_of_its_detection_and_of_its_close() -> None:
    days = Days()
    days.incident(incident(1, detected_at=TODAY))
    days.incident(incident(2, CELLS[3], detected_at=TODAY - 1, state=IncidentState.CLOSED, closed_at=TODAY + 1))
    days.incident(incident(3, detected_at=TODAY - 1))
    assert days.since(TODAY) == ([CELLS[0]], [CELLS[3]])


def test_an_incident_that_is_told_again_counts_once() -> None:
    days = Days()
    for version in range(3):
        days.incident(incident(1, detected_at=TODAY, version=version))
    assert days.since(TODAY) == ([CELLS[0]], [])


def test_a_case_that_is_opened_again_is_not_closed() -> None:
    days = Days()
    days.incident(incident(1, detected_at=TODAY, state=IncidentState.CLOSED, closed_at=TODAY + 1))
    days.incident(incident(1, detected_at=TODAY, state=IncidentState.REOPENED, closed_at=TODAY + 1))
    assert days.since(TODAY)[1] == []


def test_what_was_void_was_not_closed() -> None:
    days = Days()
    days.incident(incident(1, detected_at=TODAY, state=IncidentState.VOID, closed_at=TODAY + 1))
    assert days.since(TODAY) == ([CELLS[0]], [])


def test_an_incident_that_is_no_more_is_forgotten() -> None:
    days = Days()
    days.incident(incident(1, detected_at=TODAY))
    days.drop("i1")
    days.drop("i2")
    assert days.since(TODAY) == ([], [])


def test_days_long_past_leave_the_memory() -> None:
    days = Days()
    for day in range(10):
        days.incident(incident(day, detected_at=TODAY + day * DAY))
    assert len(days.since(0)[0]) <= 4


def test_a_flood_of_incidents_is_bounded_and_keeps_the_newest() -> None:
    days = Days(most=100)
    for number in range(101):
        days.incident(incident(number, detected_at=TODAY + number))
    opened, _ = days.since(TODAY)
    assert len(opened) == 50
    assert days.since(TODAY + 100) == ([CELLS[0]], [])
