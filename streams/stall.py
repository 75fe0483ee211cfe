"""Noticing that partitions stand still although there is more to read, as Faust's consumers have been seen to after rebalances.

First the partition is sought again, then the worker says that it is not ready, and at last it ends and is started again.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress

from aiokafka.errors import KafkaError
from faust.types import TP, AppT

from adapters.probes import kafka_answers
from streams import counters
from streams.offsets import Offsets
from streams.seeking import go_back

GLANCE_S = 5.0
SEEK_AFTER_S = 10.0
NOT_READY_AFTER_S = 20.0
END_AFTER_S = 60.0
REBUILD_AFTER_S = 25.0
"""Without a step, after which the rebuilding of the state is given up: the group waits at most a session of 10 s for a member that is gone."""
WHILE_OTHERS_MOVE = 3
"""A partition may wait behind what was fetched of the others, also of the other agents': then it is given this many times as long."""


class Stalled(Exception):
    """Nothing was read for too long although there is more to read."""


class Pulse:
    """How many records all agents of the worker have taken."""

    def __init__(self) -> None:
        self.taken = 0


class Progress:
    """How long each partition has stood still with more to read, in seconds."""

    def __init__(self) -> None:
        self._due: dict[TP, int] = {}
        self._still: dict[TP, float] = {}
        self._sought: dict[TP, int] = {}

    def look(self, due: Mapping[TP, int], behind: Collection[TP], seconds: float, *, moving: bool = False) -> None:
        """Takes the offsets that are due now, `seconds` after the last look, which partitions hold more, and whether other agents were `moving`."""
        moving = moving or any(self._due.get(one, offset) != offset for one, offset in due.items())
        share = seconds / WHILE_OTHERS_MOVE if moving else seconds
        still = [one for one in behind if self._due.get(one) == due[one]]
        self._still = {one: self._still.get(one, 0.0) + share for one in still}
        self._due = dict(due)

    def longest(self) -> float:
        """For how long the slowest partition has stood still."""
        return max(self._still.values(), default=0.0)

    def to_seek(self, *, moving: bool) -> list[TP]:
        """The partitions to seek again: while nothing moves, all that stand still; otherwise each once, and late.

        A seek drops what was fetched: of partitions that only wait behind others it would drop again and again what is about to come.
        """
        if not moving:
            return self.beyond(SEEK_AFTER_S)
        late = [one for one in self.beyond(NOT_READY_AFTER_S) if self._sought.get(one) != self._due[one]]
        self._sought.update({one: self._due[one] for one in late})
        return late

    def beyond(self, seconds: float) -> list[TP]:
        """The partitions that have stood still for at least so long."""
        return sorted(one for one, still in self._still.items() if still >= seconds)


class Watch:
    """Watches one agent's partitions; `reasons` says why the worker is not ready."""

    def __init__(self, app: AppT, agent: str, offsets: Offsets, rebuilt: Callable[[], int], pulse: Pulse) -> None:
        """`rebuilt` counts the records of the changelog that were taken in: it grows while the state is rebuilt. `pulse` is the whole worker's."""
        self._app = app
        self._agent = agent
        self._offsets = offsets
        self._rebuilt = rebuilt
        self._pulse, self._felt = pulse, 0
        self._moving = False
        self._steps, self._waited = 0, 0.0
        self._progress = Progress()
        self._asking: asyncio.Task[Mapping[TP, int | None]] | None = None
        self._unanswered = 0.0

    def reasons(self) -> list[str]:
        """Why the worker is not ready, in sentences."""
        blind = (
            [f"{self._agent}: Kafka answers, but has not said for {self._unanswered:.0f} s how far its partitions go"]
            if self._unanswered >= NOT_READY_AFTER_S
            else []
        )
        return blind + [
            f"{self._agent}: nothing has been read from {one.topic}[{one.partition}] for {NOT_READY_AFTER_S:.0f} s, "
            "although there is more in it"
            for one in self._progress.beyond(NOT_READY_AFTER_S)
        ]

    async def run(self) -> None:
        """Looks every few seconds. Raises Stalled when a partition stood still for too long, or nobody could tell for as long whether one does."""
        while True:
            await asyncio.sleep(GLANCE_S)
            self._moving, self._felt = self._pulse.taken != self._felt, self._pulse.taken
            if await self._look():
                self._offsets.want(self._progress.to_seek(moving=self._moving))
                await go_back(self._app, self._offsets)
            if over := self._progress.beyond(END_AFTER_S):
                raise Stalled(f"nothing was read for {END_AFTER_S:.0f} s, although there is more in {over}.")
            if self._unanswered >= END_AFTER_S:
                raise Stalled(f"Kafka answers, but has not said for {END_AFTER_S:.0f} s how far its partitions go.")
            if self._waited >= REBUILD_AFTER_S:
                raise Stalled(f"the rebuilding of the state has taken no step for {REBUILD_AFTER_S:.0f} s.")

    async def _look(self) -> bool:
        """Whether it is known how much there is to read. Where it is not, what stood still keeps its time, and the time without an answer counts."""
        if self._app.rebalancing:
            self._progress, self._unanswered = Progress(), 0.0
            await self._look_at_rebuilding()
            return True
        self._waited = 0.0
        ends = await self._ends()
        if ends is None:
            there = await asyncio.to_thread(_answers, self._app)
            self._unanswered = self._unanswered + GLANCE_S if there else 0.0
            return False
        self._unanswered = 0.0
        lags = self._offsets.lags(ends)
        self._progress.look(
            self._offsets.due(), [one for one, lag in lags.items() if lag], GLANCE_S, moving=self._moving
        )
        counters.lagging(self._agent, lags, self._progress.longest())
        return True

    async def _look_at_rebuilding(self) -> None:
        steps, before = self._rebuilt(), self._steps
        self._steps = steps
        self._waited = self._waited + GLANCE_S if steps == before else 0.0
        if self._waited >= REBUILD_AFTER_S and not await asyncio.to_thread(_answers, self._app):
            self._waited = 0.0

    async def _ends(self) -> Mapping[TP, int | None] | None:
        """The end offsets as Kafka says them, because those that come with the records stand still when these do; None while nobody says them.

        An unanswered question is waited for instead of asked again, because questions queue up before the consumer's other work.
        """
        if self._asking is None:
            ours = self._offsets.ours(self._app.consumer.assignment())
            self._asking = asyncio.ensure_future(self._app.consumer.highwaters(*ours))
        await asyncio.wait([self._asking], timeout=GLANCE_S)
        if not self._asking.done():
            return None
        asked, self._asking = self._asking, None
        with suppress(KafkaError, TimeoutError):
            return asked.result()
        return None


def _answers(app: AppT) -> bool:
    """Whether Kafka itself answers: if it does, it is the consumer that does not."""
    return any(kafka_answers(f"{url.host}:{url.port}") for url in app.conf.broker)
