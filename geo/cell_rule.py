"""How an area without unit grid cells is cut into some: squares of a given width, their remains at the border joined to a neighbour."""

from math import ceil
from typing import Any

import numpy as np
import shapely

from geo.numbering import numbered
from geo.plane import Shapes, plane_of

SMALLEST_SHARE = 0.4  # of a square: a smaller remain is no cell of its own


def cells_over(area: Any, width_m: float) -> list[Any]:
    """Areas of about `width_m` by `width_m` that tile `area` (a shape in degrees of WGS-84), in the order of their serial numbers."""
    plane = plane_of(np.array([area], dtype=object))
    flat = plane.flat(np.array([area], dtype=object))[0]
    pieces = _joined(_pieces(flat, width_m), SMALLEST_SHARE * width_m * width_m)
    found = [shapely.orient_polygons(piece) for piece in plane.round(np.array(pieces, dtype=object)).tolist()]
    order = numbered({str(at): shapely.geometry.mapping(piece) for at, piece in enumerate(found)})
    return [found[int(at)] for at in order]


def _pieces(flat: Any, width_m: float) -> list[Any]:
    west, south, east, north = flat.bounds
    columns, rows = max(1, ceil((east - west) / width_m)), max(1, ceil((north - south) / width_m))
    # Lines in the middle of what is left over keep the remains on both sides alike.
    left = west - (columns * width_m - (east - west)) / 2
    bottom = south - (rows * width_m - (north - south)) / 2
    column, row = np.meshgrid(np.arange(columns), np.arange(rows))
    x, y = left + column.ravel() * width_m, bottom + row.ravel() * width_m
    cut: Shapes = np.atleast_1d(shapely.intersection(flat, shapely.box(x, y, x + width_m, y + width_m)))
    parts = shapely.get_parts(shapely.get_parts(cut))
    return [part for part in parts.tolist() if part.geom_type == "Polygon" and part.area > 0]


def _joined(pieces: list[Any], smallest: float) -> list[Any]:
    """The pieces with each small one joined to the neighbour that it shares the longest border with."""
    whole = dict(enumerate(pieces))
    for at in sorted(whole, key=lambda at: whole[at].area):
        if whole[at].area >= smallest or len(whole) == 1:
            continue
        shared = {
            other: whole[at].intersection(piece).length
            for other, piece in whole.items()
            if other != at and piece.dwithin(whole[at], 0)
        }
        beside = max(shared, key=lambda other: shared[other], default=None)
        if beside is not None and shared[beside] > 0:
            whole[beside] = shapely.union(whole[beside], whole.pop(at))
    return list(whole.values())
