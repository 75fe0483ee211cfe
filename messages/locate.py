"""Where a position that somebody sent lies: its cell, and the same point in WGS-84."""

from city.registry import Registry
from city.report import Position
from geo.crs import CRS_NAMES, to_wgs84
from geo.lookup import CellIndex
from messages.rejects import Reason, Refusal
from messages.telemetry import Locate, Place

EASTMOST, NORTHMOST = 180.0, 90.0


def locator(registry: Registry) -> Locate:
    """Finds places among the registered cells. Making one costs a look at every cell, so it is made once for each registry."""
    index = CellIndex({code: cell.geometry for code, cell in registry.cells.items()}) if registry.cells else None

    def locate(position: Position, district: str) -> Place | Refusal:
        home = registry.districts.get(district)
        crs = position.crs or (home.crs if home else "wgs84")
        wrong = _fault(position, crs)
        if wrong is not None:
            return wrong
        lon, lat = to_wgs84(position.lon, position.lat, crs)
        cell = index.cell_of(lon, lat) if index else None
        if cell is None:
            return Refusal(Reason.OUTSIDE_THE_CITY, f"No cell of this city covers {lon:.5f}, {lat:.5f} (WGS-84).")
        return Place(cell, Position(lon=lon, lat=lat, crs="wgs84"))

    return locate


def _fault(position: Position, crs: str) -> Refusal | None:
    if crs not in CRS_NAMES:
        return Refusal(Reason.BAD_POSITION, f"`crs` is one of {', '.join(CRS_NAMES)}, not {crs!r}.")
    if not (abs(position.lon) <= EASTMOST and abs(position.lat) <= NORTHMOST):  # which NaN is not either
        return Refusal(Reason.BAD_POSITION, "`lon` lies within -180 and 180, `lat` within -90 and 90 degrees.")
    return None
