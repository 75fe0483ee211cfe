import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.channels import Channels
from city.columns import Numbering, grown, identities, mixed, moved_up, turns
from tests.builders import GAS, WATER, clockless, columns, ints, line

WORDS = st.integers(0, 2**64 - 1)


def test_a_key_keeps_the_number_it_was_given_first() -> None:
    numbers = Numbering[str]()
    assert [numbers.number(key) for key in ("a", "b", "a", "c", "b")] == [0, 1, 0, 2, 1]
    assert numbers.keys == ["a", "b", "c"]
    assert len(numbers) == 3


def test_a_numbering_goes_on_behind_the_keys_it_was_made_with() -> None:
    numbers = Numbering(["a", "b"])
    assert (numbers.number("b"), numbers.number("c")) == (1, 2)


def test_a_column_that_is_long_enough_stays_the_same_object() -> None:
    column = ints(1, 2, 3)
    assert grown(column, 3, 0) is column


def test_a_column_grows_to_twice_its_length_and_keeps_what_it_holds() -> None:
    wider = grown(np.arange(20), 21, -1)
    assert len(wider) == 40
    assert wider[:20].tolist() == list(range(20))
    assert set(wider[20:].tolist()) == {-1}


def test_a_column_grows_to_what_is_asked_when_twice_is_too_little() -> None:
    assert len(grown(ints(1), 100, 0)) == 100


@given(st.lists(WORDS, unique=True, max_size=50))
def test_mixing_bits_never_makes_two_words_one(words: list[int]) -> None:
    assert len(set(mixed(np.array(words, np.uint64)).tolist())) == len(words)


def test_two_readings_of_one_message_have_two_identities() -> None:
    channels = Channels()
    readings = columns([line(1, values={WATER: 1.0, GAS: 1.0})], channels)
    assert len(set(identities(readings, channels.hash).tolist())) == 2


def test_the_identity_is_device_metric_at_and_seq_and_nothing_else() -> None:
    channels = Channels()
    same = [line(1, 0.1, seq=1), line(1, 0.9, seq=1, received=5)]
    other = [line(1, 0.1, seq=2), line(1.001, 0.1, seq=1), line(1, 0.1, "w3", seq=1), line(1, 0.1)]
    numbers = identities(columns(same + other, channels), channels.hash).tolist()
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 1 + len(other)


def test_a_clockless_reading_is_known_again_when_it_arrives_a_second_time() -> None:
    channels = Channels()
    numbers = identities(columns([clockless(1, 7), clockless(40, 7), clockless(40, 8)], channels), channels.hash)
    assert numbers[0] == numbers[1] != numbers[2]


@given(st.lists(st.tuples(st.integers(-(2**40), 2**41), st.integers(-1, 2**63 - 1)), unique=True, max_size=40))
def test_different_times_and_numbers_give_different_identities(moments: list[tuple[int, int]]) -> None:
    channels = Channels()
    lines = [replace(line(0, seq=None if seq < 0 else seq), at=at) for at, seq in moments]
    if lines:
        assert len(set(identities(columns(lines, channels), channels.hash).tolist())) == len(moments)


@given(st.lists(st.integers(0, 2), max_size=8))
def test_a_value_turns_where_it_differs_from_the_one_before(values: list[int]) -> None:
    expected = [place == 0 or value != values[place - 1] for place, value in enumerate(values)]
    assert turns(np.array(values, np.int64)).tolist() == expected


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(0, 9))
def test_moved_up_a_column_ends_with_the_last_value_and_is_never_empty(values: list[int], last: int) -> None:
    assert moved_up(np.array(values, np.int64), last).tolist() == [*values[1:], last]
