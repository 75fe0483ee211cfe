"""What the agents know of the city: the registry as it was last registered, and what is derived from it."""

from adapters.kafka_registry import RegistryFollower
from city.cases.geography import facts_of
from city.detect.rulebook import rulebook
from city.facts import Facts
from city.registry import Registry


class Knowledge:
    """The newest registry and its facts; each is replaced as a whole, never changed.

    Raises kafka.errors.KafkaError when Kafka cannot be reached at the start.
    """

    def __init__(self, kafka: str) -> None:
        self._follower = RegistryFollower(kafka)
        self.case_facts = facts_of(self._follower.current)
        self._learn(self._follower.current)
        self._follower.follow(self._learn)

    def _learn(self, registry: Registry) -> None:
        self.case_facts = facts_of(registry, self.case_facts)
        self.facts = Facts(registry.devices, registry.metrics, rulebook(registry))
        self.registry = registry

    @property
    def followed(self) -> bool:
        """Whether changes still reach us."""
        return self._follower.following

    def close(self) -> None:
        """Ends the following."""
        self._follower.close()
