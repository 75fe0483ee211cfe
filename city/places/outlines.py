"""How the places above the cell are drawn: as registered, or dissolved from their cells; the larger the place, the coarser.

The shapes of one level are simplified together and once, so that neighbours keep their common border whoever asks for which part.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np
import shapely
from msgspec import Struct

from city.places.ground import LEVELS, Ground
from geo.codes import LENGTHS, Level
from geo.dissolve import Areas, areas_of, dissolved, simplified

TOLERANCES = {Level.CITY: 5e-4, Level.DISTRICT: 2e-4, Level.TOWN: 1e-4, Level.COMMUNITY: 3e-5}
"""How much of a border may be left out, in degrees of longitude or latitude: 1e-4 is about ten metres."""


class Outline(Struct, frozen=True):
    """A GeoJSON geometry in degrees, and a point (lon, lat) inside it for a label."""

    geometry: dict[str, Any]
    label: list[float]


class Outlines:
    """The outlines of one ground, worked out when first asked for and kept."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._exact: dict[Level, dict[str, shapely.Geometry]] = {}
        self._drawn: dict[Level, dict[str, Outline]] = {}

    def of(self, level: Level, codes: Iterable[str]) -> dict[str, Outline]:
        """The drawn outlines of places of a level above the cell, by code; places without ground are left out."""
        if level not in self._drawn:
            exact = self._whole(level)
            shapes: Areas = np.array(list(exact.values()), dtype=object)
            self._drawn[level] = dict(zip(exact, _drawn(simplified(shapes, TOLERANCES[level])), strict=True))
        drawn = self._drawn[level]
        return {code: drawn[code] for code in codes if code in drawn}

    def _whole(self, level: Level) -> dict[str, shapely.Geometry]:
        """The exact shapes of a level: each dissolved from those of the level below, unless its own is registered."""
        if level not in self._exact:
            self._exact[level] = {**self._from_below(level), **self._registered(level)}
        return self._exact[level]

    def _registered(self, level: Level) -> dict[str, shapely.Geometry]:
        wanted = set(self.ground.within(self.ground.registry.code, level).codes)
        given = {
            code: place.geometry
            for code, place in self.ground.registry.places.items()
            if code in wanted and place.geometry is not None
        }
        return dict(zip(given, areas_of(list(given.values())), strict=True)) if given else {}

    def _from_below(self, level: Level) -> dict[str, shapely.Geometry]:
        if level is Level.COMMUNITY:
            places = self.ground.within(self.ground.registry.code, level)
            parts = [self.ground.areas[b:e] for b, e in zip(places.begin.tolist(), places.end.tolist(), strict=True)]
            return {code: dissolved(some) for code, some in zip(places.codes, parts, strict=True) if len(some)}
        below = LEVELS[LEVELS.index(level) + 1]
        smaller = self._whole(below)
        found: dict[str, list[shapely.Geometry]] = {}
        for code, shape in smaller.items():
            found.setdefault(code[: LENGTHS[level]], []).append(shape)
        return {code: dissolved(np.array(some, dtype=object)) for code, some in sorted(found.items())}


def _drawn(shapes: Areas) -> list[Outline]:
    labels = shapely.get_coordinates(shapely.point_on_surface(shapes)).tolist()
    texts = shapely.to_geojson(shapes).tolist()
    return [Outline(msgspec.json.decode(text), label) for text, label in zip(texts, labels, strict=True)]
