"""The map's geometry: every cell once, rounded, and known again by its tag."""

import gzip
import json

from city.registry import Cell
from operations.geometry import feature_collection, seal
from tests.operations.builders import CELL, OTHER_CELL, name, registry, square


def test_every_cell_is_a_feature_in_the_order_of_its_code() -> None:
    made = feature_collection(reversed(registry().cells.values()))
    assert [f["id"] for f in made["features"]] == [CELL, OTHER_CELL]
    assert made["features"][0]["properties"] == {"code": CELL, "zh": "cell one（中）", "en": "cell one"}


def test_coordinates_have_six_decimals_at_any_depth() -> None:
    area = square(111.123456789, 30.0)
    multi = {"type": "MultiPolygon", "coordinates": [area["coordinates"]]}
    made = feature_collection([Cell(code=CELL, name=name("x"), geometry=multi)])
    assert made["features"][0]["geometry"]["coordinates"][0][0][0] == [111.123457, 30.0]


def test_sealed_bytes_unpack_to_the_same_json() -> None:
    sealed = seal(feature_collection(registry().cells.values()))
    assert gzip.decompress(sealed.packed) == sealed.plain
    assert json.loads(sealed.plain)["type"] == "FeatureCollection"


def test_the_tag_follows_from_the_content_alone() -> None:
    assert seal([1]).tag == seal([1]).tag != seal([2]).tag
    assert seal([1]).packed == seal([1]).packed
