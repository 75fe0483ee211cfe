"""Reading Kafka topics with kafka-python: every partition of a few topics, from the beginning or from a group's committed offsets."""

from collections.abc import Mapping, Sequence

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata
from msgspec import Struct

LARGEST_FETCH = 16 * 1024 * 1024
GATHERED_FETCH = 1024 * 1024
LONGEST_POLL_MS = 500
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
    Raises kafka.errors.KafkaError when Kafka cannot be reached.
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
        self._consumer = KafkaConsumer(
            bootstrap_servers=kafka,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=LARGEST_FETCH,
            fetch_max_bytes=4 * LARGEST_FETCH,
            fetch_min_bytes=GATHERED_FETCH if gather_ms else 1,
            fetch_max_wait_ms=gather_ms or LONGEST_POLL_MS,
            max_poll_records=5000,
            reconnect_backoff_max_ms=2000,
        )
        self._group = group
        self._partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]
        self._consumer.assign(self._partitions)
        self._ends: dict[TopicPartition, int] = self._consumer.end_offsets(self._partitions)
        self._read: dict[TopicPartition, int] = {}
        self._next: dict[TopicPartition, int] = {}
        if group is None:
            self._consumer.seek_to_beginning(*self._partitions)
            self._seek_recent(recent or {})

    def _seek_recent(self, recent: Mapping[str, int]) -> None:
        wanted = {part: recent[part.topic] for part in self._partitions if part.topic in recent}
        found = self._consumer.offsets_for_times(wanted) if wanted else {}
        for part in wanted:
            hit = found.get(part)
            self._consumer.seek(part, hit.offset if hit else self._ends[part])

    def poll(self, timeout: float = 0.5, most: int = 5000) -> list[Record]:
        """The next records, waiting at most `timeout` seconds for the first; at most `most` of them, in order per partition."""
        batches = self._consumer.poll(timeout_ms=int(timeout * 1000), max_records=most)
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
        self._next.pop(part, None)

    def commit(self) -> None:
        """Commits what has been polled since the last commit. Raises kafka.errors.KafkaError when Kafka does not take it."""
        if self._read:
            self._consumer.commit({part: OffsetAndMetadata(offset, "", -1) for part, offset in self._read.items()})
            self._read = {}

    def caught_up(self) -> bool:
        """Whether the ends of all partitions, as they were when this reader was opened, have been reached."""
        return all(self._reached(part, end) >= end for part, end in self._ends.items())

    def ends(self) -> dict[tuple[str, int], int]:
        """The present end offset of every partition."""
        return {(p.topic, p.partition): end for p, end in self._consumer.end_offsets(self._partitions).items()}

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
        """Where reading stands in a partition. The client is asked only where what was polled does not reach to `end`, because it looks at every partition each time."""
        if self._next.get(part, 0) < end:
            self._next[part] = self._consumer.position(part)
        return self._next.get(part, 0)

    def close(self) -> None:
        """Ends the connection; commits nothing."""
        self._consumer.close(autocommit=False)
