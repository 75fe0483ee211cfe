"""Which devices of the demonstration city a measurement uses, and what they send while nothing is wrong."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from adapters.city_folder import Loaded, load
from city.registry import Device, Registry
from city.rules import Rule

DEMO = Path(__file__).parents[1] / "examples" / "demo"


class Sensor(Struct, frozen=True):
    """One device with the one metric that it sends here: `quiet` is an everyday value, `peak` one that a rule minds (None: no rule does)."""

    device: str
    district: str
    cell: str
    metric: str
    quiet: float
    peak: float | None


def demonstration_city() -> Registry:
    """The demonstration city as its folder registers it. Raises ValueError when the folder has mistakes."""
    loaded = load(DEMO)
    if isinstance(loaded, Loaded):
        return loaded.registry
    raise ValueError(f"{DEMO}: {loaded}")


def sensors(registry: Registry, cells: int) -> list[Sensor]:
    """The devices of the first `cells` cells that have any, evenly over the districts, in the order of their places."""
    by_cell: dict[str, dict[str, list[Device]]] = defaultdict(lambda: defaultdict(list))
    for device in registry.devices.values():
        by_cell[device.district][device.cell].append(device)
    levels = _levels(registry.rules)
    share = -(-cells // len(by_cell))
    left = cells
    found = []
    for _, places in sorted(by_cell.items()):
        chosen = sorted(places)[: min(share, left)]
        left -= len(chosen)
        found += [_sensor(device, registry, levels) for cell in chosen for device in places[cell]]
    return found


def _sensor(device: Device, registry: Registry, levels: Mapping[str, float]) -> Sensor:
    name = next(name for name in device.metrics if registry.metrics[name].type == "number")
    metric, level = registry.metrics[name], levels.get(name)
    span = metric.max - metric.min
    quiet = metric.min + 0.1 * span if level is None else metric.min + 0.3 * (level - metric.min)
    peak = None if level is None else min(level + 0.2 * (level - metric.min), metric.max)
    return Sensor(
        device.id, device.district, device.cell, name, round(quiet, 3), None if peak is None else round(peak, 3)
    )


def _levels(rules: Mapping[str, Rule]) -> dict[str, float]:
    """The lowest level at which a rule takes hold of a metric."""
    found: dict[str, float] = {}
    for rule in rules.values():
        metric, on = getattr(rule, "metric", None), getattr(rule, "on", None)
        if metric is not None and on is not None:
            found[metric] = min(on, found.get(metric, on))
    return found
