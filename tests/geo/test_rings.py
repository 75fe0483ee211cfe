from collections.abc import Mapping
from typing import Any

import pytest

from geo.faults import FaultKind
from geo.rings import drawn
from tests.geo.builders import LAT, LON, SIDE, square

RING = square(0, 0)["coordinates"][0]
HOLE = [[LON + east * SIDE, LAT + north * SIDE] for east, north in [(0.2, 0.2), (0.2, 0.4), (0.4, 0.4), (0.2, 0.2)]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def fault_of(geometry: Mapping[str, Any] | None) -> tuple[FaultKind, str, str | None]:
    """Its only fault: the kind, the English sentence, and what it is drawn as."""
    read = drawn([("here", geometry)])
    (fault,) = read.faults
    assert fault.codes == ("here",)
    assert fault.at == (0,)
    assert fault.zh.startswith("here：")
    return fault.kind, fault.en, fault.geometry and fault.geometry["type"]


def test_sound_areas_are_drawn_and_have_no_fault() -> None:
    pieces = {"type": "MultiPolygon", "coordinates": [[RING, HOLE], square(3, 0)["coordinates"]]}
    read = drawn([("a", polygon(RING)), ("b", polygon(RING, HOLE)), ("c", pieces)])
    assert read.faults == []
    assert read.meant == []
    assert [shape.geom_type for shape in read.shapes] == ["Polygon", "Polygon", "MultiPolygon"]
    assert read.shapes[1].area == pytest.approx(read.shapes[0].area - 0.02 * SIDE * SIDE)


def test_heights_are_left_aside() -> None:
    (shape,) = drawn([("a", polygon([[*point, 12.5] for point in RING]))]).shapes
    assert not shape.has_z


@pytest.mark.parametrize(
    ("geometry", "words", "picture"),
    [
        (None, "there is none", None),
        ({"type": "Point", "coordinates": [LON, LAT]}, "a Polygon or a MultiPolygon, not 'Point'", None),
        (polygon(), "empty", None),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "empty", None),
        (polygon([]), "a list of points", None),
        (polygon([[1, "2"], [3, 4]]), "a list of points", None),
        (polygon([[1, 2], [3]]), "not every point", None),
        (polygon([[1, 2], [3, float("nan")], [4, 5], [1, 2]]), "not degrees", None),
        (
            polygon([[500_000, 3_400_000], [500_100, 3_400_000], [500_100, 3_400_100], [500_000, 3_400_000]]),
            "not degrees",
            None,
        ),
        (polygon(RING[:3]), "3 points, but needs 4", "LineString"),
        (polygon(RING[:1]), "1 points", "Point"),
        (polygon(RING[:4]), "not closed", "LineString"),
        (polygon(RING, HOLE[:3]), "3 points", "LineString"),
        (polygon([RING[0], RING[2], RING[1], RING[3], RING[0]]), "crosses itself at 111.3005", "Point"),
        (polygon(RING, [[2 * lon - LON + 0.01, lat] for lon, lat in HOLE]), "a hole lies outside", "Point"),
        (polygon([RING[0], RING[1], RING[0], RING[1], RING[0]]), "too few|crosses|points", "Point"),
    ],
)
def test_what_cannot_be_drawn_is_named_and_shown_where_it_can_be(
    geometry: dict[str, Any] | None, words: str, picture: str | None
) -> None:
    kind, said, drawn_as = fault_of(geometry)
    assert kind is FaultKind.INVALID_RING
    assert any(word in said for word in words.split("|")), said
    assert drawn_as == picture


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (polygon(RING[::-1]), "the outer ring runs clockwise"),
        (polygon(RING, HOLE[::-1]), "a hole runs anticlockwise"),
        (polygon(RING[::-1], HOLE[::-1]), "the outer ring runs clockwise"),
    ],
)
def test_rings_that_run_the_wrong_way_round_are_said_and_still_drawn(geometry: dict[str, Any], words: str) -> None:
    kind, said, drawn_as = fault_of(geometry)
    assert (kind, drawn_as) == (FaultKind.RING_ORDER, "MultiLineString")
    assert words in said
    assert drawn([("here", geometry)]).shapes[0].is_valid


def test_each_ring_that_is_broken_is_named_by_itself() -> None:
    read = drawn([("here", polygon(RING[:4], HOLE[:3]))])
    assert len(read.faults) == 2
    assert read.shapes[0] is None


def test_the_ground_that_a_broken_outline_was_meant_to_cover_is_guessed_from_its_points() -> None:
    (meant,) = drawn([("here", polygon(RING[:4]))]).meant
    assert meant.area == pytest.approx(SIDE * SIDE)
