import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import raster
from geo.area import polygons_of
from geo.raster import NOWHERE, SQUARES_A_CELL, Raster, raster_of
from tests.geo.builders import LAT, LON, SIDE, bent, chessboard, square

AREAS = polygons_of(list(bent(7, 5, seed=3).values()))
RASTER = raster_of(AREAS)

around = st.tuples(st.floats(LON - 0.002, LON + 0.008), st.floats(LAT - 0.002, LAT + 0.008))


def said(of: Raster, *points: tuple[float, float]) -> list[list[int]]:
    """For each point the positions of the areas that may hold it: the answer itself, the candidates of an open square, or none."""
    x, y = np.array(points, dtype=np.float64).reshape(-1, 2).T
    found = []
    for answer in of.answers_of(x, y).tolist():
        at = -2 - answer
        found.append(
            of.candidates[of.first[at] : of.first[at + 1]].tolist() if at >= 0 else [answer] * (answer != NOWHERE)
        )
    return found


@given(around)
def test_whatever_area_covers_a_point_is_among_those_its_square_names(point: tuple[float, float]) -> None:
    covering = np.flatnonzero(shapely.covers(AREAS, shapely.Point(point))).tolist()
    (named,) = said(RASTER, point)
    assert set(covering) <= set(named)
    assert named == sorted(named)


@given(around)
def test_a_square_that_names_one_area_and_no_candidates_lies_in_it_whole(point: tuple[float, float]) -> None:
    x, y = np.array([point[0]]), np.array([point[1]])
    (answer,) = RASTER.answers_of(x, y).tolist()
    if answer >= 0:
        column, row = RASTER.across.steps_of(x)[0], RASTER.up.steps_of(y)[0]
        (west, east), (south, north) = RASTER.across.edges(), RASTER.up.edges()
        assert AREAS[answer].covers(shapely.box(west[column], south[row], east[column], north[row])[0])


def test_most_points_of_a_city_need_no_comparing() -> None:
    chance = np.random.default_rng(5)
    west, south, east, north = shapely.total_bounds(AREAS)
    answers = RASTER.answers_of(chance.uniform(west, east, 5000), chance.uniform(south, north, 5000))
    assert np.mean(answers >= NOWHERE) > 0.6


def test_a_point_outside_or_of_no_number_lies_in_no_square() -> None:
    nan, far = float("nan"), float("inf")
    outside = [(LON - 1, LAT), (LON, LAT + 1), (nan, LAT), (LON, nan), (far, LAT), (LON, -far)]
    assert said(RASTER, *outside) == [[]] * len(outside)


def test_a_corner_of_four_areas_has_all_of_them_for_candidates() -> None:
    board = raster_of(polygons_of(list(chessboard(2, 2).values())))
    assert said(board, (LON + SIDE, LAT + SIDE)) == [[0, 1, 2, 3]]


def test_no_area_makes_a_raster_that_says_nothing_of_any_point() -> None:
    empty = raster_of(np.array([], dtype=object))
    assert said(empty, (LON, LAT), (0.0, 0.0)) == [[], []]


def test_areas_far_apart_have_no_squares_between_them() -> None:
    pair = raster_of(polygons_of([square(0, 0), square(5000, 0)]))
    assert len(pair.answers) < 4 * 2 * SQUARES_A_CELL
    assert said(pair, (LON + SIDE / 2, LAT + SIDE / 2), (LON + 2500 * SIDE, LAT), (LON + 5000.5 * SIDE, LAT)) == [
        [0],
        [],
        [1],
    ]


def test_a_large_city_has_larger_squares_rather_than_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "MOST_SQUARES", 100)
    coarse = raster_of(AREAS)
    assert len(coarse.answers) <= 130 < len(RASTER.answers)
    middles = shapely.get_coordinates(shapely.point_on_surface(AREAS))
    assert all(at in named for at, named in enumerate(said(coarse, *map(tuple, middles))))


def test_squares_are_filled_alike_however_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "_AT_ONCE", 17)
    again = raster_of(AREAS)
    for name in ("answers", "first", "candidates"):
        assert np.array_equal(getattr(again, name), getattr(RASTER, name)), name
