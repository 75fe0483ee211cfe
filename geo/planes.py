"""Where coordinates of any system lie in degrees of WGS-84: plane systems by EPSG code or WKT, and the shifted ones of map services."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geo.crs import CRS_NAMES, in_china, to_wgs84_many

Pairs = npt.NDArray[np.float64]
ToDegrees = Callable[[Pairs], Pairs]

MARGIN_DEGREES = 2.0  # cities straddle the edge of their zone
FULL_TURN = 360.0
A_ZONE_M = 1_000_000  # an easting beyond this begins with the number of its zone
_MODERN = ("wgs 84", "wgs_1984", "wgs84", "china 2000", "china_2000", "cgcs2000")


def converter(crs: str) -> ToDegrees:
    """A function from pairs (n, 2) of this system, east or longitude first, to (lon, lat) in degrees of WGS-84.

    Known are wgs84, cgcs2000, gcj02, bd09 and everything that PROJ reads, such as EPSG:4546 or WKT. What has no image becomes infinite.
    Raises ValueError when the system is not known.
    """
    if crs in CRS_NAMES:
        return lambda pairs: np.column_stack(to_wgs84_many(pairs[:, 0], pairs[:, 1], crs))
    transformer = Transformer.from_crs(_known(crs), CRS.from_epsg(4326), always_xy=True)

    def convert(pairs: Pairs) -> Pairs:
        try:
            return np.column_stack(transformer.transform(pairs[:, 0], pairs[:, 1]))
        except ProjError:
            return np.full_like(pairs, np.inf)

    return convert


def named(crs: str) -> str:
    """The system as people call it: one of our own words, or its name and authority code. Raises ValueError when it is not known."""
    if crs in CRS_NAMES:
        return crs
    system = _known(crs)
    authority = system.to_authority(min_confidence=70)
    return f"{system.name} ({':'.join(authority)})" if authority else str(system.name)


def is_exact(crs: str) -> bool:
    """Whether conversion is good to a metre; not so for older datums whose parameters are local. Raises ValueError as `named`."""
    if crs in CRS_NAMES:
        return True
    system = _known(crs)
    datum = f"{system.datum.name if system.datum else ''} {system.name}".lower()
    return any(word in datum for word in _MODERN)


def strayed(pairs: Pairs, degrees: Pairs, crs: str) -> str:
    """Why coordinates cannot be of this system, in a sentence, or nothing when they can be. `degrees` is what they became."""
    if not len(pairs):
        return ""
    if not np.isfinite(degrees).all() or (np.abs(degrees) > (180.0, 90.0)).any():
        return _why(pairs, crs)
    lon, lat = np.median(degrees, axis=0).tolist()
    area = None if crs in CRS_NAMES else _known(crs).area_of_use
    if area is None or (
        area.west - MARGIN_DEGREES <= lon <= area.east + MARGIN_DEGREES
        and area.south - MARGIN_DEGREES <= lat <= area.north + MARGIN_DEGREES
    ):
        return ""
    return f"{_why(pairs, crs)} (it would put the city at {lon:.3f}, {lat:.3f})"


def _why(pairs: Pairs, crs: str) -> str:
    x, y = pairs[int(np.argmax(np.abs(pairs).max(axis=1)))].tolist()
    said = f"{x:g}, {y:g} cannot be coordinates of {named(crs)}"
    in_degrees = crs in CRS_NAMES or _known(crs).is_geographic
    if in_degrees and in_china(y, x) and not in_china(x, y):
        return f"{said}: longitude and latitude are swapped"
    if in_degrees and max(abs(x), abs(y)) > FULL_TURN:
        return f"{said}: they look like metres; set crs to that of the data, such as EPSG:4546"
    if not in_degrees and max(abs(x), abs(y)) <= FULL_TURN:
        return f"{said}: they look like degrees; set crs to that of the data"
    if not in_degrees and abs(x) > A_ZONE_M:
        zone = int(abs(x) // A_ZONE_M)
        return f"{said}: an easting that begins with {zone} carries its zone; set crs to the system with that zone, such as EPSG:4525 for 37"
    return f"{said}: set crs to that of the data"


def _known(crs: str) -> CRS:
    try:
        system = CRS.from_user_input(crs)
    except CRSError as wrong:
        raise ValueError(
            f"unknown coordinate system {crs[:60]!r}: use one of {', '.join(CRS_NAMES)}, or an EPSG code such as EPSG:4546"
        ) from wrong
    if not (system.is_geographic or system.is_projected):
        raise ValueError(
            f"{system.name[:60]!r} is no system of degrees or of metres on a known plane, so nobody can say where on Earth it lies: "
            "have the data converted, or set crs to what they are in"
        )
    return system
