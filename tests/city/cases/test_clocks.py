"""Which clock counts when, and what the log is told of it."""

from typing import Any

import pytest

from city.cases.closing import close, reopen
from city.cases.draft import Draft
from city.cases.state import DistrictCases
from city.clocks import Light, Stage, StageClock
from city.incident import Incident, IncidentState, LogEntry
from city.names import Name
from city.registry import Condition, EventClass, Shift
from city.work_time import WorkTime
from messages.records import decode, encode
from tests.city.case_builders import (
    HAZE,
    NOW,
    SECOND,
    WATER,
    WORKERS,
    Desk,
    event_class,
    facts,
    finding,
    report,
    silence,
    worker,
)
from tests.city.time_builders import CHINA, at, said

MINUTE = 60
HOUR = 3600
NIGHT_SHIFT = Shift(start="06:00", end="14:00")  # NOW is 16:00 in Beijing


def clocks(incident: Incident) -> dict[str, StageClock]:
    return {clock.stage: clock for clock in incident.clocks}


def told(desk: Desk, incident: str = "") -> list[tuple[str, str]]:
    """What the log says of the clocks: the event and the stage."""
    id_ = incident or desk.incident.id
    entries = [sent for sent in desk.sent if isinstance(sent, LogEntry) and sent.incident == id_]
    return [(e.event, e.detail["stage"]) for e in entries if e.event in {"clock_warning", "overdue"}]


def nobody_there() -> Desk:
    """A desk at which nobody is on duty until morning."""
    return Desk(facts(workers=[worker("w-1", shift=NIGHT_SHIFT)]))


def of_class(**fields: Any) -> Desk:
    return Desk(facts(classes=[event_class(WATER, **fields)]))


class TestStages:
    def test_a_citizens_report_waits_for_acceptance(self, desk: Desk) -> None:
        desk.take(report(source="citizen"))
        clock = clocks(desk.incident)["acceptance"]
        assert list(clocks(desk.incident)) == ["acceptance"]
        assert (clock.limit, clock.started_at, clock.deadline) == ("15m", NOW, NOW + 15 * MINUTE * SECOND)
        assert desk.incident.deadline is None

    def test_a_case_filed_by_rule_has_no_clock_of_what_took_no_time(self, desk: Desk) -> None:
        desk.take(finding())
        assert list(clocks(desk.incident)) == ["handling"]

    def test_filing_ends_acceptance_and_dispatch_begins(self) -> None:
        desk = nobody_there()
        desk.take(report(source="citizen"))
        desk.wait(5 * MINUTE)
        desk.act("file")
        both = clocks(desk.incident)
        assert list(both) == ["acceptance", "dispatch"]
        assert (both["acceptance"].used_ms, both["acceptance"].ended_at) == (300_000, NOW + 300_000)
        assert both["dispatch"].deadline == NOW + 20 * MINUTE * SECOND
        assert desk.incident.deadline == NOW + 300_000 + 2 * HOUR * SECOND

    def test_handling_begins_when_somebody_is_sent(self) -> None:
        desk = nobody_there()
        desk.take(report())
        desk.wait(14 * HOUR)
        assert desk.incident.state is IncidentState.DISPATCHED
        handling = clocks(desk.incident)["handling"]
        assert handling.started_at == NOW + 14 * HOUR * SECOND
        assert desk.incident.deadline == desk.task.deadline == NOW + 16 * HOUR * SECOND

    def test_handling_waits_while_the_case_looks_for_the_next_worker(self) -> None:
        desk = Desk(facts(workers=[WORKERS[0]]))
        desk.take(report())
        desk.wait(10 * MINUTE / 10)
        desk.reply("return")
        both = clocks(desk.incident)
        assert (both["handling"].paused, both["handling"].used_ms) == ("returned", 60_000)
        assert both["dispatch"].started_at == NOW + 60_000
        desk.wait(3 * MINUTE)
        assert desk.incident.state is IncidentState.DISPATCHED
        assert desk.incident.deadline == NOW + (2 * HOUR + 3 * MINUTE) * SECOND
        assert desk.task.deadline == desk.incident.deadline

    def test_being_offered_from_one_to_the_next_costs_no_extra_time(self, desk: Desk) -> None:
        desk.take(report())
        desk.wait(180)
        assert desk.task.id.endswith("-t2")
        assert desk.incident.deadline == NOW + 2 * HOUR * SECOND
        assert list(clocks(desk.incident)) == ["handling"]

    def test_handling_stands_still_while_the_work_is_verified_and_goes_on_when_it_was_not_enough(
        self, desk: Desk
    ) -> None:
        desk.take(finding())
        desk.wait(10 * MINUTE / 10)
        desk.work()
        both = clocks(desk.incident)
        assert (both["handling"].paused, both["handling"].used_ms) == ("verifying", 60_000)
        assert (both["verification"].limit, both["verification"].since) == ("30m", NOW + 60_000)
        desk.wait(15 * MINUTE)
        both = clocks(desk.incident)
        assert desk.incident.state is IncidentState.DISPATCHED
        assert both["verification"].ended_at == NOW + 16 * MINUTE * SECOND
        assert both["handling"].deadline == NOW + (2 * HOUR + 15 * MINUTE) * SECOND

    def test_while_readings_only_have_to_stay_down_no_clock_counts(self, desk: Desk) -> None:
        desk.take(finding(event_class=HAZE), finding(state="cleared", event_class=HAZE, at=NOW + 1))
        (clock,) = desk.incident.clocks
        assert (clock.stage, clock.since, clock.paused) == ("verification", None, "holding")
        desk.wait(MINUTE)
        assert desk.incident.state is IncidentState.CLOSED
        assert desk.incident.clocks == []

    def test_where_nobody_is_sent_there_is_nothing_to_dispatch_or_handle(self, desk: Desk) -> None:
        desk.take(finding(event_class=HAZE))
        desk.wait(10 * HOUR)
        assert desk.incident.clocks == []
        assert told(desk) == []

    def test_a_closed_case_has_no_clock_that_counts(self, desk: Desk) -> None:
        desk.take(report())
        desk.work()
        assert all(clock.ended_at is not None and clock.since is None for clock in desk.incident.clocks)

    def test_a_reopened_case_has_its_whole_limit_again(self, desk: Desk) -> None:
        desk.take(report())
        desk.wait(HOUR / 60)
        desk.work()
        desk.act("reopen")
        handling = clocks(desk.incident)["handling"]
        assert (handling.used_ms, handling.started_at) == (0, desk.cases.now)

    def test_also_when_it_was_closed_in_the_same_decision(self, desk: Desk) -> None:
        desk.take(report())
        later = desk.cases.now + MINUTE * SECOND
        draft = Draft(desk.cases, desk.facts, later)
        closed = close(draft, desk.incident, actor="op-1", reason="done")
        reopen(draft, closed, actor="op-1", reason="it is not")
        again = draft.decision(worth_keeping=True).cases.incidents[desk.incident.id]
        assert clocks(again)["handling"].started_at == later


