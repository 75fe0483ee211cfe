"""Whose turn it is, and what is waited for."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city.incident import IncidentState
from city.transitions import OVER
from tests.city.case_builders import HAZE, NOW, Desk, facts, finding, report, silence
from tests.city.cases.test_properties import Step, event_of, steps

WITHOUT_A_WORD = {IncidentState.DISPATCHED, IncidentState.HANDLING}


def waiting(desk: Desk) -> str:
    assert desk.incident.waiting is not None
    return desk.incident.waiting.en


def test_a_citizens_report_is_the_operators(desk: Desk) -> None:
    desk.take(report(source="citizen"))
    assert desk.incident.turn == "operator"
    assert "operator" in waiting(desk)


def test_an_offered_task_is_the_workers_until_it_is_done(desk: Desk) -> None:
    desk.take(finding())
    for kind in ("accept", "arrive"):
        assert desk.incident.turn == "w-1"
        assert desk.incident.waiting is None
        desk.reply(kind)
    desk.reply("done")
    assert desk.incident.turn == "sensor"


def test_a_reading_that_stands_is_named_with_its_limit(desk: Desk) -> None:
    desk.take(finding(value=0.31))
    desk.work()
    assert waiting(desk) == "Waiting for sensor wl-1 to clear: water_level_m 0.31 (limit 0.15)"
    assert desk.incident.waiting is not None
    assert "wl-1" in desk.incident.waiting.zh


def test_a_reading_that_has_cleared_must_stay_so(desk: Desk) -> None:
    desk.take(finding())
    desk.work()
    desk.take(finding(state="cleared", at=NOW + 1))
    assert waiting(desk) == "The readings have cleared and must stay so for 60 s"


def test_one_dead_sensor_among_living_ones_is_not_yet_the_operators(desk: Desk) -> None:
    desk.take(finding(), finding("f-2", device="wl-2"), silence())
    watched = desk.cases.known["f-1"]
    for kind in ("accept", "done"):
        desk.reply(kind, desk.cases.tasks[f"{watched}-t1"])
    assert desk.cases.incidents[watched].turn == "sensor"
    desk.take(finding("f-2", "cleared", device="wl-2", at=NOW + 1))
    assert desk.cases.incidents[watched].turn == "operator"


def test_haze_is_the_sensors_and_a_dead_sensors_haze_the_operators(desk: Desk) -> None:
    desk.take(finding(event_class=HAZE))
    assert desk.incident.turn == "sensor"
    haze = desk.incident.id
    desk.take(silence())
    assert desk.cases.incidents[haze].turn == "operator"
    desk.act("close", haze, "the station is being moved")
    assert desk.cases.incidents[haze].state is IncidentState.CLOSED


def test_what_nobody_can_be_sent_for_is_dispatchs_and_says_why() -> None:
    desk = Desk(facts(workers=[]))
    desk.take(report())
    assert desk.incident.turn == "dispatch"
    assert waiting(desk) == "Nobody is registered in this district"


@pytest.mark.parametrize("action", ["close", "void"])
def test_what_is_over_is_nobodys(desk: Desk, action: str) -> None:
    desk.take(report())
    desk.act(action)
    assert (desk.incident.turn, desk.incident.waiting) == ("", None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=50))
def test_whatever_is_open_is_somebodys_and_says_what_it_waits_for(drawn: list[Step]) -> None:
    desk = Desk()
    for number, step in enumerate(drawn):
        desk.take(event_of(desk, number, step))
    for incident in desk.cases.incidents.values():
        if incident.state not in OVER:
            assert incident.turn
            assert (incident.waiting is None) is (incident.state in WITHOUT_A_WORD)
            assert incident.turn in {"operator", "dispatch", "sensor"} or incident.turn.startswith("w-")
