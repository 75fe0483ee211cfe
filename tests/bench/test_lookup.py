from pathlib import Path

import numpy as np
import pytest

from adapters import cell_index_file
from bench import lookup
from geo.codes import flaws_of
from geo.lookup import CellIndex
from geo.topology import faults_of

CITY = lookup.large_city(12, 10)


def test_a_run_in_a_large_city_is_checked_and_tells_what_its_index_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_index_file, "WORTH_KEEPING", 1)
    run = lookup.measure_large(tmp_path, CITY, points=3_000)
    assert run.right, run.note
    assert run.rate > 0
    assert set(run.figures) == {"cells", "built_s", "read_s", "file_mib", "memory_mib"}


def test_a_wrong_answer_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    index = CellIndex(CITY)
    monkeypatch.setattr(CellIndex, "cells_of", lambda _, x, _y: np.zeros(len(x), dtype=np.intp))
    assert lookup._wrong(index, np.array([111.3]), np.array([30.7])) > 100


def test_the_large_city_is_a_city_whose_ground_plan_holds() -> None:
    assert [flaw for code in CITY for flaw in flaws_of(code)] == []
    assert faults_of(list(CITY.items())) == []
