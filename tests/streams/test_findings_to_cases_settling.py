"""When the case stage settles, without a Kafka: at once when it is quiet, beside the deciding, and with pauses where the state is large."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from city.cases.state import DistrictCases
from messages.case_blocks import Kept
from messages.case_outputs import Output
from streams import findings_to_cases
from streams.effects import Noted
from streams.findings_to_cases import BYTES_PER_MS, LONGEST_PAUSE_MS, PATIENCE_MS, SETTLE_MS, CasesStage, LiveCases

DISTRICT = "995503"


class Kafka:
    """Notes what is written, in order; a write of state waits until it is let through."""

    def __init__(self) -> None:
        self.now = 1_000_000
        self.due = False
        self.said: list[str] = []
        self.through = asyncio.Event()
        self.through.set()

    def elapsed_ms(self) -> int:
        return self.now

    def noted(self) -> Noted:
        return Noted([], [], [])

    async def keep(self, _blocks: Any) -> None:
        self.said.append("head")
        await self.through.wait()

    async def deliver(self, topic: str, *_: Any) -> Any:
        self.said.append(topic)
        return asyncio.sleep(0)

    async def settle(self, _blocks: Any, noted: Noted) -> None:
        await asyncio.gather(*noted.sent)
        self.said.append("settled")

    def forget(self) -> None:
        self.said.append("forgotten")


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    made = Kafka()
    monkeypatch.setattr(findings_to_cases, "elapsed_ms", made.elapsed_ms)
    return made


def stage_on(kafka: Kafka) -> CasesStage:
    effects: Any = kafka
    knowledge: Any = SimpleNamespace()
    return CasesStage(effects, knowledge)


def decided(stage: CasesStage, topic: str = "first", size: int = 0) -> None:
    """As if a decision had been taken, with one output."""
    live = stage._live.get(DISTRICT)
    if live is None:
        cases = DistrictCases(district=DISTRICT)
        live = stage._live[DISTRICT] = LiveCases(cases, Kept(cases=cases), [], 0)
    live.outbox.append(Output(topic=topic, key=DISTRICT, value="x" * size, kind="k", id="i", at=0))
    live.dirty = True


def test_when_it_is_quiet_a_decision_leaves_at_once_and_the_next_one_a_moment_later(kafka: Kafka) -> None:
    async def story() -> None:
        stage = stage_on(kafka)
        decided(stage)
        await stage.settle()
        assert kafka.said == ["head", "first", "settled"]
        decided(stage)
        kafka.now += SETTLE_MS - 1
        await stage.settle()
        assert kafka.said.count("head") == 1
        kafka.now += 1
        await stage.settle()
        assert kafka.said.count("head") == 2

    asyncio.run(story())


def test_after_a_large_write_it_rests_but_never_for_long(kafka: Kafka) -> None:
    async def story() -> None:
        stage = stage_on(kafka)
        for size, rest in ((500 * BYTES_PER_MS, 500), (9000 * BYTES_PER_MS, LONGEST_PAUSE_MS)):
            before = kafka.said.count("head")
            decided(stage, size=size)
            await stage.settle()
            decided(stage)
            kafka.now += rest - 1
            await stage.settle()
            assert kafka.said.count("head") == before + 1
            stage._live.clear()
            kafka.now += LONGEST_PAUSE_MS

    asyncio.run(story())


def test_what_is_decided_while_state_is_written_waits_for_the_next_time(kafka: Kafka) -> None:
    async def story() -> None:
        stage = stage_on(kafka)
        kafka.through.clear()
        decided(stage, "first")
        await stage.begin()
        await asyncio.sleep(0)
        decided(stage, "second")
        kafka.now += PATIENCE_MS - 1
        await stage.begin()
        assert kafka.said == ["head"]
        kafka.through.set()
        await stage.settle()
        await stage.settle()
        assert kafka.said == ["head", "first", "settled", "head", "second", "settled"]

    asyncio.run(story())


def test_nothing_is_forgotten_before_what_is_under_way_is_home(kafka: Kafka) -> None:
    async def story() -> None:
        stage = stage_on(kafka)
        kafka.through.clear()
        decided(stage)
        await stage.begin()
        forgetting = asyncio.create_task(stage.forget())
        await asyncio.sleep(0)
        kafka.through.set()
        await forgetting
        assert kafka.said == ["head", "first", "settled", "forgotten"]

    asyncio.run(story())


def test_nothing_is_written_when_nothing_was_decided_and_nothing_is_due(kafka: Kafka) -> None:
    async def story() -> None:
        stage = stage_on(kafka)
        await stage.settle()
        assert kafka.said == []
        kafka.due = True
        await stage.settle()
        assert kafka.said == ["settled"]

    asyncio.run(story())


def test_a_write_that_fails_comes_out_at_the_next_look(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_blocks: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(kafka, "keep", fails)

    async def story() -> None:
        stage = stage_on(kafka)
        decided(stage)
        await stage.begin()
        await asyncio.sleep(0)
        with pytest.raises(ConnectionError):
            await stage.begin()
        assert kafka.said == []

    asyncio.run(story())
