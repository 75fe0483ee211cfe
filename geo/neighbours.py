"""Which cells lie next to each other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from shapely import STRtree

from geo.area import polygons_of

TOUCH_DEGREES = 3e-7  # three centimetres: corners rounded to seven decimals on both sides of a border still meet


def neighbours(
    geometries: Mapping[str, Mapping[str, Any]], *, apart_degrees: float = TOUCH_DEGREES
) -> dict[str, frozenset[str]]:
    """For each code the codes of all cells that share a border or a corner with it, itself left out.

    `geometries` are GeoJSON areas in degrees; neither need a border's corners be the same on both sides, nor may rounding part two cells:
    what lies at most `apart_degrees` apart is beside each other. Raises ValueError when one is not valid.
    """
    codes = sorted(geometries)
    if not codes:
        return {}
    areas = polygons_of([geometries[code] for code in codes])
    one, other = STRtree(areas).query(areas, predicate="dwithin", distance=apart_degrees)
    one, other = one[one != other], other[one != other]
    other = other[np.argsort(one, kind="stable")]
    ends = np.cumsum(np.bincount(one, minlength=len(codes)))
    beside = np.array(codes, dtype=object)[other].tolist()
    return {
        code: frozenset(beside[begin:end])
        for code, begin, end in zip(codes, [0, *ends[:-1].tolist()], ends.tolist(), strict=True)
    }
