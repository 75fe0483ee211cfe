"""Noticing that partitions stand still although there is more to read, as Faust's consumers have been seen to after rebalances.

First the partition is sought again, then the worker says that it is not ready, and at last it ends and is started again.
"""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress

from aiokafka.errors import KafkaError
from faust.types import TP, AppT

from streams import counters
from streams.offsets import Offsets
from streams.seeking import go_back

GLANCE_S = 5.0
SEEK_AFTER_S = 10.0
NOT_READY_AFTER_S = 20.0
END_AFTER_S = 60.0
WHILE_OTHERS_MOVE = 3
"""A partition may wait behind what was fetched of the others: then it is given this many times as long."""


class Stalled(Exception):
    """Nothing was read for too long although there is more to read."""


class Progress:
    """How long each partition has stood still with more to read, in seconds."""

    def __init__(self) -> None:
        self._due: dict[TP, int] = {}
        self._still: dict[TP, float] = {}

    def look(self, due: Mapping[TP, int], behind: Collection[TP], seconds: float) -> None:
        """Takes the offsets that are due now, `seconds` after the last look, and which partitions hold more."""
        moving = any(self._due.get(one, offset) != offset for one, offset in due.items())
        share = seconds / WHILE_OTHERS_MOVE if moving else seconds
        still = [one for one in behind if self._due.get(one) == due[one]]
        self._still = {one: self._still.get(one, 0.0) + share for one in still}
        self._due = dict(due)

    def longest(self) -> float:
        """For how long the slowest partition has stood still."""
        return max(self._still.values(), default=0.0)

    def beyond(self, seconds: float) -> list[TP]:
        """The partitions that have stood still for at least so long."""
        return sorted(one for one, still in self._still.items() if still >= seconds)


class Watch:
    """Watches one agent's partitions; `reasons` says why the worker is not ready."""

    def __init__(self, app: AppT, agent: str, offsets: Offsets) -> None:
        self._app = app
        self._agent = agent
        self._offsets = offsets
        self._progress = Progress()
        self._asking: asyncio.Task[Mapping[TP, int | None]] | None = None

    def reasons(self) -> list[str]:
        """Why the worker is not ready, in sentences."""
        return [
            f"{self._agent}: nothing has been read from {one.topic}[{one.partition}] for {NOT_READY_AFTER_S:.0f} s, "
            "although there is more in it"
            for one in self._progress.beyond(NOT_READY_AFTER_S)
        ]

    async def run(self) -> None:
        """Looks every few seconds. Raises Stalled when a partition stood still for too long."""
        while True:
            await asyncio.sleep(GLANCE_S)
            await self._look()
            self._offsets.want(self._progress.beyond(SEEK_AFTER_S))
            await go_back(self._app, self._offsets)
            if over := self._progress.beyond(END_AFTER_S):
                raise Stalled(f"nothing was read for {END_AFTER_S:.0f} s, although there is more in {over}.")

    async def _look(self) -> None:
        if self._app.rebalancing:
            self._progress = Progress()
            return
        lags = self._offsets.lags(await self._ends())
        self._progress.look(self._offsets.due(), [one for one, lag in lags.items() if lag], GLANCE_S)
        counters.lagging(self._agent, lags, self._progress.longest())

    async def _ends(self) -> Mapping[TP, int | None]:
        """The end offsets as Kafka says them, because those that come with the records stand still when these do; none while it is away.

        An unanswered question is waited for instead of asked again, because questions queue up before the consumer's other work.
        """
        if self._asking is None:
            ours = self._offsets.ours(self._app.consumer.assignment())
            self._asking = asyncio.ensure_future(self._app.consumer.highwaters(*ours))
        await asyncio.wait([self._asking], timeout=GLANCE_S)
        if not self._asking.done():
            return {}
        asked, self._asking = self._asking, None
        with suppress(KafkaError, TimeoutError):
            return asked.result()
        return {}
