import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.axis import Axis, axis_of, stretches_of, total

TWO = Axis(((10.0, 12.0), (50.0, 51.0)), (4, 2))


def stretches(*intervals: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """What these intervals cover."""
    begins, ends = np.array(intervals, dtype=float).reshape(-1, 2).T
    return stretches_of(begins, ends)


def test_intervals_side_by_side_and_over_each_other_are_one_stretch() -> None:
    assert stretches((2, 3), (0, 1), (1, 2), (0.5, 2.5)) == ((0, 3),)


def test_a_narrow_gap_is_part_of_a_stretch_and_a_wide_one_is_not() -> None:
    assert stretches((0, 8), (9, 10)) == ((0, 10),)
    assert stretches((0, 8), (80, 81), (-70, -69)) == ((-70, -69), (0, 8), (80, 81))


def test_the_end_of_a_long_interval_counts_though_a_shorter_one_begins_later() -> None:
    assert stretches((0, 10), (1, 2), (9, 11)) == ((0, 11),)


def test_no_interval_is_one_point() -> None:
    assert stretches() == ((0.0, 0.0),)


def test_steps_are_given_by_length_and_none_goes_without() -> None:
    assert axis_of(((0.0, 8.0), (80.0, 81.0), (90.0, 90.0)), 9).steps == (8, 1, 1)
    assert total(((0.0, 8.0), (80.0, 81.0))) == 9


def test_each_step_holds_what_lies_in_it_and_gaps_hold_nothing() -> None:
    steps, inside = TWO.steps_of(np.array([10, 10.6, 12, 30, 50, 51, 9, 52, np.nan, np.inf, -np.inf]))
    assert steps[inside].tolist() == [0, 1, 3, 4, 5]
    assert inside.tolist() == [True] * 3 + [False] + [True] * 2 + [False] * 5


@pytest.mark.parametrize("axis", [TWO, Axis(((10.0, 12.0),), (7,))])
def test_edges_are_those_of_the_steps(axis: Axis) -> None:
    low, high = axis.edges()
    steps, inside = axis.steps_of((low + high) / 2)
    assert inside.all()
    assert steps.tolist() == list(range(axis.count))


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(0, 5)), min_size=1, max_size=12))
def test_every_place_in_an_interval_has_a_step_around_it(given_: list[tuple[float, float]]) -> None:
    axis = axis_of(stretches(*((begin, begin + long) for begin, long in given_)), 50)
    places = np.array([begin + share * long for begin, long in given_ for share in (0, 0.3, 1)])
    steps, inside = axis.steps_of(places)
    low, high = axis.edges()
    assert inside.all()
    assert ((low[steps] - 1e-8 <= places) & (places <= high[steps] + 1e-8)).all()