class TestLimits:
    def test_work_hours_count_only_when_the_city_works(self) -> None:
        known = facts(classes=[event_class(WATER, limit="8wh")])
        desk = Desk(type(known)(**{**_fields(known), "work": WorkTime(CHINA, 480)}))
        desk.take(report(received_at=at("2027-02-04 16:00")))
        assert desk.incident.deadline is not None
        assert said(desk.incident.deadline) == "Thu 2027-02-11 16:00:00"

    def test_the_filing_condition_decides(self) -> None:
        mild = Condition(id="mild", text=Name("轻", "mild"), limit="2wd")
        desk = of_class(limit="2uh", conditions=(mild,))
        desk.take(report(condition="mild"))
        assert (desk.incident.condition, clocks(desk.incident)["handling"].limit) == ("mild", "2wd")
        desk = of_class(limit="2uh", conditions=(mild,))
        desk.take(report())
        assert (desk.incident.condition, clocks(desk.incident)["handling"].limit) == ("", "2uh")

    def test_a_rule_may_show_the_condition(self) -> None:
        deep = Condition(id="deep", text=Name("深", "deep"), limit="1uh", sensors=("water-road",))
        desk = of_class(limit="4wh", conditions=(deep,))
        desk.take(finding())
        assert (desk.incident.condition, clocks(desk.incident)["handling"].limit) == ("deep", "1uh")

    def test_the_first_condition_stays_when_others_join(self) -> None:
        one, other = (Condition(id=id_, text=Name(id_, id_), limit="1uh") for id_ in ("one", "other"))
        desk = of_class(conditions=(one, other))
        desk.take(report("r-1"), report("r-2", condition="one"), report("r-3", condition="other"))
        assert desk.incident.condition == "one"

    def test_an_old_classs_seconds_are_clock_time(self) -> None:
        desk = of_class(limit_seconds=5400)
        desk.take(report())
        assert clocks(desk.incident)["handling"].limit == "90m"


