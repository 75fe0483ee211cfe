"""How Faust's consumer talks to Kafka: it waits only shortly at the end of a partition, and can ask whether it is still of its group."""

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

    async def is_member(self) -> bool:
        """See `Consumer.is_member`."""
        coordinator = self._ensure_consumer()._coordinator  # noqa: SLF001 - aiokafka has no public way
        return bool(await self.call_thread(coordinator._do_heartbeat))  # noqa: SLF001 - as above


class Consumer(driver.Consumer):
    """Faust's consumer on that thread."""

    _thread: ConsumerThread

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def is_member(self) -> bool:
        """Whether Kafka, asked now, counts us into the group, and so has given our partitions to nobody else until now."""
        return await self._thread.is_member()
