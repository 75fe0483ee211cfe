"""Reads Kafka for the proof, over a connection and with offsets of its own, through every outage: nothing is skipped, nothing read twice."""

import threading
import time
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from adapters.clock import elapsed_ms
from citygrid.proof.seen import NAMES, TOPICS, Raw, Seen

POLL_MS = 200
MOST = 2000
AGAIN_S = 0.5
GLANCE_S = 0.1
LARGEST = 16 << 20


class Reader:
    """A thread that shows every record to `seen`, under `lock`."""

    def __init__(self, kafka: str, seen: Seen) -> None:
        """Begins at once, at the beginning of every topic."""
        self.seen = seen
        self.lock = threading.Lock()
        self.failure: BaseException | None = None
        self._kafka = kafka
        self._next: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._asked = threading.Event()
        self._told = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proof-reader", daemon=True)
        self._thread.start()

    def at_the_end(self, patience_s: float) -> bool:
        """Whether everything that Kafka holds now is read within `patience_s` seconds."""
        until = elapsed_ms() + int(patience_s * 1000)
        self._told.clear()
        self._asked.set()
        if not self._told.wait(patience_s):
            return False
        while any(self._next.get(part, 0) < end for part, end in self._ends.items()):
            if elapsed_ms() > until:
                return False
            time.sleep(GLANCE_S)
        return True

    def close(self) -> None:
        """Ends the thread."""
        self._stopping.set()
        self._thread.join(10)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._stay()
        except BaseException as failure:
            self.failure = failure
            raise

    def _stay(self) -> None:
        """One connection, until it ends."""
        try:
            consumer = self._connected()
        except (KafkaError, OSError):
            self._stopping.wait(AGAIN_S)
            return
        try:
            while not self._stopping.is_set():
                self._take(consumer.poll(timeout_ms=POLL_MS, max_records=MOST))
                if self._asked.is_set():
                    self._ends = consumer.end_offsets(list(self._next))
                    self._asked.clear()
                    self._told.set()
        except (KafkaError, OSError):
            self._stopping.wait(AGAIN_S)
        finally:
            consumer.close(autocommit=False)

    def _connected(self) -> Any:
        consumer = KafkaConsumer(
            bootstrap_servers=self._kafka,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=LARGEST,
            reconnect_backoff_max_ms=500,
        )
        parts = [
            TopicPartition(f"{NAMES}{topic}", number)
            for topic in TOPICS
            for number in sorted(consumer.partitions_for_topic(f"{NAMES}{topic}") or ())
        ]
        if len({part.topic for part in parts}) < len(TOPICS):
            consumer.close(autocommit=False)
            raise KafkaError("not all topics are there yet")
        consumer.assign(parts)
        for part in parts:
            consumer.seek(part, self._next.setdefault(part, 0))
        return consumer

    def _take(self, batches: dict[TopicPartition, list[Any]]) -> None:
        with self.lock:
            for part, records in batches.items():
                for record in records:
                    if record.offset < self._next[part]:
                        continue
                    self._show(part.topic.removeprefix(NAMES), record)
                    self._next[part] = record.offset + 1

    def _show(self, topic: str, record: Any) -> None:
        if record.value is None or (not record.value and topic != "telemetry"):
            return
        key = (record.key or b"").decode(errors="replace")
        self.seen.take(topic, key, Raw(record.value, record.offset, record.timestamp, dict(record.headers or ())))
