"""Where which incident can be placed: for every rule the devices it watches, with those around that would notice the same."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from city.registry import Device, Registry
from city.rules import Rule

KINDS: dict[str, str] = {
    "water_level": "flood",
    "underpass": "underpass-flood",
    "methane": "gas-leak",
    "fill": "bin-overflow",
    "tilt": "manhole-tilted",
    "cover": "manhole-open",
    "lamp": "street-light-fault",
    "site_pm10": "site-dust",
    "noise": "noise",
}
"""What an incident is called, by the beginning of the metric that shows it."""

WIDE_KINDS = frozenset({"flood"})
WIDEST = 4
SILENT_KIND = "device-silent"

Healthy = Callable[[str], bool]
Around = Mapping[str, frozenset[str]]


class Site(Struct, frozen=True, kw_only=True):
    """A place where a rule can be made to find something: the first device is the first to notice, the others follow."""

    kind: str
    rule: Rule
    district: str
    devices: tuple[str, ...]
    cells: tuple[str, ...]


def sites(registry: Registry, around: Around, healthy: Healthy) -> dict[str, list[Site]]:
    """Every site of the city by kind; devices that are not `healthy` (silent, or with a wrong clock) are left out.

    A rule whose class nobody is sent to (haze) has no sites: an incident there would not end by anybody's work.
    """
    devices = [one for _, one in sorted(registry.devices.items()) if healthy(one.id)]
    found: dict[str, list[Site]] = {}
    for rule in registry.rules.values():
        known = registry.classes.get(rule.event_class)
        if known is not None and known.work == "worker":
            for site in _of_rule(rule, devices, around):
                found.setdefault(site.kind, []).append(site)
    return found


def kind_of(rule: Rule) -> str:
    """What an incident of this rule is called; the rule's id where the metric is not a known one."""
    if rule.type == "silent":
        return SILENT_KIND
    beginnings = [known for known in KINDS if rule.metric.startswith(known)]
    return KINDS[max(beginnings, key=len)] if beginnings else rule.id


def _of_rule(rule: Rule, devices: list[Device], around: Around) -> list[Site]:
    watched = [one for one in devices if _watched(rule, one)]
    in_cell: dict[str, list[Device]] = {}
    for one in watched:
        in_cell.setdefault(one.cell, []).append(one)
    return [_site(rule, one, in_cell, around) for one in watched]


def _watched(rule: Rule, device: Device) -> bool:
    if rule.type == "silent":
        return device.kind in rule.kinds
    return rule.metric in device.metrics and (not rule.kinds or device.kind in rule.kinds)


def _site(rule: Rule, first: Device, in_cell: dict[str, list[Device]], around: Around) -> Site:
    """A flood spreads to the cells around; a mean over a cell needs all of the cell's devices; anything else is one device's."""
    group = [first]
    kind = kind_of(rule)
    if rule.type == "mean":
        group += [one for one in in_cell[first.cell] if one.id != first.id]
    elif kind in WIDE_KINDS:
        wet = [one for cell in sorted(around.get(first.cell, ())) for one in in_cell.get(cell, [])]
        group += [one for one in wet if one.district == first.district][: WIDEST - 1]
    return Site(
        kind=kind,
        rule=rule,
        district=first.district,
        devices=tuple(one.id for one in group),
        cells=tuple(dict.fromkeys(one.cell for one in group)),
    )
