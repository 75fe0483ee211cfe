"""Which serial numbers the cells of a community get: those they had, and for new ones such as no cell of it ever had."""

from collections.abc import Mapping
from typing import Any

from city.intake.city import Before, largest_serials
from geo.codes import community_of
from geo.numbering import LARGEST_SERIAL, kept, serials


class Serials:
    """Gives out the serial numbers in a city; `kept` counts the cells that have the number they had, `new` all others."""

    def __init__(self, before: Before) -> None:
        self._largest = largest_serials(before.cells, before.serials)
        self._before: dict[str, dict[int, Mapping[str, Any]]] = {}
        for code, area in before.cells.items():
            community = community_of(code)
            self._before.setdefault(community, {})[int(code[len(community) :])] = area
        self.kept = self.new = 0

    def of(self, community: str, areas: Mapping[str, Mapping[str, Any]]) -> dict[str, int] | tuple[str, str]:
        """The numbers of all cells of a community by their names, or why there are not enough (zh, en). `areas` are GeoJSON in degrees."""
        had = kept(areas, self._before.get(community, {}))
        new = {name: area for name, area in areas.items() if name not in had}
        largest = self._largest.get(community, 0)
        if largest + len(new) > LARGEST_SERIAL:
            return _too_many(len(new), largest)
        self.kept += len(had)
        self.new += len(new)
        return had | serials(new, used=(largest,))


def _too_many(new: int, largest: int) -> tuple[str, str]:
    if not largest:
        return (
            f"{new} 个网格，序号最多 {LARGEST_SERIAL}",
            f"{new:,} cells, and a serial number ends at {LARGEST_SERIAL}",
        )
    return (
        f"{new} 个新网格，已用到序号 {largest}（用过的不再使用），序号最多 {LARGEST_SERIAL}",
        f"{new:,} new cells after number {largest}, the largest that was ever given, and a serial number ends at {LARGEST_SERIAL}",
    )
