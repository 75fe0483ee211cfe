import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.index_bytes import MAGIC, fingerprint, packed, unpacked
from geo.lookup import CellIndex
from tests.geo.builders import LAT, LON, SIDE, bent, chessboard, square

CELLS = bent(6, 5, seed=3)
INDEX, NAME = CellIndex(CELLS), fingerprint(CELLS)
DATA = packed(INDEX, NAME)


@given(st.lists(st.tuples(st.floats(LON - 0.004, LON + 0.004), st.floats(LAT - 0.004, LAT + 0.004)), max_size=30))
def test_an_index_answers_the_same_after_it_was_bytes(points: list[tuple[float, float]]) -> None:
    again = unpacked(DATA, NAME)
    assert again is not None
    assert again.codes == INDEX.codes
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    assert again.cells_of(lons, lats).tolist() == INDEX.cells_of(lons, lats).tolist()


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_a_byte_that_changed_makes_it_nobodys(at: int, by: int) -> None:
    broken = bytearray(DATA)
    broken[at] = (broken[at] + by) % 256
    assert unpacked(bytes(broken), NAME) is None


@given(st.integers(0, len(DATA) - 1))
def test_a_file_that_ends_too_early_is_nobodys(length: int) -> None:
    assert unpacked(DATA[:length], NAME) is None


@pytest.mark.parametrize("data", [b"", b"x", MAGIC, MAGIC + bytes(40), bytes(1000)])
def test_other_bytes_are_nobodys(data: bytes) -> None:
    assert unpacked(data, NAME) is None


def test_bytes_of_other_cells_are_not_taken() -> None:
    assert unpacked(DATA, fingerprint(bent(6, 5, seed=4))) is None


@given(st.permutations(sorted(CELLS)))
@settings(max_examples=10)
def test_the_order_of_the_cells_does_not_change_their_fingerprint(order: list[str]) -> None:
    assert fingerprint({code: CELLS[code] for code in order}) == NAME


def test_a_moved_corner_and_a_changed_code_change_the_fingerprint() -> None:
    moved = {**CELLS, "990101001001001": square(0, 0)}
    renamed = {code.replace("9901", "9902"): cell for code, cell in CELLS.items()}
    assert len({NAME, fingerprint(moved), fingerprint(renamed), fingerprint({})}) == 4


def test_an_index_of_nothing_comes_back_as_one() -> None:
    again = unpacked(packed(CellIndex({}), "none"), "none")
    assert again is not None
    assert again.cell_of(LON, LAT) is None


def test_what_is_read_back_can_be_written_again_byte_for_byte() -> None:
    index = CellIndex({**chessboard(4, 4), "990101001001999": square(9000, 0)})
    assert index.cell_of(LON, LAT) is not None
    data = packed(index, "board")
    again = unpacked(data, "board")
    assert again is not None
    assert again.cell_of(LON + 9000.5 * SIDE, LAT) == "990101001001999"
    assert packed(again, "board") == data
    assert np.array_equal(again.raster.answers, index.raster.answers)
