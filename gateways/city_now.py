"""What the gateway knows of the city: the registry as it was last registered, and where positions lie."""

from adapters.kafka_registry import RegistryFollower
from city.registry import Registry
from messages.locator import Locator


class CityNow:
    """The newest registry and its locator; each is replaced as a whole, never changed.

    Raises kafka.errors.KafkaError when Kafka cannot be reached at the start.
    """

    def __init__(self, kafka: str) -> None:
        self._follower = RegistryFollower(kafka)
        self.registry = self._follower.current
        self.locator = Locator(self.registry)
        self._follower.follow(self._learn)

    def _learn(self, registry: Registry) -> None:
        if not self.locator.fits(registry):
            self.locator = Locator(registry)
        self.registry = registry

    def close(self) -> None:
        """Ends the following."""
        self._follower.close()
