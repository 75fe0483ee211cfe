"""An agent that stands still although there is more to read ends; one that has nothing to read does not."""

import asyncio
from types import SimpleNamespace

import pytest
from faust.types import TP

from messages.topics import TELEMETRY
from streams import stall
from streams.offsets import Offsets

HERE = TP(TELEMETRY.name, 0)


def an_app(end: int, *, rebalancing: bool = False) -> SimpleNamespace:
    consumer = SimpleNamespace(assignment=lambda: {HERE}, highwater=lambda _one: end)
    return SimpleNamespace(consumer=consumer, rebalancing=rebalancing)


def read_up_to(offset: int) -> Offsets:
    made = Offsets([TELEMETRY.name])
    made.start({HERE: offset}, 0)
    return made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stall, "GLANCE_S", 0.001)
    monkeypatch.setattr(stall, "PATIENCE_S", 0.003)


async def watched(app: SimpleNamespace, offsets: Offsets, seconds: float) -> None:
    await asyncio.wait_for(stall.watch(app, offsets), seconds)


def test_standing_still_with_more_to_read_ends_it() -> None:
    with pytest.raises(stall.Stalled, match=TELEMETRY.name):
        asyncio.run(watched(an_app(end=10), read_up_to(3), 5.0))


@pytest.mark.parametrize(
    ("app", "offset"), [(an_app(end=3), 3), (an_app(end=10, rebalancing=True), 3)], ids=["all read", "rebalancing"]
)
def test_a_quiet_agent_goes_on(app: SimpleNamespace, offset: int) -> None:
    with pytest.raises(TimeoutError):
        asyncio.run(watched(app, read_up_to(offset), 0.1))
