"""Which districts one of several gateways speaks for, and which messages it leaves to the others.

MQTT has no "everything but". So gateways with districts of their own subscribe to those, and one gateway, without any, subscribes to everything:
it speaks for every other district, for those registered later, and for whatever lies on no district's topics.
"""

from collections.abc import Callable, Sequence

from messages import mqtt_topics


def _all(_district: str) -> bool:
    return True


class Share:
    """`districts`: its own (none: all). `others`: what is left to other gateways, once they are known to listen: `listens(district)`."""

    def __init__(
        self, districts: Sequence[str] = (), others: Sequence[str] = (), listens: Callable[[str], bool] = _all
    ) -> None:
        """Raises ValueError where both are given."""
        if districts and others:
            raise ValueError("A gateway has districts of its own, or those that it leaves to others, not both.")
        self._districts = frozenset(districts)
        self._others = frozenset(others)
        self._listens = listens

    def filters(self, mark: str) -> list[str]:
        """The MQTT filters to subscribe to; `mark` is the gateway's own topic."""
        if not self._districts:
            return [mqtt_topics.EVERYTHING]
        return [*(mqtt_topics.all_of(district) for district in sorted(self._districts)), mark]

    def owns(self, district: str) -> bool:
        """Whether this gateway ticks and marks for a district."""
        return district in self._districts if self._districts else district not in self._others

    def leaves(self, district: str) -> bool:
        """Whether another gateway takes what comes on this district's topics."""
        return district in self._others and self._listens(district)
