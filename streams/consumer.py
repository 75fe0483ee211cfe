"""How Faust's consumer asks Kafka for records: it waits only shortly at the end of a partition."""

from typing import Any

from faust.transport.drivers import aiokafka as driver

LONGEST_FETCH_MS = 300
"""Faust's own 1.5 s would hold up each rebuilding of the state: one question at a time is under way to a broker, and it is answered only then
when all the partitions it asks for are at their end."""


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread with a shorter wait."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = LONGEST_FETCH_MS  # noqa: SLF001 - Faust has no setting for it
        return consumer


class Consumer(driver.Consumer):
    """Faust's consumer on that thread."""

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)
