"""In which order the cells of a community are numbered: west to east, row by row from north to south."""

from collections.abc import Mapping
from statistics import median

from geo.area import centre, polygon_of

Box = tuple[float, float, float, float]


def numbered(geometries: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The names of a community's cells in the order of their serial numbers.

    A row holds the cells whose centres lie less than half a usual cell's height below the row's northernmost. `geometries` are GeoJSON
    areas in degrees under any name. Raises ValueError when one is not valid.
    """
    centres = {name: centre(geometry) for name, geometry in geometries.items()}
    heights = [_height(geometry) for geometry in geometries.values()]
    rows: list[list[str]] = []
    top = 0.0
    for name in sorted(centres, key=lambda name: (-centres[name][1], centres[name][0])):
        if not rows or top - centres[name][1] > median(heights) / 2:
            rows.append([])
            top = centres[name][1]
        rows[-1].append(name)
    return [name for row in rows for name in sorted(row, key=lambda name: (centres[name][0], -centres[name][1]))]


def _height(geometry: Mapping[str, object]) -> float:
    _, south, _, north = polygon_of(geometry).bounds
    return float(north - south)
