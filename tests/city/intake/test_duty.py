from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from city.intake.duty import shared_out
from city.names import Name
from city.registry import Shift, Worker
from tests.city.intake.builders import square

DAY, NIGHT = Shift(start="08:00", end="20:00"), Shift(start="20:00", end="08:00")


def worker(id_: str, shift: Shift = DAY, district: str = "990101") -> Worker:
    """A worker without a duty grid."""
    return Worker(id=id_, district=district, name=Name(zh="甲", en="A"), skills=["order"], grids=[], shift=shift)


def board(communities: int, cells: int, district: str = "990101", row: int = 0) -> dict[str, Any]:
    """Squares in one row: so many communities of so many cells each."""
    return {
        f"{district}001{community + 1:03d}{cell + 1:03d}": square(community * cells + cell, row)
        for community in range(communities)
        for cell in range(cells)
    }


def grids(workers: list[Worker], ground: dict[str, Any]) -> dict[str, list[str]]:
    """The duty grids by worker."""
    return {each.id: each.grids for each in shared_out(workers, ground)}


def test_whole_communities_are_shared_out_where_there_are_enough() -> None:
    found = grids([worker("a"), worker("b")], board(4, 3))
    first, second = sorted(found.values())
    assert (first, second) == (["990101001001", "990101001002"], ["990101001003", "990101001004"])


def test_cells_are_shared_out_where_communities_are_too_few() -> None:
    found = grids([worker("a"), worker("b")], board(1, 4))
    assert sorted(found.values()) == [
        ["990101001001001", "990101001001002"],
        ["990101001001003", "990101001001004"],
    ]


def test_those_who_work_at_night_have_all_of_the_ground_too() -> None:
    found = grids([worker("a"), worker("b"), worker("c", NIGHT)], board(2, 2))
    assert found["c"] == ["990101001001", "990101001002"]
    assert sorted([*found["a"], *found["b"]]) == ["990101001001", "990101001002"]


def test_more_workers_than_cells_share_cells() -> None:
    assert grids([worker("a"), worker("b")], board(1, 1)) == {"a": ["990101001001"], "b": ["990101001001"]} or grids(
        [worker("a"), worker("b")], board(1, 1)
    ) == {"a": ["990101001001001"], "b": ["990101001001001"]}


def test_nobody_gets_ground_of_another_district() -> None:
    ground = {**board(2, 2), **board(2, 2, "990102", row=1)}
    found = grids([worker("a"), worker("b", district="990102")], ground)
    assert found == {"a": ["990101001001", "990101001002"], "b": ["990102001001", "990102001002"]}


@settings(max_examples=25)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 6))
def test_every_cell_is_somebodys_and_everybody_has_one(communities: int, cells: int, count: int) -> None:
    ground = board(communities, cells)
    found = grids([worker(f"w{number}") for number in range(count)], ground)
    assert all(found.values())
    given_ = [grid for own in found.values() for grid in own]
    assert all(any(cell.startswith(grid) for grid in given_) for cell in ground)
