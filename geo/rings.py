"""Which outlines can be drawn at all: rings that are closed, long enough, in degrees, in order, and do not cross themselves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.area import LARGEST_LAT, LARGEST_LON
from geo.faults import Fault, FaultKind

Shapes = npt.NDArray[np.object_]
Points = npt.NDArray[np.float64]
Place = tuple[str, Mapping[str, Any] | None]

FEWEST_POINTS = 4  # RFC 7946 §3.1.6: the first again at the end
_REASONS = {
    "Self-intersection": ("轮廓自相交", "the outline crosses itself"),
    "Ring Self-intersection": ("轮廓自相接", "the outline touches itself"),
    "Hole lies outside shell": ("孔在外环之外", "a hole lies outside of the outer ring"),
    "Holes are nested": ("孔中有孔", "a hole lies in a hole"),
    "Nested shells": ("部分相互重叠", "a piece lies in another"),
    "Interior is disconnected": ("内部被孔分割", "holes cut the inside into pieces"),
    "Duplicate Rings": ("环重复", "a ring is there twice"),
    "Too few points in geometry component": ("点太少", "a ring has too few different points"),
}
_WHERE = re.compile(r"(.*)\[(\S+) (\S+)\]")


@dataclass(frozen=True)
class Drawn:
    """What could be read: for each place its valid shape in degrees, or None; the ground that a broken one may have been meant to cover; the faults."""

    shapes: Shapes
    meant: list[BaseGeometry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class _Ring:
    """`turn` is twice the area inside in square degrees, negative where the ring runs clockwise."""

    points: Points
    outer: bool
    turn: float


def drawn(places: Sequence[Place]) -> Drawn:
    """Reads the GeoJSON areas of all places, whatever is wrong with them."""
    result = Drawn(np.full(len(places), None, dtype=object))
    for at, (code, geometry) in enumerate(places):
        try:
            polygons = _polygons(geometry)
        except ValueError as wrong:
            result.faults.append(
                _invalid(code, at, (f"几何无法读取（{wrong}）", f"the geometry cannot be read: {wrong}"))
            )
            continue
        broken = [fault for rings in polygons for ring in rings for fault in _ring_faults(code, at, ring)]
        result.faults.extend(broken or _order_faults(code, at, polygons))
        if broken:
            result.meant.append(_hull(polygons))
        else:
            result.shapes[at] = _shape(polygons)
    _drop_invalid(places, result)
    return result


def _polygons(geometry: Mapping[str, Any] | None) -> list[list[_Ring]]:
    """The rings of each polygon, the outer one first. Raises ValueError when that is not what the geometry says."""
    if not isinstance(geometry, Mapping):
        raise ValueError("there is none")  # noqa: TRY004 - a flaw of the data, as the others
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"an area is a Polygon or a MultiPolygon, not {kind!r}")
    polygons: Any = [coordinates] if kind == "Polygon" else coordinates
    if not (
        isinstance(polygons, Sequence) and polygons and all(isinstance(each, Sequence) and each for each in polygons)
    ):
        raise ValueError("the area is empty")
    return [[_ring(ring, outer=number == 0) for number, ring in enumerate(rings)] for rings in polygons]


def _ring(ring: Any, *, outer: bool) -> _Ring:
    try:
        points = np.asarray(ring)
    except ValueError as uneven:
        raise ValueError("not every point has as many coordinates") from uneven
    if points.ndim != 2 or points.shape[1] < 2 or points.dtype.kind not in "fiu":  # noqa: PLR2004 - points in rows, longitude and latitude
        raise ValueError("a ring is a list of points, a point two numbers")
    points = points[:, :2].astype(np.float64)
    east, north = (points - points[0]).T  # near zero, so that no digits are lost
    with np.errstate(invalid="ignore", over="ignore"):
        turn = float(east[:-1] @ north[1:] - east[1:] @ north[:-1])
    return _Ring(points, outer, turn)


def _ring_faults(code: str, at: int, ring: _Ring) -> Iterator[Fault]:
    furthest = np.abs(ring.points)
    wild = ~(furthest <= (LARGEST_LON, LARGEST_LAT)).all(axis=1)  # `<=` is false for what is no number
    if wild.any():
        lon, lat = ring.points[np.argmax(wild)]
        words = (
            f"坐标 {lon}, {lat} 不是经纬度（度）",
            f"the coordinates are not degrees of longitude and latitude: {lon}, {lat}",
        )
        yield _invalid(code, at, words)
    elif len(ring.points) < FEWEST_POINTS:
        words = (
            f"环只有 {len(ring.points)} 个点，至少应有 4 个",
            f"a ring has {len(ring.points)} points, but needs 4 at least",
        )
        yield _invalid(code, at, words, _line(ring.points))
    elif (ring.points[0] != ring.points[-1]).any():
        words = ("环未闭合：首尾点不同", "a ring is not closed: its last point is not its first")
        yield _invalid(code, at, words, _line(ring.points))


def _order_faults(code: str, at: int, polygons: list[list[_Ring]]) -> list[Fault]:
    wrong = [ring for rings in polygons for ring in rings if ring.turn * (1 if ring.outer else -1) < 0]
    if not wrong:
        return []
    holes = not any(ring.outer for ring in wrong)
    zh = "内环应为顺时针方向" if holes else "外环应为逆时针方向"
    en = "a hole runs anticlockwise" if holes else "the outer ring runs clockwise"
    lines = {"type": "MultiLineString", "coordinates": [ring.points.tolist() for ring in wrong]}
    return [
        Fault(
            kind=FaultKind.RING_ORDER,
            codes=(code,),
            at=(at,),
            geometry=lines,
            zh=f"{code}：{zh}（RFC 7946）",
            en=f"{code}: {en} (RFC 7946: outer rings anticlockwise, holes clockwise)",
        )
    ]


def _shape(polygons: list[list[_Ring]]) -> BaseGeometry:
    parts = [shapely.Polygon(rings[0].points, [hole.points for hole in rings[1:]]) for rings in polygons]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _drop_invalid(places: Sequence[Place], result: Drawn) -> None:
    there = np.flatnonzero(result.shapes != None)  # noqa: E711 - compared element by element
    bad = there[~shapely.is_valid(result.shapes[there])]
    for at, reason in zip(bad.tolist(), np.atleast_1d(shapely.is_valid_reason(result.shapes[bad])), strict=True):
        result.faults.append(_invalid(places[at][0], at, *_spelled(str(reason))))
        result.meant.append(result.shapes[at].convex_hull)
        result.shapes[at] = None


def _spelled(reason: str) -> tuple[tuple[str, str], Mapping[str, Any] | None]:
    """What GEOS says about an invalid shape, and the point that it says it of."""
    match = _WHERE.fullmatch(reason)
    text = match[1] if match else reason
    words = _REASONS.get(text, ("几何无效", f"not a valid area: {text}"))
    if match is None:
        return words, None
    lon, lat = float(match[2]), float(match[3])
    place = f"{lon:.6f}, {lat:.6f}"
    return (f"{words[0]}（{place}）", f"{words[1]} at {place}"), {"type": "Point", "coordinates": [lon, lat]}


def _invalid(code: str, at: int, words: tuple[str, str], geometry: Mapping[str, Any] | None = None) -> Fault:
    zh, en = words
    return Fault(
        kind=FaultKind.INVALID_RING, codes=(code,), at=(at,), geometry=geometry, zh=f"{code}：{zh}", en=f"{code}: {en}"
    )


def _line(points: Points) -> Mapping[str, Any]:
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0].tolist()}
    return {"type": "LineString", "coordinates": points.tolist()}


def _hull(polygons: list[list[_Ring]]) -> BaseGeometry:
    points = np.concatenate([rings[0].points for rings in polygons])
    sane = (np.abs(points) <= (LARGEST_LON, LARGEST_LAT)).all(axis=1)
    return shapely.MultiPoint(points[sane]).convex_hull
