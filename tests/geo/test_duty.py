from collections.abc import Collection, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.duty import proposed
from geo.neighbours import neighbours
from tests.geo.builders import bent, chessboard, square


def in_one_piece(cells: Collection[str], around: Mapping[str, Collection[str]]) -> bool:
    reached, left = [next(iter(cells))], set(cells)
    left.discard(reached[0])
    while reached:
        fresh = set(around[reached.pop()]) & left
        left -= fresh
        reached.extend(fresh)
    return not left


@given(st.integers(2, 9), st.integers(2, 9), st.integers(1, 12), st.data())
@settings(max_examples=40)
def test_proposed_grids_share_out_every_cell_in_connected_parts(
    columns: int, rows: int, count: int, data: st.DataObject
) -> None:
    cells = chessboard(columns, rows)
    count = min(count, len(cells))
    workload = {cell: data.draw(st.integers(1, 5)) for cell in cells}
    around = neighbours(cells)
    grids = proposed(around, workload, count)
    assert len(grids) == count
    assert sorted(cell for grid in grids for cell in grid) == sorted(cells)
    assert all(grids)


@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
@settings(max_examples=20)
def test_grids_of_even_ground_are_whole_and_nearly_equal(seed: int, count: int) -> None:
    cells = bent(12, 10, seed)
    around = neighbours(cells)
    grids = proposed(around, dict.fromkeys(cells, 1.0), count)
    assert all(in_one_piece(grid, around) for grid in grids)
    even = len(cells) / count
    assert max(map(len, grids)) <= 1.35 * even


def test_heavier_cells_make_smaller_grids() -> None:
    cells = chessboard(10, 1)
    workload = {cell: 5.0 if int(cell[-3:]) <= 2 else 1.25 for cell in cells}
    assert [len(grid) for grid in proposed(neighbours(cells), workload, 2)] == [2, 8]


def test_ground_in_several_pieces_is_still_shared_out_whole() -> None:
    islands = {f"99010100100100{number}": square(3 * number, 0) for number in range(1, 7)}
    assert [len(grid) for grid in proposed(neighbours(islands), dict.fromkeys(islands, 1.0), 3)] == [2, 2, 2]


def test_the_same_ground_is_always_shared_out_alike() -> None:
    cells = chessboard(6, 6)
    turned = dict(reversed(neighbours(cells).items()))
    even = dict.fromkeys(cells, 1.0)
    assert proposed(turned, even, 5) == proposed(neighbours(cells), even, 5)


@pytest.mark.parametrize("count", [0, 5])
def test_more_grids_than_cells_or_none_at_all_are_refused(count: int) -> None:
    cells = chessboard(2, 2)
    with pytest.raises(ValueError, match="do not make"):
        proposed(neighbours(cells), dict.fromkeys(cells, 1.0), count)
