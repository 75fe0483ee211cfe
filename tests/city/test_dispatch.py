"""Who is sent, and who is not."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from city.dispatch import Assigned, Crew, LeftOut, NobodyThere, Request, appoint, choose
from city.registry import Shift, Worker
from tests.city.case_builders import ALL_DAY, CELLS, FAR_CELL, NOW, worker

HERE = (111.3, 30.7)
OFF = Shift(start="00:00", end="00:01", days=())


def request(**changes: Any) -> Request:
    return Request(**{"cell": CELLS[0], "lon": HERE[0], "lat": HERE[1], "skill": "drainage"} | changes)


def crew(
    *workers: Worker, load: dict[str, int] | None = None, places: dict[str, tuple[float, float]] | None = None
) -> Crew:
    return Crew(workers=list(workers), load=load or {}, places=places or {}, now=NOW, utc_offset_minutes=480)


def sent(outcome: Assigned | NobodyThere) -> str:
    assert isinstance(outcome, Assigned)
    return outcome.worker.id


def left_out(outcome: Assigned | NobodyThere) -> dict[LeftOut, int]:
    assert isinstance(outcome, NobodyThere)
    return outcome.left_out


def test_the_duty_grid_goes_before_the_town_and_the_town_before_the_district() -> None:
    grid, town, district = worker("c", grids=[CELLS[0]]), worker("b", grids=[CELLS[4]]), worker("a", grids=[FAR_CELL])
    assert sent(choose(request(), crew(grid, town, district))) == "c"
    assert sent(choose(request(), crew(town, district))) == "b"
    assert sent(choose(request(), crew(district))) == "a"


def test_a_duty_grid_may_be_a_whole_community_or_town() -> None:
    community, town = worker("b", grids=[CELLS[0][:12]]), worker("a", grids=[CELLS[0][:9]])
    assert sent(choose(request(), crew(community, town))) == "b"
    assert sent(choose(request(), crew(town, worker("0", grids=[FAR_CELL])))) == "a"


def test_the_busy_duty_grid_still_goes_before_the_idle_town() -> None:
    grid, town = worker("a", grids=[CELLS[0]], capacity=99), worker("b", grids=[CELLS[4]])
    assert sent(choose(request(), crew(grid, town, load={"a": 98}, places={"a": (112.0, 31.0), "b": HERE}))) == "a"


def test_within_a_level_load_and_distance_decide() -> None:
    near, far = worker("b", grids=[CELLS[0]]), worker("a", grids=[CELLS[0]])
    places = {"b": HERE, "a": (111.31, 30.7)}
    assert sent(choose(request(), crew(near, far, places=places))) == "b"
    assert sent(choose(request(), crew(near, far, places=places, load={"b": 1}))) == "a"


def test_skill_shift_capacity_and_asking_twice_leave_out() -> None:
    workers = [
        worker("a", skills=[]),
        worker("b", shift=OFF),
        worker("c", capacity=1),
        worker("d"),
    ]
    outcome = choose(request(asked=frozenset({"d"})), crew(*workers, load={"c": 1}))
    assert left_out(outcome) == {
        LeftOut.WITHOUT_SKILL: 1,
        LeftOut.OFF_SHIFT: 1,
        LeftOut.FULL: 1,
        LeftOut.ASKED_BEFORE: 1,
    }


def test_only_those_who_could_go_count_as_asked_before() -> None:
    asked = request(asked=frozenset({"a"}))
    off, on = choose(asked, crew(worker("a", shift=OFF))), choose(asked, crew(worker("a")))
    assert isinstance(off, NobodyThere)
    assert isinstance(on, NobodyThere)
    assert not off.all_asked
    assert on.all_asked


def test_a_class_without_a_skill_takes_anybody() -> None:
    assert sent(choose(request(skill=""), crew(worker("a", skills=[])))) == "a"


def test_nobody_registered_is_nobody_there() -> None:
    assert left_out(choose(request(), crew())) == {}


def test_the_choice_says_why_and_who_else_was_considered() -> None:
    workers = [
        worker("a", grids=[CELLS[0]]),
        worker("b", grids=[CELLS[0]], shift=OFF),
        worker("c", grids=[CELLS[4]]),
        worker("d", skills=[]),
    ]
    outcome = choose(request(), crew(*workers, places={"a": HERE}, load={"a": 1}))
    assert isinstance(outcome, Assigned)
    assert [(why.factor, why.value) for why in outcome.why] == [("duty", "grid"), ("open_tasks", 1), ("distance_m", 0)]
    assert outcome.considered == [
        {"worker": "c", "duty": "town", "score": 1020.0},
        {"worker": "b", "left_out": "off_shift"},
        {"left_out": "without_skill", "count": 1},
    ]


def test_a_large_crew_is_told_in_a_few_lines() -> None:
    workers = [
        worker(f"w-{number:03}", grids=[CELLS[0]], shift=ALL_DAY if number % 2 else OFF) for number in range(300)
    ]
    outcome = choose(request(), crew(*workers))
    assert isinstance(outcome, Assigned)
    assert len(outcome.considered) == 11


def test_an_operator_may_name_somebody_who_is_off_shift() -> None:
    outcome = appoint(worker("b", shift=OFF, skills=[]), request(), crew(), "operator")
    assert outcome.worker.id == "b"
    assert outcome.why[0].factor == "operator"


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.floats(111.0, 111.5)), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_workers_does_not_matter(drawn: list[tuple[int, int, float]], random: Any) -> None:
    grids = [CELLS[0], CELLS[4], FAR_CELL]
    workers = [worker(f"w-{number}", grids=[grids[duty]]) for number, (duty, _, _) in enumerate(drawn)]
    load = {f"w-{number}": tasks for number, (_, tasks, _) in enumerate(drawn)}
    places = {f"w-{number}": (lon, 30.7) for number, (_, _, lon) in enumerate(drawn)}
    shuffled = random.sample(workers, len(workers))
    one, other = (
        choose(request(), crew(*workers, load=load, places=places)),
        choose(request(), crew(*shuffled, load=load, places=places)),
    )
    if isinstance(one, Assigned):
        assert sent(other) == one.worker.id
        assert load[one.worker.id] < one.worker.capacity
    else:
        assert left_out(one) == left_out(other)
