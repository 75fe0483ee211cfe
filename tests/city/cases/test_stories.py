"""Whole days of a district, with what the people in it would have read."""

from city.incident import Incident, IncidentState, LogEntry
from city.registry import Shift
from city.task import TaskState
from tests.city.case_builders import BIN, CELLS, FLOOD, HAZE, NOW, SECOND, Desk, facts, finding, report, silence, worker

MINUTE = 60 * SECOND


def reasons(desk: Desk, incident: str) -> list[tuple[str, str, str]]:
    """The log of an incident as people read it: what happened, who did it, why."""
    return [(e.event, e.actor, e.reason) for e in desk.sent if isinstance(e, LogEntry) and e.incident == incident]


def test_a_cloudburst_that_spreads_is_one_case_with_one_crew() -> None:
    desk = Desk()
    desk.take(finding("road", value=0.18))
    flood = desk.incident.id
    desk.reply("accept")
    desk.take(
        finding("underpass", device="up-1", cell=CELLS[1], event_class=FLOOD, severity="extreme", at=NOW + MINUTE)
    )
    desk.take(report("seen", cell=CELLS[2], text="the crossing is under water", at=NOW + 2 * MINUTE))
    assert list(desk.cases.incidents) == [flood]
    assert (desk.incident.cells, desk.incident.severity) == (CELLS[:3], "extreme")
    assert (desk.task.severity, len(desk.cases.tasks)) == ("extreme", 1)
    desk.reply("arrive")
    desk.reply("done", text="pumps at work, all gullies free")
    desk.take(finding("road", "cleared", value=0.05, at=NOW + 30 * MINUTE))
    desk.wait(600)
    assert desk.incident.state is IncidentState.VERIFYING
    desk.take(finding("underpass", "cleared", device="up-1", value=0.02, at=NOW + 40 * MINUTE))
    desk.wait(60)
    assert desk.incident.state is IncidentState.CLOSED
    assert reasons(desk, flood) == [
        ("reported", "water-road", ""),
        ("filed", "citygrid", "Filed by rule"),
        ("dispatched", "citygrid", ""),
        ("accepted", "w-1", ""),
        ("joined", "water-road", ""),
        ("joined", "w-1", ""),
        ("arrived", "w-1", ""),
        ("done", "w-1", ""),
        ("cleared", "water-road", ""),
        ("cleared", "water-road", ""),
        ("closed", "citygrid", "Done, and the readings have stayed below the off level"),
    ]


def test_a_night_without_anybody_on_duty_ends_when_the_morning_shift_begins() -> None:
    desk = Desk(facts(workers=[worker("w-1", shift=Shift(start="06:00", end="14:00"))]))
    desk.take(report())  # at 16:00 in Beijing
    for _ in range(13):
        desk.wait(3600)
        assert desk.incident.turn == "dispatch"
    desk.wait(3600)
    assert desk.incident.state is IncidentState.DISPATCHED
    assert [event for event, _, _ in reasons(desk, desk.incident.id)] == [
        "reported",
        "filed",
        "waiting",
        "overdue",
        "dispatched",
    ]


def test_a_bin_that_nobody_wants_goes_round_and_an_operator_ends_the_round() -> None:
    desk = Desk()
    desk.take(report(event_class=BIN))
    desk.reply("return", reason="my truck is full")
    desk.wait(180)
    desk.reply("accept")
    desk.act("reassign", reason="the truck of w-1 is empty again", worker="w-1")
    desk.work()
    assert desk.incident.state is IncidentState.CLOSED
    assert [(task.worker, task.state) for task in desk.cases.tasks.values()] == [
        ("w-1", TaskState.RETURNED),
        ("w-2", TaskState.EXPIRED),
        ("w-3", TaskState.WITHDRAWN),
        ("w-1", TaskState.DONE),
    ]


def test_a_sensor_that_cries_wolf_is_voided_and_its_next_cry_is_a_case_of_its_own() -> None:
    desk = Desk()
    desk.take(finding())
    first = desk.incident.id
    desk.act("void", reason="a plastic bag over the sensor")
    desk.take(finding(state="cleared", at=NOW + MINUTE))
    desk.take(finding("f-2", at=NOW + 10 * MINUTE))
    assert len(desk.cases.incidents) == 2
    assert desk.cases.incidents[first].state is IncidentState.VOID
    assert desk.incident.links == []


def test_a_haze_of_three_days_is_one_case_without_a_single_task() -> None:
    desk = Desk()
    desk.take(finding("heavy", event_class=HAZE, metric="pm25_ugm3", severity="severe", value=160.0, limit=150.0))
    for day in range(1, 4):
        at = NOW + day * 86_400 * SECOND
        desk.take(finding(f"severe-{day}", event_class=HAZE, severity="extreme", rule="haze-severe", at=at))
        desk.take(finding(f"severe-{day}", "cleared", event_class=HAZE, rule="haze-severe", at=at + 3600 * SECOND))
        desk.wait(3600)
    assert desk.incident.state is IncidentState.FILED
    desk.take(finding("heavy", "cleared", event_class=HAZE, at=NOW + 5 * 86_400 * SECOND))
    desk.wait(60)
    assert desk.incident.state is IncidentState.CLOSED
    assert (len(desk.cases.incidents), desk.cases.tasks, desk.incident.severity) == (1, {}, "extreme")
    assert desk.incident.ended_at == NOW + 5 * 86_400 * SECOND


def test_a_worker_who_mends_the_sensor_too_closes_both_cases() -> None:
    desk = Desk(facts(workers=[worker("w-1")]))
    desk.take(finding(), silence(event_class=BIN))
    water, dead = desk.cases.incidents
    for incident in (water, dead):
        for kind in ("accept", "arrive", "done"):
            desk.reply(kind, desk.cases.tasks[f"{incident}-t1"])
    assert desk.cases.incidents[water].turn == "operator"
    desk.take(silence("cleared", event_class=BIN, at=NOW + MINUTE), finding(state="cleared", at=NOW + MINUTE))
    desk.wait(60)
    assert {incident.state for incident in desk.cases.incidents.values()} == {IncidentState.CLOSED}


def test_what_was_sent_last_is_what_the_district_holds() -> None:
    desk = Desk()
    desk.take(finding(), report("r-2", event_class=BIN, source="citizen"))
    desk.act("file")
    desk.work()
    last = {sent.id: sent for sent in desk.sent if isinstance(sent, Incident)}
    assert last == desk.cases.incidents
