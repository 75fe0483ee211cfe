"""What every device measures when: a function of the seed, the device, the step and the start, and of nothing else."""

import numpy as np
from msgspec import Struct
from numpy import int64, repeat
from numpy.typing import NDArray

from city.registry import Device, Registry
from simulator.noise import Floats, ar1, ids_of, uniform
from simulator.rhythm import HOUR_MS, Curves, quiet_range, rhythm_of

PHASE, JITTER, TRAIT, SHOCKS = 0, 1, 2, 3
JITTER_SHARE = 0.04


class Round(Struct, frozen=True, kw_only=True):
    """One step of all devices: `at` in epoch milliseconds, one a device; `values` one a slot, in the order of the plan's devices and metrics."""

    step: int
    at: NDArray[int64]
    values: Floats


class Plan:
    """The devices of a city with their metrics laid side by side as slots, so that a step of all of them is computed at once.

    Every device sends once in `period_ms`, at its own phase, all of its metrics in one message.
    """

    def __init__(self, registry: Registry, *, seed: int, rate: float) -> None:
        """`rate` is readings a second over all devices. Raises ValueError when there is nothing to send, or the rate is not above 0."""
        self.devices: list[Device] = [one for _, one in sorted(registry.devices.items()) if _known(one, registry)]
        self.metrics: list[list[str]] = [_known(one, registry) for one in self.devices]
        if not self.devices or rate <= 0:
            raise ValueError("A simulation needs devices with registered metrics and a rate above 0 readings a second.")
        counts = [len(names) for names in self.metrics]
        self.period_ms = 1000.0 * sum(counts) / rate
        self.ids = ids_of([one.id for one in self.devices])
        self.first_slot: list[int] = [0, *np.cumsum(counts).tolist()]
        self._seed = seed
        self._offset_ms = registry.utc_offset_minutes * 60_000
        self._owner = repeat(np.arange(len(counts)), counts)
        self._phase = uniform(seed, self.ids, 0, PHASE)
        self._lay_out_slots(registry)

    def round(self, step: int, started_at: int) -> Round:
        """The step number `step` (from 0) of all devices of a run that began at `started_at`.

        The rhythm of the day counts from the full hour before the start, so that runs begun within one hour read exactly alike.
        """
        jitter = JITTER_SHARE * uniform(self._seed, self.ids, step, JITTER)
        at = started_at + ((step + self._phase + jitter) * self.period_ms).astype(int64)
        shocks = ar1(self._seed, self._slots, step, stream=SHOCKS, memory=self._curves.memory)
        local = at[self._owner] - started_at % HOUR_MS + self._offset_ms
        values = self._curves.read(local, shocks)
        quiet = np.clip(values, self._low, self._high)
        return Round(step=step, at=at, values=np.clip(self._curves.rounded(quiet), self._low, self._high))

    def _lay_out_slots(self, registry: Registry) -> None:
        pairs = [
            (one, registry.metrics[name])
            for one, names in zip(self.devices, self.metrics, strict=True)
            for name in names
        ]
        ranges = {metric.name: quiet_range(metric, registry.rules.values()) for metric in registry.metrics.values()}
        self._slots = ids_of([f"{one.id}/{metric.name}" for one, metric in pairs])
        self._low = np.array([ranges[metric.name][0] for _, metric in pairs])
        self._high = np.array([ranges[metric.name][1] for _, metric in pairs])
        traits = uniform(self._seed, self._slots, 0, TRAIT)
        self._curves = Curves([rhythm_of(metric) for _, metric in pairs], traits)


def _known(device: Device, registry: Registry) -> list[str]:
    return [name for name in device.metrics if name in registry.metrics]
