from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.task import TaskState
from geo.distance import metres
from simulator.noise import fraction
from simulator.person import IGNORED, RETURNED, Job, Person, Said, Stage, offered, step, withdrawn
from tests.simulator.builders import STARTED_AT, centre_of, code

SECOND = 1000
HOME, THERE = centre_of(0), centre_of(11)


def willing(number: int = 0) -> str:
    """The id of a task that the worker takes and finishes."""
    return _task(lambda chance: chance >= 0.2, number)


def unwilling() -> str:
    return _task(lambda chance: IGNORED <= chance < RETURNED)


def overlooked() -> str:
    return _task(lambda chance: chance < IGNORED)


def _task(wanted: Callable[[float], bool], number: int = 0) -> str:
    found = [f"task-{one}" for one in range(2000) if wanted(fraction(f"task-{one}", "decision"))]
    return found[number]


def job(task: str, place: tuple[float, float] = THERE) -> Job:
    return Job(task=task, event_class="E0506", cell=code(11), place=place, stage=Stage.DECIDING, due_at=STARTED_AT)


def person() -> Person:
    return Person(id="w1", home=HOME, place=HOME, next_position_at=STARTED_AT + 3600 * SECOND)


def play(one: Person, seconds: int, *, first: int = 0, on_duty: bool = True) -> tuple[Person, list[Said]]:
    said: list[Said] = []
    for second in range(first, seconds):
        one, now_said = step(one, STARTED_AT + second * SECOND, on_duty=on_duty)
        said += now_said
    return one, said


def replies(said: list[Said]) -> list[str]:
    return [one.kind for one in said if one.kind != "position"]


def test_a_task_is_accepted_travelled_to_and_finished() -> None:
    after, said = play(offered(person(), job(willing()), TaskState.OFFERED, STARTED_AT), 90)
    assert replies(said) == ["accept", "arrive", "done"]
    assert after.idle
    assert after.place == THERE
    done = next(one for one in said if one.kind == "done")
    assert done.text
    assert done.at - STARTED_AT < 75 * SECOND


def test_on_the_way_he_shows_his_position_on_a_line_to_the_place() -> None:
    far = (HOME[0] + 0.02, HOME[1])
    taken = offered(person(), job(willing(), far), TaskState.OFFERED, STARTED_AT)
    said = [one for one in play(taken, 50)[1] if one.kind == "position"]
    assert 3 <= len(said) <= 6
    distances = [metres(*one.place, *far) for one in said]
    assert distances == sorted(distances, reverse=True)


def test_a_task_that_does_not_suit_him_is_returned_with_a_reason() -> None:
    after, said = play(offered(person(), job(unwilling()), TaskState.OFFERED, STARTED_AT), 60)
    assert replies(said) == ["return"]
    assert said[0].text
    assert after.idle


def test_a_task_that_is_overlooked_is_never_answered() -> None:
    assert offered(person(), job(overlooked()), TaskState.OFFERED, STARTED_AT) == person()


def test_tasks_are_done_one_after_the_other() -> None:
    busy = person()
    for number in range(3):
        busy = offered(busy, job(willing(number)), TaskState.OFFERED, STARTED_AT)
    _, said = play(busy, 240)
    assert replies(said).count("done") == 3
    doing = [one.job.task for one in said if one.job is not None and one.kind in {"arrive", "done"}]
    assert doing[0::2] == doing[1::2]


def test_a_task_known_already_or_finished_is_not_taken_up_again() -> None:
    taken = offered(person(), job(willing()), TaskState.OFFERED, STARTED_AT)
    assert offered(taken, job(willing()), TaskState.ACCEPTED, STARTED_AT) == taken
    finished, _ = play(taken, 90)
    assert offered(finished, job(willing()), TaskState.ARRIVED, STARTED_AT) == finished


@pytest.mark.parametrize(("state", "first"), [(TaskState.ACCEPTED, "arrive"), (TaskState.ARRIVED, "done")])
def test_after_a_restart_he_goes_on_where_he_was(state: TaskState, first: str) -> None:
    _, said = play(offered(person(), job(willing()), state, STARTED_AT), 90)
    assert replies(said)[0] == first
    assert replies(said)[-1] == "done"


def test_a_withdrawn_task_is_dropped_on_the_spot() -> None:
    taken, _ = play(offered(person(), job(willing()), TaskState.OFFERED, STARTED_AT), 12)
    after, said = play(withdrawn(taken, willing()), 90, first=12)
    assert after.idle
    assert replies(said) == []


def test_on_patrol_he_turns_up_near_his_duty_place_now_and_then() -> None:
    walker = Person(id="w1", home=HOME, place=HOME, next_position_at=STARTED_AT)
    said = play(walker, 600)[1]
    assert 6 <= len(said) <= 8
    assert all(metres(*HOME, *one.place) < 100 for one in said)
    assert len({one.place for one in said}) > 3


def test_off_duty_he_shows_himself_only_while_he_finishes_a_task() -> None:
    walker = Person(id="w1", home=HOME, place=HOME, next_position_at=STARTED_AT)
    assert play(walker, 300, on_duty=False)[1] == []
    busy = offered(walker, job(willing()), TaskState.OFFERED, STARTED_AT)
    assert replies(play(busy, 90, on_duty=False)[1]) == ["accept", "arrive", "done"]


@given(st.lists(st.text(min_size=1, max_size=8), max_size=6, unique=True), st.integers(1, 30))
def test_whatever_he_is_offered_he_answers_in_an_order_that_is_allowed(tasks: list[str], every: int) -> None:
    busy = person()
    for task in tasks:
        busy = offered(busy, job(task), TaskState.OFFERED, STARTED_AT)
    said: dict[str, list[str]] = {}
    for second in range(0, 900, every):
        busy, spoken = step(busy, STARTED_AT + second * SECOND, on_duty=True)
        for one in spoken:
            if one.job is not None:
                said.setdefault(one.job.task, []).append(one.kind)
    allowed = (["return"], ["accept", "arrive", "done"], ["accept", "arrive", "return"])
    assert all(kinds in allowed for kinds in said.values())
    assert busy.idle
