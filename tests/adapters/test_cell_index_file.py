from pathlib import Path
from typing import Any

import pytest

from adapters import cell_index_file
from adapters.cell_index_file import NAME, CellIndexFile
from geo.lookup import CellIndex
from tests.geo.builders import LAT, LON, SIDE, chessboard

CELLS = chessboard(5, 4)
INSIDE = (LON + 1.5 * SIDE, LAT + 0.5 * SIDE)
THERE = "990101001001002"


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many cells each index that was built has; few are worth keeping here."""
    made: list[int] = []

    class Counting(CellIndex):
        def __init__(self, geometries: Any) -> None:
            made.append(len(geometries))
            super().__init__(geometries)

    monkeypatch.setattr(cell_index_file, "WORTH_KEEPING", 10)
    monkeypatch.setattr(cell_index_file, "CellIndex", Counting)
    return made


def test_an_index_is_built_once_and_read_from_then_on(tmp_path: Path, built: list[int]) -> None:
    for _ in range(3):
        assert CellIndexFile(tmp_path).index_of(CELLS).cell_of(*INSIDE) == THERE
    assert built == [20]
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_other_cells_are_indexed_anew_and_take_the_files_place(tmp_path: Path, built: list[int]) -> None:
    kept = CellIndexFile(tmp_path)
    kept.index_of(CELLS)
    fewer = dict(list(CELLS.items())[2:])
    assert kept.index_of(fewer).cell_of(*INSIDE) is None
    assert kept.index_of(fewer).cell_of(*INSIDE) is None
    assert built == [20, 18]


@pytest.mark.parametrize("harm", [lambda data: data[:-1], lambda data: data[:99] + b"!" + data[100:], lambda _: b""])
def test_a_broken_file_is_built_anew_and_never_believed(tmp_path: Path, built: list[int], harm: Any) -> None:
    kept = CellIndexFile(tmp_path)
    kept.index_of(CELLS)
    file = tmp_path / NAME
    file.write_bytes(harm(file.read_bytes()))
    assert kept.index_of(CELLS).cell_of(*INSIDE) == THERE
    assert kept.index_of(CELLS).cell_of(*INSIDE) == THERE
    assert built == [20, 20]


def test_few_cells_are_not_worth_a_file(tmp_path: Path) -> None:
    CellIndexFile(tmp_path).index_of(dict(list(CELLS.items())[:5]))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_only_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert CellIndexFile(tmp_path / "file").index_of(CELLS).cell_of(*INSIDE) == THERE
