"""Small grounds to ask questions of."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from geo.generate import in_degrees, mesh, polygon

Geometries = dict[str, dict[str, Any]]

LON, LAT = 111.3, 30.7
SIDE = 0.001  # degrees, about 100 m


def square(column: float, row: float, *, width: float = 1, height: float = 1) -> dict[str, Any]:
    """An upright rectangle, measured in sides of 0.001 degrees from (111.3, 30.7)."""
    west, south = LON + column * SIDE, LAT + row * SIDE
    east, north = LON + (column + width) * SIDE, LAT + (row + height) * SIDE
    return area([(west, south), (east, south), (east, north), (west, north)])


def area(corners: list[tuple[float, float]]) -> dict[str, Any]:
    """A GeoJSON Polygon with these corners."""
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in [*corners, corners[0]]]]}


def chessboard(columns: int, rows: int) -> Geometries:
    """Upright squares side by side, numbered from 001 row by row from the south-west."""
    cells = [(column, row) for row in range(rows) for column in range(columns)]
    return {f"990101001001{number:03d}": square(*cell) for number, cell in enumerate(cells, start=1)}


def bent(columns: int, rows: int, seed: int) -> Geometries:
    """Irregular cells that tile, numbered from 001 row by row from the south-west."""
    ground = mesh(columns, rows, side_m=100, warp=lambda points: points, rng=np.random.default_rng(seed))
    cells = [(column, row) for row in range(rows) for column in range(columns)]
    return {
        f"990101001001{number:03d}": dict(polygon(in_degrees(ground.ring(cell), lon=LON, lat=LAT)))
        for number, cell in enumerate(cells, start=1)
    }


def corners_of(geometries: Mapping[str, dict[str, Any]]) -> list[tuple[float, float]]:
    """Every corner of every polygon."""
    return [(lon, lat) for geometry in geometries.values() for lon, lat in geometry["coordinates"][0]]
