"""History in one SQLite file: a writer that keeps batches whole and repeats nothing, and a reader for plots and counts.

The journal is a write-ahead log with `synchronous = FULL`: a transaction that returned is on disk, so that Kafka may be told. With NORMAL it
could be lost at a power failure, after Kafka had been told not to send it again.
"""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from city.incident import Incident, LogEntry
from city.window import ClosedWindow
from messages.line_protocol import Refused
from messages.past import ENDLESS, Batch, Counts, Stamped

SCHEMA_VERSION = 1
FILE = "history.sqlite"
"""What the file of an installation is called."""
LOCKED_FOR_MS = 2_000
BUGS = (
    sqlite3.ProgrammingError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.NotSupportedError,
    sqlite3.DataError,
)

SCHEMA = """
CREATE TABLE store (identity TEXT NOT NULL);
CREATE TABLE series (id INTEGER PRIMARY KEY, cell TEXT NOT NULL, metric TEXT NOT NULL, seconds INTEGER NOT NULL, UNIQUE (cell, metric, seconds));
CREATE TABLE windows (
    series INTEGER NOT NULL, start INTEGER NOT NULL, count INTEGER NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, late INTEGER NOT NULL, written_at INTEGER NOT NULL, PRIMARY KEY (series, start)
) WITHOUT ROWID;
CREATE TABLE late (
    device TEXT NOT NULL, metric TEXT NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, received_at INTEGER NOT NULL, cell TEXT NOT NULL,
    value REAL NOT NULL, window INTEGER NOT NULL, written_at INTEGER NOT NULL, PRIMARY KEY (device, metric, at, seq, received_at)
) WITHOUT ROWID;
CREATE INDEX late_by_age ON late (written_at);
CREATE TABLE incidents (
    id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, district TEXT NOT NULL, state TEXT NOT NULL, class TEXT NOT NULL,
    began_at INTEGER NOT NULL, closed_at INTEGER, whole BLOB NOT NULL, written_at INTEGER NOT NULL
);
CREATE INDEX incidents_by_begin ON incidents (district, began_at);
CREATE INDEX incidents_by_age ON incidents (written_at);
CREATE TABLE log (
    incident TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, whole BLOB NOT NULL, written_at INTEGER NOT NULL,
    PRIMARY KEY (incident, version)
) WITHOUT ROWID;
CREATE INDEX log_by_age ON log (written_at);
CREATE TABLE broken (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL, line INTEGER NOT NULL, why TEXT NOT NULL, head BLOB NOT NULL,
    written_at INTEGER NOT NULL, PRIMARY KEY (topic, partition, "offset", line)
) WITHOUT ROWID;
CREATE INDEX broken_by_age ON broken (written_at);
"""

PUT_SERIES = "INSERT OR IGNORE INTO series (cell, metric, seconds) VALUES (?, ?, ?)"
SERIES = "SELECT id FROM series WHERE cell = ? AND metric = ? AND seconds = ?"
PUT_WINDOW = "INSERT OR REPLACE INTO windows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
PUT_LATE = "INSERT OR IGNORE INTO late VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
PUT_INCIDENT = """
INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
    class = excluded.class, began_at = excluded.began_at, closed_at = excluded.closed_at, whole = excluded.whole, written_at = excluded.written_at
    WHERE excluded.version >= version
"""
PUT_LOG = "INSERT OR IGNORE INTO log VALUES (?, ?, ?, ?, ?)"
PUT_BROKEN = "INSERT OR IGNORE INTO broken VALUES (?, ?, ?, ?, ?, ?, ?)"

FORGET_WINDOWS = """
DELETE FROM windows WHERE series = ?1 AND start IN (SELECT start FROM windows WHERE series = ?1 AND written_at < ?2 ORDER BY start LIMIT ?3)
"""
FORGET = (
    (
        "DELETE FROM late WHERE (device, metric, at, seq, received_at) IN"
        " (SELECT device, metric, at, seq, received_at FROM late WHERE written_at < ? LIMIT ?)"
    ),
    "DELETE FROM incidents WHERE id IN (SELECT id FROM incidents WHERE written_at < ? AND state IN ('closed', 'void') LIMIT ?)",
    (
        "DELETE FROM log WHERE (incident, version) IN (SELECT incident, version FROM log WHERE written_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM incidents WHERE id = log.incident) LIMIT ?)"
    ),
    (
        'DELETE FROM broken WHERE (topic, partition, "offset", line) IN'
        ' (SELECT topic, partition, "offset", line FROM broken WHERE written_at < ? LIMIT ?)'
    ),
)
SERIES_A_ROUND = 100

