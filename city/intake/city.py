"""A city as it was brought in, and what is never given twice in it: a district's index, a cell's serial number."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from city.intake.mapping import CitySettings
from city.intake.places import Drawn
from city.names import Name
from city.registry import Device, Worker
from geo.codes import community_of


class Placed(Struct, frozen=True, kw_only=True):
    """A place as a city's folder holds it: `area` is a GeoJSON geometry, None for a place that only its cells draw."""

    code: str
    name: Name
    area: dict[str, Any] | None = None


class BroughtIn(Struct, frozen=True, kw_only=True):
    """All that an import brings. `places` are towns and communities; `indices` those of every district there ever was, by code.

    `serials` are the largest serial numbers that a cell ever had, by the community's code.
    """

    city: CitySettings
    districts: list[Placed]
    places: list[Placed]
    cells: list[Placed]
    devices: list[Device] = []
    workers: list[Worker] = []
    indices: dict[str, int] = {}
    serials: dict[str, int] = {}


class Before(Struct, frozen=True, kw_only=True):
    """What is known of a city that is brought in again.

    `indices` are those of every district there ever was, by code, `serials` the largest serial number that any cell of a community ever
    had, `cells` the outlines (GeoJSON, degrees) of the cells that there were, by code.
    """

    indices: Mapping[str, int] = {}
    serials: Mapping[str, int] = {}
    cells: Mapping[str, Mapping[str, Any]] = {}


def placed(drawn: Iterable[Drawn], to_geometry: Any) -> list[Placed]:
    """Places in the order of their codes."""
    return [
        Placed(code=each.code, name=each.name, area=None if each.area is None else to_geometry(each.area))
        for each in sorted(drawn, key=lambda each: each.code)
    ]


def largest_serials(cells: Iterable[str], before: Mapping[str, int]) -> dict[str, int]:
    """The largest serial number that any cell of a community ever had, by the community's code; `before` are those known so far."""
    largest = dict(before)
    for code in cells:
        community = community_of(code)
        largest[community] = max(largest.get(community, 0), int(code[len(community) :]))
    return largest


def indices(districts: Iterable[str], before: Mapping[str, int]) -> dict[str, int]:
    """Every district's index: the one it had, or the next that no district ever had. Those that are gone keep theirs."""
    given = dict(before)
    free = max(given.values(), default=-1) + 1
    for code in sorted(districts):
        if code not in given:
            given[code] = free
            free += 1
    return given
