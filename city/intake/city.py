"""A city as it was brought in, and the index that each of its districts has."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from city.intake.mapping import CitySettings
from city.intake.places import Drawn
from city.names import Name
from city.registry import Device, Worker


class Placed(Struct, frozen=True, kw_only=True):
    """A place as a city's folder holds it: `area` is a GeoJSON geometry, None for a place that only its cells draw."""

    code: str
    name: Name
    area: dict[str, Any] | None = None


class BroughtIn(Struct, frozen=True, kw_only=True):
    """All that an import brings. `places` are towns and communities; `indices` those of every district there ever was, by code."""

    city: CitySettings
    districts: list[Placed]
    places: list[Placed]
    cells: list[Placed]
    devices: list[Device] = []
    workers: list[Worker] = []
    indices: dict[str, int] = {}


def placed(drawn: Iterable[Drawn], to_geometry: Any) -> list[Placed]:
    """Places in the order of their codes."""
    return [
        Placed(code=each.code, name=each.name, area=None if each.area is None else to_geometry(each.area))
        for each in sorted(drawn, key=lambda each: each.code)
    ]


def indices(districts: Iterable[str], before: Mapping[str, int]) -> dict[str, int]:
    """Every district's index: the one it had, or the next that no district ever had. Those that are gone keep theirs."""
    given = dict(before)
    free = max(given.values(), default=-1) + 1
    for code in sorted(districts):
        if code not in given:
            given[code] = free
            free += 1
    return given
