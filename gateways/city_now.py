"""What the gateway knows of the city: the registry as it was last registered, and where positions lie."""

from msgspec import Struct
from msgspec.structs import replace

from adapters.kafka_registry import RegistryFollower
from city.registry import Registry
from geo.lookup import CellIndex
from messages.locator import IndexOf, Locator


class Known(Struct, frozen=True):
    """A registry and its locator, which belong together."""

    registry: Registry
    locator: Locator


class CityNow:
    """The newest registry and its locator, `known`; replaced as a whole, never changed.

    `index_of` gives the index of the cells. Raises kafka.errors.KafkaError when Kafka cannot be reached at the start.
    """

    def __init__(self, kafka: str, index_of: IndexOf = CellIndex) -> None:
        self._index_of = index_of
        self._follower = RegistryFollower(kafka)
        registry = placed(self._follower.current)
        self.known = Known(registry, Locator(registry, index_of))
        self._follower.follow(self._learn)

    def _learn(self, registry: Registry) -> None:
        whole, locator = placed(registry), self.known.locator
        self.known = Known(whole, locator if locator.fits(whole) else Locator(whole, self._index_of))

    @property
    def followed(self) -> bool:
        """Whether changes still reach us."""
        return self._follower.following

    def close(self) -> None:
        """Ends the following."""
        self._follower.close()


def placed(registry: Registry) -> Registry:
    """The registry without what belongs to a district that is not registered (yet), because nobody knows its partition.

    The kinds lie in topics of their own, so that a device may be heard of before its district.
    """
    known = registry.districts
    return replace(
        registry,
        cells={code: cell for code, cell in registry.cells.items() if code[:6] in known},
        devices={id_: one for id_, one in registry.devices.items() if one.district in known and one.cell[:6] in known},
        workers={id_: one for id_, one in registry.workers.items() if one.district in known},
    )
