"""In which order the cells of a community are numbered, west to east, row by row from north to south, which have a number already, and which are free."""

from collections.abc import Collection, Mapping
from statistics import median
from typing import Any

import shapely

from geo.area import centre, polygon_of

LARGEST_SERIAL = 999  # three digits of the cell's code
SAME_SHARE = 0.5


def numbered(geometries: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The names of a community's cells in the order of their serial numbers.

    A row holds the cells whose centres lie less than half a usual cell's height below the row's northernmost. `geometries` are GeoJSON
    areas in degrees under any name; names decide only between cells with the same centre. Raises ValueError when one is not valid.
    """
    centres = {name: centre(geometry) for name, geometry in geometries.items()}
    heights = [_height(geometry) for geometry in geometries.values()]
    rows: list[list[str]] = []
    top = 0.0
    for name in sorted(centres, key=lambda name: (-centres[name][1], centres[name][0], name)):
        if not rows or top - centres[name][1] > median(heights) / 2:
            rows.append([])
            top = centres[name][1]
        rows[-1].append(name)
    return [name for row in rows for name in sorted(row, key=lambda name: (centres[name][0], -centres[name][1], name))]


def serials(geometries: Mapping[str, Mapping[str, object]], *, used: Collection[int] = ()) -> dict[str, int]:
    """The serial numbers of new cells in a community, by name: in order, from the one after the largest in `used`.

    `used` are all numbers that the community ever gave, those of cells that are gone too: a retired code is never given again, and a cell
    keeps the number it has. Raises ValueError when the numbers run out, or as `numbered`.
    """
    first = max(used, default=0) + 1
    if first + len(geometries) - 1 > LARGEST_SERIAL:
        raise ValueError(
            f"{len(geometries)} cells from number {first} on go beyond {LARGEST_SERIAL}: divide the community"
        )
    return {name: serial for serial, name in enumerate(numbered(geometries), start=first)}


def kept(geometries: Mapping[str, Mapping[str, object]], before: Mapping[int, Mapping[str, object]]) -> dict[str, int]:
    """The serial numbers that cells have already, by name: those of the cells `before`, by number, whose ground they still are.

    A cell is still the same when more than half of the ground of both together is in both, which is so of at most one. What is no valid
    area before is nobody's. Raises ValueError when one of `geometries` is not valid.
    """
    had = {number: area for number, geometry in before.items() if (area := _area(geometry)) is not None}
    numbers, areas = list(had), list(had.values())
    found = {}
    tree = shapely.STRtree(areas)
    for name, geometry in geometries.items():
        area = polygon_of(geometry)
        for at in tree.query(area, predicate="intersects").tolist():
            if shapely.intersection(area, areas[at]).area > SAME_SHARE * shapely.union(area, areas[at]).area:
                found[name] = numbers[at]
    return found


def _area(geometry: Mapping[str, object]) -> Any:
    try:
        return polygon_of(geometry)
    except ValueError:
        return None


def _height(geometry: Mapping[str, object]) -> float:
    _, south, _, north = polygon_of(geometry).bounds
    return float(north - south)
