"""Reading Kafka topics with kafka-python: every partition of a few topics, from the beginning or from a group's committed offsets.

While Kafka is away, the client of a group raises from any call, `poll` included: it looks for the group's coordinator, and where the
metadata that it then asks for does not come, that error comes out. The client without a group only gives nothing.
What was fetched before a `poll` that raised may be lost with it, so the next one reads over a new client, from where the last one handed over.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.net.compat import KafkaNetClient
from kafka.structs import OffsetAndMetadata
from msgspec import Struct

LARGEST_FETCH = 16 * 1024 * 1024
GATHERED_FETCH = 1024 * 1024
LONGEST_POLL_MS = 500
ANSWER_MS = 30_000  # how long Kafka may take to answer a question; the client would wait for some answers without end
RENEWAL_MS = 5_000
Unreachable = KafkaError  # what a shell catches when it can wait for Kafka itself


class Record(Struct, frozen=True):
    """One record as Kafka holds it; `timestamp` is its arrival in epoch milliseconds."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    timestamp: int


class Reader:
    """Reads every partition of `topics`; the assignment is by hand, so no rebalance ever stops it.

    Without `group` it starts at the beginning (or, in the topics named in `recent`, at the first record that arrived at that time, epoch milliseconds, or later) and never
    commits. With `group` it resumes at the committed offsets and commits when told.
    With `gather_ms` Kafka answers a fetch only when 1 MB has come or that time has passed: many small records a second then cost a few fetches.
    Each call raises kafka.errors.KafkaError when Kafka cannot be reached, and may be made again; nothing is skipped by that.
    """

    def __init__(
        self,
        kafka: str,
        topics: Sequence[str],
        *,
        group: str | None = None,
        recent: Mapping[str, int] | None = None,
        gather_ms: int = 0,
    ) -> None:
        self._settings: dict[str, Any] = {
            "bootstrap_servers": kafka,
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "max_partition_fetch_bytes": LARGEST_FETCH,
            "fetch_max_bytes": 4 * LARGEST_FETCH,
            "fetch_min_bytes": GATHERED_FETCH if gather_ms else 1,
            "fetch_max_wait_ms": gather_ms or LONGEST_POLL_MS,
            "max_poll_records": 5000,
            "reconnect_backoff_max_ms": 2000,
        }
        self._recent = recent or {}
        self._read: dict[TopicPartition, int] = {}
        self._next: dict[TopicPartition, int] = {}
        self._failed = False
        self._consumer = _connected(**self._settings, bootstrap_timeout_ms=ANSWER_MS)
        try:
            self._partitions = [
                TopicPartition(topic, number)
                for topic in topics
                for number in sorted(self._consumer.partitions_for_topic(topic) or ())
            ]
            self._ends: dict[TopicPartition, int] = self._asked_ends()
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        """Has the client read on where records were handed over last; where none were, at the committed offsets or the start."""
        self._consumer.assign(self._partitions)
        new = [part for part in self._partitions if part not in self._next]
        if self._settings["group_id"] is None and new:
            self._consumer.seek_to_beginning(*new)
            self._seek_recent({part: self._recent[part.topic] for part in new if part.topic in self._recent})
        for part, offset in self._next.items():
            self._consumer.seek(part, offset)

    def _renew(self) -> None:
        """Goes over to a new client. Raises kafka.errors.KafkaError, and keeps the old one, when Kafka is still away."""
        old, self._consumer = self._consumer, _connected(**self._settings, bootstrap_timeout_ms=RENEWAL_MS)
        _end(old)
        self._begin()
        self._failed = False

    def _seek_recent(self, wanted: dict[TopicPartition, int]) -> None:
        found = self._consumer.offsets_for_times(wanted, timeout_ms=ANSWER_MS) if wanted else {}
        for part in wanted:
            hit = found.get(part)
            self._consumer.seek(part, hit.offset if hit else self._ends[part])

    def poll(self, timeout: float = 0.5, most: int = 5000) -> list[Record]:
        """The next records, waiting at most `timeout` seconds for the first; at most `most` of them, in order per partition."""
        if self._failed:
            self._renew()
        try:
            batches = self._consumer.poll(timeout_ms=int(timeout * 1000), max_records=most)
        except KafkaError:
            self._failed = True
            raise
        records: list[Record] = []
        for part, messages in batches.items():
            self._read[part] = self._next[part] = messages[-1].offset + 1
            records.extend(
                Record(part.topic, part.partition, m.offset, m.key, m.value, list(m.headers or ()), m.timestamp)
                for m in messages
            )
        return records

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """Goes on at `offset` in one partition."""
        part = TopicPartition(topic, partition)
        self._consumer.seek(part, offset)
        self._next[part] = offset

    def commit(self) -> None:
        """Commits what has been polled since the last commit. Raises kafka.errors.KafkaError when Kafka does not take it."""
        if self._read:
            offsets = {part: OffsetAndMetadata(offset, "", -1) for part, offset in self._read.items()}
            self._consumer.commit(offsets, timeout_ms=ANSWER_MS)
            self._read = {}

    def caught_up(self) -> bool:
        """Whether the ends of all partitions, as they were when this reader was opened, have been reached."""
        return all(self._reached(part, end) >= end for part, end in self._ends.items())

    def ends(self) -> dict[tuple[str, int], int]:
        """The present end offset of every partition."""
        return {(p.topic, p.partition): end for p, end in self._asked_ends().items()}

    def _asked_ends(self) -> dict[TopicPartition, int]:
        found: dict[TopicPartition, int] = self._consumer.end_offsets(self._partitions, timeout_ms=ANSWER_MS)
        return found

    def lag(self) -> int:
        """How many records lie in Kafka that have not been polled yet."""
        return self.behind(self.ends())

    def behind(self, ends: Mapping[tuple[str, int], int]) -> int:
        """How many records lie before these ends of this reader's partitions that have not been polled yet; asks nobody."""
        return sum(
            max(0, end - self._reached(part, end))
            for part in self._partitions
            if (end := ends.get((part.topic, part.partition), 0))
        )

    def _reached(self, part: TopicPartition, end: int) -> int:
        """Where reading stands in a partition. The client is asked only where what was polled does not reach to `end`, because it looks at every partition each time.

        After a poll that raised it is not asked: it may stand behind records that it never handed over.
        """
        if self._next.get(part, 0) < end and not self._failed:
            position = self._consumer.position(part, timeout_ms=ANSWER_MS)
            if position is None:
                message = f"Kafka did not say within {ANSWER_MS // 1000} s where {part.topic}[{part.partition}] begins"
                raise KafkaTimeoutError(message)
            self._next[part] = position
        return self._next.get(part, 0)

    def close(self) -> None:
        """Ends the connection; commits nothing."""
        _end(self._consumer)


def _end(consumer: KafkaConsumer) -> None:
    with suppress(KafkaError):
        consumer.close(autocommit=False)


def _connected(**settings: Any) -> KafkaConsumer:
    """A consumer that has met Kafka. One that could not leaves nothing behind; the library would leave a thread and five open files, at each attempt."""
    begun: list[KafkaNetClient] = []

    def begin(**configs: Any) -> KafkaNetClient:
        begun.append(KafkaNetClient(**configs))
        return begun[0]

    try:
        return KafkaConsumer(kafka_client=begin, **settings)
    except BaseException:
        for client in begun:
            client.close()
        raise