class TestTheLog:
    def test_nine_tenths_and_the_end_are_said_once_each(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.wait(108 * MINUTE - 1)
        assert told(desk) == []
        desk.wait(1)
        assert told(desk) == [("clock_warning", "handling")]
        assert clocks(desk.incident)["handling"].state is Light.YELLOW
        desk.wait(12 * MINUTE)
        assert told(desk) == [("clock_warning", "handling")]
        desk.wait(1)
        for _ in range(5):
            desk.wait(HOUR)
        assert told(desk) == [("clock_warning", "handling"), ("overdue", "handling")]
        assert clocks(desk.incident)["handling"].state is Light.RED

    def test_the_entry_says_how_much_was_used_of_what(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.wait(109 * MINUTE)
        (entry,) = [sent for sent in desk.sent if isinstance(sent, LogEntry) and sent.event == "clock_warning"]
        assert entry.actor == "citygrid"
        assert entry.reason == "Handling has used nine tenths of 2 urgent hours"
        assert entry.detail == {
            "stage": Stage.HANDLING,
            "share": 0.9083,
            "deadline": NOW + 2 * HOUR * SECOND,
            "used_ms": 109 * MINUTE * SECOND,
            "limit_ms": 2 * HOUR * SECOND,
            "started_at": NOW,
            "reason": {"zh": "处置临近超时：2紧急工作时已用九成", "en": entry.reason},
        }

    def test_versions_have_no_gap(self, desk: Desk) -> None:
        desk.take(report())
        for _ in range(50):
            desk.wait(5 * MINUTE)
        entries = [sent for sent in desk.sent if isinstance(sent, LogEntry)]
        assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
        assert desk.incident.version == len(entries)

    def test_after_an_outage_only_the_end_is_said_and_once(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        outbox = desk.wait(30 * HOUR)
        assert [sent.event for sent in outbox if isinstance(sent, LogEntry)] == ["overdue"]
        desk.wait(1)
        assert told(desk) == [("overdue", "handling")]

    def test_many_that_run_out_in_an_outage_are_told_of_in_turns(self, desk: Desk) -> None:
        for number in range(70):
            desk.take(report(f"r-{number}", "citizen", event_class=f"X{number}"))
        told_at_once = [
            len([sent for sent in desk.wait(1 + 901 * (not turn)) if isinstance(sent, LogEntry)]) for turn in range(3)
        ]
        assert told_at_once == [50, 20, 0]

    def test_what_ran_out_is_said_before_what_stops_the_clock(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.reply("done", received_at=NOW + 3 * HOUR * SECOND)
        assert desk.log()[-3:] == ["overdue", "done", "closed"]
        assert clocks(desk.incident)["handling"].state is Light.RED

    def test_being_late_is_not_forgotten_when_the_case_goes_on(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.wait(3 * HOUR)
        desk.act("reassign", worker="w-2")
        desk.wait(HOUR)
        assert told(desk) == [("overdue", "handling")]
        assert desk.incident.deadline == NOW + 2 * HOUR * SECOND

    def test_each_dispatch_has_a_clock_of_its_own(self) -> None:
        desk = nobody_there()
        desk.take(report())
        desk.wait(14 * MINUTE)
        desk.wait(2 * MINUTE)
        assert told(desk) == [("clock_warning", "dispatch"), ("overdue", "dispatch")]
        desk.wait(14 * HOUR - 16 * MINUTE)
        desk.reply("return")
        desk.wait(14 * MINUTE)
        assert told(desk)[2:] == [("clock_warning", "dispatch")]

    def test_acceptance_and_verification_warn_as_well(self, desk: Desk) -> None:
        desk.take(report(source="citizen"))
        desk.wait(14 * MINUTE)
        assert told(desk) == [("clock_warning", "acceptance")]
        desk = Desk()
        desk.take(finding(), silence())
        watched = desk.cases.known["f-1"]
        for kind in ("accept", "done"):
            desk.reply(kind, desk.cases.tasks[f"{watched}-t1"])
        desk.wait(31 * MINUTE)
        assert told(desk, watched) == [("overdue", "verification")]
        assert desk.cases.incidents[watched].turn == "operator"

    def test_a_restart_forgets_no_clock_and_says_nothing_twice(self, desk: Desk) -> None:
        desk.take(report())
        desk.reply("accept")
        desk.wait(109 * MINUTE)
        again = Desk(cases=decode(encode(desk.cases), DistrictCases))
        assert again.incident == desk.incident
        assert again.wait(MINUTE) == []
        again.wait(11 * MINUTE)
        assert told(again) == [("overdue", "handling")]

    def test_an_incident_of_an_older_state_gets_its_clocks_with_its_next_change(self, desk: Desk) -> None:
        desk.take(report())
        old = {id_: _without_clocks(incident) for id_, incident in desk.cases.incidents.items()}
        desk.cases = type(desk.cases)(**{**_fields(desk.cases), "incidents": old})
        assert desk.wait(1) == []
        desk.reply("accept")
        assert list(clocks(desk.incident)) == ["handling"]


@pytest.mark.parametrize("kind", [event_class(WATER), event_class(WATER, limit="2wd"), event_class(WATER, limit="1nd")])
def test_the_deadline_is_the_handling_clocks(kind: EventClass) -> None:
    desk = Desk(facts(classes=[kind]))
    desk.take(report())
    assert desk.incident.deadline == clocks(desk.incident)["handling"].deadline == desk.task.deadline


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def _without_clocks(incident: Incident) -> Incident:
    return Incident(**{**_fields(incident), "clocks": []})
