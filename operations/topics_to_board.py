"""every output topic → board: a thread reads Kafka and hands what it read to the one event loop that owns the board.

What stands (incidents, tasks, findings, the ledger, …) is read from the beginning; what passes (telemetry, windows, rejects) only from the recent past.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from functools import partial
from typing import TypeVar

from adapters.clock import elapsed_ms, now_ms
from adapters.kafka_reader import Reader, Record, Unreachable
from adapters.kafka_registry import RegistryFollower
from adapters.logs import log
from city.places.ground import Ground
from messages.topics import (
    FINDINGS,
    INCIDENT_LOG,
    INCIDENTS,
    LEDGER,
    POSITIONS,
    RECEIPTS,
    REJECTS,
    STATUS,
    TASKS,
    TELEMETRY,
    WINDOWS,
)
from operations import counters
from operations.facts import portions, read
from operations.live import Live

STANDING = tuple(
    topic.name for topic in (INCIDENTS, TASKS, INCIDENT_LOG, FINDINGS, POSITIONS, STATUS, RECEIPTS, LEDGER)
)
RECENT_MS = {TELEMETRY.name: 20 * 60_000, WINDOWS.name: 70 * 60_000, REJECTS.name: 60 * 60_000}
RECORDS_A_ROUND = 200
PASSING_A_ROUND = 40  # few, so that an incident does not wait behind a backlog of telemetry
ASK_EVERY_MS = 2000
REGISTRY_EVERY_MS = 1000
GATHER_MS = 250  # how long telemetry may gather in Kafka: it colours cells and moves figures, and is thousands of small records a minute
WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0


T = TypeVar("T")


class Missing(LookupError):
    """Kafka answers, but the topics are not there yet."""


class BoardReader(threading.Thread):
    """Follows Kafka until stopped. `registered` is called in this thread after each change of the registry. When it ends, for whatever reason, `ended` is called in the loop: a process without it shows the past only."""

    def __init__(
        self,
        kafka: str,
        live: Live,
        loop: asyncio.AbstractEventLoop,
        *,
        registered: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        super().__init__(name="topics-to-board", daemon=True)
        self._kafka = kafka
        self._live = live
        self._loop = loop
        self._registered = registered
        self._ended = ended
        self._stopped = threading.Event()
        self._asked_at = self._registry_at = 0
        self._more = False
        self._ground = Ground()
        self.failed = False

    def stop(self) -> None:
        """Ends the thread, at the latest after the poll that runs."""
        self._stopped.set()

    def run(self) -> None:
        """Opens Kafka whenever it can be opened, and follows it."""
        try:
            self._open_and_follow()
        except Exception:  # noqa: BLE001 - the one place where this process notices that its thread has failed
            self.failed = True
            log("board").exception("the reader ended")
        finally:
            self._loop.call_soon_threadsafe(self._ended)

    def _open_and_follow(self) -> None:
        registry = self._patiently(lambda: RegistryFollower(self._kafka))
        standing = self._patiently(lambda: _whole(Reader(self._kafka, STANDING), STANDING))
        if registry is None or standing is None:
            return
        self._register(registry)
        while self._patiently(standing.caught_up) is False:
            self._take(self._polled(standing, timeout=0.2, most=RECORDS_A_ROUND))
        since = {topic: now_ms() - age for topic, age in RECENT_MS.items()}
        recent = self._patiently(lambda: Reader(self._kafka, list(RECENT_MS), recent=since, gather_ms=GATHER_MS))
        asked = self._patiently(lambda: Reader(self._kafka, [*STANDING, *RECENT_MS]))
        if recent is None or asked is None:
            return
        self._in_loop(self._live.settle)
        log("board").info("the board is whole", incidents=len(self._live.board.cases.incidents))
        while not self._stopped.is_set():
            self._round(standing, recent)
            if elapsed_ms() - self._registry_at >= REGISTRY_EVERY_MS:
                self._registry_at = elapsed_ms()
                if self._patiently(registry.poll_to_rest):
                    self._register(registry)
            if elapsed_ms() - self._asked_at >= ASK_EVERY_MS:
                self._ask(asked, standing, recent)
                self._asked_at = elapsed_ms()
        for reader in (registry, standing, recent, asked):
            reader.close()

    def _round(self, standing: Reader, recent: Reader) -> None:
        """Waits for what stands, because an incident is told at once, and takes along what has come of the rest."""
        self._take(self._polled(standing, timeout=0.0 if self._more else WAIT_SECONDS, most=RECORDS_A_ROUND))
        passing = self._polled(recent, timeout=0.0, most=PASSING_A_ROUND)
        self._take(passing)
        self._more = len(passing) == PASSING_A_ROUND

    def _register(self, registry: RegistryFollower) -> None:
        current = registry.current
        if not self._ground.fits(current):
            self._ground = Ground(
                current
            )  # here, because it takes seconds for a large city and the loop has requests to answer
        self._in_loop(lambda: self._live.register(current, self._ground))
        self._registered()

    def _ask(self, asked: Reader, standing: Reader, recent: Reader) -> None:
        """Asks over a connection on which nothing is fetched, because Kafka answers none before the fetch ahead of it is over."""
        try:
            ends = asked.ends()
            lag = standing.behind(ends) + recent.behind(ends)
        except Unreachable as error:
            log("board").warning("Kafka does not answer", error=str(error))
            return
        self._in_loop(lambda: self._live.answered(now_ms(), lag))

    def _take(self, records: list[Record]) -> None:
        for record in records:
            counters.records.labels(topic=record.topic).inc()
        for facts in portions(read(r.topic, key=r.key, value=r.value, offset=r.offset) for r in records):
            self._in_loop(partial(self._live.take, facts))

    def _polled(self, reader: Reader, *, timeout: float, most: int) -> list[Record]:
        return self._patiently(lambda: reader.poll(timeout=timeout, most=most)) or []

    def _patiently(self, attempt: Callable[[], T]) -> T | None:
        """What `attempt` gives once Kafka can be reached; None when stopped before."""
        pause = 0.2
        while not self._stopped.is_set():
            try:
                return attempt()
            except (Unreachable, Missing) as error:
                why = f"Kafka at {self._kafka}: {error}"
            self._in_loop(partial(self._live.failed, why))
            self._stopped.wait(pause)
            pause = min(2 * pause, LONGEST_WAIT_SECONDS)
        return None

    def _in_loop(self, action: Callable[[], None]) -> None:
        """Runs `action` in the event loop and waits for it, so that reading never runs ahead of the board."""

        async def act() -> None:
            action()

        done = asyncio.run_coroutine_threadsafe(act(), self._loop)
        while not self._stopped.is_set():
            if done in wait([done], timeout=0.2).done:
                done.result()
                return


def _whole(reader: Reader, topics: Sequence[str]) -> Reader:
    """The reader, if all of its topics are there. Raises Missing otherwise."""
    missing = set(topics) - {topic for topic, _ in reader.ends()}
    if missing:
        reader.close()
        message = f"the topics {', '.join(sorted(missing))} are not there yet"
        raise Missing(message)
    return reader
