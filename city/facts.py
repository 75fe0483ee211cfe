"""What a district's stream knows of its city and its outputs depend on; as bytes too, so that a state says under which facts it was made."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from city.detect.rulebook import Rulebook, rulebook
from city.registry import Device, Metric, Registry
from city.rules import Rule


class Facts(Struct, frozen=True):
    """What a stream knows of its city: devices by id, metrics by name, rules."""

    devices: Mapping[str, Device]
    metrics: Mapping[str, Metric]
    rules: Rulebook

    def within(self, district: str) -> "Facts":
        """What of it the stream of one district depends on: of the devices those that are registered there."""
        own = {id_: device for id_, device in self.devices.items() if device.district == district}
        return Facts(own, self.metrics, self.rules)


class _Kept(Struct):
    devices: dict[str, Device]
    metrics: dict[str, Metric]
    rules: dict[str, Rule]


def to_bytes(facts: Facts) -> bytes:
    """The facts as a state block."""
    return msgspec.msgpack.encode(_Kept(dict(facts.devices), dict(facts.metrics), facts.rules.by_id))


def from_bytes(data: bytes) -> Facts:
    """What `to_bytes` made into a block. Raises msgspec.DecodeError for anything else."""
    kept = msgspec.msgpack.decode(data, type=_Kept)
    return Facts(kept.devices, kept.metrics, rulebook(Registry(rules=kept.rules)))
