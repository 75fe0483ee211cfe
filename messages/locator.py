"""Finding the place of a position that somebody sent: in any of the coordinate systems, in a cell of the city, or refused."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from city.registry import Registry
from city.report import Position
from geo.area import LARGEST_LAT, LARGEST_LON
from geo.crs import CRS_NAMES, to_wgs84
from geo.lookup import CellIndex
from geo.plausible import SHIFTED, looks_half_filled, looks_swapped, looks_without_fix
from geo.shift import at_the_edge
from messages.rejects import Reason, Refusal
from messages.telemetry import Place

IndexOf = Callable[[Mapping[str, Mapping[str, Any]]], CellIndex]

DEFAULT_CRS = "wgs84"


class Locator:
    """The cells of a registry, indexed; building it takes longer than asking it, so it is kept while the cells stay the same.

    `index_of` gives the index of the cells' geometries by code; who has kept one need not build it again.
    """

    def __init__(self, registry: Registry, index_of: IndexOf = CellIndex) -> None:
        self.cells = registry.cells
        self._crs = {code: district.crs for code, district in registry.districts.items()}
        self._index = (
            index_of({code: cell.geometry for code, cell in registry.cells.items()}) if registry.cells else None
        )

    def fits(self, registry: Registry) -> bool:
        """Whether it still speaks of the registry's cells and districts."""
        return self.cells == registry.cells and self._crs == {c: d.crs for c, d in registry.districts.items()}

    def locate(self, position: Position, district: str) -> Place | Refusal:
        """The cell and the WGS-84 position, or BAD_POSITION or OUTSIDE_THE_CITY."""
        crs = position.crs or self._crs.get(district, DEFAULT_CRS)
        fault = position_fault(position, crs) or _no_fix(position)
        if fault is not None:
            return fault
        lon, lat = to_wgs84(position.lon, position.lat, crs)
        cell = self._index.cell_of(lon, lat) if self._index else None
        if cell is None:
            outside = f"{position.lon:.8g}, {position.lat:.8g} ({crs}) lies in no cell of this city."
            return Refusal(Reason.OUTSIDE_THE_CITY, outside + self._likeness(position, crs))
        return Place(cell, Position(lon=round(lon, 7), lat=round(lat, 7), crs="wgs84"))

    def _likeness(self, position: Position, crs: str) -> str:
        """What a position outside the city looks like, as a further sentence; "" when it looks like nothing but outside."""
        lon, lat = position.lon, position.lat
        if abs(lon) <= LARGEST_LAT and (cell := self._cell_of(lat, lon, crs)):
            return f" It looks like latitude and longitude swapped: the other way round it lies in {cell}."
        if looks_half_filled(lon, lat):
            return f" It looks like a receiver without a fix: its {'latitude' if lon else 'longitude'} is 0."
        for other in CRS_NAMES:
            if to_wgs84(lon, lat, other) != to_wgs84(lon, lat, crs) and (cell := self._cell_of(lon, lat, other)):
                return f" Taken as {other} it would lie in {cell}: name the `crs` that it is in."
        return _edge(lon, lat, crs)

    def _cell_of(self, lon: float, lat: float, crs: str) -> str | None:
        return self._index.cell_of(*to_wgs84(lon, lat, crs)) if self._index else None


def position_fault(position: Position, crs: str) -> Refusal | None:
    """Why a position in `crs` can lie nowhere on Earth; None where it can, in the city or outside."""
    lon, lat = position.lon, position.lat
    if crs not in CRS_NAMES:
        return Refusal(Reason.BAD_POSITION, f"`crs` {crs!r} is none of {', '.join(CRS_NAMES)}.")
    if not (math.isfinite(lat) and abs(lon) <= LARGEST_LON):
        return Refusal(Reason.BAD_POSITION, "`lon` is in degrees from -180 to 180, `lat` from -90 to 90.")
    if abs(lat) > LARGEST_LAT:
        swapped = " It looks like latitude and longitude swapped." if looks_swapped(lon, lat) else ""
        return Refusal(Reason.BAD_POSITION, f"`lat` is {lat:.8g}, but it lies between -90 and 90 degrees.{swapped}")
    return None


def _edge(lon: float, lat: float, crs: str) -> str:
    """A further sentence about a position in a shifted system of which nobody can say which point is meant."""
    if crs not in SHIFTED or not at_the_edge(lon, lat):
        return ""
    return f" So near the edge of the rectangle in which {crs} is shifted it may be two points up to 1.6 km apart: send wgs84."


def _no_fix(position: Position) -> Refusal | None:
    if looks_without_fix(position.lon, position.lat):
        where = f"{position.lon:.8g}, {position.lat:.8g}"
        return Refusal(
            Reason.BAD_POSITION, f"{where} looks like a receiver without a fix, which says 0, 0; leave `position` out."
        )
    return None
