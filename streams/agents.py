"""Which agent reads which topics: the whole of the stream worker's way on one page."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Protocol

from faust.types import AppT, EventT, StreamT, TableT

from adapters.clock import elapsed_ms
from adapters.logs import log
from messages.topics import ACTIONS, CLOCK, FINDINGS, POSITIONS, REJECTS, REPLIES, REPORTS, TELEMETRY, Topic
from streams import stall
from streams.app import source, table
from streams.effects import Effects
from streams.findings_to_cases import CasesStage
from streams.knowledge import Knowledge
from streams.offsets import Offsets, block_of
from streams.telemetry_to_findings import TelemetryStage

UNEXPECTED = 70
FINDINGS_AGENT, CASES_AGENT = NAMES = ("findings", "cases")


class Stage(Protocol):
    """A stage between topics: it takes records one by one and settles their effects, when it is quiet after `settles_after_s`."""

    settles_after_s: float

    async def take(self, event: EventT[bytes]) -> None:
        """Applies one record."""

    async def settle(self) -> None:
        """Brings outputs, state and acknowledgements home."""

    def forget(self) -> None:
        """Drops what is in memory when partitions move."""


Make = Callable[[Effects], Stage]


def add(app: AppT, knowledge: Knowledge, partitions: int) -> None:
    """Gives the application its agents and their tables."""
    telemetry = (TELEMETRY, REJECTS)
    _agent(app, FINDINGS_AGENT, telemetry, partitions, lambda effects: TelemetryStage(effects, knowledge))
    said = (FINDINGS, REPORTS, REPLIES, ACTIONS, POSITIONS, CLOCK)
    _agent(app, CASES_AGENT, said, partitions, lambda effects: CasesStage(effects, knowledge))


def _agent(app: AppT, name: str, topics: tuple[Topic, ...], partitions: int, make: Make) -> None:
    state = table(app, name, partitions)
    offsets = Offsets([topic.name for topic in topics])
    stages: list[Stage] = []

    async def body(stream: StreamT[bytes]) -> None:
        by_hand = stream.noack()  # type: ignore[attr-defined] # the interface lacks it
        stage = make(Effects(app, state, by_hand, offsets))
        stages.append(stage)
        await _run(name, by_hand, stage, stall.watch(app, offsets))

    app.agent(source(app, *topics), name=name)(body)

    @app.on_partitions_revoked.connect(weak=False)
    async def forget(*_: object, **__: object) -> None:
        for stage in stages:
            stage.forget()

    @app.on_rebalance_complete.connect(weak=False)
    async def read_on(*_: object, **__: object) -> None:
        await _read_on(app, state, offsets)


async def _read_on(app: AppT, state: TableT[bytes, bytes], offsets: Offsets) -> None:
    """Seeks every partition to where the state ends, or to its beginning; Faust's own seek may only go back from there."""
    ours = offsets.ours(app.consumer.assignment())
    if not ours:
        return
    earliest = await app.consumer.earliest_offsets(*ours)
    at = {one: max(int(state.data.get(block_of(one).encode(), b"0")), earliest.get(one) or 0) for one in ours}
    offsets.start(at, elapsed_ms())
    for one, offset in at.items():
        await app.consumer.seek(one, offset)


async def _run(name: str, stream: StreamT[bytes], stage: Stage, watch: Coroutine[None, None, None]) -> None:
    """The one guard of the worker: a record that can't be handled must not be acknowledged, so the process ends before it is."""
    lock = asyncio.Lock()
    try:
        async with asyncio.TaskGroup() as both:
            beside = (both.create_task(_settle_when_idle(stage, lock)), both.create_task(watch))
            async for event in stream.events():
                async with lock:
                    await stage.take(event)
            for task in beside:
                task.cancel()
    except Exception:  # noqa: BLE001 - the one guard of the worker
        log("agents").exception("a record could not be handled; the worker ends and is started again", agent=name)
        os._exit(UNEXPECTED)


async def _settle_when_idle(stage: Stage, lock: asyncio.Lock) -> None:
    while True:
        await asyncio.sleep(stage.settles_after_s)
        async with lock:
            await stage.settle()
