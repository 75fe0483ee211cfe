"""The state blocks are what the changelog says of our partitions, and nothing from before partitions moved."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from faust.types import TP

from streams import app
from streams.blocks import BlockTable


def table(folder: Path) -> BlockTable:
    application = app.build("127.0.0.1:1", 4, "worker-1", folder)
    return app.table(application, "findings", 4)


def written(partition: int, key: bytes, value: bytes | None) -> Any:
    return SimpleNamespace(message=SimpleNamespace(partition=partition, key=key, value=value))


def test_a_changelog_is_taken_in_its_order(tmp_path: Path) -> None:
    made = table(tmp_path)
    made.apply_changelog_batch([written(1, b"a", b"1"), written(1, b"b", b"1"), written(2, b"a", b"other")])
    made.apply_changelog_batch([written(1, b"a", None), written(1, b"b", b"2"), written(1, b"never", None)])
    assert made.get_block(1, b"a") is None
    assert made.get_block(1, b"b") == b"2"
    assert made.get_block(2, b"a") == b"other"
    assert made.bytes_held() == len(b"b" + b"2" + b"a" + b"other")


def test_a_rebalance_leaves_nothing_in_memory_and_reads_the_changelog_from_its_beginning(tmp_path: Path) -> None:
    made = table(tmp_path)
    mine = TP(made.changelog_topic.get_topic_name(), 1)

    async def work() -> None:
        recovery: Any = made.app.tables.recovery  # type: ignore[attr-defined] # the interface lacks it
        recovery.active_offsets[mine] = 7
        made.put(1, b"a", b"1")
        await made.on_rebalance({mine, TP("other", 1)}, set(), set())
        assert mine not in recovery.active_offsets

    asyncio.run(work())
    assert made.bytes_held() == 0
