import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.faults import Clock, Shares, clock_of, fates, is_silent
from simulator.noise import ids_of

SHARES = Shares()
IDS = ids_of([f"device-{number}" for number in range(100_000)])


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_faults_come_in_their_stated_shares(step: int) -> None:
    drawn = fates(SHARES, 5, IDS, step)
    assert 0.008 < (drawn.repeat_ms >= 0).mean() < 0.012
    assert 0.0012 < drawn.garbled.mean() < 0.0028
    assert 0.06 < (drawn.delay_ms > 150).mean() < 0.07


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_no_message_is_held_back_longer_than_stated(step: int) -> None:
    drawn = fates(SHARES, 5, IDS, step)
    assert drawn.delay_ms.min() >= 0
    assert 15_000 < drawn.delay_ms.max() <= SHARES.late_ms
    assert drawn.repeat_ms.max() <= SHARES.duplicate_ms


def test_the_same_seed_has_the_same_faults() -> None:
    one, other = (fates(SHARES, 5, IDS, 9) for _ in range(2))
    assert np.array_equal(one.delay_ms, other.delay_ms)
    assert np.array_equal(one.repeat_ms, other.repeat_ms)
    assert np.array_equal(one.garbled, other.garbled)


def test_without_shares_nothing_goes_wrong() -> None:
    none = Shares(duplicate=0, late=0, shuffled=0, garbage=0, wrong_clock=0, silent=0)
    drawn = fates(none, 5, IDS, 1)
    assert not drawn.garbled.any()
    assert (drawn.repeat_ms < 0).all()
    assert drawn.delay_ms.max() <= 150
    assert clock_of(none, 5, "device-1") is Clock.RIGHT
    assert not is_silent(none, 5, "device-1")


def test_a_few_devices_are_silent_and_a_few_have_a_wrong_clock_of_each_kind() -> None:
    names = [f"device-{number}" for number in range(20_000)]
    clocks = [clock_of(SHARES, 5, name) for name in names]
    assert set(clocks) == set(Clock)
    assert 35 < sum(one is not Clock.RIGHT for one in clocks) < 90
    assert 150 < sum(is_silent(SHARES, 5, name) for name in names) < 250
