"""What is written of a district's state grows with what changed in it, and what is stored and read at a start stays bounded."""

from random import Random

import pytest

from city import checkpoint
from city.checkpoint import HEAD, Saved
from city.layers import MOST
from city.stream import DistrictStream
from messages.telemetry import PackLine
from tests.builders import facts, line, mark, stream, tell
from tests.city.test_checkpoint import Store

DEVICES = 300
SPEAKING = 20
"""How many of them speak between two writes."""


def second(number: int, chance: Random) -> list[PackLine]:
    """What a few devices of many say in a second, each in a cell of its own."""
    speaking = chance.sample(range(DEVICES), SPEAKING)
    return [line(number, chance.random(), f"d{n}", seq=number, cell=f"990101001001{n:03}") for n in speaking]


def lived(seconds: int, store: Store, written: list[int]) -> DistrictStream:
    """A district after that many seconds, saved in each; `written` gets the bytes of each second."""
    district, saved, chance = stream(), Saved(), Random(4)
    for number in range(seconds):
        tell(district, *second(number, chance))
        mark(district, number)
        blocks = checkpoint.save(district, {}, saved)
        written.append(sum(len(data or b"") for _, data in blocks))
        store.write(blocks)
    return district


def test_what_is_written_grows_with_what_changed() -> None:
    written: list[int] = []
    lived(400, Store(), written)
    whole = DEVICES * 8 * (4 + 1) + 2 * DEVICES * 8 * 9
    assert sum(written[200:]) / 200 < 0.35 * whole


def test_what_is_stored_and_read_at_a_start_does_not_grow_with_time() -> None:
    def stored(seconds: int) -> tuple[int, int]:
        store = Store()
        lived(seconds, store, [])
        return sum(map(len, store.blocks.values())), len(store.blocks)

    size, blocks = stored(300)
    later_size, later_blocks = stored(1500)
    assert later_size < (1 + MOST) * size
    assert later_blocks < 2 * blocks


def test_changes_that_a_newer_whole_replaced_are_deleted_behind_the_head_that_says_so() -> None:
    store, district, saved, chance = Store(), stream(), Saved(), Random(4)
    replaced = 0
    for number in range(300):
        tell(district, *second(number, chance))
        layers = saved.layers.get("devices")
        before = layers.changes if layers else 0
        blocks = checkpoint.save(district, {}, saved)
        keys = [key for key, _ in blocks]
        deleted = [key for key, data in blocks if data is None and key.startswith("devices#")]
        if deleted:
            replaced += 1
            assert len(deleted) == before
            assert min(map(keys.index, deleted)) > keys.index(HEAD)
        store.write(blocks)
        assert not checkpoint.orphans(store.blocks, saved)
    assert replaced > 1


@pytest.mark.parametrize("seed", range(12))
def test_a_crash_anywhere_among_wholes_and_changes_is_as_if_nothing_had_been(seed: int) -> None:
    store, crash, chance = Store(), Random(seed), Random(4)
    log, steady = [second(number, chance) for number in range(120)], stream()
    expected = [tell(steady, *said) for said in log]
    district, applied, saved = checkpoint.load(facts(), store.blocks.get)
    while (number := applied.get("telemetry", -1) + 1) < len(log):
        assert tell(district, *log[number]) == expected[number]
        applied = {"telemetry": number}
        blocks = checkpoint.save(district, applied, saved)
        if crash.random() < 0.9:
            store.write(blocks)
        else:
            store.write(blocks[: crash.randrange(len(blocks) + 1)])
            district, applied, saved = checkpoint.load(facts(), store.blocks.get)
    assert mark(district, 1000) == mark(steady, 1000)
