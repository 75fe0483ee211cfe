"""Where writes go: a Kafka producer that is opened at the first write, so that the pages are served while Kafka is still away."""

import threading
from collections.abc import Sequence

from adapters.kafka_reader import Unreachable
from adapters.kafka_writer import WriteFailed, Writer


class LateSink:
    """One producer for all requests. May be used from any thread."""

    def __init__(self, kafka: str) -> None:
        self._kafka = kafka
        self._writer: Writer | None = None
        self._lock = threading.Lock()

    def write(
        self, topic: str, *, partition: int, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        """Returns once the record is in Kafka. Raises WriteFailed when it is not within ten seconds."""
        self._opened().write(topic, partition=partition, key=key, value=value, headers=headers)

    def close(self) -> None:
        """Ends the connection."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
            self._writer = None

    def _opened(self) -> Writer:
        with self._lock:
            if self._writer is None:
                try:
                    self._writer = Writer(self._kafka)
                except Unreachable as error:
                    message = f"Kafka at {self._kafka} does not answer: {error}"
                    raise WriteFailed(message) from error
            return self._writer
