"""Whether the places of a city fit: codes that lie in each other, indices given once, cells that tile the ground."""

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from city.soundness.draft import Draft, Flaw, listed
from geo.area import LARGEST_LON, polygon_of
from geo.codes import Level, flaws_of, level_of, parent_of
from geo.crs import CRS_NAMES
from geo.topology import Duplicate, Gap, Overlap, gaps, overlaps

LEVELS_OF = {
    "city": (Level.CITY,),
    "districts": (Level.DISTRICT,),
    "places": (Level.TOWN, Level.COMMUNITY),
    "cells": (Level.CELL,),
}


def place_flaws(draft: Draft) -> Iterator[Flaw]:
    """What does not fit among districts, towns, communities and cells."""
    yield from _code_flaws(draft)
    yield from _index_flaws(draft)
    for district in draft.registry.districts.values():
        if district.crs not in CRS_NAMES:
            what = f"unknown crs {district.crs!r}: use one of {listed(CRS_NAMES)}"
            yield Flaw("districts", district.code, "crs", what)
    yield from _ground_flaws(draft)


def _code_flaws(draft: Draft) -> Iterator[Flaw]:
    codes = {
        "city": draft.mentioned.get("city", ()),
        "districts": draft.registry.districts,
        "places": draft.places,
        "cells": draft.registry.cells,
    }
    for kind, places in codes.items():
        for code in places:
            for what in _flaws_of_code(draft, kind, code):
                yield Flaw(kind, code, "code", what)


def _flaws_of_code(draft: Draft, kind: str, code: str) -> list[str]:
    impossible = flaws_of(code)
    if impossible:
        return [f"{code}: {what}" for what in impossible]
    wanted = LEVELS_OF[kind]
    if level_of(code) not in wanted:
        return [f"{code} is the code of a {level_of(code)}, not of a {' or a '.join(wanted)}"]
    parent = parent_of(code)
    if parent is None or _is_there(draft, parent):
        return []
    return [f"{code} lies in {parent}, but there is no {level_of(parent)} {parent} here"]


def _is_there(draft: Draft, place: str) -> bool:
    match level_of(place):
        case Level.CITY:
            return draft.knows("city", place)
        case Level.DISTRICT:
            return draft.knows("districts", place)
        case _:
            # A small city may leave its towns and communities out; if it names any of a level, it names all.
            named = any(len(code) == len(place) for code in draft.mentioned.get("places", ()))
            return draft.knows("places", place) or not named


def _index_flaws(draft: Draft) -> Iterator[Flaw]:
    holders: dict[int, str] = {}
    for district in draft.registry.districts.values():
        first = holders.setdefault(district.index, district.code)
        if first != district.code:
            what = f"index {district.index} is {first}'s already: every district has its own, never reused"
            yield Flaw("districts", district.code, "index", what)
        if district.index < 0:
            yield Flaw("districts", district.code, "index", f"index {district.index}: it counts from 0")


def _ground_flaws(draft: Draft) -> Iterator[Flaw]:
    areas = {code: polygon_of(cell.geometry) for code, cell in draft.registry.cells.items()}
    for shared in overlaps(areas):
        yield _overlap_flaw(shared)
    uncertain = _covered_by_broken(draft.broken)
    for gap in gaps(areas):
        if not uncertain.dwithin(shapely.Point(gap.lon, gap.lat), 0):
            yield Flaw("cells", min(gap.cells, default=""), "geometry", _gap_words(gap))


def _overlap_flaw(shared: Overlap | Duplicate) -> Flaw:
    match shared:
        case Duplicate(first, second):
            what = f"{second} covers the same ground as {first}: one area, two codes"
        case Overlap(first, second, area_m2):
            what = f"{second} overlaps {first} by {area_m2:,.2f} m²"
        case _:
            assert_never(shared)
    return Flaw("cells", shared.second, "geometry", what)


def _gap_words(gap: Gap) -> str:
    return f"a gap of {gap.area_m2:,.2f} m² between {listed(gap.cells)} at {gap.lon:.6f}, {gap.lat:.6f}"


def _covered_by_broken(broken: Mapping[str, Mapping[str, Any]]) -> BaseGeometry:
    """The ground that cells with broken outlines may have been meant to cover, as far as their points say."""
    hulls = []
    for geometry in broken.values():
        try:
            with np.errstate(invalid="ignore"):
                drawn = shape(dict(geometry))
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, shapely.errors.ShapelyError):
            continue
        if (np.abs(shapely.get_coordinates(drawn)) <= LARGEST_LON).all():
            hulls.append(drawn.convex_hull)
    return shapely.union_all(hulls)
