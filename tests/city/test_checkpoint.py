"""A crash at any block of any write, and the stream goes on as if nothing had been."""

from collections.abc import Iterator, Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city import checkpoint
from city.checkpoint import HEAD, Blocks, Saved
from city.stream import Outcome
from tests.builders import clockless, facts, line, mark, ms, rule, steps, stream, tell
from tests.city.random_days import RULES, Entry, Pack, Told, hours, packs, run, told

FACTS = facts(*RULES)
LOG = "telemetry"

DAY: list[Entry] = [
    line(0, 0.2, seq=1),
    line(1, 2.0, "w2", seq=5),
    clockless(2, 1, 0.4),
    line(30, 0.7, seq=4),
    ms(31),
    line(40, 0.1, "w3"),
    line(95, 1.5, seq=5),
    line(20, 1.5, received=96, seq=2),
    clockless(97, 1, 0.4),
    ms(170),
    line(171, 3.0, seq=6),
    line(240, 0.0, seq=7),
    line(241, 0.0, "w2", seq=6),
    ms(400),
    line(401, 1.0, seq=8),
]


class Store:
    """A changelog that ends in the middle of a write when told so."""

    def __init__(self) -> None:
        self.blocks: dict[str, bytes] = {}

    def write(self, blocks: Blocks) -> None:
        """Writes the blocks in their order; one without bytes is deleted."""
        for key, data in blocks:
            if data is None:
                self.blocks.pop(key, None)
            else:
                self.blocks[key] = data


def run_with_crashes(read: Sequence[Pack], crashes: Iterator[int | None]) -> Told:
    """Reads the packs, saving after each; a number from `crashes` ends a write after so many blocks, and the process with it."""
    store, outcomes = Store(), dict[int, Outcome]()
    district, applied, saved = checkpoint.load(FACTS, store.blocks.get)
    place = 0
    while place < len(read):
        lines, written_at = read[place]
        outcome = district.apply(lines, written_at)
        assert outcomes.setdefault(place, outcome) == outcome, "a repeat has to say what was said before"
        blocks = checkpoint.save(district, {LOG: place}, saved)
        crash = next(crashes, None)
        if crash is None:
            store.write(blocks)
        else:
            store.write(blocks[: crash % (len(blocks) + 1)])
            district, applied, saved = checkpoint.load(FACTS, store.blocks.get)
            place = applied.get(LOG, -1)
        place += 1
    return told(district, [outcomes[number] for number in range(len(read))])


def crash_at(write: int, block: int) -> Iterator[int | None]:
    """One crash: at this block of this write."""
    yield from [None] * write
    yield block


@pytest.mark.parametrize("write", range(len(DAY)))
def test_a_crash_at_any_block_of_a_write_changes_nothing(write: int) -> None:
    read = packs(DAY, [True])
    expected = run(stream(*RULES), read)
    for block in range(12):
        assert run_with_crashes(read, crash_at(write, block)) == expected


@given(
    hours(25), st.lists(st.booleans(), min_size=1, max_size=5), st.lists(st.none() | st.integers(0, 12), max_size=40)
)
@settings(max_examples=100)
def test_any_number_of_crashes_changes_nothing(log: list[Entry], cuts: list[bool], crashes: list[int | None]) -> None:
    read = packs(log, cuts)
    assert run_with_crashes(read, iter(crashes)) == run(stream(*RULES), read)


def test_a_store_without_a_head_is_a_new_stream() -> None:
    district, applied, saved = checkpoint.load(FACTS, Store().blocks.get)
    assert (district.windows.readings, applied, saved) == (0, {}, Saved())


def test_a_stream_that_has_read_nothing_is_saved_and_loaded() -> None:
    store, district = Store(), stream()
    district.sums.refused("not_json")
    store.write(checkpoint.save(district, {"rejects": 3}, Saved()))
    again, applied, _ = checkpoint.load(facts(), store.blocks.get)
    assert (again.sums, applied) == (district.sums, {"rejects": 3})


def test_the_head_is_written_behind_the_blocks_it_names_and_before_what_it_no_longer_names() -> None:
    district, saved = stream(*RULES), Saved()
    tell(district, line(10))
    checkpoint.save(district, {}, saved)
    tell(district, line(100))
    keys = [(key, data is None) for key, data in checkpoint.save(district, {}, saved)]
    head = keys.index((HEAD, False))
    assert all(not deleted for _, deleted in keys[:head])
    assert all(deleted for _, deleted in keys[head + 1 :])


def test_a_block_is_never_written_to_the_place_that_counts() -> None:
    district, saved, counting = stream(*RULES), Saved(), set[str]()
    for second in range(0, 200, 20):
        tell(district, line(second, second / 100), line(second, id_=f"extra{second}"))
        blocks = checkpoint.save(district, {}, saved)
        written = {key for key, data in blocks if data is not None} - {HEAD}
        assert not written & counting
        counting = {f"{name}#{place}" for name, place in saved.places.items()}
        counting |= {
            f"{name}#{saved.places[name]}{number}"
            for name, one in saved.layers.items()
            for number in range(one.changes)
        }


