import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.plan import Plan
from tests.simulator.builders import STARTED_AT, small_city

CITY = small_city()
READINGS_A_ROUND = 12 * 6


def plan(seed: int = 1, rate: float = 2.0) -> Plan:
    return Plan(CITY, seed=seed, rate=rate)


@given(st.integers(0, 2**31), st.integers(0, 10**6))
def test_the_same_seed_gives_the_same_readings(seed: int, step: int) -> None:
    one, other = (plan(seed).round(step, STARTED_AT) for _ in range(2))
    assert np.array_equal(one.values, other.values)
    assert np.array_equal(one.at, other.at)


def test_another_seed_gives_other_readings() -> None:
    one, other = (plan(seed).round(7, STARTED_AT) for seed in (1, 2))
    assert not np.array_equal(one.values, other.values)
    assert not np.array_equal(one.at, other.at)


def test_a_new_device_leaves_the_readings_of_the_others_as_they_are() -> None:
    few, many = Plan(small_city(["gas"]), seed=1, rate=12), Plan(CITY, seed=1, rate=READINGS_A_ROUND)
    first = next(number for number, one in enumerate(many.devices) if one.kind == "gas")
    slots = slice(many.first_slot[first], many.first_slot[first] + 12)
    assert few.round(3, STARTED_AT).values.tolist() == many.round(3, STARTED_AT).values[slots].tolist()


@given(st.floats(0.1, 1000))
def test_the_rate_counts_readings_over_all_devices(rate: float) -> None:
    assert plan(rate=rate).period_ms == pytest.approx(1000 * READINGS_A_ROUND / rate)


@given(st.integers(0, 10**5))
def test_the_times_of_a_device_only_go_forward(step: int) -> None:
    drawn = plan()
    assert (drawn.round(step, STARTED_AT).at < drawn.round(step + 1, STARTED_AT).at).all()


def test_devices_send_evenly_spread_from_the_start() -> None:
    at = np.concatenate([plan().round(step, 0).at for step in range(20)])
    counts, _ = np.histogram(at, bins=10, range=(0, 20 * plan().period_ms))
    assert counts.min() > 0.8 * counts.mean()
    assert at.min() >= 0


@given(st.integers(0, 10**5), st.integers(0, 10**6))
def test_no_quiet_value_comes_near_the_level_of_any_rule(step: int, hours: int) -> None:
    drawn = plan()
    values = drawn.round(step, STARTED_AT + hours * 3_600_000).values
    offs = {rule.metric: rule.off for rule in CITY.rules.values() if rule.metric}
    names = [name for metrics in drawn.metrics for name in metrics]
    for name, value in zip(names, values.tolist(), strict=True):
        assert CITY.metrics[name].min <= value <= CITY.metrics[name].max
        assert value < offs.get(name, float("inf"))


def test_a_city_with_nothing_to_send_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="devices"):
        Plan(small_city([]), seed=1, rate=1)
    with pytest.raises(ValueError, match="rate"):
        plan(rate=0)
