"""Which districts one of several gateways speaks for, and which messages it leaves to the others.

MQTT has no "everything but". So gateways with districts of their own subscribe to those, and one gateway, without any, subscribes to everything:
it speaks for every other district, for those registered later, and for whatever lies on no district's topics.
"""

from collections.abc import Callable, Iterable, Sequence

from messages import mqtt_topics


def _all(_district: str) -> bool:
    return True


class Share:
    """`districts`: its own (none: all). `others`: what is left to other gateways, once they are known to listen: `listens(district)`.

    Until then their messages are taken in as well: one that comes twice is recognised, one that nobody took would be lost.
    """

    def __init__(
        self, districts: Sequence[str] = (), others: Sequence[str] = (), listens: Callable[[str], bool] = _all
    ) -> None:
        """Raises ValueError where both are given."""
        if districts and others:
            raise ValueError("A gateway has districts of its own, or those that it leaves to others, not both.")
        self.claimed = frozenset(districts)
        self._others = frozenset(others)
        self._listens = listens

    @property
    def alone(self) -> bool:
        """Whether it takes everything there is."""
        return not self.claimed and not self._others

    def filters(self, mark: str) -> list[str]:
        """The MQTT filters to subscribe to; `mark` is the gateway's own topic."""
        if not self.claimed:
            return [mqtt_topics.EVERYTHING]
        return [*(mqtt_topics.all_of(district) for district in sorted(self.claimed)), mark]

    def former(self, registered: Iterable[str]) -> list[str]:
        """The filters that a session may still have from when the gateway had another share."""
        if not self.claimed:
            return [mqtt_topics.all_of(district) for district in registered]
        strange = [mqtt_topics.all_of(district) for district in registered if district not in self.claimed]
        return [mqtt_topics.EVERYTHING, *strange]

    def owns(self, district: str) -> bool:
        """Whether this gateway ticks and marks for a district."""
        return district in self.claimed if self.claimed else district not in self._others

    def leaves(self, district: str) -> bool:
        """Whether another gateway takes what comes on this district's topics."""
        return district in self._others and self._listens(district)
