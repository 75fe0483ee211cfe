"""Partitions are sought to where the state ends; what was deleted before that is counted once and told for a while."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP
from prometheus_client import REGISTRY

from adapters.health import Waits
from messages.topics import TELEMETRY
from streams import app as apps
from streams import seeking
from streams.offsets import Offsets, block_of
from streams.seeking import TOLD_FOR_MS, Losses, read_on

HERE = TP(TELEMETRY.name, 3)


class Consumer:
    """One partition that begins at `earliest`; notes where it was sought to."""

    def __init__(self, earliest: int) -> None:
        self.earliest = earliest
        self.sought: list[int] = []

    def assignment(self) -> set[TP]:
        return {HERE}

    async def earliest_offsets(self, *_: TP) -> dict[TP, int]:
        return {HERE: self.earliest}

    async def highwaters(self, *_: TP) -> dict[TP, int]:
        return {HERE: 1000}

    async def seek_wait(self, places: dict[TP, int]) -> None:
        self.sought.append(places[HERE])


def begin(folder: Path, consumer: Consumer, losses: Losses, kept: bytes | None) -> Offsets:
    table = apps.table(apps.build("127.0.0.1:1", 4, "worker-1", folder), "findings", 4)
    asyncio.run(table.on_rebalance(set(), set(), set(), 0))
    table.claim(HERE.partition)
    if kept is not None:
        table.put(HERE.partition, block_of(HERE).encode(), kept)
    offsets = Offsets([TELEMETRY.name])
    app: Any = SimpleNamespace(consumer=consumer)
    asyncio.run(read_on(app, table, offsets, losses))
    return offsets


def counted(agent: str) -> float:
    labels = {"agent": agent, "topic": HERE.topic, "partition": str(HERE.partition)}
    return REGISTRY.get_sample_value("citygrid_stream_records_deleted_unread_total", labels) or 0


@pytest.mark.parametrize(
    ("kept", "earliest", "place"),
    [(None, 0, 0), (None, 40, 40), (b"70", 40, 70), (b"40", 40, 40), (b"30", 40, 40)],
)
def test_it_reads_on_where_the_state_ends_or_where_the_partition_begins(
    tmp_path: Path, kept: bytes | None, earliest: int, place: int
) -> None:
    consumer = Consumer(earliest)
    offsets = begin(tmp_path, consumer, Losses("places"), kept)
    assert (consumer.sought, offsets.due()) == ([place], {HERE: place})


def test_records_that_were_deleted_unread_are_counted_once_and_told(tmp_path: Path) -> None:
    losses = Losses("once")
    begin(tmp_path, Consumer(40), losses, b"30")
    begin(tmp_path, Consumer(40), losses, b"30")
    (reason,) = losses.reasons(seeking.elapsed_ms())
    assert counted("once") == 10
    assert f"10 records of {HERE.topic}[3] were deleted" in reason
    assert isinstance(reason, Waits), "a new start would not bring them back"
    begin(tmp_path, Consumer(45), losses, b"30")
    assert counted("once") == 15


def test_a_loss_is_told_for_a_while_and_no_longer() -> None:
    losses = Losses("while")
    losses.note(HERE, 30, 40, now=1000)
    assert losses.reasons(1000 + TOLD_FOR_MS - 1) != []
    assert losses.reasons(1000 + TOLD_FOR_MS) == []


def test_what_was_read_before_it_was_deleted_is_no_loss() -> None:
    losses = Losses("none")
    losses.note(HERE, 40, 40, now=1000)
    assert losses.reasons(1000) == []
    assert counted("none") == 0
