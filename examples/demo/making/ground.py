"""The ground: four districts of 500 cells around a bend of the river, cut into towns and communities."""

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

import numpy as np

from geo.generate import Mesh, Metres, Square, grown, in_degrees, mesh, polygon, split
from geo.numbering import numbered

COLUMNS, ROWS = 84, 84
SIDE_M = 100.0
CENTRE_LON, CENTRE_LAT = 111.312, 30.705
RIVER_SWING_M, RIVER_LENGTH_M, RIVER_REACH_M = 330.0, 3100.0, 1500.0
TURN = 0.16  # radians: cities rarely face due north
DISTRICT_CELLS, TOWNS, COMMUNITIES = 500, 5, 4


@dataclass(frozen=True)
class Plot:
    """A community's ground: its code, the geometries of its cells by code, in serial order."""

    code: str
    village: bool
    cells: dict[str, dict[str, object]]


def plots(rng: np.random.Generator) -> list[Plot]:
    """The 80 communities of the city, by code."""
    ground = mesh(COLUMNS, ROWS, side_m=SIDE_M, warp=_along_the_river, rng=rng)
    found: list[Plot] = []
    for number, (west, north) in enumerate([(True, True), (False, True), (True, False), (False, False)], start=1):
        squares = _district(west=west, north=north)
        towns = sorted(split(squares, TOWNS), key=_from_the_centre)
        for place, town in enumerate(towns):
            found += _town_plots(f"9901{number:02d}", place, town, ground)
    return sorted(found, key=lambda plot: plot.code)


def _town_plots(district: str, place: int, squares: list[Square], ground: Mesh) -> list[Plot]:
    rural = place >= TOWNS - 1 - int(district[-1]) % 2
    town = f"{district}{100 + place - 3 if rural else place + 1:03d}"
    parts = sorted(split(squares, COMMUNITIES), key=_from_the_centre)
    found = []
    for number, part in enumerate(parts):
        village = rural and number >= COMMUNITIES // 2
        community = f"{town}{200 + number - 2 if village else number + 1:03d}"
        found.append(Plot(community, village, _cells(community, part, ground)))
    return found


def _cells(community: str, squares: list[Square], ground: Mesh) -> dict[str, dict[str, object]]:
    drawn = {
        str(square): dict(polygon(in_degrees(ground.ring(square), lon=CENTRE_LON, lat=CENTRE_LAT)))
        for square in squares
    }
    return {f"{community}{serial:03d}": drawn[name] for serial, name in enumerate(numbered(drawn), start=1)}


def _district(*, west: bool, north: bool) -> set[Square]:
    middle = COLUMNS // 2
    border = ROWS // 2 + (2 if west else -3)

    def may(square: Square) -> bool:
        column, row = square
        return (column < middle) == west and (row >= border) == north

    start = (middle - 1 if west else middle, border if north else border - 1)
    return grown(start, DISTRICT_CELLS, may=may, cost=_reach)


def _reach(square: Square) -> float:
    """How far out a square lies, in an outline with bays and spurs."""
    east, north = square[0] + 0.5 - COLUMNS / 2, square[1] + 0.5 - ROWS / 2
    around = atan2(north, east)
    spur = 1 + 0.10 * sin(3 * around + 0.6) + 0.07 * cos(5 * around + 1.9) + 0.03 * sin(9 * around)
    return hypot(east / 1.12, north) / spur


def _from_the_centre(squares: list[Square]) -> float:
    return float(np.mean([_reach(square) for square in squares]))


def _along_the_river(points: Metres) -> Metres:
    """The straight mesh laid along the river, whose bends fade with the distance from it, and turned a little."""
    east, north = points[..., 0], points[..., 1]
    fade = np.exp(-np.abs(east) / RIVER_REACH_M)
    bent_east = east + RIVER_SWING_M * np.sin(2 * pi * north / RIVER_LENGTH_M + 0.5) * fade
    bent_north = north + 70.0 * np.sin(2 * pi * east / 2300.0) + 40.0 * np.sin(2 * pi * (east + north) / 1700.0)
    bent_east = bent_east + 45.0 * np.sin(2 * pi * north / 1300.0 + 1.1)
    return np.stack(
        [bent_east * cos(TURN) - bent_north * sin(TURN), bent_east * sin(TURN) + bent_north * cos(TURN)], axis=-1
    )
