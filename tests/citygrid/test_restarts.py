from hypothesis import given
from hypothesis import strategies as st

from citygrid.local import restarts
from citygrid.local.restarts import (
    LONG_ENOUGH_MS,
    LONGEST_PAUSE_MS,
    MANY_DEATHS,
    SHORTEST_PAUSE_MS,
    STABLE_MS,
    WITHIN_MS,
    Restarts,
)

JITTER = st.floats(0, 1)
GAPS = st.lists(st.integers(0, 200_000), max_size=30)


def after(moments: list[int], jitter: float = 0.5) -> Restarts:
    state = Restarts()
    for moment in moments:
        state = restarts.died(state, moment, jitter)
    return state


def test_the_first_death_is_followed_by_a_start_within_half_a_second() -> None:
    assert after([1000], jitter=1.0).again_at == 1500
    assert after([1000], jitter=0.0).again_at == 1000 + SHORTEST_PAUSE_MS


def test_each_further_death_doubles_the_longest_pause_up_to_a_quarter_of_a_minute() -> None:
    pauses = [after([0] * deaths, jitter=1.0).again_at for deaths in range(1, 9)]
    assert pauses == [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]


def test_one_that_can_run_comes_back_within_half_a_second_however_often_it_is_killed() -> None:
    state = after([0] * 6, jitter=1.0)
    for _ in range(3):
        state = restarts.died(state, 60_000, 1.0, ran_ms=LONG_ENOUGH_MS)
        assert state.again_at == 60_500
    assert restarts.died(state, 60_000, 1.0, ran_ms=LONG_ENOUGH_MS - 1).again_at == 61_000


def test_one_that_is_killed_again_and_again_is_failing_although_it_comes_back_at_once() -> None:
    state = Restarts()
    for now in range(0, 5 * LONG_ENOUGH_MS, LONG_ENOUGH_MS):
        state = restarts.died(state, now, 0.5, ran_ms=LONG_ENOUGH_MS)
    assert state.failing


@given(JITTER, JITTER)
def test_the_whole_pause_is_drawn_by_lot_so_that_what_died_together_comes_back_apart(one: float, other: float) -> None:
    pauses = [after([0] * 5, jitter=jitter).again_at for jitter in (one, other)]
    assert abs(pauses[0] - pauses[1]) >= abs(one - other) * 8000 - SHORTEST_PAUSE_MS - 1


def test_four_deaths_within_a_minute_are_not_failing_and_five_are() -> None:
    assert not after([0, 1, 2, 3]).failing
    assert after([0, 1, 2, 3, 4]).failing


def test_five_deaths_spread_over_more_than_a_minute_are_not_failing() -> None:
    assert not after([0, 20_000, 40_000, 60_000, 80_000]).failing


def test_one_that_fails_stays_failing_while_its_pauses_grow() -> None:
    assert after([0, 1, 2, 3, 4, 15_000, 30_000, 45_000, 60_000, 75_000]).failing


def test_a_minute_without_a_death_makes_everything_forgotten() -> None:
    state = after([0, 1, 2, 3, 4])
    assert restarts.settled(state, 4 + STABLE_MS - 1) == state
    assert restarts.settled(state, 4 + STABLE_MS) == Restarts()
    assert restarts.settled(Restarts(), 0) == Restarts()


@given(GAPS, JITTER)
def test_the_pause_is_never_longer_than_the_longest_and_never_nothing(gaps: list[int], jitter: float) -> None:
    now, state = 0, Restarts()
    for gap in gaps:
        now += gap
        state = restarts.died(state, now, jitter)
        assert SHORTEST_PAUSE_MS <= state.again_at - now <= LONGEST_PAUSE_MS
        assert len(state.deaths) <= MANY_DEATHS


@given(GAPS)
def test_it_is_failing_exactly_once_five_deaths_have_lain_within_a_minute(gaps: list[int]) -> None:
    moments = [sum(gaps[: index + 1]) for index in range(len(gaps))]
    fives = zip(moments, moments[MANY_DEATHS - 1 :], strict=False)
    assert after(moments).failing == any(last - first < WITHIN_MS for first, last in fives)
