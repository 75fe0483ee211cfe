"""Outputs, then state, then where to read on, then the acknowledgement: in this order, whatever is interrupted."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from messages.topics import TELEMETRY
from streams import effects
from streams.effects import Effects
from streams.offsets import Offsets, block_of

HERE = TP(TELEMETRY.name, 2)
READ_ON = block_of(HERE)


class Kafka:
    """Notes in one list what is sent, what has arrived and what is acknowledged."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.producer = self
        self.data: dict[bytes, bytes] = {}
        self.copies: list[tuple[bytes, bytes]] = []
        self.name = "findings"
        self.changelog_topic = self
        self.consumer = SimpleNamespace()

    def get_topic_name(self) -> str:
        return "changelog"

    def claim(self, _partition: int) -> Any:
        copies, self.copies = self.copies, []
        return copies, [(b"mark", b"1")] if copies else [], [(b"old", None)] if copies else []

    def put(self, _partition: int, key: bytes, value: bytes | None) -> bytes:
        self.data |= {key: value} if value is not None else {}
        if value is None:
            self.data.pop(key)
        return key

    def get_block(self, _partition: int, key: bytes) -> bytes | None:
        return self.data.get(key)

    async def send(self, _topic: str, key: bytes, *_rest: Any) -> Any:
        name = key.decode()
        self.said.append(f"sent {name}")

        async def arrival() -> None:
            self.said.append(f"arrived {name}")

        return arrival()

    async def ack(self, event: Any) -> None:
        self.said.append(f"acknowledged {event.message.offset}")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time on the steady clock, to be changed in place."""
    time = [10_000]
    monkeypatch.setattr(effects, "elapsed_ms", lambda: time[0])
    return time


def made(kafka: Kafka, at: int) -> Effects:
    offsets = Offsets([TELEMETRY.name])
    offsets.start({HERE: at})
    broker: Any = kafka
    return Effects(broker, broker, broker, offsets)


def event(offset: int) -> Any:
    return SimpleNamespace(message=SimpleNamespace(tp=HERE, offset=offset))


@pytest.mark.usefixtures("now")
def test_outputs_have_arrived_before_state_is_sent_and_state_before_the_acknowledgement() -> None:
    kafka = Kafka()

    async def work() -> None:
        here = made(kafka, 7)
        assert here.read(event(7))
        await here.send("citygrid.windows", 2, "output", b"")
        await here.settle([(2, "state", b"1")])

    asyncio.run(work())
    assert kafka.said[:3] == ["sent output", "arrived output", "sent state"]
    assert kafka.said.index(f"arrived {READ_ON}") < kafka.said.index("acknowledged 7")
    assert kafka.data == {b"state": b"1", READ_ON.encode(): b"8"}


def test_nothing_is_acknowledged_behind_which_it_is_not_written_where_to_read_on(now: list[int]) -> None:
    """Faust would go on at what it committed, and pass over what the state has not seen."""
    kafka = Kafka()

    async def work() -> None:
        here = made(kafka, 7)
        here.read(event(7))
        await here.settle([])
        here.read(event(8))
        now[0] += effects.BETWEEN_MS - 1
        await here.settle([(2, "state", b"1")])
        assert (kafka.said[-1], kafka.data[READ_ON.encode()]) == ("arrived state", b"8")
        now[0] += 1
        await here.settle([])

    asyncio.run(work())
    assert kafka.data[READ_ON.encode()] == b"9"
    assert kafka.said[-1] == "acknowledged 8"


@pytest.mark.usefixtures("now")
def test_what_moved_away_is_not_acknowledged() -> None:
    kafka = Kafka()

    async def work() -> None:
        here = made(kafka, 7)
        here.read(event(7))
        here.forget()
        assert not here.read(event(8))
        await here.settle([])

    asyncio.run(work())
    assert kafka.said == []


@pytest.mark.usefixtures("now")
def test_a_state_block_that_is_gone_is_deleted() -> None:
    kafka = Kafka()

    async def work() -> None:
        here = made(kafka, 7)
        await here.settle([(2, "state", b"1")])
        await here.settle([(2, "state", None)])
        assert here.stored(2, "state") is None

    asyncio.run(work())


@pytest.mark.usefixtures("now")
def test_a_partition_is_ours_to_write_once_the_copies_have_arrived_and_then_their_mark() -> None:
    kafka = Kafka()
    kafka.copies = [(b"copy", b"1")]

    async def work() -> None:
        await made(kafka, 7).keep([(2, "state", b"1")])

    asyncio.run(work())
    assert kafka.said == [
        *("sent copy", "arrived copy", "sent mark", "arrived mark"),
        *("sent old", "arrived old", "sent state", "arrived state"),
    ]


@pytest.mark.parametrize(("answers", "ours"), [([True], True), ([False, True], True), ([False] * 5, False)])
def test_what_was_decided_is_not_said_when_the_write_was_long_and_another_may_have_the_partition(
    now: list[int], monkeypatch: pytest.MonkeyPatch, answers: list[bool], ours: bool
) -> None:
    kafka = Kafka()

    async def is_member() -> bool:
        return answers.pop(0)

    async def no_wait(_seconds: float) -> None:
        pass

    async def slow(*_: Any) -> Any:
        now[0] += effects.LONG_MS + 1
        return no_wait(0)

    monkeypatch.setattr(kafka, "send", slow)
    monkeypatch.setattr(effects.asyncio, "sleep", no_wait)
    kafka.consumer = SimpleNamespace(is_member=is_member)
    here = made(kafka, 7)

    if ours:
        asyncio.run(here.keep([(2, "head", b"1")]))
    else:
        with pytest.raises(effects.Replaced):
            asyncio.run(here.keep([(2, "head", b"1")]))
    assert not answers


def test_kafka_is_asked_whether_we_are_of_the_group_when_it_has_not_said_so_for_long_however_quick_the_write_is(
    now: list[int],
) -> None:
    """A process that stood still before it decided writes quickly when it goes on."""
    kafka, asked = Kafka(), list[int]()

    async def is_member() -> bool:
        asked.append(now[0])
        return True

    kafka.consumer = SimpleNamespace(is_member=is_member)
    here = made(kafka, 7)
    for wait, times in ((effects.LONG_MS, 0), (1, 1), (effects.LONG_MS, 1), (10 * effects.LONG_MS, 2)):
        now[0] += wait
        asyncio.run(here.keep([(2, "head", b"1")]))
        assert len(asked) == times
