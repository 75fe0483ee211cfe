"""When the case stage settles, without a Kafka: it rests after a costly settling, and never for long."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from city.cases.state import DistrictCases
from streams import findings_to_cases
from streams.findings_to_cases import LONGEST_PAUSE_MS, QUIET_SHARE, SETTLE_MS, CasesStage, LiveCases

DISTRICT = "995503"
AWAY_MS = 324_000


class Kafka:
    """Takes what is written after so many milliseconds of a clock of its own, and counts how often."""

    def __init__(self) -> None:
        self.now = 1_000_000
        self.takes_ms = 0
        self.settled = 0

    def elapsed_ms(self) -> int:
        return self.now

    async def keep(self, _blocks: Any) -> None:
        self.now += self.takes_ms

    async def put(self, _blocks: Any) -> None: ...

    async def settle(self, _blocks: Any) -> None:
        self.settled += 1


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    made = Kafka()
    monkeypatch.setattr(findings_to_cases, "elapsed_ms", made.elapsed_ms)
    return made


def settle(stage: CasesStage) -> None:
    cases = DistrictCases(district=DISTRICT)
    stage._live[DISTRICT] = LiveCases(cases, cases, [], 0, dirty=True)
    asyncio.run(stage.settle())


def stage_on(kafka: Kafka) -> CasesStage:
    effects: Any = kafka
    knowledge: Any = SimpleNamespace()
    return CasesStage(effects, knowledge)


def test_after_a_settling_it_rests_for_a_multiple_of_what_that_took(kafka: Kafka) -> None:
    stage, kafka.takes_ms = stage_on(kafka), 2 * SETTLE_MS
    settle(stage)
    kafka.now += QUIET_SHARE * kafka.takes_ms - 1
    settle(stage)
    assert kafka.settled == 1
    kafka.now += 1
    settle(stage)
    assert kafka.settled == 2


def test_after_an_outage_of_kafka_it_goes_on_at_once(kafka: Kafka) -> None:
    """What the settling waited for was not its own work: a multiple of it would be many minutes."""
    stage, kafka.takes_ms = stage_on(kafka), AWAY_MS
    settle(stage)
    kafka.now += LONGEST_PAUSE_MS
    settle(stage)
    assert kafka.settled == 2
