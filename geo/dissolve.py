"""What a larger place looks like from afar: its cells dissolved into one shape, and a level's shapes drawn with fewer points.

Neighbours keep a common border when they are simplified together, so that a map of them shows neither gaps nor overlaps.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

Areas = npt.NDArray[np.object_]
Metres = npt.NDArray[np.float64]

DECIMALS = 7  # of a degree, a centimetre: borders that differ by rounding only are one border
_EQUAL_AREA = Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)


def areas_of(geometries: Sequence[Mapping[str, Any]]) -> Areas:
    """GeoJSON areas in degrees as shapes, in their order; an empty one where there is nothing to read."""
    texts = [msgspec.json.encode(geometry) for geometry in geometries]
    drawn: Areas = shapely.from_geojson(texts, on_invalid="ignore")
    drawn[shapely.is_missing(drawn)] = shapely.Polygon()
    return drawn


def surfaces_m2(areas: Areas) -> Metres:
    """The surface of each of many shapes in degrees, in m², on an equal-area cylinder of the WGS-84 ellipsoid.

    For shapes of a few kilometres it differs from the geodesic surface by less than a millionth.
    """
    flat = shapely.transform(areas, lambda points: np.column_stack(_EQUAL_AREA.transform(points[:, 0], points[:, 1])))
    surfaces: Metres = shapely.area(flat)
    return surfaces


def dissolved(areas: Areas) -> shapely.Geometry:
    """The ground that shapes cover together, to a centimetre. Shapes that share whole borders are joined without arithmetic; others by overlay."""
    rounded = shapely.transform(areas, lambda points: points.round(DECIMALS))
    if shapely.coverage_is_valid(rounded):  # of shapes that overlap, the quick way would count the overlap twice
        return shapely.coverage_union_all(rounded)
    return shapely.union_all(shapely.make_valid(rounded))


def simplified(areas: Areas, tolerance: float) -> Areas:
    """The shapes with what is smaller than about `tolerance` (degrees) left out; a common border stays common where they form a coverage."""
    if tolerance <= 0 or not len(areas):
        return areas
    simpler: Areas
    try:
        simpler = shapely.coverage_simplify(areas, tolerance)
    except shapely.errors.GEOSException:
        simpler = shapely.simplify(areas, tolerance)
    gone = shapely.is_empty(simpler)
    return np.where(gone, areas, simpler)
