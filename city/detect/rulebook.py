"""The rules of a registry, sorted by what they watch, so that a stage finds those of a metric or a device kind at once."""

from collections import defaultdict

from msgspec import Struct

from city.registry import Registry
from city.rules import Rule


class Rulebook(Struct, frozen=True):
    """Rules by id; threshold and mean rules by metric; the silent rule of a device kind (the one with the shortest time)."""

    by_id: dict[str, Rule]
    threshold: dict[str, list[Rule]]
    mean: dict[str, list[Rule]]
    silent: dict[str, Rule]


def rulebook(registry: Registry) -> Rulebook:
    """The registry's rules, sorted; in the order of their ids, so that every run judges in the same order."""
    threshold: dict[str, list[Rule]] = defaultdict(list)
    mean: dict[str, list[Rule]] = defaultdict(list)
    silent: dict[str, Rule] = {}
    for _, rule in sorted(registry.rules.items()):
        if rule.type == "threshold":
            threshold[rule.metric].append(rule)
        elif rule.type == "mean":
            mean[rule.metric].append(rule)
        else:
            for kind in rule.kinds:
                if kind not in silent or rule.after_seconds < silent[kind].after_seconds:
                    silent[kind] = rule
    return Rulebook(dict(registry.rules), dict(threshold), dict(mean), silent)
