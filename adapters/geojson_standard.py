"""Whether a file is GeoJSON as RFC 7946 has it, or in a sentence why not: in UTF-8, a list of features, in a coordinate system that there is."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw, Struct

from geo.planes import named

MOST_NAMED = 8
_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ESRI = "geometryType"  # ArcGIS writes a JSON of its own, which can be read too


class Seen(Struct, frozen=True, kw_only=True):
    """What was seen of a file: why it is no GeoJSON, else "", and the coordinate system it names where nobody knows that."""

    flaw: str = ""
    unknown_crs: str = ""


def seen(path: Path) -> Seen:
    """Looks at the file without taking it apart; numbers that are none and what else is no JSON are left to who reads it. Raises OSError."""
    content = path.read_bytes().removeprefix(_MARK)
    if not content.strip():
        return Seen(flaw=f"{path.name} is empty")
    if content.startswith(_UTF_16) or not _is_utf_8(content):
        return Seen(
            flaw=f"{path.name} is not in UTF-8, which GeoJSON always is (RFC 7946){_guess(content)}: save it again as UTF-8"
        )
    try:
        document = msgspec.json.decode(content, type=dict[str, Raw])
    except msgspec.ValidationError:
        return Seen(flaw=f"{path.name} is no GeoJSON FeatureCollection: save it as one again")
    except (msgspec.DecodeError, RecursionError):
        return Seen()
    return _seen(path.name, document)


def _seen(name: str, document: dict[str, Raw]) -> Seen:
    kind = _plain(document.get("type"))
    if kind != "FeatureCollection":
        # ArcGIS's own JSON, a lone feature and a lone geometry can be read as well.
        other = _ESRI in document or "geometry" in document or "coordinates" in document or "geometries" in document
        said = f': its "type" is {kind!r}' if kind else ""
        return Seen() if other else Seen(flaw=f"{name} is JSON, but no GeoJSON FeatureCollection{said}")
    try:
        features = msgspec.json.decode(document.get("features", Raw(b"null")), type=list[Raw])
    except msgspec.ValidationError:
        return Seen(flaw=f"{name} is JSON, but no GeoJSON FeatureCollection: it has no list of features")
    none = [str(at) for at, feature in enumerate(features, start=1) if bytes(memoryview(feature)[:1]) != b"{"]
    if none:
        more = f" and {len(none) - MOST_NAMED:,} more" if len(none) > MOST_NAMED else ""
        said = f"feature{'s' if len(none) > 1 else ''} {', '.join(none[:MOST_NAMED])}{more}"
        return Seen(
            flaw=f"{name}: {said} {'are no features' if len(none) > 1 else 'is no feature'} with properties and a geometry"
        )
    return Seen(unknown_crs=_unknown(document.get("crs")))


def _unknown(written: Raw | None) -> str:
    """What the member `crs`, which RFC 7946 no longer has but files do, calls the system; nothing where it is known or not named."""
    crs = _plain(written)
    if crs is None:
        return ""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    called = name if isinstance(name, str) and name else str(crs)
    try:
        named(called)
    except ValueError:
        return called
    return ""


def _plain(written: Raw | None) -> Any:
    return None if written is None else msgspec.json.decode(written)


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError as wrong:
        return "unexpected end" in wrong.reason  # cut off within a letter: who reads it says that it is not whole
    return True


def _guess(content: bytes) -> str:
    if content.startswith(_UTF_16):
        return "; it is UTF-16"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "; it may be GB 18030 (GBK)"
