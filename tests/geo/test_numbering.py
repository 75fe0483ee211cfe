from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import centre
from geo.numbering import numbered
from tests.geo.builders import bent, chessboard, square


def test_numbers_run_west_to_east_and_row_by_row_from_the_north() -> None:
    cells = {"sw": square(0, 0), "se": square(1, 0), "nw": square(0, 1), "ne": square(1, 1)}
    assert numbered(cells) == ["nw", "ne", "sw", "se"]


def test_a_cell_that_lies_a_little_lower_than_its_neighbour_stays_in_the_row() -> None:
    cells = {"west": square(0, 0.9), "middle": square(1, 1), "east": square(2, 1.1), "below": square(0, 0)}
    assert numbered(cells) == ["west", "middle", "east", "below"]


@given(st.permutations(sorted(chessboard(4, 3))))
def test_the_order_in_which_cells_are_given_does_not_matter(order: list[str]) -> None:
    cells = chessboard(4, 3)
    assert numbered({code: cells[code] for code in order}) == numbered(cells)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_irregular_rows_are_still_rows(seed: int) -> None:
    cells = bent(5, 5, seed)
    order = numbered(cells)
    assert sorted(order) == sorted(cells)
    west_of = [centre(cells[code])[0] for code in order]
    for row in range(5):
        assert west_of[row * 5 : row * 5 + 5] == sorted(west_of[row * 5 : row * 5 + 5])


def test_no_cells_have_no_numbers() -> None:
    assert numbered({}) == []
