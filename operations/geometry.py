"""The map's geometry as GeoJSON (RFC 7946): every cell once, or the outlines of a level; small enough to send and never sent twice."""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from city.names import Name
from city.places.outlines import Outlines
from city.registry import Cell
from geo.codes import Level

DECIMALS = 6


class Sealed(Struct, frozen=True, kw_only=True):
    """Bytes to send, packed with gzip, and the tag (RFC 9110 §8.8.3) by which a browser knows that it has them already."""

    packed: bytes
    plain: bytes
    tag: str


def feature_collection(cells: Iterable[Cell]) -> dict[str, Any]:
    """The cells as GeoJSON features in the order of their codes; coordinates have six decimals, 0.1 m."""
    return {"type": "FeatureCollection", "features": [_feature(cell) for cell in sorted(cells, key=lambda c: c.code)]}


def places_collection(outlines: Outlines, level: Level, within: str) -> dict[str, Any]:
    """The places of a level in a place as GeoJSON features: above the cell their outlines, with a point for a label."""
    ground = outlines.ground
    codes = ground.within(within, level).codes
    if level is Level.CELL:
        features = [_feature(ground.cells[code]) for code in codes]
        points = ground.middles[ground.span(within)].tolist()
    else:
        drawn = outlines.of(level, codes)
        features = [_outline(code, ground.name(code), outline.geometry) for code, outline in drawn.items()]
        points = [outline.label for outline in drawn.values()]
    for feature, point in zip(features, points, strict=True):
        feature["properties"] |= dict(zip(("level", "lon", "lat"), (level, *_rounded(point)), strict=True))
    return {"type": "FeatureCollection", "features": features}


def seal(value: Any) -> Sealed:
    """A value as JSON, ready to send. The tag follows from the content alone."""
    plain = msgspec.json.encode(value)
    tag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    return Sealed(packed=gzip.compress(plain, 6, mtime=0), plain=plain, tag=tag)


def _feature(cell: Cell) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": cell.code,
        "properties": {"code": cell.code, "zh": cell.name.zh, "en": cell.name.en},
        "geometry": {"type": cell.geometry["type"], "coordinates": _rounded(cell.geometry["coordinates"])},
    }


def _outline(code: str, name: Name | None, drawn: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": code,
        "properties": {"code": code, "zh": name.zh if name else code, "en": name.en if name else code},
        "geometry": {"type": drawn["type"], "coordinates": _rounded(drawn["coordinates"])},
    }


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, (int, float)):
        return round(float(coordinates), DECIMALS)
    return [_rounded(part) for part in coordinates]
