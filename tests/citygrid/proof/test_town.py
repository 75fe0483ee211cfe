from pathlib import Path

import pytest

from adapters.city_folder import Loaded, load
from citygrid.proof import town


@pytest.mark.parametrize("rate", [100.0, 500.0, 3000.0])
def test_the_city_of_the_proof_is_a_right_one(rate: float, tmp_path: Path) -> None:
    loaded = load(town.write(tmp_path, rate))

    assert isinstance(loaded, Loaded), loaded
    assert {one.id for one in town.devices(rate)} == set(loaded.registry.devices)


def test_its_windows_are_those_that_the_proof_works_with(tmp_path: Path) -> None:
    loaded = load(town.write(tmp_path, 100.0))

    assert isinstance(loaded, Loaded)
    for metric in loaded.registry.metrics.values():
        length, lateness = town.metric_window(metric.name)
        assert (metric.window_seconds * 1000, metric.lateness_seconds * 1000) == (length, lateness)


def test_a_cell_has_at_most_one_device_without_a_clock() -> None:
    meters = [device.cell for device in town.devices(500.0) if device.kind == town.METER]

    assert len(set(meters)) == len(meters) > 0
