from random import Random

from hypothesis import given
from hypothesis import strategies as st

from city.sequence import MOST_RANGES, UNTIMED, Sequence, count


def counted(*messages: tuple[int, int], repeated: frozenset[int] = frozenset()) -> tuple[Sequence | None, int]:
    """The sequence and the gaps after messages of (seq, at); `repeated` are places of messages that are known repeats."""
    known: Sequence | None = None
    gaps = 0
    for place, (seq, at) in enumerate(messages):
        known, grew = count(known, seq, at, repeated=place in repeated)
        gaps += grew
    return known, gaps


def test_the_first_number_says_nothing_of_those_before_it() -> None:
    assert counted((17, 1)) == (Sequence(17, 1), 0)


def test_numbers_without_a_hole_have_no_gap() -> None:
    assert counted((0, 1), (1, 2), (2, 3)) == (Sequence(2, 3), 0)


def test_numbers_that_were_counted_past_are_missing() -> None:
    # seq   3   .   .   6
    assert counted((3, 1), (6, 2)) == (Sequence(6, 2, [(4, 5)]), 2)


def test_a_number_that_comes_after_all_is_taken_back() -> None:
    # seq   3   .   .   .   7   then 5
    assert counted((3, 1), (7, 5), (5, 3)) == (Sequence(7, 5, [(4, 4), (6, 6)]), 2)


def test_a_gap_is_filled_from_either_end() -> None:
    assert counted((3, 1), (6, 4), (4, 2), (5, 3)) == (Sequence(6, 4), 0)


def test_a_smaller_number_at_a_later_time_is_a_restart() -> None:
    assert counted((90, 1), (0, 2), (1, 3)) == (Sequence(1, 3), 0)


def test_a_restart_does_not_take_back_what_was_missing_before() -> None:
    assert counted((80, 1), (90, 2), (0, 3)) == (Sequence(0, 3), 9)


def test_a_smaller_number_at_an_earlier_time_is_no_restart() -> None:
    assert counted((5, 10), (4, 9)) == (Sequence(5, 10), 0)


def test_the_highest_number_again_tells_its_time_and_forgets_nothing() -> None:
    assert counted((3, 1), (6, 2), (6, 9)) == (Sequence(6, 9, [(4, 5)]), 2)


def test_a_repeat_from_before_a_restart_is_no_gap() -> None:
    assert counted((90, 1), (0, 2), (90, 1), (1, 3), repeated=frozenset({2})) == (Sequence(1, 3), 0)


def test_only_the_latest_ranges_can_still_be_filled() -> None:
    many = [(2 * n, n) for n in range(MOST_RANGES + 2)]
    known, gaps = counted(*many)
    assert known is not None
    assert (len(known.missing), gaps) == (MOST_RANGES, MOST_RANGES + 1)
    assert counted(*many, (1, 0))[1] == gaps
    assert counted(*many, (3, 1))[1] == gaps - 1


def test_what_was_refused_is_no_restart_when_a_part_of_it_comes_after_all() -> None:
    # 52, 60 and 70 were refused, and part of each was taken: their lines come in their turn
    refused = [(52, UNTIMED), (60, UNTIMED), (70, UNTIMED)]
    assert counted((50, 50), *refused, *((seq, seq) for seq in range(51, 71))) == (Sequence(70, 70), 0)


def test_a_refused_number_has_no_time_that_a_restart_could_be_told_by() -> None:
    assert counted((50, 50), (52, UNTIMED), (51, 60)) == (Sequence(52, UNTIMED), 0)
    assert counted((50, 50), (52, UNTIMED), (51, 60), (53, 61), (0, 62)) == (Sequence(0, 62), 0)
    assert counted((50, 50), (50, UNTIMED), (0, 62)) == (Sequence(0, 62), 0)


@given(
    st.dictionaries(st.integers(1, 40), st.sampled_from(["taken", "refused", "both"]), min_size=1),
    st.randoms(use_true_random=False),
)
def test_two_topics_read_at_any_pace_leave_the_gaps_of_numbers_that_came_in_neither(
    came: dict[int, str], random: Random
) -> None:
    accepted = [(seq, seq) for seq, how in sorted(came.items()) if how != "refused"]
    rejects = [(seq, UNTIMED) for seq, how in sorted(came.items()) if how != "taken"]
    read = [(0, 0)]
    while accepted or rejects:
        read.append((accepted if not rejects or (accepted and random.random() < 0.5) else rejects).pop(0))
    assert counted(*read)[1] == max(came) - len(came)


@given(st.sets(st.integers(0, 30), min_size=2), st.randoms(use_true_random=False))
def test_gaps_are_the_numbers_that_never_came_in_whatever_order_the_others_did(came: set[int], random: Random) -> None:
    lowest, *rest = sorted(came)
    random.shuffle(rest)
    known, gaps = counted((lowest, lowest), *((seq, seq) for seq in rest))
    absent = set(range(lowest, max(came))) - came
    assert gaps == len(absent)
    assert known is not None
    assert {seq for first, last in known.missing for seq in range(first, last + 1)} == absent


@given(st.lists(st.integers(0, 12), min_size=1, max_size=30))
def test_gaps_are_never_negative(numbers: list[int]) -> None:
    gaps, known = 0, None
    for at, seq in enumerate(numbers):
        known, grew = count(known, seq, at, repeated=False)
        gaps += grew
        assert gaps >= 0
