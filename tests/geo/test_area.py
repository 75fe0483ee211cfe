import math
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.area import (
    LARGEST_LAT,
    LARGEST_LON,
    are_polygons,
    centre,
    centres,
    polygon_of,
    polygons_of,
    square_metres,
    surface_m2,
)
from tests.geo.builders import LAT, LON, SIDE, area, bent, square

U_SHAPE = area([(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)])


def test_a_cell_of_a_thousandth_degree_measures_about_a_hectare() -> None:
    assert square_metres(square(0, 0)) == pytest.approx(0.001**2 * 110_880 * 95_800, rel=0.01)


def test_the_area_does_not_depend_on_which_way_round_it_is_drawn() -> None:
    ring = square(0, 0)["coordinates"][0]
    assert square_metres({"type": "Polygon", "coordinates": [ring[::-1]]}) == pytest.approx(square_metres(square(0, 0)))


def test_a_hole_is_taken_off() -> None:
    outside, inside = square(0, 0, width=3, height=3), square(1, 1)
    holed = {"type": "Polygon", "coordinates": [outside["coordinates"][0], inside["coordinates"][0]]}
    assert square_metres(holed) == pytest.approx(square_metres(outside) - square_metres(inside), rel=1e-6)


def test_the_parts_of_a_cell_in_two_pieces_add_up() -> None:
    both = {"type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"], square(5, 0)["coordinates"]]}
    assert square_metres(both) == pytest.approx(2 * square_metres(square(0, 0)), rel=1e-6)


def test_the_centre_of_a_square_is_its_middle() -> None:
    assert centre(square(0, 0)) == pytest.approx((LON + SIDE / 2, LAT + SIDE / 2))


def test_the_centre_of_a_bent_cell_lies_in_it_even_where_its_centroid_does_not() -> None:
    assert polygon_of(U_SHAPE).contains(shapely.Point(centre(U_SHAPE)))
    assert not polygon_of(U_SHAPE).contains(polygon_of(U_SHAPE).centroid)


def test_every_irregular_cell_holds_its_centre() -> None:
    for geometry in bent(6, 6, seed=3).values():
        assert polygon_of(geometry).contains(shapely.Point(centre(geometry)))


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({}, "not None"),
        ({"type": "Point", "coordinates": [1, 2]}, "not 'Point'"),
        ({"type": "Polygon"}, "cannot be read"),
        ({"type": "Polygon", "coordinates": [[[1, 2]]]}, "cannot be read"),
        ({"type": "Polygon", "coordinates": "here"}, "cannot be read"),
        ({"type": "Polygon", "coordinates": [[["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]]}, "cannot be read"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        (area([(0, 0), (1, 1), (1, 0), (0, 1)]), "Self-intersection"),
        (area([(0, 0), (200, 0), (200, 1)]), "not degrees"),
        (area([(0, 0), (float("nan"), 0), (1, 1)]), "not degrees"),
        (area([(0, 0), (1e308, 0), (1, 1)]), "not degrees"),
        ({"type": ["Polygon"], "coordinates": []}, "Polygon or a MultiPolygon"),
        (area([(500_000, 3_400_000), (500_100, 3_400_000), (500_100, 3_400_100)]), "not degrees"),
    ],
)
def test_what_is_no_area_is_refused_with_the_reason(geometry: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        polygon_of(geometry)


def test_an_eighth_of_the_earth_measures_an_eighth_of_the_ellipsoid() -> None:
    octant = area([(0, 0), (90, 0), (0, 90)])
    assert square_metres(octant) == pytest.approx(510_065_621_724_088 / 8, rel=1e-9)


def test_the_edge_of_the_map_is_still_on_it_and_what_lies_beyond_is_not() -> None:
    assert polygon_of(area([(179, 89), (LARGEST_LON, 89), (LARGEST_LON, LARGEST_LAT)])).is_valid
    for beyond in ((math.nextafter(LARGEST_LON, 181), 89), (179, math.nextafter(-LARGEST_LAT, -91))):
        with pytest.raises(ValueError, match="not degrees"):
            polygon_of(area([(179, 88), beyond, (178, 89)]))


def test_what_two_cells_share_along_a_border_or_at_a_corner_has_no_surface() -> None:
    one = polygon_of(square(0, 0))
    for other in (square(1, 0), square(1, 1)):
        shared = shapely.intersection(one, polygon_of(other))
        assert not shared.is_empty
        assert surface_m2(shared) == 0


def test_the_centre_of_a_cell_in_two_pieces_lies_in_one_of_them() -> None:
    both = {"type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"], square(5, 0)["coordinates"]]}
    assert polygon_of(both).contains(shapely.Point(centre(both)))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-200, 200) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)
RINGS = st.lists(st.tuples(st.floats(-200, 200), st.floats(-100, 100)), min_size=3, max_size=6).map(
    lambda ring: [[*ring, ring[0]]]
)


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": "nothing"},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, math.nan], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [400, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0, 5]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, None], [0, 0]]]},
    ],
)
def test_of_many_geometries_one_that_is_no_area_leaves_the_others_alone(geometry: dict[str, Any]) -> None:
    assert are_polygons([square(0, 0), geometry, square(1, 0)]) == [True, False, True]


def test_none_of_no_geometries_is_an_area() -> None:
    assert are_polygons([]) == []


@given(RINGS | JSON, st.sampled_from(["Polygon", "MultiPolygon", "Point"]))
def test_what_counts_as_an_area_among_many_is_one_by_itself(coordinates: Any, kind: str) -> None:
    geometry = {"type": kind, "coordinates": coordinates}
    (taken,) = are_polygons([geometry])
    if taken:
        assert polygon_of(geometry).is_valid


@given(st.integers(0, 2**32 - 1))
def test_many_areas_are_read_and_pointed_into_as_each_by_itself(seed: int) -> None:
    cells: dict[str, Any] = {**bent(3, 2, seed), "u": U_SHAPE}
    assert centres(cells) == {code: pytest.approx(centre(cell)) for code, cell in cells.items()}
    assert all(
        each.equals(polygon_of(cell))
        for each, cell in zip(polygons_of(list(cells.values())), cells.values(), strict=True)
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": "none"},
        area([(0, 0), (1, 1), (1, 0), (0, 1)]),
        area([(0, 0), (200, 0), (200, 1)]),
        area([(0, 0), (math.nan, 0), (1, 1)]),
    ],
)
def test_one_broken_area_among_many_is_refused_in_the_same_words(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w") as alone:
        polygon_of(broken)
    with pytest.raises(ValueError, match=r"\w") as among:
        polygons_of([square(0, 0), broken])
    assert str(among.value) == str(alone.value)


def test_no_areas_have_no_points() -> None:
    assert centres({}) == {}
    assert list(polygons_of([])) == []
