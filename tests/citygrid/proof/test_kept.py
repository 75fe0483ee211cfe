import json
import sqlite3
from pathlib import Path

import pytest

from adapters.history_sqlite import Writer
from citygrid.proof import kept
from citygrid.proof.recomputation import Total
from messages.past import Batch, Stamped
from messages.records import encode
from tests.history.builders import CELL, METRIC, START, WRITTEN, entry, incident, late, window


def test_what_history_keeps_is_read_back_with_plain_sql(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    rows = [window(), window(start=START + 60_000, sum=0.75)]
    writer = Writer(file)
    writer.keep(
        Batch(
            windows=[Stamped(row, WRITTEN) for row in rows],
            late=[Stamped(late(), WRITTEN)],
            incidents=[Stamped(incident(), WRITTEN)],
            log=[Stamped(entry(), WRITTEN)],
        )
    )

    held = kept.read(file)

    assert sorted(held.windows, key=lambda one: one[0]) == [
        ((CELL, METRIC, row.start, row.seconds), Total(2, row.sum, 0.1, 0.4, START + 1_000, START + 31_000, 1))
        for row in rows
    ]
    assert [(row["device"], row["seq"], row["value"]) for row in held.late] == [("wl-0001", 17, 0.3)]
    assert held.incidents == {incident().id: json.loads(encode(incident()))}
    assert held.log == {(entry().incident, entry().version): json.loads(encode(entry()))}
    assert kept.count(file) == 2


def test_a_file_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    assert kept.count(tmp_path / "none.sqlite") == -1
    with pytest.raises(sqlite3.Error):
        kept.read(tmp_path / "none.sqlite")
    assert not list(tmp_path.iterdir())
