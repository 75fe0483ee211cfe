"""Where to read on, and that nothing is passed over on the way."""

import pytest
from faust.types import TP

from messages.topics import POSITIONS, TELEMETRY
from streams.offsets import GRACE_MS, Offsets, Skipped, block_of

LATER = GRACE_MS + 1
FIRST = TP(TELEMETRY.name, 1)
SECOND = TP(TELEMETRY.name, 2)


def offsets(**at: int) -> Offsets:
    made = Offsets([TELEMETRY.name, POSITIONS.name])
    made.start({FIRST: at.get("first", 0), SECOND: at.get("second", 0)}, 0)
    return made


def test_records_that_follow_each_other_are_ours() -> None:
    made = offsets(first=7)
    assert all(made.read(FIRST, offset, LATER) for offset in (7, 8, 9))


def test_a_record_that_was_passed_over_is_noticed_at_the_first_one_after_it() -> None:
    made = offsets(first=7)
    with pytest.raises(Skipped, match="7 should come next, but 8 came"):
        made.read(FIRST, 8, LATER)


def test_a_record_that_was_fetched_before_the_seek_is_left_to_come_again() -> None:
    made = offsets(first=7)
    assert not made.read(FIRST, 9, GRACE_MS - 1)
    assert all(made.read(FIRST, offset, GRACE_MS - 1) for offset in (7, 8, 9))


def test_once_the_seek_has_taken_hold_nothing_may_be_passed_over() -> None:
    made = offsets(first=7)
    made.read(FIRST, 7, 1)
    with pytest.raises(Skipped):
        made.read(FIRST, 9, 2)


def test_a_record_that_comes_once_more_is_no_harm_and_does_not_lead_back() -> None:
    made = offsets(first=7)
    made.read(FIRST, 7, LATER)
    made.read(FIRST, 8, LATER)
    assert made.read(FIRST, 7, LATER)
    assert made.read(FIRST, 9, LATER)


def test_partitions_are_counted_apart() -> None:
    made = offsets(first=7, second=100)
    assert made.read(SECOND, 100, LATER)
    assert made.read(FIRST, 7, LATER)


def test_after_partitions_moved_nothing_is_ours_until_it_starts_again() -> None:
    made = offsets(first=7)
    made.stop()
    assert not made.read(FIRST, 7, LATER)
    made.start({FIRST: 5}, 0)
    assert made.read(FIRST, 5, LATER)


def test_a_compacted_topic_may_have_holes() -> None:
    made = Offsets([POSITIONS.name])
    made.start({TP(POSITIONS.name, 0): 3}, 0)
    assert made.read(TP(POSITIONS.name, 0), 30, LATER)


def test_only_partitions_that_moved_are_written_and_only_once() -> None:
    made = offsets(first=7, second=3)
    made.read(FIRST, 7, LATER)
    assert made.unwritten() == [(FIRST, 8)]
    assert made.unwritten() == []


def test_other_topics_partitions_are_not_ours() -> None:
    assert Offsets([TELEMETRY.name]).ours([FIRST, TP("other", 1)]) == [FIRST]


def test_it_is_behind_where_a_partition_holds_more_than_was_read() -> None:
    made = offsets(first=7, second=3)
    assert made.behind({FIRST: 8, SECOND: 3}) == [FIRST]
    made.read(FIRST, 7, LATER)
    assert made.behind({FIRST: 8, SECOND: None}) == []


def test_the_block_of_a_partition_is_named_for_its_topic_and_number() -> None:
    assert block_of(FIRST) == "read-on/citygrid.telemetry/1"
