"""What of Faust a stream worker uses, over the simulated Kafka: topics, tables, agents, signals, a producer and a consumer."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import faust
from faust.types import TP

from streams.app import changelog
from streams.blocks import BlockTable
from tests.simulation.kafka import Headers, Kafka, Producer, Record

MOST_FETCHED = 8


class Message(NamedTuple):
    """A record as an agent sees it; `timestamp` in seconds."""

    tp: TP
    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes | None
    timestamp: float


class Event(NamedTuple):
    """A message with what belongs to it."""

    message: Message
    key: bytes
    value: bytes | None
    headers: dict[str, bytes]


def event_of(record: Record) -> Event:
    """The event that a record is to an agent."""
    topic, partition = record.tp
    message = Message(record.tp, topic, partition, record.offset, record.key, record.value, record.at / 1000)
    return Event(message, record.key, record.value, dict(record.headers))


class Signal:
    """A signal of the application; who is connected is called in order."""

    def __init__(self) -> None:
        self._connected: list[Callable[..., Awaitable[None]]] = []

    def connect(self, do: Callable[..., Awaitable[None]], *, weak: bool) -> None:
        """Connects a coroutine function."""
        del weak
        self._connected.append(do)

    async def send(self, *args: Any) -> None:
        """Calls everybody."""
        for one in self._connected:
            await one(*args)


class Bare(faust.Table[bytes, bytes]):
    """A table without Faust: it stands behind BlockTable in place of Faust's own."""

    def __init__(self, app: "App", name: str) -> None:
        self.app, self.name = cast("Any", app), name
        self.changelog_topic = cast("Any", SimpleNamespace(get_topic_name=lambda: changelog(name)))

    async def on_rebalance(self, *_: Any) -> None:
        """Nothing that Faust would have to do."""


class Table(BlockTable, Bare):
    """A table of state blocks, as it ships."""


class Tables(list[Table]):
    """All tables of an application, with Faust's own recovery, which has nothing waiting here."""

    def __init__(self) -> None:
        super().__init__()
        self.changelog_queue: deque[Any] = deque()
        self.recovery = SimpleNamespace(buffers={})


class Consumer:
    """The worker's place in its partitions: what it holds, where it reads on, what it has committed."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self.position: dict[TP, int] = {}
        self.acked: dict[TP, set[int]] = {}
        self.is_member: Callable[[], Awaitable[bool]]

    def assignment(self) -> AbstractSet[TP]:
        """The partitions that are this worker's, always in one order."""
        return self.position.keys()

    async def earliest_offsets(self, *partitions: TP) -> dict[TP, int]:
        """Where each partition begins."""
        return dict.fromkeys(partitions, 0)

    async def highwaters(self, *partitions: TP) -> dict[TP, int]:
        """Where each partition ends."""
        return {tp: self.highwater(tp) for tp in partitions}

    def highwater(self, tp: TP) -> int:
        """Where a partition ends."""
        return len(self._kafka.logs[tp])

    async def seek_wait(self, places: Mapping[TP, int]) -> None:
        """Reads on from these places."""
        self.position.update({tp: offset for tp, offset in places.items() if tp in self.position})

    def pause_partitions(self, _partitions: Collection[TP]) -> None:
        """Nothing has to pause, because a seek takes no time."""

    def resume_partitions(self, _partitions: Collection[TP]) -> None:
        """See above."""

    def assign(self, partitions: Collection[TP]) -> None:
        """Begins with these partitions at their beginning, but for those it had already, in which it stays where it was."""
        self.position = {tp: self.position.get(tp, 0) for tp in sorted(partitions)}
        self.acked = {tp: set() for tp in self.position}

    def commit(self) -> None:
        """Commits each partition up to the first offset that is not acknowledged, as Faust does each second."""
        for tp, acked in self.acked.items():
            end = self._kafka.committed.get(tp, 0)
            if acked and end not in acked and min(acked) > end:
                end = min(acked)
            while end in acked:
                acked.discard(end)
                end += 1
            if end > self._kafka.committed.get(tp, 0):
                self._kafka.committed[tp] = end


