"""Sending from an agent in the right order: outputs at once, then state, then the acknowledgement of what was read.

State is written by one at a time, beside the sending of what was decided after it.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import NamedTuple

from faust.types import TP, AppT, EventT, StreamT

from adapters.clock import elapsed_ms
from messages.records import Headers
from streams import counters
from streams.blocks import BlockTable
from streams.offsets import Offsets, block_of

Blocks = Sequence[tuple[int, str, bytes | None]]
"""State blocks: partition, key, value (None: deleted)."""
BETWEEN_MS = 1000
LONG_MS = 4000
"""So long after Kafka has last counted us in, the group may have given our partitions to another worker: its session is longer than that."""
ASKED = 5


class Replaced(Exception):
    """The group no longer counts us in: what we have decided has not been said, and must not be."""


class Noted(NamedTuple):
    """What was sent and read until a moment: the outputs, the events to acknowledge, and where to read on behind them."""

    sent: list[Awaitable[object]]
    events: list[EventT[bytes]]
    read_on: Blocks


class Effects:
    """What an agent has sent and not yet seen acknowledged, and the events it has read and not yet acknowledged itself.

    A crash before `settle` repeats the outputs of those events; one after it repeats nothing.
    """

    def __init__(self, app: AppT, state: BlockTable, stream: StreamT[bytes], offsets: Offsets) -> None:
        self._app = app
        self._changelog = state.changelog_topic.get_topic_name()
        self._state = state
        self._stream = stream
        self._offsets = offsets
        self._sent: list[Awaitable[object]] = []
        self._read: list[EventT[bytes]] = []
        self._offsets_at = 0
        self._counted_in_at = elapsed_ms()
        self._writing = asyncio.Lock()

    def read(self, event: EventT[bytes]) -> bool:
        """Notes an event that is acknowledged at the next `settle`; False when its partition is not ours any more, or it comes again.

        Raises Skipped when one before it never came.
        """
        ours = self._offsets.read(event.message.tp, event.message.offset)
        if ours:
            self._read.append(event)
        return ours

    async def send(
        self, topic: str, partition: int, key: str, value: bytes | None, headers: Headers | None = None
    ) -> None:
        """Sends one output; its acknowledgement is waited for in `settle`."""
        self._sent.append(await self.deliver(topic, partition, key, value, headers))

    async def deliver(
        self, topic: str, partition: int, key: str, value: bytes | None, headers: Headers | None = None
    ) -> Awaitable[object]:
        """Sends one output, whose acknowledgement the caller waits for."""
        return await self._app.producer.send(topic, key.encode(), value, partition, None, headers or [])

    async def keep(self, blocks: Blocks) -> None:
        """Writes state blocks in this order and waits until Kafka has them, before anything else is sent.

        That Kafka takes them does not say that the partitions are still ours, and a process that stood still does not know that it did.
        So when Kafka has not counted us in for long, it is asked. Raises Replaced when it does not say that we are of the group.
        """
        async with self._writing:
            await asyncio.gather(*await self._put(blocks))
            if elapsed_ms() - self._counted_in_at > LONG_MS:
                await self._still_ours()

    async def _still_ours(self) -> None:
        for _ in range(ASKED):
            asked_at = elapsed_ms()
            if await self._app.consumer.is_member():  # type: ignore[attr-defined] # our own consumer has it
                self._counted_in_at = asked_at
                return
            await asyncio.sleep(1)
        raise Replaced("Kafka has not confirmed that this worker still has its partitions.")

    async def put(self, blocks: Blocks) -> None:
        """Writes state blocks in this order; their acknowledgement is waited for in `settle`."""
        async with self._writing:
            self._sent += await self._put(blocks)

    async def _put(self, blocks: Blocks) -> list[Awaitable[object]]:
        for partition in {partition for partition, _, _ in blocks}:
            await self._claim(partition)
        return [
            await self._write(partition, self._state.put(partition, key.encode(), value), value)
            for partition, key, value in blocks
        ]

    async def _claim(self, partition: int) -> None:
        for rows in self._state.claim(partition):
            await asyncio.gather(*[await self._write(partition, raw, value) for raw, value in rows])

    async def _write(self, partition: int, raw: bytes, value: bytes | None) -> Awaitable[object]:
        counters.kept(self._state.name, len(raw) + len(value or b""))
        return await self._app.producer.send(self._changelog, raw, value, partition, None, [])

    @property
    def due(self) -> bool:
        """Whether it is time to write where to read on, and to acknowledge."""
        return elapsed_ms() - self._offsets_at >= BETWEEN_MS

    def noted(self) -> Noted:
        """Takes over what was sent and read until now; state blocks that go with it are made in the same moment."""
        sent, self._sent = self._sent, []
        if not self.due:
            return Noted(sent, [], [])
        self._offsets_at = elapsed_ms()
        events, self._read = self._read, []
        return Noted(sent, events, self._read_on())

    async def settle(self, blocks: Blocks, noted: Noted | None = None) -> None:
        """Waits for the outputs, writes the state blocks in this order, waits, and about once a second acknowledges the events.

        Where to read on is written with the blocks before that: it may lag behind the state, which skips what it holds, but never
        behind what is acknowledged and committed, because from there Faust reads on.
        """
        sent, events, read_on = noted or self.noted()
        await asyncio.gather(*sent)
        await self.keep([*blocks, *read_on])
        for event in events:
            await self._stream.ack(event)

    def _read_on(self) -> Blocks:
        return [(one.partition, block_of(one), b"%d" % offset) for one, offset in self._offsets.unwritten()]

    def forget(self) -> None:
        """Drops the events that are not settled, because partitions move; whoever owns them then reads them again."""
        self._read = []
        self._offsets.stop()

    def replayed(self, topic: str, partition: int) -> bool:
        """Whether all is read that the partition held when it was given to us."""
        return self._offsets.replayed(TP(topic, partition))

    def stored_keys(self, partition: int, start: str) -> list[str]:
        """The names of the partition's state blocks that begin with `start`."""
        return [key.decode() for key in self._state.keys_of(partition, start.encode())]

    def stored(self, partition: int, key: str) -> bytes | None:
        """A state block as it was last written, by this worker or the one before."""
        return self._state.get_block(partition, key.encode())
