"""windows, late, incidents, incident-log → history. Decides when Kafka is told that something is kept: after the store has it on disk."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from adapters.clock import elapsed_ms, now_ms
from adapters.health import serve
from adapters.history_place import Influx
from adapters.history_stores import Store, store_in
from adapters.kafka_reader import Reader, Record, Unreachable
from adapters.logs import log
from history.batch import batch_of, portions
from history.status import Status
from messages.line_protocol import Refused
from messages.past import LONGEST_HEAD, Batch
from messages.topics import INCIDENT_LOG, INCIDENTS, LATE, WINDOWS

T = TypeVar("T")
TOPICS = (WINDOWS.name, LATE.name, INCIDENTS.name, INCIDENT_LOG.name)
RECORDS_A_BATCH = 200
BYTES_A_BATCH = 4 << 20
LOOK_EVERY_MS = 2_000
ROWS_FORGOTTEN_AT_ONCE = 2_000
DAY_MS = 86_400_000
TIDY_EVERY_MS = 5_000
AGAIN_SECONDS = 1.0
GRACE_SECONDS = 4.0

_spread = random.Random()  # noqa: S311 - spreads retries, guards nothing


def run(*, kafka: str, data_dir: Path, http: str | None, keep_days: int = 30, influx: Influx | None = None) -> None:
    """Keeps history in `data_dir`, or in an InfluxDB bucket, until SIGTERM.

    What Kafka took more than `keep_days` days ago is forgotten; 0 keeps everything. An InfluxDB bucket forgets by its own retention.
    """
    stopped, status = threading.Event(), Status()
    _stop_on_signal(stopped)
    health = serve(http, status.reasons) if http else None
    store = store_in(data_dir, influx)
    try:
        follow(kafka, store, status, stopped, keep_days=keep_days)
    finally:
        store.close()
        if health:
            health.close()


def follow(kafka: str, store: Store, status: Status, stopped: threading.Event, *, keep_days: int) -> None:
    """Opens the store and Kafka, whenever they can be opened, and keeps what comes."""
    identity = patiently(store.identity, status.store_failed, stopped)
    if identity is None:
        return
    reader = _opened(kafka, f"citygrid-history-{identity}", status, stopped)
    if reader is None:
        return
    status.opened()
    log("history").info("keeping", store=identity, topics=TOPICS)
    try:
        keep_on(reader, store, status, stopped, keep_days=keep_days)
    finally:
        reader.close()


def keep_on(reader: Reader, store: Store, status: Status, stopped: threading.Event, *, keep_days: int) -> None:
    """Round after round: read, keep, and only then commit. While the store refuses, nothing more is read."""
    tidied_at = elapsed_ms()
    lag = Lag(reader, status)
    while not stopped.is_set():
        status.asks_kafka()
        records = _polled(reader, status, stopped)
        lag.held = len(records)
        for portion in portions(records, BYTES_A_BATCH):
            if not keep(batch_of(portion), store, status, stopped, meanwhile=lag.look):
                return
        lag.held = 0
        status.asks_kafka()
        _commit(reader, status)
        lag.look()
        if elapsed_ms() - tidied_at >= TIDY_EVERY_MS:
            tidy(store, status, keep_days)
            tidied_at = elapsed_ms()


def keep(
    batch: Batch, store: Store, status: Status, stopped: threading.Event, *, meanwhile: Callable[[], None]
) -> bool:
    """Keeps `batch`, however long the store takes to recover; False only when history was stopped before that. `meanwhile` runs after each failure."""

    def failed(error: OSError) -> None:
        status.store_failed(error)
        meanwhile()

    def kept() -> list[Refused]:
        status.asks_store()
        return store.keep(batch)

    refused = patiently(kept, failed, stopped)
    if refused is None:
        return False
    status.kept(batch, len(refused))
    for line in refused:
        log("history").error("refused", why=line.why, line=line.line[:LONGEST_HEAD])
    for broken in batch.broken:
        log("history").error(
            "broken", topic=broken.topic, partition=broken.partition, offset=broken.offset, why=broken.why
        )
    return True


class Lag:
    """How far history is behind: what lies unread in Kafka, and what it holds and has not kept (`held`, records). Looked at every few seconds."""

    def __init__(self, reader: Reader, status: Status) -> None:
        self._reader, self._status = reader, status
        self._looked_at = elapsed_ms()
        self.held = 0

    def look(self) -> None:
        """Asks Kafka how much there is, if that was not asked lately."""
        if elapsed_ms() - self._looked_at < LOOK_EVERY_MS:
            return
        try:
            self._status.kafka_answered(self._reader.lag() + self.held)
        except Unreachable as error:
            self._status.kafka_failed(error)
        self._looked_at = elapsed_ms()


def tidy(store: Store, status: Status, keep_days: int) -> None:
    """Forgets a little of what is older than it is kept. A store that cannot do so now is asked again later."""
    if keep_days <= 0:
        return
    try:
        status.forgot(store.forget(now_ms() - keep_days * DAY_MS, most=ROWS_FORGOTTEN_AT_ONCE))
    except OSError as error:
        log("history").warning("not tidied", error=str(error))


def patiently(attempt: Callable[[], T], failed: Callable[[OSError], None], stopped: threading.Event) -> T | None:
    """What `attempt` gives once it raises no OSError any more; None when stopped before."""
    for delay in delays():
        try:
            return attempt()
        except OSError as error:
            failed(error)
            log("history").warning("store refused", error=str(error), again_in_seconds=delay)
        if stopped.wait(delay):
            break
    return None


def delays(spread: Callable[[], float] = _spread.random) -> Iterator[float]:
    """How long to wait after each failure, in seconds: doubling from 0.1 to 10, and of that the half to the whole, as `spread` (0 to 1) says."""
    delay = 0.1
    while True:
        yield delay * (0.5 + 0.5 * spread())
        delay = min(2 * delay, 10.0)


def _opened(kafka: str, group: str, status: Status, stopped: threading.Event) -> Reader | None:
    for delay in delays():
        try:
            reader = Reader(kafka, TOPICS, group=group)
            missing = set(TOPICS) - {topic for topic, _ in reader.ends()}
            if not missing:
                return reader
            reader.close()
            status.kafka_failed(LookupError(f"the topics {', '.join(sorted(missing))} are not there yet"))
        except Unreachable as error:
            status.kafka_failed(error)
            log("history").warning("Kafka not reached", error=str(error), again_in_seconds=delay)
        if stopped.wait(delay):
            break
    return None


def _polled(reader: Reader, status: Status, stopped: threading.Event) -> list[Record]:
    """What has come; nothing, after a pause, while Kafka cannot be read."""
    try:
        return reader.poll(timeout=0.5, most=RECORDS_A_BATCH)
    except Unreachable as error:
        status.kafka_failed(error)
        log("history").warning("not read", error=str(error), again_in_seconds=AGAIN_SECONDS)
    stopped.wait(AGAIN_SECONDS)
    return []


def _commit(reader: Reader, status: Status) -> None:
    """Commits what is kept. When Kafka does not take it, the next commit covers it, and a restart only repeats what the store knows."""
    try:
        reader.commit()
    except Unreachable as error:
        status.kafka_failed(error)
        log("history").warning("not committed", error=str(error))


def _stop_on_signal(stopped: threading.Event) -> None:
    """Lets the round end. A call into Kafka can hold it longer than a supervisor waits; to be cut off there costs only a repeated batch."""

    def stop(*_: object) -> None:
        stopped.set()
        cut = threading.Timer(GRACE_SECONDS, os._exit, [0])
        cut.daemon = True
        cut.start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
