import math
from typing import cast

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import polygon_of, square_metres
from geo.distance import metres
from geo.generate import beside_of, connected, grown, in_degrees, mesh, polygon, split
from tests.geo.builders import bent

seeds = st.integers(0, 2**32 - 1)


@given(seeds)
@settings(max_examples=20)
def test_every_cell_is_a_valid_area_of_about_a_hectare(seed: int) -> None:
    for geometry in bent(8, 8, seed).values():
        assert 3_000 < square_metres(geometry) < 25_000


@given(seeds)
@settings(max_examples=20)
def test_the_same_seed_cuts_the_same_cells(seed: int) -> None:
    assert bent(3, 3, seed) == bent(3, 3, seed)
    assert bent(3, 3, seed) != bent(3, 3, seed + 1)


def test_neighbours_share_their_edge_point_by_point() -> None:
    ground = mesh(2, 1, side_m=100, warp=lambda points: points, rng=np.random.default_rng(1))
    left, right = set(ground.ring((0, 0))), set(ground.ring((1, 0)))
    assert len(left & right) == 3


def test_a_warp_moves_every_point() -> None:
    still = mesh(2, 2, side_m=100, warp=lambda points: points, rng=np.random.default_rng(1))
    moved = mesh(2, 2, side_m=100, warp=lambda points: points + 1000.0, rng=np.random.default_rng(1))
    assert np.array(still.ring((1, 1))) + 1000 == pytest.approx(np.array(moved.ring((1, 1))))


@given(st.integers(1, 80), seeds)
def test_grown_ground_is_connected_and_of_the_size_asked_for(count: int, seed: int) -> None:
    costs = np.random.default_rng(seed).random((10, 10))
    squares = grown((4, 4), count, may=lambda at: min(at) >= 0 and max(at) < 10, cost=lambda at: float(costs[at]))
    assert len(squares) == count
    assert connected(squares)
    assert (4, 4) in squares


def test_ground_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="only 4 of 5 squares can be reached"):
        grown((0, 0), 5, may=lambda at: at in {(0, 0), (0, 1), (1, 0), (1, 1)}, cost=sum)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 5))
def test_split_parts_are_equal_connected_and_all_there(columns: int, rows: int, parts: int) -> None:
    squares = {(column, row) for column in range(columns * parts) for row in range(rows)}
    found = split(squares, parts)
    assert [len(part) for part in found] == [len(squares) // parts] * parts
    assert all(connected(part) for part in found)
    assert {square for part in found for square in part} == squares


def test_a_bent_shape_is_cut_where_a_straight_cut_would_leave_islands() -> None:
    horseshoe = {(0, row) for row in range(8)} | {(3, row) for row in range(8)} | {(1, 0), (2, 0)}
    one, other = split(horseshoe, 2)
    assert connected(one)
    assert connected(other)


def test_squares_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="3 squares do not make 2 equal parts"):
        split({(0, 0), (1, 0), (2, 0)}, 2)


def test_a_star_that_nothing_cuts_in_two_is_refused() -> None:
    star = {(0, 0), *beside_of((0, 0)), (2, 0)}
    with pytest.raises(ValueError, match="cannot be cut into 2 connected parts"):
        split(star, 2)


def test_islands_are_not_connected_and_nothing_is() -> None:
    assert not connected({(0, 0), (1, 1)})
    assert connected(set())


def test_an_outline_becomes_a_geojson_polygon_in_degrees() -> None:
    ring = in_degrees([(0, 0), (100, 0), (100, 100), (0, 0)], lon=111.3, lat=30.7)
    assert ring[1] == (pytest.approx(111.3 + 0.00104473, abs=1e-5), 30.7)
    geometry = cast("dict[str, object]", dict(polygon(ring)))
    assert polygon_of(geometry).is_valid


@given(seeds)
@settings(max_examples=10)
def test_every_outline_is_closed_and_runs_anticlockwise(seed: int) -> None:
    ground = mesh(3, 3, side_m=100, warp=lambda points: points, rng=np.random.default_rng(seed))
    for square in [(column, row) for column in range(3) for row in range(3)]:
        ring = shapely.LinearRing(ground.ring(square))
        assert ring.is_closed
        assert ring.is_ccw


def test_ground_grows_toward_the_cheapest_squares_and_round_those_it_may_not_take() -> None:
    allowed = {(column, row) for column in range(4) for row in range(4)} - {(1, 0), (1, 1), (1, 2)}
    round_the_wall = {(0, 0), (0, 1), (0, 2), (0, 3), (1, 3), (2, 3), (2, 2), (2, 1), (2, 0), (3, 0)}
    assert grown((0, 0), 10, may=allowed.__contains__, cost=lambda at: 3 - at[0] + at[1]) == round_the_wall


@given(st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_metres_of_the_plan_are_metres_on_the_ground(east: float, north: float) -> None:
    (lon, lat), *_ = in_degrees([(east, north)], lon=111.3, lat=30.7)
    assert metres(111.3, 30.7, lon, lat) == pytest.approx(math.hypot(east, north), rel=0.001, abs=0.05)
