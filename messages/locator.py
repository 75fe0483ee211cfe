"""Finding the place of a position that somebody sent: in any of the coordinate systems, in a cell of the city, or refused."""

import math

from city.registry import Registry
from city.report import Position
from geo.area import LARGEST_LAT, LARGEST_LON
from geo.crs import CRS_NAMES, to_wgs84
from geo.lookup import CellIndex
from messages.rejects import Reason, Refusal
from messages.telemetry import Place

DEFAULT_CRS = "wgs84"


class Locator:
    """The cells of a registry, indexed; building it takes longer than asking it, so it is kept while the cells stay the same."""

    def __init__(self, registry: Registry) -> None:
        self.cells = registry.cells
        self._crs = {code: district.crs for code, district in registry.districts.items()}
        self._index = (
            CellIndex({code: cell.geometry for code, cell in registry.cells.items()}) if registry.cells else None
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
            return Refusal(
                Reason.OUTSIDE_THE_CITY, f"{position.lon:g}, {position.lat:g} ({crs}) lies in no cell of this city."
            )
        return Place(cell, Position(lon=round(lon, 7), lat=round(lat, 7), crs="wgs84"))


def position_fault(position: Position, crs: str) -> Refusal | None:
    """Why a position in `crs` can lie nowhere on Earth; None where it can, in the city or outside."""
    lon, lat = position.lon, position.lat
    if crs not in CRS_NAMES:
        return Refusal(Reason.BAD_POSITION, f"`crs` {crs!r} is none of {', '.join(CRS_NAMES)}.")
    if not (math.isfinite(lat) and abs(lon) <= LARGEST_LON):
        return Refusal(Reason.BAD_POSITION, "`lon` is in degrees from -180 to 180, `lat` from -90 to 90.")
    if abs(lat) > LARGEST_LAT:
        swapped = " They seem to be swapped." if abs(lon) <= LARGEST_LAT else ""
        return Refusal(Reason.BAD_POSITION, f"`lat` is {lat:g}, but it lies between -90 and 90 degrees.{swapped}")
    return None


def _no_fix(position: Position) -> Refusal | None:
    if position.lon == 0 and position.lat == 0:
        return Refusal(
            Reason.BAD_POSITION, "0, 0 is what a receiver without a fix sends; leave `position` out instead."
        )
    return None
