"""Which store history lies in: a SQLite file in the data folder, or an InfluxDB 2 bucket; and what can be asked of either."""

from pathlib import Path
from typing import Protocol

from adapters import history_influx, history_sqlite
from adapters.history_place import Influx
from adapters.history_refused import FILE as REFUSED
from city.incident import Incident, LogEntry
from city.window import ClosedWindow
from messages.line_protocol import Refused
from messages.past import ENDLESS, Batch, Counts


class Store(Protocol):
    """What keeps batches. Every method raises OSError when the store cannot do it now: full, locked, unwritable, away."""

    def identity(self) -> str:
        """A name this store was given when it was made. A new store has a new one, and is therefore filled again from what Kafka still holds."""

    def keep(self, batch: Batch) -> list[Refused]:
        """Keeps all of `batch`, and on return it survives a power failure; what can never be kept is set aside and returned.

        Keeping a batch again changes nothing, and completes one that was kept in part.
        """

    def forget(self, before: int, *, most: int) -> int:
        """Deletes some of what Kafka took before `before` (epoch milliseconds), at most `most` rows; how many they were."""

    def close(self) -> None:
        """Lets go of the store."""


class Past(Protocol):
    """What history can be asked. Times are event time in epoch milliseconds, `since` included and `until` not.

    Every method raises OSError when the store cannot be read now.
    """

    def cell_windows(self, code: str, since: int, until: int, metric: str | None = None) -> list[ClosedWindow]:
        """The closed windows of a cell, by metric and then by start."""

    def last_heard(self, since: int) -> dict[tuple[str, str], int]:
        """When each cell was last heard of each metric, by (cell, metric); only what was heard at `since` or later. For a start, not for a page."""

    def incidents(self, prefix: str, since: int, until: int = ENDLESS, most: int = 500) -> list[Incident]:
        """The incidents of a city or district that were open at some time between `since` and `until`, the latest first."""

    def log(self, incident: str) -> list[LogEntry]:
        """What happened to an incident, in order."""

    def counts(self) -> dict[str, Counts]:
        """What is held of each district. It reads everything: for a recount, not for a page."""

    def broken(self) -> int:
        """How many lines nobody understood."""


def store_in(data_dir: Path, influx: Influx | None) -> Store:
    """The store that history writes; without `influx` the file in `data_dir`. Opens nothing yet."""
    if influx:
        return history_influx.Writer(influx, data_dir / REFUSED)
    return history_sqlite.Writer(data_dir / history_sqlite.FILE)


def past_in(data_dir: Path, influx: Influx | None) -> Past:
    """The same store, to be asked. Opens nothing yet."""
    return history_influx.Reader(influx) if influx else history_sqlite.Reader(data_dir / history_sqlite.FILE)
