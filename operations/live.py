"""The board as it lives in one process: facts come in, and everybody who watches is told of each difference."""

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec

from adapters.health import Waits
from adapters.installation import Standing
from city.incident import Incident
from city.places.ground import Ground
from city.registry import Registry
from city.task import Task
from operations import counters
from operations.board import Board
from operations.facts import Fact, Unreadable
from operations.feed import SNAPSHOT, Feed
from operations.pictures import BoardPicture
from operations.snapshot import picture, pulse

PULSE_EVERY_MS = 1000
SWEEP_EVERY_MS = 5000
SHIFTS_EVERY_MS = 30_000
MOST_PLACES = 1000
STARTING = Waits("the topics have not been read to their end yet")
ANSWERS_WITHIN_MS = 5000


class Live:
    """Board, feed and readiness. Everything here runs in the one event loop; `tick` is called some four times a second."""

    def __init__(self, start: str) -> None:
        self.board = Board()
        self.feed = Feed(start)
        self.settled = asyncio.Event()
        self._trouble: str = STARTING
        self._answered_at: int | None = None
        self._standing: Standing | None = None
        self._pulsed_at = self._swept_at = self._shifts_at = 0

    def register(self, registry: Registry, ground: Ground | None = None) -> None:
        """The city's registry is new or has changed; `ground` is its ground, where that was made already."""
        self.board.register(registry, ground)

    def take(self, facts: Iterable[Fact]) -> None:
        """Takes in what was read, and tells of incidents and tasks at once: only the rest waits for the next tick."""
        for fact in facts:
            if isinstance(fact, Unreadable):
                counters.unreadable.labels(topic=fact.topic).inc()
            self.board.apply(fact)
        if self.settled.is_set():
            self._tell_cases(*self.board.case_changes())

    def settle(self) -> None:
        """Everything that lay in the compacted topics has been read: the board is whole."""
        self.board.settle()
        self.settled.set()
        self._trouble = ""

    @property
    def whole(self) -> bool:
        """Whether everything that lay in Kafka has been read; before, the board would show a city without incidents."""
        return self.settled.is_set()

    def answered(self, now: int, lag: int) -> None:
        """Kafka answered at `now` (epoch ms); `lag` records lie in it that were not read yet."""
        self._answered_at = now
        counters.lag_records.set(lag)

    def failed(self, why: str) -> None:
        """Kafka did not answer, and is asked again."""
        self._trouble = why if self.settled.is_set() else f"{STARTING}: {why}"

    def stands(self, standing: Standing | None) -> None:
        """How the installation's processes stand, or None when nobody tells."""
        self._standing = standing

    def reasons(self, now: int) -> list[str]:
        """Why this process is not ready at `now`; nothing when it is."""
        if not self.settled.is_set():
            return [self._trouble]
        silent = now - (self._answered_at or 0)
        return [f"Kafka has not answered for {silent // 1000} s"] if silent > ANSWERS_WITHIN_MS else []

    def picture(self, now: int, place: str = "") -> BoardPicture:
        """The board at `now`: the whole of it, or a place's."""
        return picture(self.board, sequence=self.feed.sequence, now=now, place=place)

    def tick(self, now: int) -> None:
        """Tells what changed since the last tick, and once a second that we live."""
        if not self.settled.is_set():
            return
        if now - self._swept_at >= SWEEP_EVERY_MS:
            self._swept_at = now
            self.board.sweep()
        shifts = now - self._shifts_at >= SHIFTS_EVERY_MS
        self._shifts_at = now if shifts else self._shifts_at
        self._tell_changes(now, shifts=shifts)
        if now - self._pulsed_at >= PULSE_EVERY_MS:
            self._pulsed_at = now
            self._pulse(now)
            self._tell_places()

    def _tell_changes(self, now: int, *, shifts: bool) -> None:
        changes = self.board.changes(now, shifts=shifts)
        if changes.everything:
            self.feed.publish(SNAPSHOT, b"")
            return
        if changes.cells:
            self._tell("cells", changes.cells)
        self._tell_cases(changes.incidents, changes.tasks)
        for worker in changes.workers:
            self._tell("worker", worker)
        if changes.ledger is not None:
            self._tell("ledger", changes.ledger)
        for refused in changes.rejects:
            self._tell("reject", refused)

    def _tell_cases(self, incidents: Iterable[Incident], tasks: Iterable[Task]) -> None:
        for incident in incidents:
            self._tell("incident", incident)
        for task in tasks:
            self._tell("task", task)

    def _tell_places(self) -> None:
        """Which places should be asked for again, with all that they lie in; null where there are too many to list."""
        touched = self.board.touched()
        if touched:
            codes = {above for code in touched for above in self.board.ground.path(code)}
            self._tell("places", {"codes": sorted(codes) if len(codes) <= MOST_PLACES else None})

    def _pulse(self, now: int) -> None:
        beat = pulse(self.board, now, self._standing)
        counters.open_incidents.set(beat.open)
        counters.age_seconds.set((beat.age_ms or 0) / 1000)
        counters.watching.set(self.feed.watching)
        self._tell("pulse", beat)

    def _tell(self, name: str, value: Any) -> None:
        self.feed.publish(name, msgspec.json.encode(value))
