"""What the stream workers know of the city, and how a newer version of its rules reaches each of them in the middle of a run."""

from collections.abc import Callable
from typing import NamedTuple

from city.cases.geography import facts_of
from city.detect.rulebook import rulebook
from city.registry import Registry
from city.stream import Facts
from tests.simulation import world
from tests.simulation.scheduler import Chance, Scheduler

LEARNT_S = 0.05
AGAIN_S = 0.1


class Change(NamedTuple):
    """A newer version of the rules: when it is registered, and what it says of floods (None: nothing any more)."""

    at_s: float
    levels: world.Levels | None


def change(seed: int, seconds: float) -> Change | None:
    """The change of a run; most have none. It has a chance of its own, so that nothing else depends on it."""
    chance = Chance(f"rules {seed}")
    return Change(chance.uniform(0.5, seconds), chance.choice(world.NEWER)) if chance.happens(0.3) else None


class Knowledge:
    """What one worker process knows, with the interface of streams/knowledge.py; replaced as a whole, never changed."""

    followed = True

    def __init__(self, registry: Registry) -> None:
        self.learn(registry)

    def learn(self, registry: Registry) -> None:
        """Takes in a newer registry."""
        self.registry = registry
        self.facts = _facts(registry)
        self.case_facts = facts_of(registry, _CASE_FACTS)


class Registered:
    """The topics of the registry: who starts reads the newest, who runs is told of it after a while."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._registry = world.REGISTRY
        self._followers: list[tuple[Knowledge, Callable[[], bool]]] = []

    def known(self, hears: Callable[[], bool]) -> Knowledge:
        """What a process knows that starts now; `hears` says whether it can be told of anything at the moment."""
        knowledge = Knowledge(self._registry)
        self._followers.append((knowledge, hears))
        return knowledge

    def register(self, registry: Registry) -> None:
        """Registers a newer one."""
        self._scheduler.note("newer rules are registered")
        self._registry = registry
        for knowledge, hears in self._followers:
            self._scheduler.after(self._scheduler.chance.soon(LEARNT_S), self._tell, knowledge, hears)

    def _tell(self, knowledge: Knowledge, hears: Callable[[], bool]) -> None:
        if hears():
            knowledge.learn(self._registry)
        else:
            self._scheduler.after(AGAIN_S, self._tell, knowledge, hears)


def _facts(registry: Registry) -> Facts:
    return Facts(registry.devices, registry.metrics, rulebook(registry))


_CASE_FACTS = facts_of(world.REGISTRY)
