"""How an invented city is cut: irregular cells that tile an area without gap or overlap.

The ground is a mesh of squares whose corners and edges are bent. Neighbours share their corners and edges, so whatever set of squares
is taken tiles by construction. Which squares make a district, a town, a community is decided on the squares' (column, row).
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import cos, pi, radians

import numpy as np
import numpy.typing as npt

from geo.distance import EARTH_RADIUS_M

Square = tuple[int, int]
Metres = npt.NDArray[np.float64]
Ring = list[tuple[float, float]]

EARTH_M_A_DEGREE = EARTH_RADIUS_M * pi / 180
CORNER_BEND = 0.2  # of a square's side; together with the edges' bend small enough that no polygon crosses itself
EDGE_BEND = 0.1


@dataclass(frozen=True)
class Mesh:
    """Bent squares in metres east and north: `corners` (rows + 1, columns + 1, 2), and the points in which their edges bend.

    `across` (rows + 1, columns, 2) are those of the edges that run west to east, `along` (rows, columns + 1, 2) of those that run south to north.
    """

    corners: Metres
    across: Metres
    along: Metres

    def ring(self, square: Square) -> Ring:
        """The closed outline of a square, anticlockwise, (east, north) in metres."""
        column, row = square
        points = [
            self.corners[row, column],
            self.across[row, column],
            self.corners[row, column + 1],
            self.along[row, column + 1],
            self.corners[row + 1, column + 1],
            self.across[row + 1, column],
            self.corners[row + 1, column],
            self.along[row, column],
            self.corners[row, column],
        ]
        return [(float(east), float(north)) for east, north in points]


def mesh(columns: int, rows: int, *, side_m: float, warp: Callable[[Metres], Metres], rng: np.random.Generator) -> Mesh:
    """A mesh of squares `side_m` wide around (0, 0), bent at random and then by `warp`, which moves points (…, 2) in metres."""
    east = (np.arange(columns + 1) - columns / 2) * side_m
    north = (np.arange(rows + 1) - rows / 2) * side_m
    corners = np.stack(np.meshgrid(east, north), axis=-1)
    corners = corners + rng.uniform(-CORNER_BEND, CORNER_BEND, corners.shape) * side_m
    across, along = (corners[:, :-1] + corners[:, 1:]) / 2, (corners[:-1] + corners[1:]) / 2
    across = across + rng.uniform(-EDGE_BEND, EDGE_BEND, across.shape) * side_m
    along = along + rng.uniform(-EDGE_BEND, EDGE_BEND, along.shape) * side_m
    return Mesh(warp(corners), warp(across), warp(along))


def grown(start: Square, count: int, *, may: Callable[[Square], bool], cost: Callable[[Square], float]) -> set[Square]:
    """`count` connected squares around `start`: always the cheapest one beside those taken. Raises ValueError when there are not as many."""
    taken: set[Square] = set()
    border = [(cost(start), start)]
    seen = {start}
    while border and len(taken) < count:
        _, square = heapq.heappop(border)
        taken.add(square)
        for beside in beside_of(square):
            if beside not in seen and may(beside):
                seen.add(beside)
                heapq.heappush(border, (cost(beside), beside))
    if len(taken) < count:
        raise ValueError(f"only {len(taken)} of {count} squares can be reached from {start}")
    return taken


def split(squares: Collection[Square], parts: int) -> list[list[Square]]:
    """Connected squares cut into `parts` connected parts of equal size, by halving across the longer side again and again.

    Raises ValueError when the number does not divide by `parts`, or the shape cannot be cut so.
    """
    if len(squares) % parts:
        raise ValueError(f"{len(squares)} squares do not make {parts} equal parts")
    if parts == 1:
        return [sorted(squares)]
    size = len(squares) // parts * (parts // 2)
    for key in _cuts(squares):
        ordered = sorted(squares, key=key)
        one, other = ordered[:size], ordered[size:]
        if connected(one) and connected(other):
            try:
                return split(one, parts // 2) + split(other, parts - parts // 2)
            except ValueError:
                continue
    raise ValueError(f"{len(squares)} squares around {min(squares)} cannot be cut into {parts} connected parts")


def connected(squares: Iterable[Square]) -> bool:
    """Whether one can go from every square to every other across edges."""
    left = set(squares)
    reached = [left.pop()] if left else []
    while reached:
        for beside in beside_of(reached.pop()):
            if beside in left:
                left.discard(beside)
                reached.append(beside)
    return not left


def beside_of(square: Square) -> list[Square]:
    """The four squares that share an edge with one."""
    column, row = square
    return [(column - 1, row), (column + 1, row), (column, row - 1), (column, row + 1)]


def in_degrees(ring: Ring, *, lon: float, lat: float, decimals: int = 7) -> Ring:
    """An outline in metres around (lon, lat) in degrees, rounded so that shared points stay shared."""
    a_degree_east = EARTH_M_A_DEGREE * cos(radians(lat))
    return [
        (round(lon + east / a_degree_east, decimals), round(lat + north / EARTH_M_A_DEGREE, decimals))
        for east, north in ring
    ]


def polygon(ring: Ring) -> Mapping[str, object]:
    """The GeoJSON Polygon of an outline."""
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring]]}


def _cuts(squares: Collection[Square]) -> list[Callable[[Square], tuple[float, float]]]:
    """Orders to cut in, the one across the longer side first; slanting ones where a straight cut would leave islands."""
    columns = {column for column, _ in squares}
    rows = {row for _, row in squares}
    by_column = _order(1.0, 0.0)
    by_row = _order(0.0, 1.0)
    straight = [by_column, by_row] if len(columns) >= len(rows) else [by_row, by_column]
    return [
        *straight,
        *(_order(across, along) for across, along in ((1, 0.5), (0.5, 1), (1, -0.5), (-0.5, 1), (1, 1), (1, -1))),
    ]


def _order(across: float, along: float) -> Callable[[Square], tuple[float, float]]:
    return lambda square: (across * square[0] + along * square[1], along * square[0] + across * square[1])
