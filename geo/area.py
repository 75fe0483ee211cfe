"""How large an area is, and a point that stands for it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

LARGEST_LON = 180.0
LARGEST_LAT = 90.0

_POLYGON, _MULTIPOLYGON = 3, 6  # GEOS's numbers of the types
_GEOD = Geod(ellps="WGS84")


def polygon_of(geometry: Mapping[str, Any]) -> Polygon | MultiPolygon:
    """The shape of a GeoJSON Polygon or MultiPolygon. Raises ValueError, saying what is wrong, when it is not a valid one."""
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"an area is a Polygon or a MultiPolygon, not {kind!r}")
    try:
        with np.errstate(invalid="ignore"):
            area = shape(dict(geometry))
    except (TypeError, ValueError, IndexError, KeyError, shapely.errors.ShapelyError) as wrong:
        raise ValueError(f"the coordinates cannot be read: {wrong}") from wrong
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        raise ValueError("the area is empty")
    _check_degrees(area)
    if not area.is_valid:
        raise ValueError(f"not a valid area: {shapely.is_valid_reason(area)}")
    return area


def are_polygons(geometries: Sequence[Mapping[str, Any]]) -> list[bool]:
    """For many GeoJSON geometries whether `polygon_of` would take them; fast, but False for a few that it would take."""
    texts = np.array([_text(geometry) for geometry in geometries], dtype=object)
    areas = shapely.from_geojson(texts, on_invalid="ignore")
    kinds = np.isin(shapely.get_type_id(areas), (_POLYGON, _MULTIPOLYGON))
    with np.errstate(invalid="ignore"):
        bounds = np.abs(shapely.bounds(areas))
    known = (bounds <= (LARGEST_LON, LARGEST_LAT, LARGEST_LON, LARGEST_LAT)).all(axis=1)
    sound = shapely.is_valid(areas) & ~shapely.is_empty(areas) & ~shapely.has_z(areas)
    good: list[bool] = (kinds & known & sound).tolist()
    return good


def polygons_of(geometries: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.object_]:
    """The shapes of many GeoJSON areas, in their order: as `polygon_of`, and faster. Raises ValueError as it does."""
    try:
        with np.errstate(invalid="ignore"):
            drawn: npt.NDArray[np.object_] = shapely.from_geojson([msgspec.json.encode(each) for each in geometries])
        sound = (
            np.isin(shapely.get_type_id(drawn), (_POLYGON, _MULTIPOLYGON)).all() and not shapely.is_empty(drawn).any()
        )
        furthest = np.abs(shapely.get_coordinates(drawn)) <= (LARGEST_LON, LARGEST_LAT)
        if sound and furthest.all() and shapely.is_valid(drawn).all():
            return drawn
    except (TypeError, msgspec.EncodeError, shapely.errors.GEOSException):
        pass  # what exactly is wrong is said below, of the first that is
    return np.array([polygon_of(each) for each in geometries], dtype=object)


def square_metres(geometry: Mapping[str, Any]) -> float:
    """The area in m² on the WGS-84 ellipsoid, holes taken off. Raises ValueError as `polygon_of`."""
    return surface_m2(polygon_of(geometry))


def surface_m2(area: BaseGeometry) -> float:
    """The area of a shape in degrees, in m² on the WGS-84 ellipsoid (Karney's geodesic polygons)."""
    return sum(_part_m2(part) for part in shapely.get_parts(area).tolist() if isinstance(part, Polygon))


def centre(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """A point (lon, lat) inside the area: its centroid where that lies inside. Raises ValueError as `polygon_of`."""
    area = polygon_of(geometry)
    middle = area.centroid
    inside = middle if area.contains(middle) else area.representative_point()
    return inside.x, inside.y


def centres(geometries: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """For each code a point inside its area: as `centre`, and faster for many. Raises ValueError as `polygon_of`."""
    areas = polygons_of(list(geometries.values()))
    middles = shapely.centroid(areas)
    inside = np.where(shapely.contains(areas, middles), middles, shapely.point_on_surface(areas))
    found: list[list[float]] = shapely.get_coordinates(inside).tolist()
    return {code: (lon, lat) for code, (lon, lat) in zip(geometries, found, strict=True)}


def _part_m2(part: Polygon) -> float:
    outline = shapely.geometry.polygon.orient(part)
    return float(_GEOD.geometry_area_perimeter(outline)[0])


def _text(geometry: Any) -> str:
    try:
        return msgspec.json.encode(geometry).decode()
    except (TypeError, ValueError, OverflowError, UnicodeError):
        return "{}"


def _check_degrees(area: BaseGeometry) -> None:
    # All of the points, because bounds leave out what is no number; `<=` is false for those.
    furthest = np.abs(shapely.get_coordinates(area))
    if not (furthest <= (LARGEST_LON, LARGEST_LAT)).all():
        lon, lat = shapely.get_coordinates(area)[np.argmax(~(furthest <= (LARGEST_LON, LARGEST_LAT)).all(axis=1))]
        raise ValueError(f"the coordinates are not degrees of longitude and latitude: {lon}, {lat}")
