import json
from pathlib import Path
from typing import Any

import pytest

from adapters.geojson_standard import Seen, seen

RING = [[111.3, 30.7], [111.4, 30.7], [111.4, 30.8], [111.3, 30.7]]
FEATURE = {"type": "Feature", "properties": {"MC": "望津区"}, "geometry": {"type": "Polygon", "coordinates": [RING]}}


def collection(*features: Any, **more: Any) -> bytes:
    """A FeatureCollection in UTF-8."""
    return json.dumps({"type": "FeatureCollection", **more, "features": features}, ensure_ascii=False).encode()


def look(folder: Path, content: bytes) -> Seen:
    """What is seen of a file with this content."""
    path = folder / "qu.geojson"
    path.write_bytes(content)
    return seen(path)


@pytest.mark.parametrize(
    "content",
    [
        collection(FEATURE),
        b"\xef\xbb\xbf" + collection(FEATURE),
        collection(),
        json.dumps(FEATURE).encode(),
        json.dumps(FEATURE["geometry"]).encode(),
        b'{"geometryType": "esriGeometryPolygon", "features": []}',
        collection(FEATURE).replace(b"30.8", b"NaN"),
        collection(FEATURE)[:90],
    ],
)
def test_what_is_geojson_and_what_only_a_reader_can_tell_has_no_flaw(tmp_path: Path, content: bytes) -> None:
    assert look(tmp_path, content) == Seen()


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", "qu.geojson is empty"),
        (b"\xef\xbb\xbf \n", "qu.geojson is empty"),
        (b"null", "qu.geojson is no GeoJSON FeatureCollection: save it as one again"),
        (b"[" * 100_000, "qu.geojson is no GeoJSON FeatureCollection: save it as one again"),
        (b"{}", "qu.geojson is JSON, but no GeoJSON FeatureCollection"),
        (b'{"type": "Topology"}', "qu.geojson is JSON, but no GeoJSON FeatureCollection: its \"type\" is 'Topology'"),
        (
            b'{"type": "FeatureCollection"}',
            "qu.geojson is JSON, but no GeoJSON FeatureCollection: it has no list of features",
        ),
        (collection(FEATURE, None), "qu.geojson: feature 2 is no feature with properties and a geometry"),
        (collection("a", FEATURE, 3), "qu.geojson: features 1, 3 are no features with properties and a geometry"),
        (
            collection(*range(10)),
            "qu.geojson: features 1, 2, 3, 4, 5, 6, 7, 8 and 2 more are no features with properties and a geometry",
        ),
    ],
)
def test_what_is_no_list_of_features_is_said_in_a_sentence(tmp_path: Path, content: bytes, flaw: str) -> None:
    assert look(tmp_path, content).flaw == flaw


@pytest.mark.parametrize(
    ("encoding", "guess"),
    [("gbk", "; it may be GB 18030 (GBK)"), ("utf-16", "; it is UTF-16"), ("big5-hkscs", "; it may")],
)
def test_another_encoding_than_the_standards_is_said(tmp_path: Path, encoding: str, guess: str) -> None:
    text = collection(FEATURE).decode().replace("望津区", "中區")
    flaw = look(tmp_path, text.encode(encoding if encoding != "gbk" else "gb18030")).flaw
    assert flaw.startswith(f"qu.geojson is not in UTF-8, which GeoJSON always is (RFC 7946){guess}")


def test_bytes_of_no_encoding_are_not_guessed_at(tmp_path: Path) -> None:
    flaw = look(tmp_path, collection(FEATURE) + b"\xff").flaw
    assert flaw == "qu.geojson is not in UTF-8, which GeoJSON always is (RFC 7946): save it again as UTF-8"


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4490", "urn:ogc:def:crs:EPSG::4547"])
def test_a_coordinate_system_that_is_known_is_left_to_the_reader(tmp_path: Path, name: str) -> None:
    assert look(tmp_path, collection(FEATURE, crs={"type": "name", "properties": {"name": name}})) == Seen()
    assert look(tmp_path, collection(FEATURE, crs=None)) == Seen()


@pytest.mark.parametrize(
    "crs", [{"type": "name", "properties": {"name": "宜昌独立坐标系"}}, {"type": "link"}, "local", 7]
)
def test_a_coordinate_system_that_nobody_knows_is_not_taken_for_degrees(tmp_path: Path, crs: Any) -> None:
    assert look(tmp_path, collection(FEATURE, crs=crs)).unknown_crs in (
        "宜昌独立坐标系",
        "{'type': 'link'}",
        "local",
        "7",
    )
