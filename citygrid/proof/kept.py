"""What history holds, read straight from its file with plain SQL."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from citygrid.proof.recomputation import Key, Total
from citygrid.proof.seen import Content

WINDOWS = """
SELECT cell, metric, start, seconds, count, sum, min, max, first_at, last_at, late FROM series JOIN windows ON series = id
"""
LATE = "SELECT device, metric, at, seq, received_at, cell, value, window FROM late"
INCIDENTS = "SELECT id, version, district, state, class, began_at, closed_at, whole FROM incidents"
LOG = "SELECT incident, version, at, whole FROM log"
COUNT = "SELECT count(*) FROM windows"
PATIENCE_S = 5.0


class Kept:
    """What history holds: windows as rows (a window twice would be two rows), late readings, incidents by id, their log by (incident, version)."""

    def __init__(
        self,
        windows: list[tuple[Key, Total]],
        late: list[Content],
        incidents: dict[str, Content],
        log: dict[tuple[str, int], Content],
    ) -> None:
        self.windows = windows
        self.late = late
        self.incidents = incidents
        self.log = log


def read(file: Path) -> Kept:
    """All of it. Raises sqlite3.Error when the file cannot be read."""
    with closing(_open(file)) as db:
        windows = [((row[0], row[1], row[2], row[3]), Total(*row[4:])) for row in db.execute(WINDOWS)]
        late = [dict(row) for row in db.execute(LATE)]
        incidents = {row["id"]: _whole(row) for row in db.execute(INCIDENTS)}
        log = {(row["incident"], row["version"]): _whole(row) for row in db.execute(LOG)}
    return Kept(windows, late, incidents, log)


def _whole(row: sqlite3.Row) -> Content:
    """What is kept as a whole, and over it the columns by which it is found."""
    columns = dict(row)
    return {**json.loads(columns.pop("whole")), **columns}


def count(file: Path) -> int:
    """How many windows it holds; -1 where it cannot be told now."""
    try:
        with closing(_open(file)) as db:
            return int(db.execute(COUNT).fetchone()[0])
    except sqlite3.Error:
        return -1


def _open(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)
    db.row_factory = sqlite3.Row
    return db
