"""The live feed: numbered events in a bounded ring, from which every browser reads at its own pace.

A browser holds only its place in the ring. Whoever falls further behind than the ring is long, or comes back from an earlier start of this
process, is given the whole board instead; so a slow browser costs no memory, and none ever misses a change without being told.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from itertools import islice

from msgspec import Struct

RING = 5000
RING_BYTES = 16 * 1024 * 1024
SNAPSHOT = "snapshot"


class Event(Struct, frozen=True):
    """One event: its number since the start, its name, and its JSON on one line."""

    number: int
    name: str
    data: bytes


class Feed:
    """The ring of one start of the process. Used from one event loop only."""

    def __init__(self, start: str, *, ring: int = RING, ring_bytes: int = RING_BYTES) -> None:
        self.start = start
        self.last = 0
        self.watching = 0
        self._ring: deque[Event] = deque()
        self._most = ring
        self._most_bytes = ring_bytes
        self._bytes = 0
        self._news = asyncio.Event()
        self._closed = False

    @property
    def sequence(self) -> str:
        """Where the feed stands: "<start>-<n>"."""
        return f"{self.start}-{self.last}"

    def publish(self, name: str, data: bytes) -> None:
        """Adds an event and wakes everyone who waits."""
        self.last += 1
        self._ring.append(Event(self.last, name, data))
        self._bytes += len(data)
        while len(self._ring) > self._most or self._bytes > self._most_bytes:
            self._bytes -= len(self._ring.popleft().data)
        self._wake()

    def close(self) -> None:
        """Ends every stream."""
        self._closed = True
        self._wake()

    def since(self, number: int) -> list[Event] | None:
        """The events after `number`, or None where the ring does not reach back so far (or the number is yet to come)."""
        if number == self.last:
            return []
        if number > self.last or not self._ring or self._ring[0].number > number + 1:
            return None
        return list(islice(reversed(self._ring), self.last - number))[::-1]

    def place_of(self, last_event_id: str | None) -> int | None:
        """The number in "<start>-<n>" of this start, or None."""
        start, _, number = (last_event_id or "").rpartition("-")
        return int(number) if start == self.start and number.isascii() and number.isdigit() else None

    async def stream(self, last_event_id: str | None, snapshot: Callable[[], bytes]) -> AsyncIterator[bytes]:
        """The feed as server-sent events, beginning after `last_event_id`, or with the board as `snapshot` gives it."""
        self.watching += 1
        place = self.place_of(last_event_id)
        try:
            yield b"retry: 1000\n\n"
            while not self._closed:
                news = self._news
                events = None if place is None else self.since(place)
                if events is None:
                    place = self.last
                    yield self._write(Event(place, SNAPSHOT, snapshot()))
                elif events:
                    place = events[-1].number
                    yield b"".join(map(self._write, self._told(events, snapshot)))
                else:
                    await news.wait()
        finally:
            self.watching -= 1

    def _told(self, events: list[Event], snapshot: Callable[[], bytes]) -> list[Event]:
        """The events as they are sent: after a change of everything, one snapshot stands for all of them."""
        if any(event.name == SNAPSHOT for event in events):
            return [Event(events[-1].number, SNAPSHOT, snapshot())]
        return events

    def _write(self, event: Event) -> bytes:
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (
            self.start.encode(),
            event.number,
            event.name.encode(),
            event.data,
        )

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
