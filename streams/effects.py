"""Sending from an agent in the right order: outputs at once, then state, then the acknowledgement of what was read."""

import asyncio
from collections.abc import Awaitable, Sequence

from faust.types import AppT, EventT, StreamT, TableT

from messages.records import Headers


class Effects:
    """What an agent has sent and not yet seen acknowledged, and the events it has read and not yet acknowledged itself.

    A crash before `settle` repeats the outputs of those events; one after it repeats nothing.
    """

    def __init__(self, app: AppT, state: TableT[bytes, bytes], stream: StreamT[bytes]) -> None:
        self._app = app
        self._changelog = state.changelog_topic.get_topic_name()
        self._state = state
        self._stream = stream
        self._sent: list[Awaitable[object]] = []
        self._read: list[EventT[bytes]] = []

    def read(self, event: EventT[bytes]) -> None:
        """Notes an event that is acknowledged at the next `settle`."""
        self._read.append(event)

    async def send(
        self, topic: str, partition: int, key: str, value: bytes | None, headers: Headers | None = None
    ) -> None:
        """Sends one output; its acknowledgement is waited for in `settle`."""
        self._sent.append(await self._app.producer.send(topic, key.encode(), value, partition, None, headers or []))

    async def keep(self, blocks: Sequence[tuple[int, str, bytes | None]]) -> None:
        """Writes state blocks (partition, key, value) in this order and waits until Kafka has them, before anything else is sent."""
        await self.put(blocks)
        await self._arrived()

    async def put(self, blocks: Sequence[tuple[int, str, bytes | None]]) -> None:
        """Writes state blocks in this order; their acknowledgement is waited for in `settle`."""
        for partition, key, value in blocks:
            name = key.encode()
            if value is None:
                self._state.data.pop(name, None)
            else:
                self._state.data[name] = value
            await self.send(self._changelog, partition, key, value)

    async def settle(self, blocks: Sequence[tuple[int, str, bytes | None]]) -> None:
        """Waits for the outputs, writes the state blocks (partition, key, value) in this order, waits, and acknowledges the events."""
        await self._arrived()
        await self.keep(blocks)
        events, self._read = self._read, []
        for event in events:
            await self._stream.ack(event)

    async def _arrived(self) -> None:
        sent, self._sent = self._sent, []
        await asyncio.gather(*sent)

    def forget(self) -> None:
        """Drops the events of partitions that were taken away; whoever owns them now reads them again."""
        self._read = []

    def stored(self, key: str) -> bytes | None:
        """A state block as it was last written, by this worker or the one before."""
        return self._state.data.get(key.encode())
