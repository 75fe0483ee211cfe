"""What a district remembers and forgets."""

from tests.city.case_builders import NOW, SECOND, WATER, Desk, event_class, facts, finding, report

HOUR = 3600


class TestMemory:
    def test_old_closed_incidents_leave_and_are_still_linked_to(self) -> None:
        desk = Desk(facts(classes=[event_class(f"E{number:04}") for number in range(300)]))
        for number in range(300):
            desk.wait(1)
            desk.take(report(f"r-{number}", event_class=f"E{number:04}"))
            desk.work()
        first = next(iter(desk.cases.incidents))
        desk.wait(HOUR)
        assert len(desk.cases.incidents) == 200
        assert len(desk.cases.tasks) == 200
        assert first in desk.cases.past
        desk.take(report("again", event_class="E0000"))
        assert desk.incident.links == [first]

    def test_a_repeated_report_is_known_after_its_incident_has_left(self) -> None:
        desk = Desk(facts(classes=[event_class(f"E{number:04}") for number in range(300)]))
        for number in range(300):
            desk.wait(1)
            desk.take(report(f"r-{number}", event_class=f"E{number:04}"))
            desk.work()
        desk.wait(HOUR)
        desk.take(report("r-0", event_class="E0000"))
        assert len(desk.cases.incidents) == 200
        assert desk.receipts()[-1].state == "closed"

    def test_a_voided_case_stays_while_its_sensor_still_shows_it(self, desk: Desk) -> None:
        desk.take(finding())
        desk.act("void")
        desk.wait(HOUR)
        assert desk.take(finding(state="updated", at=NOW + 1, value=0.9)) == []

    def test_a_tick_without_consequence_is_not_worth_keeping(self, desk: Desk) -> None:
        assert desk.wait(1) == []
        assert desk.cases.now == NOW + SECOND

    def test_time_never_runs_backwards(self, desk: Desk) -> None:
        desk.wait(100)
        desk.take(report(received_at=NOW))
        assert desk.incident.filed_at == NOW + 100 * SECOND

    def test_a_class_that_is_not_registered_has_its_code_for_a_name(self, desk: Desk) -> None:
        desk.take(report(event_class="E9999"))
        assert desk.incident.name.en == "E9999"
        assert WATER not in desk.incident.name.en
