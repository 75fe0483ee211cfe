"""The SQLite file of history, written and read."""

import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.history_sqlite import Reader, Writer
from city.incident import IncidentState
from tests.history.builders import CELL, METRIC, START, WRITTEN, batch, broken, entry, incident, late, window

DAY = 86_400_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


def written(path: Path, *rows: Any, written_at: int = WRITTEN) -> Reader:
    writer = Writer(path)
    writer.keep(batch(*rows, written_at=written_at))
    writer.close()
    return Reader(path)


def test_a_kept_window_is_read_back_whole(path: Path) -> None:
    reader = written(path, window())

    assert reader.cell_windows(CELL, START, START + 1) == [window()]


def test_a_file_that_is_not_there_yet_holds_nothing(path: Path) -> None:
    reader = Reader(path)

    assert reader.cell_windows(CELL, 0, START + 1) == []
    assert reader.counts() == {}
    assert not path.exists()


def test_windows_come_by_metric_and_start_from_since_until_before_until(path: Path) -> None:
    rows = [window(metric=metric, start=START + n * 60_000) for metric in ("tilt_deg", METRIC) for n in (2, 0, 1)]
    reader = written(path, *rows)

    found = reader.cell_windows(CELL, START + 60_000, START + 180_000)

    assert [(row.metric, (row.start - START) // 60_000) for row in found] == [
        ("tilt_deg", 1),
        ("tilt_deg", 2),
        (METRIC, 1),
        (METRIC, 2),
    ]
    assert {row.metric for row in reader.cell_windows(CELL, 0, START + DAY, METRIC)} == {METRIC}


def test_the_end_of_each_series_says_when_a_cell_was_last_heard(path: Path) -> None:
    other = "990102001001002"
    rows = [window(start=START + n * 60_000, last_at=START + n * 60_000 + 7) for n in (1, 2, 0)]
    reader = written(path, *rows, window(cell=other), window(metric="tilt_deg", start=START - DAY, last_at=START - DAY))

    assert reader.last_heard(START) == {(CELL, METRIC): START + 120_007, (other, METRIC): window().last_at}
    assert reader.last_heard(START + DAY) == {}
    assert Reader(path.with_name("none")).last_heard(0) == {}


def test_only_the_cell_that_was_asked_for_answers(path: Path) -> None:
    reader = written(path, window(), window(cell="990102001001002"))

    assert [row.cell for row in reader.cell_windows(CELL, 0, START + DAY)] == [CELL]


def test_a_batch_kept_twice_is_there_once(path: Path) -> None:
    rows = [window(), late(), incident(), entry(), broken()]
    written(path, *rows)
    reader = written(path, *rows)

    counts = reader.counts()["990102"]
    assert (counts.windows, counts.readings, counts.too_late) == (1, 2, 1)
    assert reader.incidents("9901", 0) == [incident()]
    assert reader.log(incident().id) == [entry()]
    assert reader.broken() == 1


def test_a_reading_that_came_too_late_twice_is_late_twice(path: Path) -> None:
    reader = written(path, late(), late(received_at=START + 201_000), late(seq=None))

    assert reader.counts()["990102"].too_late == 3


def test_the_newest_version_of_an_incident_stays_whatever_the_order(path: Path) -> None:
    newest = incident(version=3, state=IncidentState.DISPATCHED)
    reader = written(path, newest, incident(version=2), incident(version=1))

    assert reader.incidents("990102", 0) == [newest]


def test_incidents_are_those_open_at_some_time_of_the_span_latest_first(path: Path) -> None:
    past = incident(id="990102-a", began_at=1_000, closed_at=2_000, state=IncidentState.CLOSED)
    open_since_long = incident(id="990102-b", began_at=1_500)
    new = incident(id="990102-c", began_at=9_000)
    elsewhere = incident(id="990103-d", district="990103", began_at=9_000)
    reader = written(path, past, open_since_long, new, elsewhere)

    assert [i.id for i in reader.incidents("990102", 3_000, 10_000)] == ["990102-c", "990102-b"]
    assert [i.id for i in reader.incidents("990102", 1_000, 2_000)] == ["990102-b", "990102-a"]
    assert len(reader.incidents("9901", 0, most=2)) == 2


def test_a_file_keeps_its_identity_and_a_new_file_has_a_new_one(path: Path, tmp_path: Path) -> None:
    first, again, other = Writer(path), Writer(path), Writer(tmp_path / "other.sqlite")
    try:
        assert first.identity() == again.identity() != other.identity()
    finally:
        for writer in (first, again, other):
            writer.close()


def test_what_was_written_long_ago_is_forgotten_a_little_at_a_time(path: Path) -> None:
    written(path, *(window(start=START + n * 60_000) for n in range(10)), late(), written_at=WRITTEN - DAY)
    reader = written(path, window(start=START + DAY), late(seq=18), broken())
    writer = Writer(path)

    deleted = []
    while not deleted or deleted[-1]:
        deleted.append(writer.forget(WRITTEN, most=4))
    writer.close()

    assert max(deleted) <= 4
    assert sum(deleted) == 11
    assert [row.start for row in reader.cell_windows(CELL, 0, START + 2 * DAY)] == [START + DAY]
    assert reader.counts()["990102"].too_late == 1
    assert reader.broken() == 1


def test_old_readings_that_came_today_are_kept(path: Path) -> None:
    reader = written(path, window(start=0))
    writer = Writer(path)

    assert writer.forget(WRITTEN - DAY, most=100) == 0
    writer.close()
    assert len(reader.cell_windows(CELL, 0, 1)) == 1


def test_an_open_incident_and_its_log_are_never_forgotten(path: Path) -> None:
    closed = incident(id="990102-c", state=IncidentState.CLOSED, closed_at=START)
    reader = written(path, incident(), entry(), closed, entry(incident=closed.id))
    writer = Writer(path)

    while writer.forget(WRITTEN + 1, most=1):
        pass
    writer.close()

    assert reader.incidents("9901", 0) == [incident()]
    assert reader.log(incident().id) == [entry()]
    assert reader.log(closed.id) == []


def test_every_series_gets_its_turn_to_be_forgotten(path: Path) -> None:
    cells = [f"990102001{n // 100:03d}{n % 100:03d}" for n in range(250)]
    reader = written(path, *(window(cell=cell) for cell in cells))
    writer = Writer(path)

    deleted = [writer.forget(WRITTEN + 1, most=1_000) for _ in range(3)]
    writer.close()

    assert deleted == [100, 100, 50]
    assert reader.counts() == {}


def test_a_locked_file_refuses_and_takes_the_batch_afterwards(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.history_sqlite.LOCKED_FOR_MS", 10)
    writer = Writer(path)
    writer.keep(batch())
    writer.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OSError, match="locked"):
            writer.keep(batch(window()))
        other.execute("ROLLBACK")

    writer.keep(batch(window()))
    writer.close()

    assert Reader(path).counts()["990102"].windows == 1


def test_a_full_disk_refuses_the_whole_batch_and_leaves_no_half_of_it(path: Path) -> None:
    writer = Writer(path)
    writer.keep(batch(incident()))
    assert writer._open is not None
    writer._open.execute("PRAGMA max_page_count = 1")

    with pytest.raises(OSError, match="full"):
        writer.keep(batch(incident(version=2), *(window(start=n * 60_000) for n in range(2_000))))
    writer.keep(batch(window()))
    writer.close()

    reader = Reader(path)
    assert [i.version for i in reader.incidents("9901", 0)] == [1]
    assert reader.counts()["990102"].windows == 1


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(OSError, match="file"):
        Writer(tmp_path / "file" / "history.sqlite").keep(batch())


def test_a_file_that_is_no_database_is_an_os_error_for_both(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database at all, but long enough to be taken for one" * 50)

    with pytest.raises(OSError, match="not a database"):
        Writer(path).identity()
    with pytest.raises(OSError, match="not a database"):
        Reader(path).counts()


def test_a_file_of_another_version_is_left_alone(path: Path) -> None:
    written(path, window())
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")

    with pytest.raises(OSError, match="another version"):
        Writer(path).keep(batch(window()))


def test_a_transaction_that_returned_is_on_disk(path: Path) -> None:
    writer = Writer(path)
    writer.keep(batch(window()))
    assert writer._open is not None
    full = 2

    assert writer._open.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert writer._open.execute("PRAGMA synchronous").fetchone() == (full,)
    writer.close()


def test_a_writer_killed_in_the_middle_leaves_what_it_had_kept(path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from adapters.history_sqlite import Writer
from tests.history.builders import batch, window
writer = Writer(Path(sys.argv[1]))
writer.keep(batch(window(start=0)))
with writer._transaction() as db:
    db.executemany("INSERT INTO broken VALUES ('t', 0, ?, 0, '', '', 0)", [(n,) for n in range(1000)])
    os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", program, str(path)], check=False, cwd=Path(__file__).parents[2])

    reader = Reader(path)
    assert reader.counts()["990102"].windows == 1
    assert reader.broken() == 0


starts = st.integers(0, 5).map(lambda n: n * 60_000)
rows = st.one_of(
    st.builds(lambda start, late: window(start=start, late=late), starts, st.just(0)),
    st.builds(lambda seq: late(seq=seq), st.none() | st.integers(0, 5)),
    st.builds(lambda version: incident(version=version), st.integers(1, 4)),
    st.builds(lambda version: entry(version=version), st.integers(1, 4)),
)


@given(st.lists(rows, max_size=12), st.data())
def test_batches_repeated_and_cut_anyhow_leave_the_same_history(sent: list[Any], data: st.DataObject) -> None:
    """A crash repeats what was not committed: any cut, with any tail sent again, is the same as once."""
    cut = data.draw(st.integers(0, len(sent)))
    again = data.draw(st.integers(0, cut))
    with tempfile.TemporaryDirectory() as folder:
        once, repeated = Path(folder, "once.sqlite"), Path(folder, "repeated.sqlite")
        written(once, *sent)
        written(repeated, *sent[:cut])
        written(repeated, *sent[again:])
        with closing(sqlite3.connect(once)) as left, closing(sqlite3.connect(repeated)) as right:
            for table in ("windows", "late", "incidents", "log"):
                everything = f"SELECT * FROM {table}"  # noqa: S608 - from the line above
                assert left.execute(everything).fetchall() == right.execute(everything).fetchall()
