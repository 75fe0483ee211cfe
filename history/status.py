"""How history stands: what it kept, what it could not keep, and whether it is ready."""

from collections.abc import Sized

from prometheus_client import Counter, Gauge

from adapters.clock import elapsed_ms
from messages.past import Batch

SLOW_ROUND_MS = 5_000

_rows = Counter("citygrid_history_rows", "Rows given to the store, repeats included", ["table"])
_failures = Counter("citygrid_history_store_failures", "Batches the store did not take; each is tried again")
_lag = Gauge("citygrid_history_lag_records", "Records in Kafka that history has not read yet")
_forgotten = Counter("citygrid_history_forgotten_rows", "Rows deleted because they were older than they are kept")


class Status:
    """What the health page and the counters are told. Written by the one thread that keeps, read by the health server's."""

    def __init__(self) -> None:
        self._opened = False
        self._trouble = ""
        self._round_at = elapsed_ms()

    def reasons(self) -> list[str]:
        """Why history is not ready; empty when it is."""
        reasons = [self._trouble] if self._trouble else []
        if not self._opened:
            return reasons or ["starting: neither the store nor Kafka is open yet"]
        standing = elapsed_ms() - self._round_at
        if not reasons and standing > SLOW_ROUND_MS:
            reasons.append(f"Kafka has not answered for {standing // 1000} s; history waits")
        return reasons

    def opened(self) -> None:
        """Store and Kafka are open."""
        self._opened, self._trouble = True, ""

    def round_done(self) -> None:
        """One round of reading and keeping has ended."""
        self._round_at = elapsed_ms()

    def kept(self, batch: Batch) -> None:
        """The store took `batch`."""
        self._trouble = ""
        rows: dict[str, Sized] = {
            "windows": batch.windows,
            "late": batch.late,
            "incidents": batch.incidents,
            "log": batch.log,
            "broken": batch.broken,
        }
        for table, kept in rows.items():
            _rows.labels(table=table).inc(len(kept))

    def store_failed(self, error: OSError) -> None:
        """The store did not take a batch, which is tried again."""
        self._trouble = f"the store cannot keep history: {error}; nothing is lost, it is tried again"
        _failures.inc()

    def kafka_failed(self, error: BaseException) -> None:
        """Kafka did not answer; it is asked again."""
        self._trouble = f"Kafka cannot be read: {error}; it is tried again"

    def kafka_answered(self, behind: int) -> None:
        """Kafka holds `behind` records that have not been read yet."""
        self._trouble = ""
        _lag.set(behind)

    def forgot(self, rows: int) -> None:
        """The store deleted `rows` old rows."""
        _forgotten.inc(rows)
