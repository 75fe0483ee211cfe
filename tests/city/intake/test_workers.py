from typing import Any

import pytest

from city.intake.mapping import WorkerMapping
from city.intake.workers import workers
from city.registry import Worker
from tests.city.intake.builders import WORKERS, mistakes, table

PLACES = {"990101", "990101001", "990101001001", "990101001001001", "990102001001001"}
ROW: dict[str, Any] = {
    "id": "g1",
    "zh": "胡伟刚",
    "en": "Hu Weigang",
    "skills": "drainage order",
    "grids": "990101001001",
}
FULL = WorkerMapping(
    file="w.csv",
    id="id",
    zh="zh",
    skills="skills",
    grids="grids",
    shift_start="from",
    shift_end="to",
    days="days",
    capacity="most",
)


def taken(*rows: dict[str, Any], section: WorkerMapping = WORKERS) -> tuple[list[Worker], list[str]]:
    """The workers of these rows, and what is said."""
    found, remarks = workers(table(rows, lines=True, file="w.csv"), section, PLACES, skills=("drainage", "gas"))
    return found, mistakes(remarks)


def test_a_worker_is_taken_with_the_district_of_the_duty_grid() -> None:
    (worker,), said = taken(ROW)
    assert said == []
    assert (worker.district, worker.grids, worker.skills) == ("990101", ["990101001001"], ["drainage", "order"])
    assert (worker.shift.start, worker.shift.end, worker.shift.days) == ("08:00", "18:00", (1, 2, 3, 4, 5, 6, 7))


def test_a_worker_of_whom_no_skill_is_said_can_do_everything() -> None:
    (worker,), _ = taken({**ROW, "skills": ""})
    assert worker.skills == ["drainage", "gas"]


def test_grids_may_be_numbers_between_any_signs() -> None:
    (worker,), said = taken({**ROW, "grids": "990101001001.0、990101001001001"})
    assert said == []
    assert worker.grids == ["990101001001", "990101001001001"]


@pytest.mark.parametrize("grid", ["990103001001", "990103001", "990103"])
def test_a_place_that_only_the_codes_of_its_cells_name_may_be_a_duty_grid(grid: str) -> None:
    row = table([{**ROW, "grids": grid}], lines=True, file="w.csv")
    (worker,), remarks = workers(row, WORKERS, {"990103001001001"}, skills=())
    assert (worker.grids, mistakes(remarks)) == ([grid], [])


def test_a_grid_that_is_no_place_is_named_with_the_nearest() -> None:
    _, said = taken({**ROW, "grids": "990101001002"})
    assert len(said) == 1
    assert said[0].startswith("w.csv:2: g1: there is no place 990101001002 (did you mean 99010100100")


def test_a_worker_without_a_duty_grid_is_named() -> None:
    assert taken({**ROW, "grids": ""})[1] == ["w.csv:2: g1 has no duty grid"]


def test_a_duty_grid_in_two_districts_is_named() -> None:
    _, said = taken({**ROW, "grids": "990101001001 990102001001001"})
    assert said == ["w.csv:2: g1: 990101001001 and 990102001001001 lie in two districts"]


def test_a_worker_without_a_name_is_named_by_the_id() -> None:
    assert taken({**ROW, "zh": "", "en": ""})[1] == ["w.csv:2: g1 has no name"]


def test_one_language_stands_in_for_the_other() -> None:
    (worker,), _ = taken({**ROW, "en": ""})
    assert worker.name.en == "胡伟刚"


@pytest.mark.parametrize(
    ("written", "time"), [("8:00", "08:00"), ("08:30:00", "08:30"), ("22：00", "22:00"), ("", "08:00")]
)
def test_a_time_of_day_is_read_as_spreadsheets_write_it(written: str, time: str) -> None:
    (worker,), said = taken({**ROW, "from": written, "to": "", "days": "", "most": ""}, section=FULL)
    assert said == []
    assert worker.shift.start == time


@pytest.mark.parametrize("written", ["early", "25:00", "08:60"])
def test_what_is_no_time_of_day_is_named(written: str) -> None:
    _, said = taken({**ROW, "from": written, "to": "", "days": "", "most": ""}, section=FULL)
    assert said == [f"w.csv:2: g1: {written!r} is no time of day such as 08:00"]


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("1 2 3", (1, 2, 3)),
        ("12345", (1, 2, 3, 4, 5)),
        ("周一、周三、周日", (1, 3, 7)),
        ("", (1, 2, 3, 4, 5, 6, 7)),
        ("1-5", (1, 2, 3, 4, 5)),
    ],
)
def test_days_are_read_as_figures_or_in_words(written: str, days: tuple[int, ...]) -> None:
    (worker,), _ = taken({**ROW, "from": "", "to": "", "days": written, "most": ""}, section=FULL)
    assert worker.shift.days == days


@pytest.mark.parametrize("written", ["9", "1-9", "周五至", "除周日", "0"])
def test_what_are_no_week_days_is_named(written: str) -> None:
    found, said = taken({**ROW, "from": "", "to": "", "days": written, "most": ""}, section=FULL)
    assert found == []
    assert len(said) == 1
    assert said[0].startswith(f"w.csv:2: g1: {written!r} are no week days")


def test_everything_wrong_with_a_shift_is_named_at_once() -> None:
    _, said = taken({**ROW, "from": "25:00", "to": "never", "days": "9", "most": ""}, section=FULL)
    assert len(said) == 3


@pytest.mark.parametrize(("written", "capacity"), [("5", 5), ("5.0", 5), ("", 3)])
def test_how_many_tasks_a_worker_takes_is_three_unless_it_is_said(written: str, capacity: int) -> None:
    (worker,), _ = taken({**ROW, "from": "", "to": "", "days": "", "most": written}, section=FULL)
    assert worker.capacity == capacity


@pytest.mark.parametrize("written", ["x", "-1", "2.5", "0"])
def test_what_is_no_number_of_tasks_is_named(written: str) -> None:
    found, said = taken({**ROW, "from": "", "to": "", "days": "", "most": written}, section=FULL)
    assert found == []
    assert said == [f"w.csv:2: g1: {written!r} is no number of tasks: 1 or more"]


def test_a_worker_who_is_there_twice_is_named() -> None:
    found, said = taken(ROW, ROW)
    assert len(found) == 1
    assert said == ["w.csv:3: g1 is here twice: first in w.csv:2"]


def test_without_a_column_of_duty_grids_a_worker_needs_a_district_only() -> None:
    section = WorkerMapping(file="w.csv", id="id", zh="zh", district="qu")
    rows = table([{**ROW, "qu": "990101.0"}, {**ROW, "id": "g2", "qu": "990109"}], lines=True, file="w.csv")
    found, remarks = workers(rows, section, PLACES, skills=("order",))
    assert [(worker.id, worker.district, worker.grids) for worker in found] == [("g1", "990101", [])]
    assert mistakes(remarks) == ["w.csv:3: g2: there is no district 990109"]


def test_without_a_district_either_it_is_the_citys_only_one() -> None:
    section = WorkerMapping(file="w.csv", id="id", zh="zh")
    row = table([ROW], lines=True, file="w.csv")
    (worker,), _ = workers(row, section, {"990103001001001"}, skills=())
    assert worker.district == "990103"
    none, remarks = workers(row, section, PLACES, skills=())
    assert none == []
    assert "g1 has no duty grid, nor a district whose ground could be shared out" in mistakes(remarks)[0]