class Stream:
    """What one agent reads: fetched a few records at a time from a partition that chance chooses, handed over one by one."""

    def __init__(self, app: "App", topics: Collection[str]) -> None:
        self._app = app
        self.topics = sorted(topics)
        self._fetched: deque[Record] = deque()
        self._woken = asyncio.Event()

    def noack(self) -> "Stream":
        """Acknowledges by hand, which is all that this one can."""
        return self

    def wake(self) -> None:
        """Looks again whether there is something to read."""
        self._woken.set()

    def clear(self) -> None:
        """Forgets what was fetched and not handed over; now and then some of it comes all the same, later."""
        if self._app.chance.happens(0.8):
            self._fetched.clear()

    async def events(self) -> AsyncIterator[Event]:
        """Every record of the partitions that are this worker's, in order within each."""
        while True:
            if self._fetched and not self._app.rebalancing:
                yield event_of(self._fetched.popleft())
            elif not self._fetch():
                self._woken.clear()
                await self._woken.wait()
                await asyncio.sleep(self._app.chance.soon(0.01))

    def _fetch(self) -> bool:
        consumer, logs = self._app.consumer, self._app.kafka.logs
        if self._app.rebalancing or self._app.kafka.down or self._app.producer.client.away:
            return False
        full = [tp for tp, at in consumer.position.items() if tp.topic in self.topics and at < len(logs[tp])]
        if full:
            tp = self._app.chance.choice(full)
            first = consumer.position[tp]
            self._fetched += logs[tp][first : first + self._app.chance.randint(1, MOST_FETCHED)]
            consumer.position[tp] = self._fetched[-1].offset + 1
        return bool(full)

    async def ack(self, event: Event) -> None:
        """Acknowledges one event, which lets the consumer commit behind it."""
        tp = event.message.tp
        if tp in self._app.consumer.acked:
            self._app.consumer.acked[tp].add(event.message.offset)


class Sender:
    """The application's producer."""

    def __init__(self, kafka: Kafka) -> None:
        self.client = Producer(kafka, idempotent=False)

    async def send(
        self, topic: str, key: bytes, value: bytes | None, partition: int, _at: float | None, headers: Headers
    ) -> Awaitable[Any]:
        """Starts writing one record, after a moment in which others may run."""
        await asyncio.sleep(0)
        return self.client.put(TP(topic, partition), key, value, headers)


class App:
    """The application of one worker process."""

    def __init__(self, kafka: Kafka, name: str) -> None:
        self.kafka = kafka
        self.conf = SimpleNamespace(consumer_group_instance_id=name)
        self.chance = kafka.scheduler.chance
        self.consumer = Consumer(kafka)
        self.producer = Sender(kafka)
        self.rebalancing = True
        self.on_partitions_revoked = Signal()
        self.on_rebalance_complete = Signal()
        self.tables = Tables()
        self.streams: list[Stream] = []
        self.bodies: list[tuple[Callable[[Stream], Awaitable[None]], Stream]] = []

    def topic(self, *topics: str, **_: Any) -> tuple[str, ...]:
        """Several topics as one source."""
        return topics

    def Table(self, name: str, **_: Any) -> Table:  # noqa: N802 - Faust's own name
        """A table."""
        table = Table(self, name)
        self.tables.append(table)
        return table

    def agent(self, topics: Collection[str], *, name: str) -> Callable[[Any], None]:
        """Registers an agent, as a decorator."""
        del name

        def register(body: Callable[[Stream], Awaitable[None]]) -> None:
            stream = Stream(self, topics)
            self.streams.append(stream)
            self.bodies.append((body, stream))

        return register

    def wake(self) -> None:
        """Lets every agent look whether there is something to read."""
        for stream in self.streams:
            stream.wake()

    async def revoke(self) -> None:
        """Lets go of all partitions, as Faust does before every rebalance."""
        self.rebalancing = True
        for stream in self.streams:
            stream.clear()
        await self.producer.client.flush()
        await self.on_partitions_revoked.send(self.consumer.assignment())

    async def assign(self, partitions: Collection[TP], generation: int) -> None:
        """Takes partitions: rebuilds the tables from their changelogs, then reads on, first where the agents say, then where it committed."""
        self.consumer.assign(partitions)
        for table in self.tables:
            await table.on_rebalance(set(partitions), set(), set(), generation)
        for number in sorted({tp.partition for tp in partitions}):
            for table in self.tables:
                await self._recover(table, number)
        await self.on_rebalance_complete.send()
        await self.consumer.seek_wait(self.kafka.committed)
        self.rebalancing = False
        self.wake()

    async def _recover(self, table: Table, partition: int) -> None:
        log = self.kafka.logs[TP(changelog(table.name), partition)]
        events: Any = [event_of(record) for record in log]
        table.apply_changelog_batch(events)
        await asyncio.sleep(self.chance.soon(0.05))
