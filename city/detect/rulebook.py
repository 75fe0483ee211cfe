"""The rules of a registry, sorted by what they watch, so that a stage finds those of a metric or a device kind at once."""

from collections import defaultdict
from typing import Protocol, TypeVar

from msgspec import Struct

from city.detect.episode import Episode, given_up
from city.finding import Finding
from city.registry import Registry
from city.rules import Rule

Where = TypeVar("Where")


class Watching(Protocol):
    """What a rule remembers of one place: among it the episode that is open there, if one is."""

    @property
    def episode(self) -> Episode | None:
        """The open episode."""


AnyWatch = TypeVar("AnyWatch", bound=Watching)


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


def drop_unwatched(watches: dict[tuple[Where, str], AnyWatch], rules: Rulebook, kind: str) -> list[Finding]:
    """Takes out the watches, by place and rule id, that no rule of type `kind` goes on with: it is gone, or an episode is of another metric.

    Gives the findings that end the episodes among them.
    """
    gone = [key for key, watch in watches.items() if not _goes_on(rules.by_id.get(key[1]), watch.episode, kind)]
    ended = [watches.pop(key).episode for key in gone]
    return [given_up(episode) for episode in ended if episode is not None]


def _goes_on(rule: Rule | None, episode: Episode | None, kind: str) -> bool:
    if rule is None or rule.type != kind:
        return False
    return episode is None or episode.place.metric == rule.metric
