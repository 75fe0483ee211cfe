"""Writing to Kafka with kafka-python: idempotent, acknowledged by all replicas, never given up silently."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.record.util import crc32c_c

HOUR_MS = 3_600_000
LONGEST_WAIT_MS = 10_000
LARGEST_REQUEST = 8 * 1024 * 1024


class WriteFailed(Exception):
    """Kafka did not acknowledge a record in time; nothing may be acknowledged upstream."""


class Writer:
    """A producer whose records are acknowledged by all replicas and not repeated by its own retries.

    An expired batch would wedge the idempotent producer for ever, so a batch practically never expires: whoever sends must bound what
    is in flight. Refuses to start without the compiled checksum, which is a thousand times faster.
    """

    def __init__(self, kafka: str, *, linger_ms: int = 0, batch_size: int = 256 * 1024) -> None:
        if crc32c_c is None:
            message = (
                "The package crc32c is missing, and Kafka's checksums would take most of the time; run `make setup`."
            )
            raise RuntimeError(message)
        self._producer = KafkaProducer(
            bootstrap_servers=kafka,
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            linger_ms=linger_ms,
            batch_size=batch_size,
            max_request_size=LARGEST_REQUEST,
            delivery_timeout_ms=HOUR_MS,
            request_timeout_ms=15_000,
            reconnect_backoff_max_ms=2000,
            max_block_ms=LONGEST_WAIT_MS,
            bootstrap_timeout_ms=LONGEST_WAIT_MS,
        )

    def send(
        self, topic: str, *, partition: int, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()
    ) -> Any:
        """Starts sending one record; the future's callbacks run in the producer's own thread."""
        return self._producer.send(topic, value=value, key=key.encode(), headers=list(headers), partition=partition)

    def meet(self, topics: Sequence[str]) -> None:
        """Learns where these topics lie, so that the first record of each is not held up later. Raises kafka.errors.KafkaError."""
        for topic in topics:
            self._producer.partitions_for(topic)

    def write(
        self,
        topic: str,
        *,
        partition: int,
        key: str,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
        timeout: float = 10.0,
    ) -> None:
        """Sends one record and waits for Kafka's acknowledgement. Raises WriteFailed when it does not come within `timeout` seconds."""
        try:
            self.send(topic, partition=partition, key=key, value=value, headers=headers).get(timeout=timeout)
        except KafkaError as error:
            message = f"Kafka did not acknowledge a record for {topic} within {timeout:.0f} s: {error}"
            raise WriteFailed(message) from error

    def flush(self, timeout: float = 10.0) -> None:
        """Waits until everything sent is acknowledged. Raises WriteFailed when that takes longer than `timeout` seconds."""
        try:
            self._producer.flush(timeout=timeout)
        except KafkaError as error:
            message = f"Kafka did not acknowledge everything within {timeout:.0f} s: {error}"
            raise WriteFailed(message) from error

    def close(self, timeout: float = 5.0) -> None:
        """Ends the connection; what Kafka did not acknowledge within `timeout` seconds is tried on until the process ends."""
        with suppress(KafkaError):
            self._producer.close(timeout=timeout)
