"""Who is asked next, and when."""

from city.incident import IncidentState
from city.registry import Shift
from city.task import TaskState
from tests.city.case_builders import BIN, FAR_CELL, Desk, event_class, facts, report, worker

HOUR = 3600


class TestOffers:
    def test_a_task_that_is_not_accepted_in_time_goes_to_the_next(self, desk: Desk) -> None:
        desk.take(report())
        desk.wait(179)
        assert len(desk.cases.tasks) == 1
        desk.wait(1)
        assert [(task.worker, task.state) for task in desk.cases.tasks.values()] == [
            ("w-1", "expired"),
            ("w-2", "offered"),
        ]
        assert desk.log()[-2:] == ["expired", "dispatched"]

    def test_nobody_is_asked_twice_until_all_were_asked(self, desk: Desk) -> None:
        desk.take(report())
        for _ in range(3):
            desk.wait(180)
        assert [task.worker for task in desk.cases.tasks.values()] == ["w-1", "w-2", "w-3"]
        assert (desk.incident.state, desk.incident.turn) == (IncidentState.RETURNED, "dispatch")
        assert desk.incident.waiting is not None
        assert "asked" in desk.incident.waiting.en
        desk.wait(179)
        assert len(desk.cases.tasks) == 3
        desk.wait(1)
        assert desk.task.worker == "w-1"

    def test_rounds_come_less_and_less_often(self) -> None:
        alone = Desk(facts(workers=[worker("w-1")]))
        alone.take(report())
        for _ in range(24 * 360):
            alone.wait(10)
        assert len(alone.cases.tasks) < 60

    def test_nobody_there_waits_visibly_and_is_tried_again(self) -> None:
        night = Shift(start="00:00", end="00:01", days=())
        desk = Desk(facts(workers=[worker("w-1", shift=night)]))
        desk.take(report())
        assert (desk.incident.state, desk.incident.turn) == (IncidentState.FILED, "dispatch")
        assert desk.incident.waiting is not None
        assert desk.incident.waiting.zh == "有技能的人员均不在班"
        desk.facts = facts()
        desk.wait(10)
        assert desk.incident.state is IncidentState.DISPATCHED

    def test_a_tick_takes_back_only_so_many_tasks_at_once(self) -> None:
        classes = [event_class(f"E{number:04}") for number in range(120)]
        desk = Desk(facts(workers=[worker(f"w-{number}", capacity=99) for number in range(5)], classes=classes))
        desk.take(*(report(f"r-{number}", event_class=f"E{number:04}") for number in range(120)))
        for expired in (50, 100, 120):
            desk.wait(180 if expired == 50 else 1)
            assert sum(task.state is TaskState.EXPIRED for task in desk.cases.tasks.values()) == expired

    def test_waiting_is_written_down_once(self) -> None:
        desk = Desk(facts(workers=[]))
        desk.take(report())
        for _ in range(20):
            assert desk.wait(10) == []
        assert desk.log() == ["reported", "filed", "waiting"]

    def test_somebody_who_becomes_free_is_asked_at_once(self) -> None:
        desk = Desk(facts(workers=[worker("w-1", capacity=1)]))
        desk.take(report("r-1"))
        first = desk.task
        desk.take(report("r-2", event_class=BIN))
        assert desk.incident.state is IncidentState.FILED
        desk.reply("accept", first)
        desk.reply("done", first)
        assert desk.incident.state is IncidentState.DISPATCHED

    def test_the_phone_says_who_is_near(self, desk: Desk) -> None:
        desk.place("w-1", 111.5, 30.7)
        desk.facts = facts(workers=[worker("w-1"), worker("w-2")])
        desk.place("w-2", 111.3001, 30.7)
        desk.take(report())
        assert desk.task.worker == "w-2"

    def test_an_old_place_does_not_count(self, desk: Desk) -> None:
        desk.facts = facts(workers=[worker("w-1"), worker("w-2", grids=[FAR_CELL])])
        desk.place("w-1", 111.3, 30.7)
        desk.wait(HOUR)
        desk.take(report())
        assert desk.task.worker == "w-2"
