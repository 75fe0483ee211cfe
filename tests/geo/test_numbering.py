import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import centre
from geo.numbering import LARGEST_SERIAL, kept, numbered, serials
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


@given(st.integers(1, 6), st.integers(1, 6))
def test_on_a_chessboard_the_numbers_run_as_one_reads(columns: int, rows: int) -> None:
    cells = chessboard(columns, rows)
    from_the_south = [list(cells)[row * columns : (row + 1) * columns] for row in range(rows)]
    assert numbered(cells) == [code for row in reversed(from_the_south) for code in row]


@pytest.mark.parametrize(("lower_by", "order"), [(0.49, ["west", "east"]), (0.51, ["east", "west"])])
def test_half_a_height_lower_is_where_the_next_row_begins(lower_by: float, order: list[str]) -> None:
    assert numbered({"west": square(0, -lower_by), "east": square(1, 0)}) == order


def test_one_tall_cell_does_not_draw_the_rows_of_the_others_together() -> None:
    cells = {
        "nw": square(0, 2),
        "ne": square(1, 2),
        "sw": square(0, 1),
        "se": square(1, 1),
        "tall": square(2, -9, height=12),
    }
    assert numbered(cells) == ["nw", "ne", "sw", "se", "tall"]


def test_cells_with_the_same_centre_are_told_apart_by_their_names() -> None:
    assert numbered({"b": square(0, 0), "a": square(0, 0)}) == numbered({"a": square(0, 0), "b": square(0, 0)})


@given(st.integers(0, 2**32 - 1), st.data())
@settings(max_examples=15)
def test_irregular_cells_get_the_same_numbers_in_whatever_order_they_come(seed: int, data: st.DataObject) -> None:
    cells = bent(4, 4, seed)
    order = data.draw(st.permutations(sorted(cells)))
    assert serials({code: cells[code] for code in order}) == serials(cells)


def test_the_first_cells_of_a_community_are_numbered_from_one_without_holes() -> None:
    cells = {"sw": square(0, 0), "ne": square(1, 1), "nw": square(0, 1)}
    assert serials(cells) == {"nw": 1, "ne": 2, "sw": 3}


@given(st.sets(st.integers(1, LARGEST_SERIAL - 9)), st.integers(1, 9))
def test_appended_cells_never_get_a_number_that_was_ever_given(used: set[int], columns: int) -> None:
    cells = {f"new {column}": square(column, 0) for column in range(columns)}
    given_out = serials(cells, used=used)
    assert not used & set(given_out.values())
    assert sorted(given_out.values()) == list(range(max(used, default=0) + 1, max(used, default=0) + 1 + columns))
    assert list(given_out) == numbered(cells)


def test_a_number_stays_retired_when_its_cell_is_gone() -> None:
    before = serials({"west": square(0, 0), "east": square(1, 0)})
    assert serials({"new": square(2, 0)}, used=before.values()) == {"new": 3}


def test_a_community_that_runs_out_of_numbers_is_told_so() -> None:
    assert serials({"last": square(0, 0)}, used=[LARGEST_SERIAL - 1]) == {"last": LARGEST_SERIAL}
    with pytest.raises(ValueError, match="divide the community"):
        serials({"too many": square(0, 0)}, used=[LARGEST_SERIAL])


def test_a_cell_keeps_its_number_as_long_as_most_of_its_ground_is_the_same() -> None:
    before = {1: square(0, 0), 2: square(1, 0), 3: square(2, 0)}
    now = {
        "same": square(0, 0),
        "wider": square(1, 0, width=1.9),
        "far wider": square(2, 0, width=2.1),
        "new": square(9, 9),
    }
    assert kept(now, before) == {"same": 1, "wider": 2}


def test_neither_half_of_a_cell_that_was_cut_in_two_is_the_cell_that_was() -> None:
    halves = {"west": square(0, 0, width=0.5), "east": square(0.5, 0, width=0.5)}
    assert kept(halves, {1: square(0, 0)}) == {}


def test_what_was_no_area_before_is_nobodys_number() -> None:
    point = {"type": "Point", "coordinates": [0.0, 0.0]}
    assert kept({"a": square(0, 0)}, {1: point, 2: {}, 3: square(0, 0)}) == {"a": 3}


@given(st.integers(0, 2**32 - 1), st.sets(st.integers(0, 15)))
@settings(max_examples=15)
def test_whichever_cells_go_the_others_keep_their_numbers_and_no_number_is_given_twice(
    seed: int, gone: set[int]
) -> None:
    before = list(bent(4, 4, seed).values())
    stay = {f"{at}": area for at, area in enumerate(before) if at not in gone}
    assert kept(stay, dict(enumerate(before))) == {name: int(name) for name in stay}
