"""A partition that stands still although there is more to read is sought again, then told of, and at last ends the worker."""

import asyncio
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError
from faust.types import TP

from messages.topics import TELEMETRY
from streams import stall
from streams.app import build
from streams.offsets import Offsets
from streams.stall import Progress, Pulse, Watch

HERE, THERE = TP(TELEMETRY.name, 0), TP(TELEMETRY.name, 1)


def test_a_partition_with_more_to_read_that_does_not_move_is_counted_from_the_second_look_on() -> None:
    progress = Progress()
    progress.look({HERE: 3}, [HERE], 5)
    assert progress.longest() == 0
    progress.look({HERE: 3}, [HERE], 5)
    progress.look({HERE: 3}, [HERE], 5)
    assert progress.longest() == 10
    assert progress.beyond(10) == [HERE]
    assert progress.beyond(11) == []


def test_one_record_is_progress_however_long_the_queue_has_grown() -> None:
    progress = Progress()
    for due in (3, 3, 4):
        progress.look({HERE: due}, [HERE], 5)
    assert progress.longest() == 0


def test_a_partition_that_holds_no_more_does_not_stand_still() -> None:
    progress = Progress()
    for behind in ([HERE], [HERE], []):
        progress.look({HERE: 3}, behind, 5)
    assert progress.longest() == 0


def test_a_partition_that_waits_while_others_move_is_given_longer() -> None:
    progress = Progress()
    for due in (7, 8, 9):
        progress.look({HERE: 3, THERE: due}, [HERE, THERE], 6)
    assert progress.longest() == 12 / stall.WHILE_OTHERS_MOVE


class Consumer:
    """One partition that ends at `end` (below 0: it is never told); notes what is done with it."""

    def __init__(self, end: int | Exception) -> None:
        self.end = end
        self.said: list[str] = []

    def assignment(self) -> set[TP]:
        return {HERE}

    async def highwaters(self, *_: TP) -> dict[TP, int]:
        if isinstance(self.end, Exception):
            raise self.end
        if self.end < 0:
            await asyncio.Event().wait()
        return {HERE: self.end}

    async def seek_wait(self, places: dict[TP, int]) -> None:
        self.said.append(f"sought {places[HERE]}")

    def pause_partitions(self, _places: Any) -> None:
        self.said.append("paused")

    def resume_partitions(self, _places: Any) -> None:
        self.said.append("resumed")


def watch(
    consumer: Consumer,
    due: int,
    *,
    rebalancing: bool = False,
    rebuilt: Callable[[], int] = lambda: 0,
    pulse: Pulse | None = None,
) -> Watch:
    offsets = Offsets([TELEMETRY.name])
    offsets.start({HERE: due})
    app: Any = SimpleNamespace(consumer=consumer, rebalancing=rebalancing)
    return Watch(app, "findings", offsets, rebuilt, pulse or Pulse())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GLANCE_S", "SEEK_AFTER_S", "NOT_READY_AFTER_S", "END_AFTER_S", "REBUILD_AFTER_S"):
        monkeypatch.setattr(stall, name, getattr(stall, name) / 1000)


def test_standing_still_seeks_again_then_says_so_and_then_ends_it() -> None:
    consumer = Consumer(end=10)
    watching = watch(consumer, due=3)
    with pytest.raises(stall.Stalled, match=TELEMETRY.name):
        asyncio.run(asyncio.wait_for(watching.run(), 5.0))
    assert consumer.said[:3] == ["paused", "sought 3", "resumed"]
    (reason,) = watching.reasons()
    assert f"{TELEMETRY.name}[0]" in reason


class Beating(Pulse):
    """The pulse of a worker whose other agent takes records all the time."""

    def __init__(self) -> None:
        self._taken = count()

    @property
    def taken(self) -> int:  # type: ignore[override] # grows at each look
        return next(self._taken)


def test_partitions_that_wait_behind_another_agents_are_sought_only_once_because_that_drops_what_was_fetched() -> None:
    consumer = Consumer(end=10)
    watching = watch(consumer, due=3, pulse=Beating())
    with pytest.raises(stall.Stalled, match=TELEMETRY.name):
        asyncio.run(asyncio.wait_for(watching.run(), 5.0))
    assert consumer.said == ["paused", "sought 3", "resumed"]


def test_a_partition_that_waits_while_another_agent_moves_is_given_longer() -> None:
    progress = Progress()
    for _ in range(3):
        progress.look({HERE: 3}, [HERE], 6, moving=True)
    assert progress.longest() == 12 / stall.WHILE_OTHERS_MOVE


@pytest.mark.parametrize(
    ("end", "rebalancing"),
    [(3, False), (10, True), (KafkaConnectionError(), False), (-1, False)],
    ids=["all read", "rebalancing", "Kafka is away", "Kafka stands still"],
)
def test_a_quiet_agent_goes_on(end: int | Exception, monkeypatch: pytest.MonkeyPatch, *, rebalancing: bool) -> None:
    monkeypatch.setattr(stall, "_answers", lambda _app: False)
    watching = watch(Consumer(end), due=3, rebalancing=rebalancing)
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(watching.run(), 0.3))
    assert watching.reasons() == []


def test_a_rebuilding_that_takes_no_step_ends_it_when_kafka_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stall, "_answers", lambda _app: True)
    with pytest.raises(stall.Stalled, match="no step"):
        asyncio.run(asyncio.wait_for(watch(Consumer(10), due=3, rebalancing=True).run(), 5.0))


def test_a_rebuilding_that_takes_steps_may_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stall, "_answers", lambda _app: True)
    steps = count()
    watching = watch(Consumer(10), due=3, rebalancing=True, rebuilt=lambda: next(steps))
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(watching.run(), 0.3))


@pytest.mark.parametrize("end", [-1, KafkaTimeoutError()], ids=["never answered", "failing"])
def test_a_question_that_only_the_consumer_does_not_get_answered_ends_it(
    end: int | Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stall, "_answers", lambda _app: True)
    watching = watch(Consumer(end), due=3)
    with pytest.raises(stall.Stalled, match="how far its partitions go"):
        asyncio.run(asyncio.wait_for(watching.run(), 5.0))
    (reason,) = watching.reasons()
    assert "how far its partitions go" in reason


def test_what_stood_still_still_does_while_nobody_says_whether_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka is away in between: neither does that count as standing still, nor does it make anything move."""
    monkeypatch.setattr(stall, "_answers", lambda _app: False)
    monkeypatch.setattr(stall, "END_AFTER_S", 5.0)
    consumer = Consumer(end=10)
    watching = watch(consumer, due=3)

    async def play() -> tuple[list[str], list[str]]:
        running = asyncio.create_task(watching.run())
        while not watching.reasons():  # noqa: ASYNC110 - the watch tells nobody
            await asyncio.sleep(0)
        before, consumer.end = watching.reasons(), KafkaConnectionError()
        await asyncio.wait([running], timeout=0.1)
        running.cancel()
        return before, watching.reasons()

    before, meanwhile = asyncio.run(play())
    assert before == meanwhile != []


def test_kafka_is_asked_where_the_application_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(stall, "kafka_answers", lambda address: bool(asked.append(address)))
    stall._answers(build("127.0.0.1:19092", 1, "w", Path("unused")))
    assert asked == ["127.0.0.1:19092"]
