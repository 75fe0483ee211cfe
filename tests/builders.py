"""A small city for tests: two cells of one district, a few devices, two metrics; times in seconds after T0."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import UNSET

from city.channels import Channels
from city.columns import Readings
from city.detect.rulebook import rulebook
from city.facts import Facts
from city.finding import Finding
from city.names import Name
from city.registry import Device, Metric, Registry
from city.rules import Rule
from city.stream import DistrictStream, Outcome
from city.windowing import Windowing
from messages.telemetry import PackLine

T0 = 1_795_000_020_000
"""A full minute, in epoch ms: a window starts here."""
DISTRICT = "990101"
CELL, OTHER_CELL = "990101001001001", "990101001001002"
WATER, GAS = "water_level_m", "methane_pct"

METRICS = {
    WATER: Metric(name=WATER, unit="m", min=-(2.0**42), max=2.0**42),
    GAS: Metric(name=GAS, unit="pct", min=0, max=100, window_seconds=10, lateness_seconds=0),
}


def ms(seconds: float) -> int:
    """Epoch ms of so many seconds after T0."""
    return T0 + round(seconds * 1000)


def device(id_: str = "w1", **fields: Any) -> Device:
    """A water sensor in CELL."""
    usual = {"district": DISTRICT, "cell": CELL, "kind": "water", "metrics": [WATER, GAS], "lon": 111.29, "lat": 30.69}
    return Device(**{"id": id_, **usual, **fields})


def rule(id_: str, type_: str = "threshold", **fields: Any) -> Rule:
    """A rule on the water level: on at 1, off at 0.5 unless told otherwise."""
    usual = {"event_class": "E0506", "name": Name("积水", "Flood"), "metric": WATER, "on": 1.0, "off": 0.5}
    return Rule(**{"id": id_, "type": type_, **usual, **fields})


def silent_rule(id_: str = "quiet", *, after_seconds: int = 60, **fields: Any) -> Rule:
    """A rule on water sensors that send nothing."""
    return rule(id_, "silent", **{"metric": "", "kinds": ["water"], "after_seconds": after_seconds, **fields})


def registry(*rules: Rule, devices: Iterable[Device] = (), metrics: Iterable[Metric] = ()) -> Registry:
    """A registry of these rules and devices (w1, w2, w3 and the kerb without a clock, unless told otherwise)."""
    known = list(devices) or [device("w1"), device("w2", cell=OTHER_CELL), device("w3"), device("kerb")]
    return Registry(
        devices={one.id: one for one in known},
        metrics=METRICS | {metric.name: metric for metric in metrics},
        rules={one.id: one for one in rules},
    )


def facts(*rules: Rule, **registered: Any) -> Facts:
    """What a stream knows of that registry."""
    city = registry(*rules, **registered)
    return Facts(city.devices, city.metrics, rulebook(city))


def stream(*rules: Rule, **registered: Any) -> DistrictStream:
    """A district's stream that has read nothing yet."""
    return DistrictStream(facts(*rules, **registered))


def line(
    at: float,
    value: float = 0.0,
    id_: str = "w1",
    *,
    received: float | None = None,
    seq: int | None = None,
    **fields: Any,
) -> PackLine:
    """A message of a device at `at`, received at once unless told otherwise (seconds after T0)."""
    usual = {"device": id_, "cell": OTHER_CELL if id_ == "w2" else CELL, "values": {WATER: value}}
    arrival = ms(at if received is None else received)
    return PackLine(**{**usual, "at": ms(at), "received_at": arrival, "seq": UNSET if seq is None else seq, **fields})


def clockless(received: float, seq: int, value: float = 0.0, id_: str = "kerb", **fields: Any) -> PackLine:
    """A message of a device without a clock."""
    return line(received, value, id_, seq=seq, clockless=True, **fields)


def tell(to: DistrictStream, *lines: PackLine) -> Outcome:
    """Gives a stream one pack of these messages."""
    return to.apply(lines, lines[-1].received_at)


def mark(to: DistrictStream, at: float) -> Outcome:
    """Gives a stream a mark, written at `at` (seconds after T0)."""
    return to.apply((), ms(at))


def columns(lines: Sequence[PackLine], channels: Channels | None = None) -> Readings:
    """The messages as columns."""
    return (channels or Channels()).readings(lines, Windowing(METRICS))


def steps(findings: Iterable[Finding]) -> list[tuple[str, str, str, float]]:
    """What happened, in short: rule, state, device, seconds after T0."""
    return [(one.rule, str(one.state), one.device, (one.at - T0) / 1000) for one in findings]


def ints(*numbers: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """A column of whole numbers."""
    return np.array(numbers, np.int64)
