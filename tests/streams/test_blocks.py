"""The state blocks are what the changelog says of our partitions, and what a replaced worker still writes is never read."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import app
from streams.blocks import BlockTable

Log = list[tuple[bytes, bytes | None]]
Make = Callable[[str], BlockTable]


def table(folder: Path, name: str) -> BlockTable:
    return app.table(app.build("127.0.0.1:1", 4, name, folder), "findings", 4)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return lambda name: table(tmp_path, name)


def read(made: BlockTable, log: Sequence[tuple[bytes, bytes | None]], partition: int = 1, generation: int = 0) -> None:
    """What a worker does when the partition is given to it."""
    records: Any = [
        SimpleNamespace(message=SimpleNamespace(partition=partition, key=key, value=value)) for key, value in log
    ]
    asyncio.run(made.on_rebalance(set(), set(), set(), generation))
    made.apply_changelog_batch(records)


def write(made: BlockTable, log: Log, *blocks: tuple[bytes, bytes | None]) -> None:
    """Claims the partition and writes these blocks, in memory and to the log."""
    for rows in made.claim(1):
        log.extend(rows)
    for key, value in blocks:
        log.append((made.put(1, key, value), value))


def test_what_was_written_is_there_after_it_was_read_again(make: Make) -> None:
    log: Log = []
    first = make("worker-1")
    write(first, log, (b"a", b"1"), (b"b", b"1"), (b"a", None), (b"b", b"2"))
    second = make("worker-2")
    read(second, log)
    for made in (first, second):
        assert (made.get_block(1, b"a"), made.get_block(1, b"b"), made.get_block(2, b"b")) == (None, b"2", None)
    assert second.keys_of(1, b"") == [b"", b"b"]


def test_what_a_replaced_worker_still_writes_is_not_read_and_deleted_by_the_next_owner(make: Make) -> None:
    log: Log = []
    old, new, last = make("worker-1"), make("worker-2"), make("worker-3")
    write(old, log, (b"head", b"old"))
    read(new, log)
    write(new, log, (b"head", b"new"))
    write(old, log, (b"head", b"stale"), (b"other", b"stale"))
    read(last, log)
    assert (last.get_block(1, b"head"), last.get_block(1, b"other")) == (b"new", None)
    write(last, log, (b"more", b"1"))
    kept = {key: value for key, value in dict(log).items() if value is not None}
    assert sorted(kept.values()) == [b"1", b"1", b"new"]


def test_a_copy_that_was_not_finished_does_not_count(make: Make) -> None:
    log: Log = []
    old, broken, new = make("worker-1"), make("worker-2"), make("worker-3")
    write(old, log, (b"a", b"1"), (b"b", b"1"))
    read(broken, log)
    copies, _mark, _gone = broken.claim(1)
    log.append(copies[0])
    write(old, log, (b"b", b"2"))
    read(new, log)
    assert (new.get_block(1, b"a"), new.get_block(1, b"b")) == (b"1", b"2")


def test_a_claim_outlasts_an_empty_batch_of_the_changelog(make: Make) -> None:
    """Faust applies what it has buffered, mostly nothing, whenever partitions are about to move."""
    made = make("worker-1")
    write(made, [])
    made.apply_changelog_batch([])
    made.put(1, b"a", b"1")
    assert made.get_block(1, b"a") == b"1"


def test_what_a_replaced_worker_still_claims_counts_for_nothing_when_its_partition_went_back_to_the_one_before(
    make: Make,
) -> None:
    log: Log = []
    first, between = make("worker-1"), make("worker-2")
    read(first, log, generation=1)
    write(first, log, (b"a", b"1"))
    read(between, log, generation=2)
    late: Log = []
    write(between, late, (b"a", b"2"))  # on its way when the partition was given to somebody else
    read(first, log, generation=3)
    write(first, log, (b"a", b"3"))

    log += late
    write(first, log, (b"a", b"4"))

    last = make("worker-3")
    read(last, log, generation=4)
    assert last.get_block(1, b"a") == b"4"


def test_the_term_of_a_later_generation_is_the_later_one_however_often_the_partition_was_claimed_before(
    make: Make,
) -> None:
    log: Log = []
    before = make("worker-1")
    read(before, log, generation=2)
    write(before, log, (b"a", b"1"))
    again = make("worker-3")
    read(again, log, generation=2)
    late: Log = []
    write(again, late, (b"a", b"2"))
    owner = make("worker-2")
    read(owner, log, generation=3)
    write(owner, log, (b"a", b"3"))

    log += late

    last = make("worker-4")
    read(last, log, generation=4)
    assert last.get_block(1, b"a") == b"3"


def test_an_owner_that_gets_its_own_partition_back_copies_nothing(make: Make) -> None:
    log: Log = []
    made = make("worker-1")
    write(made, log, (b"a", b"1"))
    read(made, log)
    assert made.claim(1) == ([], [], [])
    assert made.get_block(1, b"a") == b"1"


@pytest.mark.parametrize("odd", [b"|", b"x|", b"a.b|c", "中|".encode()])
def test_a_block_may_be_named_as_oddly_as_a_foreign_key(make: Make, odd: bytes) -> None:
    log: Log = []
    write(make("worker-1"), log, (odd, b"1"))
    made = make("worker-2")
    read(made, log)
    write(made, log, (b"a", b"2"))
    assert (made.get_block(1, odd), made.get_block(1, b"a")) == (b"1", b"2")


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.sampled_from([b"a", b"b", b"c"])), max_size=30))
def test_each_new_owner_reads_what_the_one_before_had_written(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool, bytes]]
) -> None:
    """Workers take turns; the one that was replaced writes on beside the one that replaced it."""
    log: Log = []
    folder = tmp_path_factory.mktemp("workers")
    workers = [table(folder, f"worker-{number}") for number in range(3)]
    owner, truth = None, dict[bytes, bytes]()
    stale: set[int] = set()
    for number, (who, legal, key) in enumerate(steps):
        value = b"%d" % number
        if not legal and who in stale:
            write(workers[who], log, (key, value))
            continue
        if owner != who:
            read(workers[who], log)
            stale |= {owner} if owner is not None else set()
            owner = who
        stale.discard(who)
        write(workers[who], log, (key, value))
        truth[key] = value
        assert {name: workers[who].get_block(1, name) for name in truth} == truth


def test_a_rebalance_leaves_nothing_in_memory_and_reads_the_changelog_from_its_beginning(make: Make) -> None:
    made = make("worker-1")
    mine = TP(made.changelog_topic.get_topic_name(), 1)

    async def work() -> None:
        recovery: Any = made.app.tables.recovery  # type: ignore[attr-defined] # the interface lacks it
        recovery.active_offsets[mine] = 7
        write(made, [], (b"a", b"1"))
        assert made.bytes_held() > 0
        await made.on_rebalance({mine, TP("other", 1)}, set(), set())
        assert mine not in recovery.active_offsets

    asyncio.run(work())
    assert made.bytes_held() == 0


def test_a_rebuilding_that_is_begun_anew_takes_nothing_from_the_one_that_it_interrupts(make: Make) -> None:
    """Else the new one would begin to read behind it, and miss what came before."""
    made = make("worker-1")
    mine = TP(made.changelog_topic.get_topic_name(), 1)
    tables: Any = made.app.tables
    recovery = tables.recovery

    async def work() -> None:
        for offset in range(1000):
            message = SimpleNamespace(tp=mine, partition=1, offset=offset, key=b"%d" % offset, value=b"1")
            tables.changelog_queue.put_nowait(SimpleNamespace(message=message))
        recovery.active_tps.add(mine)
        recovery.tp_to_table[mine] = made
        reading = asyncio.create_task(recovery._slurp_changelogs(recovery))
        for _ in range(100):
            await asyncio.sleep(0)
        assert 0 < recovery.active_offsets[mine] < 900
        await made.on_rebalance({mine}, set(), set())
        for _ in range(1000):
            await asyncio.sleep(0)
        reading.cancel()

    asyncio.run(work())
    recovery.flush_buffers()
    assert mine not in recovery.active_offsets
    assert made.bytes_held() == 0
