import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.noise import ar1, digest, fraction, ids_of, uniform

IDS = ids_of([f"device-{number}" for number in range(5000)])
steps = st.integers(-50, 10**9)
seeds = st.integers(0, 2**63)


@given(seeds, steps, st.integers(0, 30))
def test_a_number_depends_on_seed_id_step_and_stream_alone(seed: int, step: int, stream: int) -> None:
    whole = uniform(seed, IDS, step, stream)
    assert np.array_equal(whole[17:23], uniform(seed, IDS[17:23].copy(), step, stream))
    assert ((whole >= 0) & (whole < 1)).all()


@settings(max_examples=20)
@given(seeds, steps)
def test_numbers_fill_their_range_evenly(seed: int, step: int) -> None:
    counts, _ = np.histogram(uniform(seed, IDS, step, 0), bins=10, range=(0, 1))
    assert counts.min() > 350
    assert counts.max() < 650


@settings(max_examples=20)
@given(seeds, steps)
def test_streams_and_steps_have_nothing_to_do_with_each_other(seed: int, step: int) -> None:
    here = uniform(seed, IDS, step, 0)
    for other in (uniform(seed, IDS, step, 1), uniform(seed, IDS, step + 1, 0), uniform(seed + 1, IDS, step, 0)):
        assert abs(np.corrcoef(here, other)[0, 1]) < 0.1


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.floats(0, 0.95))
def test_noise_has_mean_0_and_variance_1(step: int, memory: float) -> None:
    drawn = ar1(1, IDS, step, stream=3, memory=memory)
    assert abs(drawn.mean()) < 0.1
    assert 0.85 < drawn.var() < 1.15


def test_noise_remembers_its_last_value_as_much_as_it_is_told_to() -> None:
    before, after = (ar1(1, IDS, step, stream=3, memory=0.8) for step in (100, 101))
    assert 0.74 < np.corrcoef(before, after)[0, 1] < 0.86


def test_noise_without_memory_is_new_every_step() -> None:
    before, after = (ar1(1, IDS, step, stream=3, memory=0.0) for step in (100, 101))
    assert abs(np.corrcoef(before, after)[0, 1]) < 0.1


def test_digests_tell_parts_apart_and_are_the_same_in_every_process() -> None:
    assert digest("a", "bc") != digest("ab", "c")
    assert digest(2018, "device") == digest("2018", "device") == 4463684127465450390
    assert 0 <= fraction("anything", 1) < 1