def test_windows_that_did_not_change_are_not_written_again() -> None:
    district, saved = stream(), Saved()
    tell(district, line(10), line(70))
    checkpoint.save(district, {}, saved)
    tell(district, line(71))
    keys = [key for key, _ in checkpoint.save(district, {}, saved) if key.startswith(("window/", "seen/"))]
    assert len(keys) == 2


def test_a_closed_window_leaves_nothing_in_the_store() -> None:
    store, district, saved = Store(), stream(), Saved()
    for second in range(0, 60, 10):
        tell(district, line(second))
        store.write(checkpoint.save(district, {}, saved))
    assert any(key.startswith("seen/") for key in store.blocks)
    mark(district, 500)
    store.write(checkpoint.save(district, {}, saved))
    assert not any(key.startswith(("window/", "seen/")) for key in store.blocks)


def test_a_missing_block_is_named() -> None:
    store, district = Store(), stream()
    tell(district, line(10))
    store.write(checkpoint.save(district, {}, Saved()))
    del store.blocks["devices#a"]
    with pytest.raises(LookupError, match="devices"):
        checkpoint.load(facts(), store.blocks.get)


def test_a_stream_goes_on_by_the_rules_it_was_saved_with_whatever_holds_now() -> None:
    store, district = Store(), stream(rule("flood", for_seconds=5))
    tell(district, line(10, 2.0))
    store.write(checkpoint.save(district, {}, Saved()))
    again, _, _ = checkpoint.load(facts(rule("flood", on=9.0)), store.blocks.get)
    assert again.facts == district.facts
    assert steps(tell(again, line(15, 2.0)).findings) == [("flood", "raised", "w1", 15)]


def test_facts_are_saved_only_when_they_changed() -> None:
    district, saved = stream(), Saved()
    written = []
    for second, adopted in enumerate([None, None, facts(rule("flood")), None]):
        if adopted is not None:
            district.adopt(adopted)
        tell(district, line(second))
        written.append(any(key.startswith(checkpoint.FACTS) for key, _ in checkpoint.save(district, {}, saved)))
    assert written == [True, False, True, False]


def test_what_is_owed_for_a_rule_that_is_gone_is_part_of_the_state() -> None:
    store, district = Store(), stream(rule("flood"))
    tell(district, line(10, 2.0))
    district.owed += district.adopt(facts())
    store.write(checkpoint.save(district, {}, Saved()))
    for _ in range(2):
        again, _, _ = checkpoint.load(facts(rule("other")), store.blocks.get)
        assert steps(mark(again, 11).findings) == [("flood", "cleared", "w1", 10)]


def test_a_state_without_facts_goes_on_by_those_of_now() -> None:
    store, district, saved = Store(), stream(rule("flood")), Saved()
    tell(district, line(10, 2.0))
    store.write(checkpoint.save(district, {}, saved))
    head = msgspec.msgpack.decode(store.blocks[HEAD], type=checkpoint.Head)
    del head.saved.places[checkpoint.FACTS]
    store.blocks[HEAD] = msgspec.msgpack.encode(head)
    again, _, _ = checkpoint.load(facts(), store.blocks.get)
    assert steps(mark(again, 11).findings) == [("flood", "cleared", "w1", 10)]


def test_the_longest_memory_of_readings_a_rule_may_have_fits_into_the_state() -> None:
    store, district = Store(), stream(rule("often", m=64, n=64))
    tell(district, *(line(second, 2.0) for second in range(63)))
    store.write(checkpoint.save(district, {}, Saved()))
    again, _, _ = checkpoint.load(facts(), store.blocks.get)
    assert steps(tell(again, line(63, 2.0)).findings) == [("often", "raised", "w1", 63)]


def test_windows_that_start_before_the_epoch_have_a_name_too() -> None:
    store, district = Store(), stream()
    old = line(0)
    old.at = -100_000
    tell(district, old)
    store.write(checkpoint.save(district, {}, Saved()))
    again, _, _ = checkpoint.load(facts(), store.blocks.get)
    assert list(again.windows.by_span) == list(district.windows.by_span)


@pytest.mark.parametrize("lost", range(1, 9))
def test_blocks_that_a_crash_left_behind_belong_to_nothing_and_only_those(lost: int) -> None:
    store = Store()
    district, applied, saved = checkpoint.load(FACTS, store.blocks.get)
    for lines, written_at in packs(DAY, [True]):
        district.apply(lines, written_at)
        blocks = checkpoint.save(district, applied, saved)
        kept = [block for block in blocks if block[1] is not None]
        gone = [block for block in blocks if block[1] is None]
        store.write([*kept, *gone[lost:]])
    _, _, saved = checkpoint.load(FACTS, store.blocks.get)
    left = checkpoint.orphans(store.blocks, saved)
    assert left
    before = dict(store.blocks)
    store.write([(name, None) for name in left])
    assert checkpoint.orphans(store.blocks, saved) == []
    again, _, _ = checkpoint.load(FACTS, store.blocks.get)
    assert told(again, []) == told(checkpoint.load(FACTS, before.get)[0], [])
