"""A Kafka of one broker: logs by partition, committed offsets, and crashes in which what was not yet acknowledged may or may not have been written."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, NamedTuple

from faust.types import TP

from tests.simulation.scheduler import Scheduler

Headers = list[tuple[str, bytes]]


class Record(NamedTuple):
    """One record as it lies in its partition; `at` is when its producer sent it, epoch milliseconds."""

    tp: TP
    offset: int
    key: bytes
    value: bytes | None
    headers: Headers
    at: int


class Kafka:
    """The broker. While it is down nothing is written or acknowledged; what lies in it stays."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.logs: defaultdict[TP, list[Record]] = defaultdict(list)
        self.committed: dict[TP, int] = {}
        self.crashes = 0
        self.up_at = 0.0
        self.readers: dict[TP, Callable[[], None]] = {}
        self.listeners: dict[str, Callable[[Record], None]] = {}

    @property
    def down(self) -> bool:
        """Whether it answers nobody now."""
        return self.scheduler.now < self.up_at

    def crash(self, for_s: float) -> None:
        """Goes away for a while; every request under way loses its answer."""
        self.crashes += 1
        self.up_at = max(self.up_at, self.scheduler.now + for_s)

    def append(self, tp: TP, key: bytes, value: bytes | None, headers: Headers, at: int) -> None:
        """Writes one record."""
        log = self.logs[tp]
        record = Record(tp, len(log), key, value, headers, at)
        log.append(record)
        if tp in self.readers:
            self.readers[tp]()
        if tp.topic in self.listeners:
            self.listeners[tp.topic](record)

    def of(self, topic: str) -> list[Record]:
        """All records of a topic, partition by partition."""
        return [record for tp in sorted(self.logs) if tp.topic == topic for record in self.logs[tp]]


Waiting = tuple[tuple[bytes, bytes | None, Headers, int], "asyncio.Future[Any]"]


class Producer:
    """One client that writes: in order within a partition, in batches, one batch of a partition at a time.

    An idempotent one is written once whatever happens to the answer; another one writes a batch again when its answer was lost.
    """

    def __init__(self, kafka: Kafka, *, idempotent: bool) -> None:
        self._kafka = kafka
        self._scheduler = kafka.scheduler
        self._chance = kafka.scheduler.chance
        self._idempotent = idempotent
        self._waiting: defaultdict[TP, deque[Waiting]] = defaultdict(deque)
        self._unanswered: set[asyncio.Future[Any]] = set()
        self._busy: set[TP] = set()
        self._under_way: set[TP] = set()
        self._dead = False
        self._away_until = 0.0
        self._until_trap = 0
        self._trap: Callable[[], None] = lambda: None

    def put(self, tp: TP, key: bytes, value: bytes | None, headers: Headers) -> "asyncio.Future[Any]":
        """Starts writing one record; the future is done when the broker has acknowledged it."""
        future: asyncio.Future[Any] = self._scheduler.loop.create_future()
        if not self._dead:
            self._until_trap -= 1
            if not self._until_trap:
                self._scheduler.loop.call_soon(self._trap)
            self._unanswered.add(future)
            future.add_done_callback(self._unanswered.discard)
            self._waiting[tp].append(((key, value, headers, self._scheduler.now_ms), future))
            if tp not in self._busy:
                self._busy.add(tp)
                self._scheduler.after(self._chance.soon(0.003), self._send, tp)
        return future

    def _send(self, tp: TP) -> None:
        waiting = self._waiting[tp]
        if not waiting:
            return
        size = self._chance.randint(1, len(waiting)) if self._chance.happens(0.3) else len(waiting)
        batch = [waiting.popleft() for _ in range(size)]
        self._under_way.add(tp)
        self._scheduler.after(self._chance.soon(), self._arrive, tp, batch)

    def _arrive(self, tp: TP, batch: Sequence[Waiting]) -> None:
        """The request reaches the broker; one whose client has died meanwhile may still do so."""
        if self._dead and self._chance.happens(0.5):
            return
        if self._kafka.down or self.away:
            self._retry(self._arrive, tp, batch)
            return
        for (key, value, headers, at), _ in batch:
            self._kafka.append(tp, key, value, headers, at)
        self._scheduler.after(self._chance.soon(), self._answer, tp, batch, self._kafka.crashes)

    def _answer(self, tp: TP, batch: Sequence[Waiting], crashes: int) -> None:
        """The answer reaches the client, unless the broker has crashed since; then the client asks again."""
        if self._dead:
            return
        if crashes != self._kafka.crashes:
            if self._idempotent:
                self._retry(self._answer, tp, batch, self._kafka.crashes)
            else:
                self._retry(self._arrive, tp, batch)
            return
        for _, future in batch:
            if not future.done():
                future.set_result(None)
        self._under_way.discard(tp)
        if self._waiting[tp]:
            self._send(tp)
        else:
            self._busy.discard(tp)

    def _retry(self, again: Callable[..., None], *args: Any) -> None:
        both_at = max(self._kafka.up_at, self._away_until, self._scheduler.now)
        self._scheduler.after(both_at - self._scheduler.now + self._chance.soon(0.1), again, *args)

    @property
    def away(self) -> bool:
        """Whether the broker cannot be reached from here."""
        return self._scheduler.now < self._away_until

    def cut(self, for_s: float) -> None:
        """Loses the way to the broker; what is under way arrives when it is back."""
        self._away_until = self._scheduler.now + for_s

    def trap(self, writes: int, do: Callable[[], None]) -> None:
        """Does something right after so many more writes have begun."""
        self._until_trap, self._trap = writes, do

    async def flush(self) -> None:
        """Waits until all that was put is acknowledged."""
        while self._unanswered:
            await asyncio.wait(self._unanswered)

    def kill(self) -> None:
        """Ends the client in the middle of whatever it does; some of what it was about to send may have left already."""
        self._dead = True
        for tp, waiting in self._waiting.items():
            if waiting and tp not in self._under_way:
                left = self._chance.randint(0, len(waiting))
                self._arrive(tp, list(islice(waiting, left)))
            waiting.clear()
