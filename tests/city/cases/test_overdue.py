"""Whose clock is told of first."""

from city.incident import LogEntry
from tests.city.case_builders import BIN, WATER, Desk, event_class, facts, report, worker


def test_the_one_that_ran_out_first_is_told_of_first() -> None:
    classes = [event_class(WATER, limit="4uh"), event_class(BIN, limit="1uh")]
    desk = Desk(facts(workers=[worker("w-1")], classes=classes))
    desk.take(report("r-1"), report("r-2", event_class=BIN))
    water, bins = desk.cases.known["r-1"], desk.cases.known["r-2"]
    for task in list(desk.cases.tasks.values()):
        desk.reply("accept", task)
    entries = [sent for sent in desk.wait(10 * 3600) if isinstance(sent, LogEntry)]
    assert [(entry.incident, entry.event) for entry in entries] == [(bins, "overdue"), (water, "overdue")]


def test_what_is_over_is_told_of_no_more() -> None:
    desk = Desk()
    desk.take(report())
    desk.work()
    assert desk.wait(100 * 3600) == []
