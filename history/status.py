"""How history stands: what it kept, what it could not keep, and whether it is ready."""

from collections.abc import Sized

from prometheus_client import Counter, Gauge

from adapters.clock import elapsed_ms
from adapters.health import Waits
from messages.past import Batch

SLOW_MS = 5_000

_rows = Counter("citygrid_history_rows", "Rows given to the store, repeats included", ["table"])
_failures = Counter("citygrid_history_store_failures", "Batches the store did not take; each is tried again")
_refused = Counter(
    "citygrid_history_refused_rows",
    "Rows the store can never take; they lie in history-refused.ndjson, with the reason",
)
_lag = Gauge("citygrid_history_lag_records", "Records in Kafka that history has not kept yet")
_forgotten = Counter("citygrid_history_forgotten_rows", "Rows deleted because they were older than they are kept")


class Status:
    """What the health page and the counters are told. Written by the one thread that keeps, read by the health server's."""

    def __init__(self) -> None:
        self._opened = False
        self._store_trouble = ""
        self._kafka_trouble = ""
        self._waits_for = "Kafka"
        self._since = elapsed_ms()

    def reasons(self) -> list[str]:
        """Why history is not ready; empty when it is. A new start would mend neither a store nor a Kafka."""
        reasons: list[str] = [Waits(trouble) for trouble in (self._store_trouble, self._kafka_trouble) if trouble]
        if not self._opened:
            return reasons or [Waits("starting: neither the store nor Kafka is open yet")]
        waiting = elapsed_ms() - self._since
        if not reasons and waiting > SLOW_MS:
            reasons.append(f"{self._waits_for} has not answered for {waiting // 1000} s; history waits")
        return reasons

    def opened(self) -> None:
        """Store and Kafka are open."""
        self._opened, self._store_trouble, self._kafka_trouble = True, "", ""
        self.asks_kafka()

    def asks_kafka(self) -> None:
        """Kafka is asked for more, or told what is kept."""
        self._waits_for, self._since = "Kafka", elapsed_ms()

    def asks_store(self) -> None:
        """The store is given rows."""
        self._waits_for, self._since = "the store", elapsed_ms()

    def kept(self, batch: Batch, refused: int) -> None:
        """The store took `batch`, and set `refused` of its rows aside."""
        self._store_trouble = ""
        _refused.inc(refused)
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
        self._store_trouble = f"the store cannot keep history: {error}; nothing is lost, it is tried again"
        _failures.inc()

    def kafka_failed(self, error: BaseException) -> None:
        """Kafka did not answer; it is asked again."""
        self._kafka_trouble = f"Kafka cannot be read: {error}; it is tried again"

    def kafka_answered(self, behind: int) -> None:
        """Kafka holds `behind` records that are not kept yet."""
        self._kafka_trouble = ""
        _lag.set(behind)

    def forgot(self, rows: int) -> None:
        """The store deleted `rows` old rows."""
        _forgotten.inc(rows)
