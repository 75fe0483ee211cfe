"""Whether the cells of a city tile it: no gap between neighbours, no overlap, nothing drawn twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geo.area import surface_m2

SMALLEST_M2 = 0.01  # less than this is what rounding coordinates to a centimetre leaves
CRACK_DEGREES = 5e-6  # half a metre: a crack up to twice as wide between two cells is a gap, not a place outside


@dataclass(frozen=True)
class Overlap:
    """Two cells that both claim some ground."""

    first: str
    second: str
    area_m2: float


@dataclass(frozen=True)
class Duplicate:
    """Two codes for the same area."""

    first: str
    second: str


@dataclass(frozen=True)
class Gap:
    """Ground that no cell claims between the cells named; `lon`, `lat` a point in it, in degrees."""

    cells: tuple[str, ...]
    area_m2: float
    lon: float
    lat: float


def overlaps(areas: Mapping[str, BaseGeometry]) -> list[Overlap | Duplicate]:
    """Every pair of cells that share ground, smallest codes first. `areas` are valid shapes in degrees by code."""
    codes = sorted(areas)
    shapes = np.array([areas[code] for code in codes], dtype=object)
    if not codes:
        return []
    one, other = STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(shapes[one], shapes[other])
    suspect = np.flatnonzero(shapely.area(shared) > 0)
    order = suspect[np.lexsort((other[suspect], one[suspect]))]
    found = [_verdict(areas, codes[one[pair]], codes[other[pair]], surface_m2(shared[pair])) for pair in order]
    return [verdict for verdict in found if verdict is not None]


def gaps(areas: Mapping[str, BaseGeometry]) -> list[Gap]:
    """Every hole the cells enclose and every crack up to a metre wide between them, from north to south."""
    if not areas:
        return []
    codes = sorted(areas)
    shapes = [areas[code] for code in codes]
    covered = shapely.union_all(shapes)
    empty = [*_holes(covered), *_cracks(covered)]
    index = STRtree(shapes)
    found = [_gap(codes, index, hole) for hole in empty if surface_m2(hole) > SMALLEST_M2]
    return sorted(found, key=lambda gap: (-gap.lat, gap.lon))


def _verdict(areas: Mapping[str, BaseGeometry], first: str, second: str, area_m2: float) -> Overlap | Duplicate | None:
    if area_m2 <= SMALLEST_M2:
        return None
    if surface_m2(shapely.symmetric_difference(areas[first], areas[second])) <= SMALLEST_M2:
        return Duplicate(first, second)
    return Overlap(first, second, area_m2)


def _holes(covered: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(covered)
    return [shapely.Polygon(ring) for part in parts for ring in part.interiors]


def _cracks(covered: BaseGeometry) -> list[BaseGeometry]:
    """What closes when the city is grown and shrunk again: straight corners keep their place, cracks do not come back."""
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(covered)])
    grown = filled.buffer(CRACK_DEGREES, join_style="mitre", mitre_limit=20)
    closed = grown.buffer(-CRACK_DEGREES, join_style="mitre", mitre_limit=20)
    left = shapely.get_parts(closed.difference(filled)).tolist()
    return [crack for crack in left if _is_crack(crack, filled)]


def _is_crack(crack: BaseGeometry, filled: BaseGeometry) -> bool:
    # A sharp notch of the outline also fills a little when its mitre is cut: it lies against the city with a short part of its edge only.
    edge = crack.boundary
    return bool(edge.intersection(filled.buffer(CRACK_DEGREES / 100)).length > edge.length / 2)


def _gap(codes: Sequence[str], index: STRtree, hole: BaseGeometry) -> Gap:
    inside = hole.representative_point()
    touching = index.query(hole, predicate="dwithin", distance=CRACK_DEGREES / 100)
    along = [at for at in touching if _runs_along(index.geometries[at], hole)]
    names = sorted(codes[at] for at in along or touching)
    return Gap(tuple(names), surface_m2(hole), inside.x, inside.y)


def _runs_along(cell: BaseGeometry, hole: BaseGeometry) -> bool:
    """Whether a cell borders the hole with more than a corner."""
    common = hole.boundary.intersection(cell.buffer(CRACK_DEGREES / 100))
    return bool(common.length > CRACK_DEGREES / 10)
