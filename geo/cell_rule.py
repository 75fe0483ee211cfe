"""How an area without unit grid cells is cut into some: rectangles of about a given width, their remains at the border joined to a neighbour."""

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.numbering import numbered
from geo.plane import Shapes, plane_of

TOUCH_M = 1e-4
SPECK_M2 = 1e-3  # what rounding cuts off at a corner; degrees as written have no room for it
SMALLEST_SHARE = 0.4  # of a square of that width: a smaller remain is no cell of its own


def cells_over(area: BaseGeometry, width_m: float) -> list[Polygon]:
    """Areas of about `width_m` by `width_m` that tile `area` (a shape in degrees of WGS-84), in the order of their serial numbers."""
    plane = plane_of(np.array([area], dtype=object))
    flat = plane.flat(np.array([area], dtype=object))[0]
    pieces = _joined(_pieces(flat, width_m), SMALLEST_SHARE * width_m * width_m)
    found = [shapely.orient_polygons(piece) for piece in plane.round(np.array(pieces, dtype=object)).tolist()]
    order = numbered({str(at): shapely.geometry.mapping(piece) for at, piece in enumerate(found)})
    return [found[int(at)] for at in order]


def _pieces(flat: BaseGeometry, width_m: float) -> list[Polygon]:
    west, south, east, north = flat.bounds
    # A little wider or narrower than asked for, so that nothing is left over at the edges.
    columns, rows = max(1, round((east - west) / width_m)), max(1, round((north - south) / width_m))
    wide, tall = (east - west) / columns, (north - south) / rows
    column, row = np.meshgrid(np.arange(columns), np.arange(rows))
    # Each line is worked out once, so that it is the same number for the squares on both of its sides.
    x, y = west + np.arange(columns + 1) * wide, south + np.arange(rows + 1) * tall
    at, up = column.ravel(), row.ravel()
    cut: Shapes = np.atleast_1d(shapely.intersection(flat, shapely.box(x[at], y[up], x[at + 1], y[up + 1])))
    parts = shapely.get_parts(shapely.get_parts(cut))
    return [part for part in parts.tolist() if part.geom_type == "Polygon" and part.area > SPECK_M2]


def _joined(pieces: list[Polygon], smallest: float) -> list[Polygon]:
    """The pieces with each small one joined to the neighbour that it shares the longest border with, until none is left that has one."""
    whole: Shapes = np.array(pieces, dtype=object)
    alone: set[int] = set()
    while True:
        areas = shapely.area(whole)
        small = [at for at in np.argsort(areas).tolist() if areas[at] < smallest and at not in alone]
        if not small or len(whole) == 1:
            return list(whole)
        at = small[0]
        beside = _longest_border(whole, at)
        if beside is None:
            alone.add(at)
            continue
        whole[beside] = shapely.union(whole[beside], whole[at])
        whole = np.delete(whole, at)
        alone = set()


def _longest_border(whole: Shapes, at: int) -> int | None:
    """Which piece a piece shares most of its border with; lines that should be one may lie a rounding apart."""
    wider = shapely.buffer(whole[at], TOUCH_M)
    near = [other for other in np.flatnonzero(shapely.intersects(whole, wider)).tolist() if other != at]
    shared = {other: shapely.area(shapely.intersection(whole[other], wider)) for other in near}
    beside = max(shared, key=lambda other: shared[other], default=None)
    return beside if beside is not None and shared[beside] > 4 * TOUCH_M * TOUCH_M else None
