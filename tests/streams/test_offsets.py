"""Where to read on, and that nothing is passed over on the way."""

import pytest
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from messages.topics import POSITIONS, TELEMETRY
from streams.offsets import MOST_TRIES, Offsets, Skipped, block_of

FIRST = TP(TELEMETRY.name, 1)
SECOND = TP(TELEMETRY.name, 2)


def offsets(**at: int) -> Offsets:
    made = Offsets([TELEMETRY.name, POSITIONS.name])
    made.start({FIRST: at.get("first", 0), SECOND: at.get("second", 0)})
    return made


def test_records_that_follow_each_other_are_ours() -> None:
    made = offsets(first=7)
    assert all(made.read(FIRST, offset) for offset in (7, 8, 9))
    assert not made.wanted()


def test_a_record_that_was_passed_over_is_gone_back_for_and_those_behind_it_are_left_to_come_again() -> None:
    made = offsets(first=7)
    assert not made.read(FIRST, 8)
    assert made.wanted() == {FIRST: 7}
    assert not made.read(FIRST, 9)
    assert made.wanted() == {}
    assert all(made.read(FIRST, offset) for offset in (7, 8, 9))


def test_a_record_that_does_not_come_is_gone_back_for_again_and_at_last_given_up() -> None:
    made = offsets(first=7)
    for _ in range(MOST_TRIES):
        assert not made.read(FIRST, 8)
        assert made.wanted() == {FIRST: 7}
    with pytest.raises(Skipped, match="7 should come next, but 8 came"):
        made.read(FIRST, 8)


def test_once_it_has_come_another_one_may_be_gone_back_for_as_often() -> None:
    made = offsets(first=7)
    for due in (7, 9):
        for _ in range(MOST_TRIES):
            assert not made.read(FIRST, due + 1)
        assert made.read(FIRST, due)
        assert made.read(FIRST, due + 1)


@given(st.lists(st.integers(0, 12), max_size=60))
def test_whatever_is_handed_over_is_taken_in_order_and_without_a_hole(came: list[int]) -> None:
    made, taken = offsets(), 0
    for offset in came:
        try:
            mine = made.read(FIRST, offset)
        except Skipped:
            break
        assert mine == (offset <= taken)
        taken = max(taken, offset + 1) if mine else taken


def test_a_record_that_comes_once_more_is_no_harm_and_does_not_lead_back() -> None:
    made = offsets(first=7)
    made.read(FIRST, 7)
    made.read(FIRST, 8)
    assert made.read(FIRST, 7)
    assert made.read(FIRST, 9)


def test_partitions_are_counted_apart() -> None:
    made = offsets(first=7, second=100)
    assert made.read(SECOND, 100)
    assert made.read(FIRST, 7)


def test_after_partitions_moved_nothing_is_ours_until_it_starts_again() -> None:
    made = offsets(first=7)
    made.read(FIRST, 9)
    made.stop()
    assert not made.read(FIRST, 7)
    assert not made.wanted()
    made.start({FIRST: 5})
    assert made.read(FIRST, 5)


def test_a_compacted_topic_may_have_holes() -> None:
    made = Offsets([POSITIONS.name])
    made.start({TP(POSITIONS.name, 0): 3})
    assert made.read(TP(POSITIONS.name, 0), 30)


def test_only_partitions_that_moved_are_written_and_only_once() -> None:
    made = offsets(first=7, second=3)
    made.read(FIRST, 7)
    assert made.unwritten() == [(FIRST, 8)]
    assert made.unwritten() == []


def test_other_topics_partitions_are_not_ours() -> None:
    made = Offsets([TELEMETRY.name])
    assert made.ours([FIRST, TP("other", 1)]) == [FIRST]
    made.want([FIRST])
    assert not made.wanted()


def test_the_lag_is_what_a_partition_holds_beyond_what_was_read() -> None:
    made = offsets(first=7, second=3)
    assert made.lags({FIRST: 8, SECOND: 3}) == {FIRST: 1, SECOND: 0}
    made.read(FIRST, 7)
    assert made.lags({FIRST: 8, SECOND: None}) == {FIRST: 0, SECOND: 0}


def test_a_partition_is_replayed_once_all_is_read_that_it_held_when_it_was_given() -> None:
    made = Offsets([TELEMETRY.name])
    made.start({FIRST: 7, SECOND: 3}, {FIRST: 8, SECOND: 3})
    assert (made.replayed(FIRST), made.replayed(SECOND)) == (False, True)
    made.read(FIRST, 7)
    assert made.replayed(FIRST)


def test_the_block_of_a_partition_is_named_for_its_topic_and_number() -> None:
    assert block_of(FIRST) == "read-on/citygrid.telemetry/1"
