"""A table is what its whole and the changes over it say, whatever was written as what."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from city.columns import Ints
from city.layers import MOST, MOST_CHANGES, SMALL, Layers, changed, packed, unpacked

REST = np.array([-1, 7])
Rows = list[tuple[int, int]]
tables = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), max_size=6)


def table(rows: Rows) -> Ints:
    return np.array(rows, np.int64).reshape(-1, 2)


@given(st.lists(tables, min_size=1, max_size=6))
def test_a_whole_and_its_changes_are_the_last_table(steps: list[Rows]) -> None:
    """Each step gives new content to the first rows, and adds rows where it is longer than all before."""
    now: Rows = []
    layers = []
    for step in steps:
        before, now = table(now), [*step, *now[len(step) :]]
        layers.append(packed(table(now), changed(table(now), before)))
    assert unpacked(layers, REST).tolist() == table(now).tolist()


def test_rows_that_nobody_wrote_are_like_the_rest() -> None:
    some = packed(table([(0, 0), (5, 5), (0, 0)]), np.array([1]))
    assert unpacked([some], REST).tolist() == [[-1, 7], [5, 5], [-1, 7]]


def test_only_rows_that_differ_and_new_ones_are_changed() -> None:
    assert changed(table([(1, 1), (2, 3), (4, 4)]), table([(1, 1), (2, 2)])).tolist() == [1, 2]


def test_a_table_without_rows_has_nothing_to_say() -> None:
    nothing = table([])
    assert changed(nothing, nothing).tolist() == []
    assert unpacked([packed(nothing, changed(nothing, nothing))], REST).tolist() == []


def test_a_change_is_written_while_it_is_small_and_the_changes_are_not_too_many() -> None:
    assert Layers(100).takes(b"x" * (100 // SMALL))
    assert not Layers(100).takes(b"x" * (100 // SMALL + 1))
    assert Layers(100, 9, MOST * 100 - 10).takes(b"x" * 10)
    assert not Layers(100, 9, MOST * 100 - 10).takes(b"x" * 11)


def test_there_are_never_more_changes_than_a_worker_can_take_over_quickly() -> None:
    tiny = b"12345678"
    assert Layers(10_000_000, changes=MOST_CHANGES - 1).takes(tiny)
    assert not Layers(10_000_000, changes=MOST_CHANGES).takes(tiny)
