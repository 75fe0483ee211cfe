"""One agent: its records one by one, its state rebuilt and its partitions sought whenever they move, and the one guard of the worker."""

import asyncio
import os
from collections.abc import Callable
from typing import Protocol

from faust.types import AppT, EventT, StreamT

from adapters.clock import elapsed_ms
from adapters.logs import log
from messages.topics import Topic
from streams import counters
from streams.app import source, table
from streams.effects import Effects
from streams.offsets import Offsets
from streams.seeking import Losses, go_back, read_on
from streams.stall import Pulse, Watch

UNEXPECTED = 70


class Stage(Protocol):
    """A stage between topics: it takes records one by one and settles their effects beside that, looking every `settles_after_s`."""

    settles_after_s: float

    async def take(self, event: EventT[bytes]) -> None:
        """Applies one record."""

    async def begin(self) -> None:
        """Begins to bring outputs, state and acknowledgements home, if it is time to."""

    async def forget(self) -> None:
        """Waits for what is being brought home, and drops what is in memory, because partitions move."""


class Agent:
    """A stage with its table, its offsets and the watch over its progress."""

    def __init__(
        self,
        app: AppT,
        name: str,
        topics: tuple[Topic, ...],
        partitions: int,
        *,
        make: Callable[[Effects], Stage],
        pulse: Pulse,
    ) -> None:
        self._app = app
        self._name = name
        self._make = make
        self._state = table(app, name, partitions)
        self._offsets = Offsets([topic.name for topic in topics])
        self._watch = Watch(app, name, self._offsets, lambda: self._state.taken_in, pulse)
        self._pulse = pulse
        self._losses = Losses(name)
        self._stage: Stage | None = None
        self._lock = asyncio.Lock()
        self._moving_since = elapsed_ms()
        app.agent(source(app, *topics), name=name)(self._body)
        app.on_partitions_revoked.connect(self._forget, weak=False)
        app.on_rebalance_complete.connect(self._read_on, weak=False)

    def reasons(self) -> list[str]:
        """Why the agent is not ready, in sentences."""
        return [*self._watch.reasons(), *self._losses.reasons(elapsed_ms())]

    async def _body(self, stream: StreamT[bytes]) -> None:
        by_hand = stream.noack()  # type: ignore[attr-defined] # the interface lacks it
        self._stage = self._make(Effects(self._app, self._state, by_hand, self._offsets))
        await self._run(by_hand, self._stage)

    async def _forget(self, *_: object, **__: object) -> None:
        """Waits for what is being written, so that whoever gets the partitions finds it; nothing is written after that."""
        async with self._lock:
            self._moving_since = elapsed_ms()
            if self._stage is not None:
                await self._stage.forget()

    async def _read_on(self, *_: object, **__: object) -> None:
        await read_on(self._app, self._state, self._offsets, self._losses)
        seconds = (elapsed_ms() - self._moving_since) / 1000
        held = self._state.bytes_held()
        counters.recovered(self._name, seconds, held)
        log("agents").info(
            "partitions were given and their state is rebuilt", agent=self._name, seconds=seconds, bytes=held
        )

    async def _run(self, stream: StreamT[bytes], stage: Stage) -> None:
        """The one guard of the worker: a record that can't be handled must not be acknowledged, so the process ends before it is."""
        try:
            async with asyncio.TaskGroup() as all_of_it:
                beside = (
                    all_of_it.create_task(self._settle_when_idle(stage)),
                    all_of_it.create_task(self._watch.run()),
                )
                async for event in stream.events():
                    async with self._lock:
                        await stage.take(event)
                    self._pulse.taken += 1
                    await go_back(self._app, self._offsets)
                for task in beside:
                    task.cancel()
        except Exception:  # noqa: BLE001 - the one guard of the worker
            log("agents").exception(
                "a record could not be handled; the worker ends and is started again", agent=self._name
            )
            os._exit(UNEXPECTED)

    async def _settle_when_idle(self, stage: Stage) -> None:
        while True:
            await asyncio.sleep(stage.settles_after_s)
            async with self._lock:
                await stage.begin()
