"""The board holds what is open, and of the past only the newest."""

from city.incident import IncidentState
from city.task import TaskState
from operations import cases as module
from operations.cases import Cases
from tests.operations.builders import NOW, entry, incident, task


def test_a_newer_version_replaces_an_older_one_and_never_the_other_way_round() -> None:
    cases = Cases()
    assert cases.incident(incident(version=2)) is None
    assert cases.incident(incident(version=1)) == incident(version=2)
    assert cases.incidents[incident().id].version == 2
    cases.incident(incident(version=3))
    assert cases.incidents[incident().id].version == 3


def test_the_log_is_told_in_order_and_each_entry_once() -> None:
    cases, of = Cases(), incident()
    for version in (2, 1, 2):
        cases.entry(entry(of, version))
    assert [e.version for e in cases.log_of(of.id)] == [1, 2]
    assert cases.log_of("another") == []


def test_tasks_of_an_incident_come_in_the_order_of_their_making() -> None:
    cases, of = Cases(), incident()
    for number in (11, 2, 1):
        cases.task(task(of, number))
    assert [t.id for t in cases.tasks_of(of.id)] == [f"{of.id}-t{number}" for number in (1, 2, 11)]


def test_open_tasks_weigh_on_their_worker_and_ended_ones_do_not() -> None:
    cases, of = Cases(), incident()
    assert cases.task(task(of)) == {"w-1"}
    assert cases.task(task(of, state=TaskState.ACCEPTED)) == set()
    assert cases.load == {"w-1": 1}
    assert cases.task(task(of, state=TaskState.DONE)) == {"w-1"}
    assert cases.load == {"w-1": 0}


def test_a_task_that_changes_hands_changes_both_loads() -> None:
    cases, of = Cases(), incident()
    cases.task(task(of))
    assert cases.task(task(of, worker="w-2")) == {"w-1", "w-2"}
    assert cases.load == {"w-1": 0, "w-2": 1}


def test_a_forgotten_task_weighs_no_more() -> None:
    cases, of = Cases(), incident()
    cases.task(task(of))
    assert cases.drop_task(task(of).id) == {"w-1"}
    assert cases.drop_task("never heard of") == set()
    assert cases.load == {"w-1": 0}


def test_of_ended_incidents_only_the_newest_stay_and_open_ones_always_do() -> None:
    cases = Cases(kept=10)
    for number in range(module.PRUNE_EVERY):
        ended = number % 2 == 0
        state = IncidentState.CLOSED if ended else IncidentState.FILED
        cases.incident(incident(number, state=state, closed_at=NOW + number if ended else None))
        cases.task(task(incident(number), state=TaskState.DONE))
        cases.entry(entry(incident(number)))
    gone = cases.prune()
    assert len(gone) == module.PRUNE_EVERY // 2 - 10
    assert len(cases.incidents) == module.PRUNE_EVERY // 2 + 10
    assert min(i.closed_at or NOW for i in cases.incidents.values() if i.closed_at) == NOW + module.PRUNE_EVERY - 20
    assert cases.log_of(gone[0].id) == cases.tasks_of(gone[0].id) == []
    assert len(cases.tasks) == len(cases.incidents)
    assert cases.prune() == []


def test_what_belongs_to_no_incident_goes_once_everything_was_read_but_open_tasks_stay() -> None:
    cases = Cases()
    cases.incident(incident(1))
    cases.entry(entry(incident(1)))
    cases.entry(entry(incident(2)))
    cases.task(task(incident(1), state=TaskState.DONE))
    cases.task(task(incident(2), state=TaskState.DONE))
    cases.task(task(incident(3)))
    cases.drop_orphans()
    assert set(cases.tasks) == {task(incident(1)).id, task(incident(3)).id}
    assert cases.log_of(incident(2).id) == []
    assert len(cases.log_of(incident(1).id)) == 1
