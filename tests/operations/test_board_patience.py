"""The board's thread while Kafka cannot be read: it says so, and goes on with what comes next."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.kafka_reader import Record, Unreachable
from operations import topics_to_board
from operations.topics_to_board import BoardReader


class Told:
    """What the board would be told."""

    def __init__(self) -> None:
        self.failures: list[str] = []

    def failed(self, why: str) -> None:
        self.failures.append(why)


class Flaky:
    """Fails twice, then gives one record."""

    def __init__(self) -> None:
        self.left = 2

    def poll(self, *, timeout: float, most: int) -> list[Record]:
        if self.left:
            self.left -= 1
            raise Unreachable(f"{most} not within {timeout} s")
        return [Record("t", 0, 7, None, None, [], 0)]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever, daemon=True)
    thread.start()
    yield running
    running.call_soon_threadsafe(running.stop)
    thread.join(10)
    running.close()


def reader_of(told: Told, loop: asyncio.AbstractEventLoop) -> BoardReader:
    live: Any = told
    return BoardReader("kafka:9092", live, loop, registered=lambda: None, ended=lambda: None)


def test_a_poll_that_fails_is_said_and_made_again(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics_to_board, "LONGEST_WAIT_SECONDS", 0.0)
    told, flaky = Told(), Flaky()

    records = reader_of(told, loop)._polled(flaky, timeout=0.0, most=9)  # type: ignore[arg-type]

    assert [record.offset for record in records] == [7]
    assert [why.startswith("Kafka at kafka:9092: ") for why in told.failures] == [True, True]


def test_a_reader_that_is_stopped_waits_no_longer(loop: asyncio.AbstractEventLoop) -> None:
    told, flaky = Told(), Flaky()
    reader = reader_of(told, loop)
    reader.stop()

    assert reader._polled(flaky, timeout=0.0, most=9) == []  # type: ignore[arg-type]
    assert flaky.left == 2
