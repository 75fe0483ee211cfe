"""Why a gateway is not ready, from its first moment on: it reads the registry, it indexes the cells of a large city, or what it says itself."""

from collections.abc import Mapping
from typing import Any

from adapters.health import Ready, Waits
from geo.lookup import CellIndex
from messages.locator import IndexOf


class Standing:
    """Known before there is a gateway; other threads may ask it at any time."""

    def __init__(self) -> None:
        self._indexed = 0
        self._gateway: Ready | None = None

    def noting(self, index_of: IndexOf) -> IndexOf:
        """The same function, of which is known when it is at work."""

        def noted(geometries: Mapping[str, Mapping[str, Any]]) -> CellIndex:
            self._indexed = len(geometries)
            try:
                return index_of(geometries)
            finally:
                self._indexed = 0

        return noted

    def begins(self, not_ready: Ready) -> None:
        """The gateway is made, and speaks for itself from now on."""
        self._gateway = not_ready

    def reasons(self) -> list[str]:
        """The reasons; none when the gateway is ready, also while it indexes cells that changed, because it knows the former ones."""
        indexed, gateway = self._indexed, self._gateway
        building = Waits(f"building the index of {indexed:,} cells") if indexed else None
        if gateway is None:
            return [building or Waits("reading what is registered")]
        own = gateway()
        return [building, *(each for each in own if not isinstance(each, Waits))] if building and own else own
