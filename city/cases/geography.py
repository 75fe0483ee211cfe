"""What cases have to know of the map and of the year: which cells touch, a point in each, and when the city works."""

from city.cases.state import Facts
from city.registry import Registry
from city.work_time import WorkTime
from geo.area import centres
from geo.neighbours import neighbours


def facts_of(registry: Registry, last: Facts | None = None) -> Facts:
    """The facts of a registry; the map is taken from the `last` ones while the cells are the same, because it costs a second to make.

    Raises ValueError when a cell's geometry is not valid.
    """
    work = WorkTime(registry.calendar, registry.utc_offset_minutes)
    if last is not None and last.registry.cells == registry.cells:
        return Facts(registry=registry, neighbours=last.neighbours, centres=last.centres, work=work)
    areas = {code: cell.geometry for code, cell in registry.cells.items()}
    return Facts(registry=registry, neighbours=neighbours(areas), centres=centres(areas), work=work)
