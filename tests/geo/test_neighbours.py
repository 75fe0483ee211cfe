import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import polygon_of
from geo.neighbours import neighbours
from tests.geo.builders import area, bent, chessboard, square


def test_a_cell_in_the_middle_of_a_chessboard_has_eight_neighbours() -> None:
    around = neighbours(chessboard(3, 3))
    assert len(around["990101001001005"]) == 8
    assert len(around["990101001001001"]) == 3


def test_a_shared_corner_is_enough() -> None:
    assert neighbours({"a": square(0, 0), "b": square(1, 1)}) == {"a": frozenset("b"), "b": frozenset("a")}


def test_a_tenth_of_a_metre_between_two_cells_parts_them() -> None:
    assert neighbours({"a": square(0, 0), "b": square(1.001, 0)}) == {"a": frozenset(), "b": frozenset()}


def test_a_border_that_misses_by_rounding_only_still_joins() -> None:
    assert neighbours({"a": square(0, 0), "b": square(1 + 5e-7, 0)})["a"] == {"b"}


def test_a_cell_is_no_neighbour_of_itself_and_a_lone_one_has_none() -> None:
    assert neighbours({"a": square(0, 0)}) == {"a": frozenset()}
    assert neighbours({}) == {}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_being_neighbours_is_mutual_and_agrees_with_the_shapes(seed: int) -> None:
    cells = bent(5, 4, seed)
    around = neighbours(cells)
    for one in cells:
        for other in cells:
            touches = polygon_of(cells[one]).distance(polygon_of(cells[other])) == 0
            assert (other in around[one]) == (touches and one != other)
            assert (other in around[one]) == (one in around[other])


def test_a_cell_that_is_no_area_is_refused() -> None:
    with pytest.raises(ValueError, match="not a valid area"):
        neighbours({"a": area([(0, 0), (1, 1), (1, 0), (0, 1)])})


@given(st.integers(1, 5), st.integers(1, 5))
def test_on_a_chessboard_the_neighbours_are_where_a_king_can_go(columns: int, rows: int) -> None:
    around = neighbours(chessboard(columns, rows))
    for number, code in enumerate(around):
        row, column = divmod(number, columns)
        tall = min(row + 1, rows - 1) - max(row - 1, 0) + 1
        wide = min(column + 1, columns - 1) - max(column - 1, 0) + 1
        assert len(around[code]) == tall * wide - 1


def test_a_cell_in_two_pieces_has_the_neighbours_of_both() -> None:
    pieces = {"type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"], square(5, 0)["coordinates"]]}
    around = neighbours(
        {"pieces": pieces, "by one": square(1, 0), "by the other": square(4, 0), "by none": square(2.5, 3)}
    )
    assert around["pieces"] == {"by one", "by the other"}


def test_a_cell_that_surrounds_another_is_its_only_neighbour() -> None:
    rings = [square(0, 0, width=3, height=3)["coordinates"][0], square(1, 1)["coordinates"][0]]
    around = neighbours({"around": {"type": "Polygon", "coordinates": rings}, "within": square(1, 1)})
    assert around == {"around": {"within"}, "within": {"around"}}


def test_a_border_with_corners_on_one_side_only_still_joins() -> None:
    # The tall cell's edge has no corner where the two beside it meet.
    around = neighbours({"tall": square(0, 0, height=2), "lower": square(1, 0), "upper": square(1, 1)})
    assert around["tall"] == {"lower", "upper"}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_noise_in_the_seventh_decimal_parts_no_neighbours_and_joins_no_strangers(seed: int) -> None:
    cells = bent(5, 4, seed)
    chance = np.random.default_rng(seed)
    noisy = {}
    for code, cell in cells.items():
        ring = np.array(cell["coordinates"][0][:-1])
        noisy[code] = area([tuple(point) for point in (ring + chance.uniform(-1e-7, 1e-7, ring.shape)).tolist()])
    assert neighbours(noisy) == neighbours(cells)


def test_how_far_apart_neighbours_may_lie_can_be_chosen() -> None:
    cells = {"a": square(0, 0), "b": square(1.1, 0)}
    assert neighbours(cells, apart_degrees=0.2e-3) == {"a": {"b"}, "b": {"a"}}
    assert neighbours(cells) == {"a": frozenset(), "b": frozenset()}