CELL_WINDOWS = """
SELECT cell, metric, start, seconds, count, sum, min, max, first_at, last_at, late FROM series JOIN windows ON series = id
    WHERE cell = ? AND start >= ? AND start < ? AND metric = ifnull(?, metric) ORDER BY metric, start, seconds
"""
LAST_HEARD = """
SELECT cell, metric, (SELECT last_at FROM windows WHERE series = id ORDER BY start DESC LIMIT 1) AS heard_at FROM series WHERE heard_at >= ?
"""
INCIDENTS = """
SELECT whole FROM incidents WHERE district >= ?1 AND district < ?1 || ':' AND began_at < ?3 AND ifnull(closed_at, ?2) >= ?2
    ORDER BY began_at DESC LIMIT ?4
"""
COUNTS = """
SELECT district, sum(windows), sum(readings), sum(too_late) FROM (
    SELECT substr(cell, 1, 6) AS district, count(*) AS windows, sum(count) AS readings, 0 AS too_late
        FROM series JOIN windows ON series = id GROUP BY 1
    UNION ALL SELECT substr(cell, 1, 6), 0, 0, count(*) FROM late GROUP BY 1
) GROUP BY district
"""


class Writer:
    """The one process that writes the file. It is opened at the first use, and again after every failure."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: sqlite3.Connection | None = None
        self._series: dict[tuple[str, str, int], int] = {}
        self._tidied_series = 0

    def identity(self) -> str:
        """The name the file was given when it was made. Raises OSError when it cannot be opened."""
        with self._transaction() as db:
            (identity,) = db.execute("SELECT identity FROM store").fetchone()
        return str(identity)

    def keep(self, batch: Batch) -> list[Refused]:
        """Keeps all of `batch` or nothing, on disk; sets nothing aside. Of an incident the newest version stays. Raises OSError when it cannot be written now."""
        with self._transaction() as db:
            db.executemany(PUT_WINDOW, [self._window_row(db, window) for window in batch.windows])
            db.executemany(PUT_LATE, _late_rows(batch))
            db.executemany(PUT_INCIDENT, [_incident_row(incident) for incident in batch.incidents])
            db.executemany(PUT_LOG, _log_rows(batch))
            db.executemany(PUT_BROKEN, _broken_rows(batch))
        return []

    def forget(self, before: int, *, most: int) -> int:
        """Deletes at most `most` rows that Kafka took before `before`, of a few series at a time; open incidents and their log stay."""
        left = most
        with self._transaction() as db:
            for statement in FORGET:
                left -= db.execute(statement, (before, left)).rowcount
            for series in self._next_series(db):
                left -= db.execute(FORGET_WINDOWS, (series, before, left)).rowcount
        return most - left

    def close(self) -> None:
        """Closes the file."""
        if self._open:
            self._open.close()
        self._open = None
        self._series = {}

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            if not self._open:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._open = _opened(self._path)
            self._open.execute("BEGIN IMMEDIATE")
            yield self._open
            self._open.execute("COMMIT")
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.Error) and not isinstance(error, BUGS):
                raise OSError(f"{self._path}: {error}") from error
            raise

    def _window_row(self, db: sqlite3.Connection, stamped: Stamped[ClosedWindow]) -> tuple[Any, ...]:
        w = stamped.value
        key = (w.cell, w.metric, w.seconds)
        if key not in self._series:
            db.execute(PUT_SERIES, key)
            (self._series[key],) = db.execute(SERIES, key).fetchone()
        figures = (w.start, w.count, w.sum, w.min, w.max, w.first_at, w.last_at, w.late)
        return self._series[key], *figures, stamped.written_at

    def _next_series(self, db: sqlite3.Connection) -> list[int]:
        rows = db.execute(
            "SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ?", (self._tidied_series, SERIES_A_ROUND)
        ).fetchall()
        self._tidied_series = rows[-1][0] if len(rows) == SERIES_A_ROUND else 0
        return [row[0] for row in rows]


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=LOCKED_FOR_MS / 1000)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA journal_size_limit = {64 << 20}")
    db.execute("BEGIN IMMEDIATE")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == 0:
        for statement in SCHEMA.split(";"):
            db.execute(statement)
        db.execute("INSERT INTO store VALUES (?)", (uuid.uuid4().hex[:12],))
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")
    if version not in {0, SCHEMA_VERSION}:
        db.close()
        raise OSError(
            f"{path} was written by another version of citygrid (format {version}, not {SCHEMA_VERSION}); move it away"
        )
    return db


def _late_rows(batch: Batch) -> Iterable[tuple[Any, ...]]:
    for stamped in batch.late:
        r = stamped.value
        seq = -1 if r.seq is None else r.seq
        yield r.device, r.metric, r.at, seq, r.received_at, r.cell, r.value, r.window, stamped.written_at


def _incident_row(stamped: Stamped[Incident]) -> tuple[Any, ...]:
    i = stamped.value
    whole = msgspec.json.encode(i)
    return i.id, i.version, i.district, i.state.value, i.event_class, i.began_at, i.closed_at, whole, stamped.written_at


def _log_rows(batch: Batch) -> Iterable[tuple[Any, ...]]:
    for stamped in batch.log:
        entry = stamped.value
        yield entry.incident, entry.version, entry.at, msgspec.json.encode(entry), stamped.written_at


def _broken_rows(batch: Batch) -> Iterable[tuple[Any, ...]]:
    for b in batch.broken:
        yield b.topic, b.partition, b.offset, b.line, b.why, b.head, b.written_at


class Reader:
    """Reads the file while it is written; each call opens it anew, so it may be made before the file is there and used from any thread.

    Times are event time in epoch milliseconds, `since` included and `until` not. A file that is not there yet holds nothing.
    Every method raises OSError when the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def cell_windows(self, code: str, since: int, until: int, metric: str | None = None) -> list[ClosedWindow]:
        """The closed windows of a cell, by metric and then by start."""
        rows = self._rows(CELL_WINDOWS, (code, since, until, metric))
        return msgspec.convert([dict(row) for row in rows], list[ClosedWindow])

    def last_heard(self, since: int) -> dict[tuple[str, str], int]:
        """When each cell was last heard of each metric: one look at the end of each series."""
        found: dict[tuple[str, str], int] = {}
        for cell, metric, at in self._rows(LAST_HEARD, (since,)):
            found[cell, metric] = max(at, found.get((cell, metric), at))
        return found

    def incidents(self, prefix: str, since: int, until: int = ENDLESS, most: int = 500) -> list[Incident]:
        """The incidents of a city or district that were open at some time between `since` and `until`, the latest first."""
        rows = self._rows(INCIDENTS, (prefix, since, until, most))
        return [msgspec.json.decode(row["whole"], type=Incident) for row in rows]

    def log(self, incident: str) -> list[LogEntry]:
        """What happened to an incident, in order."""
        rows = self._rows("SELECT whole FROM log WHERE incident = ? ORDER BY version", (incident,))
        return [msgspec.json.decode(row["whole"], type=LogEntry) for row in rows]

    def counts(self) -> dict[str, Counts]:
        """What is held of each district. It reads the whole file: for a recount, not for a page."""
        return {row[0]: Counts(windows=row[1], readings=row[2], too_late=row[3]) for row in self._rows(COUNTS, ())}

    def broken(self) -> int:
        """How many lines nobody understood."""
        return sum(int(row[0]) for row in self._rows("SELECT count(*) FROM broken", ()))

    def _rows(self, statement: str, arguments: tuple[Any, ...]) -> list[sqlite3.Row]:
        if not self._path.exists():
            return []
        try:
            with closing(
                sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=LOCKED_FOR_MS / 1000)
            ) as db:
                db.row_factory = sqlite3.Row
                made = db.execute("PRAGMA user_version").fetchone()[0]
                return db.execute(statement, arguments).fetchall() if made else []
        except BUGS:
            raise
        except sqlite3.Error as error:
            raise OSError(f"{self._path}: {error}") from error
