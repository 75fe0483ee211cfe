"""What the outlines in a file are as areas on the ground: read, moved to degrees, put right where only one reading is possible.

Put right without a question: a third dimension, points given twice, the order of rings, and crossings so small that both ways of
resolving them give the same area. Everything else is a flaw.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Struct
from shapely.geometry import LinearRing
from shapely.geometry.base import BaseGeometry

from geo.planes import ToDegrees

Shapes = npt.NDArray[np.object_]

DECIMALS = 9  # of a degree, a tenth of a millimetre: a corner on a neighbour's edge must not leave it by rounding
SAME_SHARE = 0.01  # two ways of putting an area right that differ by less than this share of it mean the same


class OutlineFlaw(StrEnum):
    """Why a feature has no area."""

    MISSING = "missing"
    NOT_AN_AREA = "not an area"
    NOT_A_NUMBER = "not a number"
    UNREADABLE = "unreadable"
    BROKEN = "broken"


class Repair(StrEnum):
    """What was put right in an outline."""

    FLATTENED = "flattened"
    RING_ORDER = "ring order"
    CROSSING = "crossing"


class Outline(Struct, frozen=True, kw_only=True):
    """An area in degrees of WGS-84, anticlockwise, or the flaw it has; `detail` says what and where in its own coordinates."""

    area: Any = None
    repairs: tuple[Repair, ...] = ()
    flaw: OutlineFlaw | None = None
    detail: str = ""


def read(wkbs: Sequence[bytes | None]) -> Shapes:
    """The shapes of well-known binary; None where there is none or it cannot be read."""
    wanted = np.empty(len(wkbs), dtype=object)
    wanted[:] = [None if wkb is None else bytes(wkb) for wkb in wkbs]
    with np.errstate(invalid="ignore"):
        shapes: Shapes = shapely.from_wkb(wanted, on_invalid="ignore")
    return shapes


def coordinates(shapes: Shapes) -> npt.NDArray[np.float64]:
    """All finite pairs of coordinates of the shapes."""
    pairs: npt.NDArray[np.float64] = shapely.get_coordinates(shapes)
    return pairs[np.isfinite(pairs).all(axis=1)]


def areas(shapes: Shapes, to_degrees: ToDegrees, *, ring_order: bool = False) -> list[Outline]:
    """The shapes of a layer as areas in degrees. With `ring_order` rings that run the wrong way round (RFC 7946) count as a repair."""
    flaws = [_flaw(shape) for shape in shapes]
    usable = np.array([flaw is None for flaw in flaws], dtype=bool)
    flat = np.full(len(shapes), None, dtype=object)
    flat[usable] = shapely.force_2d(shapes[usable])
    flat[usable] = shapely.transform(flat[usable], to_degrees)
    turned = np.zeros(len(shapes), dtype=bool)
    if ring_order:
        turned[usable] = [_is_turned(shape) for shape in flat[usable]]
    crooked = usable & ~shapely.is_valid(flat)
    return [
        flaws[at]
        or _outline(flat[at], crooked=bool(crooked[at]), turned=bool(turned[at]), deep=bool(shapely.has_z(shapes[at])))
        for at in range(len(shapes))
    ]


def _flaw(shape: BaseGeometry | None) -> Outline | None:
    if shape is None or shape.is_empty:
        return Outline(flaw=OutlineFlaw.MISSING)
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return Outline(flaw=OutlineFlaw.NOT_AN_AREA, detail=shape.geom_type)
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return Outline(flaw=OutlineFlaw.NOT_A_NUMBER)
    return None


def _outline(shape: BaseGeometry, *, crooked: bool, turned: bool, deep: bool) -> Outline:
    repairs = [Repair.FLATTENED] * deep + [Repair.RING_ORDER] * turned
    if crooked:
        reason = shapely.is_valid_reason(shape)
        mended = _mended(shape)
        if mended is None:
            return Outline(flaw=OutlineFlaw.BROKEN, detail=reason, area=shape)
        shape, repairs = mended, [*repairs, Repair.CROSSING]
    return Outline(area=_plain(shape), repairs=tuple(repairs))


def _mended(shape: BaseGeometry) -> BaseGeometry | None:
    """The area that both ways of resolving crossings agree on, or None when it is a matter of opinion."""
    one = _only_areas(shapely.make_valid(shape, method="linework"))
    other = _only_areas(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    if one.is_empty or other.is_empty:
        return None
    size = shapely.area(other)
    apart = shapely.area(shapely.symmetric_difference(one, other))
    # Rings that go round a lobe the other way take its area off; only if that is next to nothing the lobes are slips.
    return other if max(apart, abs(size - _turning_area(shape))) <= SAME_SHARE * size else None


def _turning_area(shape: BaseGeometry) -> float:
    """The area as the rings run: what they go round once in their direction, less what they go round against it."""
    return float(
        sum(
            abs(_signed(part.exterior)) - sum(abs(_signed(hole)) for hole in part.interiors)
            for part in shapely.get_parts(shape)
        )
    )


def _signed(ring: LinearRing) -> float:
    points = shapely.get_coordinates(ring)
    x, y = (points - points[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def _only_areas(shape: BaseGeometry) -> BaseGeometry:
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    return shapely.union_all(parts)


def _plain(shape: BaseGeometry) -> BaseGeometry:
    """Anticlockwise, rounded where that keeps it whole, and a single polygon where it is one."""
    parts = shapely.get_parts(shape)
    single = parts[0] if len(parts) == 1 else shape
    rounded = shapely.transform(single, lambda pairs: np.round(pairs, DECIMALS))
    return shapely.orient_polygons(rounded if shapely.is_valid(rounded) else single)


def _is_turned(shape: BaseGeometry) -> bool:
    return any(
        not shapely.is_ccw(part.exterior) or any(shapely.is_ccw(hole) for hole in part.interiors)
        for part in shapely.get_parts(shape)
    )
