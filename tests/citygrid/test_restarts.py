from hypothesis import given
from hypothesis import strategies as st

from citygrid.local import restarts
from citygrid.local.restarts import LONGEST_PAUSE_MS, MANY_DEATHS, WITHIN_MS, Restarts

JITTER = st.floats(0, 1)
GAPS = st.lists(st.integers(0, 200_000), max_size=30)


def after(moments: list[int], jitter: float = 0.5) -> Restarts:
    state = Restarts()
    for moment in moments:
        state = restarts.died(state, moment, jitter)
    return state


def test_the_first_death_is_followed_by_a_start_within_half_a_second() -> None:
    assert after([1000], jitter=1.0).again_at == 1500
    assert after([1000], jitter=0.0).again_at == 1250


def test_each_further_death_doubles_the_pause() -> None:
    assert [after([0] * deaths, jitter=1.0).again_at for deaths in (1, 2, 3, 4)] == [500, 1000, 2000, 4000]


def test_four_deaths_within_a_minute_are_not_failing_and_five_are() -> None:
    assert not after([0, 1, 2, 3]).failing
    assert after([0, 1, 2, 3, 4]).failing


def test_five_deaths_spread_over_more_than_a_minute_are_not_failing() -> None:
    assert not after([0, 20_000, 40_000, 60_000, 80_000]).failing


def test_a_minute_without_a_death_clears_the_failing() -> None:
    state = after([0, 1, 2, 3, 4])
    assert restarts.forget_old(state, WITHIN_MS).failing is False
    assert restarts.forget_old(state, WITHIN_MS - 1).deaths == (0, 1, 2, 3, 4)


@given(GAPS, JITTER)
def test_the_pause_is_never_longer_than_the_longest_and_never_nothing(gaps: list[int], jitter: float) -> None:
    now, state = 0, Restarts()
    for gap in gaps:
        now += gap
        state = restarts.died(state, now, jitter)
        assert 0 < state.again_at - now <= LONGEST_PAUSE_MS
        assert len(state.deaths) <= MANY_DEATHS


@given(GAPS)
def test_it_is_failing_exactly_when_the_last_five_deaths_lie_within_a_minute(gaps: list[int]) -> None:
    moments = [sum(gaps[: index + 1]) for index in range(len(gaps))]
    recent = [moment for moment in moments if moments[-1] - moment < WITHIN_MS]
    assert after(moments).failing == (len(recent) >= MANY_DEATHS)
