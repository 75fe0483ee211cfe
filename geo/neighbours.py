"""Which cells lie next to each other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from shapely import STRtree

from geo.area import polygon_of

TOUCH_DEGREES = 1e-9  # a tenth of a millimetre: below what rounding moves a border, above what arithmetic does


def neighbours(geometries: Mapping[str, Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """For each code the codes of all cells that share a border or a corner with it, itself left out.

    `geometries` are GeoJSON areas in degrees. Raises ValueError when one is not valid.
    """
    codes = sorted(geometries)
    areas = np.array([polygon_of(geometries[code]) for code in codes], dtype=object)
    found: dict[str, set[str]] = {code: set() for code in codes}
    if codes:
        pairs = STRtree(areas).query(areas, predicate="dwithin", distance=TOUCH_DEGREES)
        for one, other in pairs.T.tolist():
            if one != other:
                found[codes[one]].add(codes[other])
    return {code: frozenset(beside) for code, beside in found.items()}
