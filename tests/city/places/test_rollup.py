"""The figures of a place: what adds up is the sum of its children at every level, and all agrees with counting one by one."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.incident import Incident, IncidentState
from city.places.days import Days
from city.places.due import Due, due, home, is_open
from city.places.ground import LEVELS
from city.places.presence import NEVER as UNHEARD
from city.places.presence import Presence
from city.places.rollup import DUTY, SENSOR, WORKER, Rollup, Scene
from city.places.staff import Staff
from city.registry import Worker
from city.task import OPEN_TASK_STATES, Task, TaskState
from geo.codes import LENGTHS, Level
from tests.city.places.builders import (
    CELLS,
    CITY,
    COMMUNITY,
    DAY,
    EAST,
    EMPTY,
    MINUTE,
    NEVER,
    NOW,
    TOWN,
    WEST,
    codes,
    device,
    ground,
    incident,
    task,
    worker,
)

HOUR = 60 * MINUTE
ADDING_UP = (
    "cells",
    "area_m2",
    "open",
    "late",
    "near",
    "opened_today",
    "closed_today",
    "open_tasks",
    "devices",
    "devices_live",
    "devices_silent",
    "devices_never",
)


def scene(
    *,
    cells: tuple[str, ...] = CELLS,
    incidents: tuple[Incident, ...] = (),
    tasks: tuple[Task, ...] = (),
    workers: tuple[Worker, ...] = (),
    heard: dict[str, int | None] | None = None,
) -> Scene:
    """A city in which the devices of `heard` (by cell) were heard so many milliseconds ago, or never."""
    known, presence, days = ground(cells=cells), Presence(), Days()
    presence.register({f"d-{cell}": device(f"d-{cell}", cell) for cell in heard or {}}, known)
    for cell, ago in (heard or {}).items():
        if ago is not None:
            presence.hear(f"d-{cell}", NOW - ago)
    for each in incidents:
        days.incident(each)
    return Scene(
        ground=known,
        staff=Staff({each.id: each for each in workers}, known),
        presence=presence,
        days=days,
        incidents=incidents,
        tasks=tasks,
        now=NOW,
        utc_offset_minutes=480,
    )


def figures(seen: Scene, place: str, level: Level | None = None) -> dict[str, Any]:
    """The figures of a place; with `level` those of its places of that level, by code."""
    asked = seen.ground.within(place, level or LEVELS[[LENGTHS[each] for each in LEVELS].index(len(place))])
    found = Rollup(seen).figures(asked)
    rows = [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]
    by_code = dict(zip(asked.codes, rows, strict=True))
    return by_code if level else by_code[place]


def test_open_late_and_near_cases_count_in_every_place_above() -> None:
    cases = (
        incident(1, CELLS[0], deadline=NOW - 1, filed_at=NOW - HOUR),
        incident(2, CELLS[1], deadline=NOW + MINUTE, filed_at=NOW - HOUR),
        incident(3, CELLS[4], deadline=NOW + HOUR, filed_at=NOW),
        incident(4, CELLS[4], state=IncidentState.CLOSED, closed_at=NOW),
    )
    seen = scene(incidents=cases)
    for place, expected in (
        (CITY, (3, 1, 1)),
        (EAST, (2, 1, 1)),
        (COMMUNITY, (2, 1, 1)),
        (CELLS[1], (1, 0, 1)),
        (WEST, (1, 0, 0)),
    ):
        found = figures(seen, place)
        assert (found["open"], found["late"], found["near"]) == expected, place
    assert (figures(seen, WEST)["opened_today"], figures(seen, WEST)["closed_today"]) == (2, 1)


def test_a_case_in_two_communities_counts_in_the_first_only() -> None:
    seen = scene(incidents=(incident(1, CELLS[3], CELLS[0]),))
    assert [row["open"] for row in figures(seen, EAST, Level.TOWN).values()] == [0, 0, 1]
    assert figures(seen, EAST)["open"] == 1


def test_only_open_tasks_count() -> None:
    seen = scene(tasks=(task(1, CELLS[0]), task(2, CELLS[0], TaskState.DONE), task(3, CELLS[5], TaskState.ARRIVED)))
    assert [row["open_tasks"] for row in figures(seen, CITY, Level.DISTRICT).values()] == [1, 1]


def test_workers_count_where_their_duty_reaches() -> None:
    seen = scene(workers=(worker("a", EAST), worker("b", CELLS[4], CELLS[0]), worker("c", CELLS[1], shift=NEVER)))
    found = figures(seen, CITY, Level.DISTRICT)
    assert [(row["workers"], row["workers_on_shift"]) for row in found.values()] == [(3, 2), (1, 1)]
    assert figures(seen, CITY)["workers"] == 3


def test_devices_are_live_silent_or_never_heard() -> None:
    seen = scene(heard={CELLS[0]: 0, CELLS[1]: DAY + 1, CELLS[2]: None})
    found = figures(seen, TOWN)
    assert [found[name] for name in ADDING_UP[-4:]] == [3, 1, 1, 1]


def test_a_place_without_cells_has_nothing() -> None:
    found = figures(scene(incidents=(incident(),), workers=(worker("a", EAST),)), EMPTY)
    assert set(found.values()) == {0}


def test_coverage_says_which_part_of_a_place_lacks_what() -> None:
    seen = scene(
        workers=(worker("a", TOWN), worker("b", CELLS[4], shift=NEVER)), heard={CELLS[4]: 0, CELLS[5]: DAY + 1}
    )
    lacking = Rollup(seen).lacking(seen.ground.within(CITY, Level.DISTRICT))
    assert [lack.cells for lack in lacking[DUTY]] == [1, 1]
    assert [lack.cells for lack in lacking[WORKER]] == [1, 2]
    assert [lack.cells for lack in lacking[SENSOR]] == [4, 1]
    assert lacking[DUTY][1].share == pytest.approx(0.5, rel=1e-4)
    assert lacking[DUTY][1].area_m2 == pytest.approx(seen.ground.surfaces[5])


def test_a_place_without_cells_lacks_nothing() -> None:
    seen = scene()
    assert {tuple(lack) for (lack,) in Rollup(seen).lacking(seen.ground.within(EMPTY, Level.TOWN)).values()} == {
        (0, 0.0, 0.0)
    }


@pytest.mark.parametrize(
    ("what", "holding"),
    [
        ("open", [CELLS[0], CELLS[4]]),
        ("late", [CELLS[0]]),
        ("devices_silent", [CELLS[1]]),
        (DUTY, [*CELLS[:3], CELLS[5]]),
    ],
)
def test_the_places_that_hold_something_are_found(what: str, holding: list[str]) -> None:
    cases = (incident(1, CELLS[0], deadline=NOW - 1, filed_at=NOW - HOUR), incident(2, CELLS[4]))
    workers = (worker("a", CELLS[3]), worker("b", CELLS[4]))
    seen = scene(incidents=cases, workers=workers, heard={CELLS[0]: 0, CELLS[1]: DAY + 1})
    found = Rollup(seen).holding(seen.ground.within(CITY, Level.CELL), what)
    assert found.codes == holding
    assert found.counts(seen.ground.positions([*CELLS])).tolist() == [1] * len(holding)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    cells = tuple(sorted(draw(st.sets(codes, min_size=1, max_size=15))))
    somewhere = st.sampled_from(cells)
    states, tasks = st.sampled_from(list(IncidentState)), st.sampled_from(list(TaskState))
    cases = [
        incident(
            number,
            *draw(st.lists(somewhere, min_size=1, max_size=3)),
            state=draw(states),
            detected_at=NOW - draw(st.integers(0, 40)) * HOUR,
            filed_at=NOW - 10 * HOUR,
            deadline=draw(st.none() | st.integers(NOW - HOUR, NOW + 2 * HOUR)),
            closed_at=draw(st.none() | st.integers(NOW - 30 * HOUR, NOW)),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    some_tasks = [task(number, draw(somewhere), draw(tasks)) for number in range(draw(st.integers(0, 6)))]
    grids = st.builds(lambda code, level: code[: LENGTHS[level]], somewhere, st.sampled_from(LEVELS))
    workers = [
        worker(f"w{number}", *draw(st.lists(grids, max_size=3)), **draw(st.sampled_from([{}, {"shift": NEVER}])))
        for number in range(draw(st.integers(0, 4)))
    ]
    heard = draw(st.dictionaries(somewhere, st.none() | st.integers(0, 3 * DAY), max_size=8))
    return scene(cells=cells, incidents=tuple(cases), tasks=tuple(some_tasks), workers=tuple(workers), heard=heard)


@settings(max_examples=30)
@given(scenes())
def test_a_parents_figures_are_the_sums_of_its_childrens_at_every_level(seen: Scene) -> None:
    rollup = Rollup(seen)
    for above, below in pairwise(LEVELS):
        larger, smaller = seen.ground.within(CITY, above), seen.ground.within(CITY, below)
        whole, parts = rollup.figures(larger), rollup.figures(smaller)
        lacks, missing = rollup.lacking(larger), rollup.lacking(smaller)
        for at, code in enumerate(larger.codes):
            inside = [number for number, child in enumerate(smaller.codes) if child.startswith(code)]
            for name in ADDING_UP:
                assert whole[name][at] == pytest.approx(sum(parts[name][number] for number in inside)), (name, code)
            for name, lack in lacks.items():
                assert lack[at].cells == sum(missing[name][number].cells for number in inside)
                assert lack[at].area_m2 == pytest.approx(sum(missing[name][number].area_m2 for number in inside))
            for name in ("workers", "workers_on_shift"):
                counted = [parts[name][number] for number in inside]
                assert max(counted, default=0) <= whole[name][at] <= sum(counted)


@settings(max_examples=30)
@given(scenes())
def test_coverage_agrees_with_looking_at_each_cell(seen: Scene) -> None:
    known, staff, presence = seen.ground, seen.staff, seen.presence
    cells = dict(zip(known.codes, known.surfaces.tolist(), strict=True))
    everyone = [grid for each in staff.workers for grid in each.grids]
    working = [grid for each in staff.workers if each.shift != NEVER for grid in each.grids]
    heard = {id_.removeprefix("d-"): at for id_, at in presence.within(0, len(cells)).items() if at != UNHEARD}
    lacking = {
        DUTY: {cell for cell in cells if not any(cell.startswith(grid) for grid in everyone)},
        WORKER: {cell for cell in cells if not any(cell.startswith(grid) for grid in working)},
        SENSOR: {cell for cell in cells if NOW - heard.get(cell, NOW - DAY - 1) > DAY},
    }
    for level in LEVELS[:-1]:
        places = known.within(CITY, level)
        for name, found in Rollup(seen).lacking(places).items():
            for place, told in zip(places.codes, found, strict=True):
                own = {cell: area for cell, area in cells.items() if cell.startswith(place)}
                without = [area for cell, area in own.items() if cell in lacking[name]]
                share = sum(without) / sum(own.values()) if own else 0.0
                assert tuple(told) == pytest.approx((len(without), sum(without), share))


@settings(max_examples=30)
@given(scenes(), st.sampled_from(LEVELS))
def test_figures_agree_with_counting_one_by_one(seen: Scene, level: Level) -> None:
    for place, found in figures(seen, CITY, level).items():
        own = [each for each in seen.incidents if home(each).startswith(place)]
        going_on = [each for each in own if is_open(each)]
        assert found["cells"] == sum(code.startswith(place) for code in seen.ground.codes)
        assert found["open"] == len(going_on)
        assert found["late"] == sum(due(each, NOW) is Due.LATE for each in going_on)
        assert found["near"] == sum(due(each, NOW) is Due.NEAR for each in going_on)
        assert found["open_tasks"] == sum(t.cell.startswith(place) and t.state in OPEN_TASK_STATES for t in seen.tasks)
