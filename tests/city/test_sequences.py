from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from city.columns import NO_SEQ
from city.sequence import UNTIMED, Sequence, count
from city.sequences import Sequences

TIMES = st.one_of(st.integers(0, 50), st.just(UNTIMED))
MESSAGES = st.lists(
    st.tuples(st.integers(0, 3), st.one_of(st.just(NO_SEQ), st.integers(0, 9)), TIMES, st.booleans()),
    max_size=60,
)


def columns(messages: list[tuple[int, int, int, bool]]) -> tuple[Any, ...]:
    device, seq, at, repeated = zip(*messages, strict=True) if messages else ((), (), (), ())
    return (*(np.array(column, np.int64) for column in (device, seq, at)), np.array(repeated, np.bool_))


def take(sequences: Sequences, messages: list[tuple[int, int, int, bool]]) -> int:
    return sequences.take(*columns(messages))


def test_devices_that_count_on_by_one_leave_no_gap() -> None:
    sequences = Sequences()

    assert take(sequences, [(0, 1, 10, False), (1, 7, 11, False), (0, 2, 12, False), (1, 8, 9, False)]) == 0
    assert sequences.of(0) == Sequence(2, 12)
    assert sequences.of(1) == Sequence(8, 11)


def test_a_number_that_is_passed_over_is_a_gap_until_it_comes() -> None:
    sequences = Sequences()

    assert take(sequences, [(0, 1, 10, False), (0, 4, 11, False)]) == 2
    assert sequences.of(0) == Sequence(4, 11, [(2, 3)])
    assert take(sequences, [(0, 2, 12, False), (0, 3, 12, False)]) == -2
    assert sequences.missing == {}


def test_a_device_that_never_counted_has_no_sequence() -> None:
    sequences = Sequences()

    assert take(sequences, [(2, NO_SEQ, 10, False)]) == 0
    assert [sequences.of(number) for number in (0, 2, 5)] == [None, None, None]


def test_a_pack_without_messages_changes_nothing() -> None:
    sequences = Sequences()

    assert take(sequences, []) == 0


@given(st.lists(MESSAGES, max_size=4))
def test_whole_packs_give_what_message_by_message_gives(packs: list[list[tuple[int, int, int, bool]]]) -> None:
    sequences, known, grown = Sequences(), {}, 0
    for messages in packs:
        grown += take(sequences, messages)
        for device, seq, at, repeated in messages:
            if seq != NO_SEQ:
                known[device], more = count(known.get(device), seq, at, repeated=repeated)
                grown -= more

    assert grown == 0
    assert {number: sequences.of(number) for number in known} == known
