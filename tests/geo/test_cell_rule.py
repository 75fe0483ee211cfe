import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import surface_m2
from geo.cell_rule import SMALLEST_SHARE, cells_over

WEST, SOUTH = 111.30, 30.70
COMMUNITY = shapely.box(WEST, SOUTH, WEST + 0.005, SOUTH + 0.004)  # about 479 m by 443 m
BENT = shapely.Polygon(
    [
        (WEST, SOUTH),
        (WEST + 0.006, SOUTH + 0.001),
        (WEST + 0.005, SOUTH + 0.004),
        (WEST + 0.002, SOUTH + 0.0035),
        (WEST, SOUTH),
    ]
)


def test_cells_tile_the_community_without_gap_or_overlap() -> None:
    cells = cells_over(BENT, 100.0)
    assert sum(cell.area for cell in cells) == pytest.approx(BENT.area, rel=1e-9)
    assert shapely.union_all(cells).symmetric_difference(BENT).area < 1e-15
    shared = [one.intersection(other).area for at, one in enumerate(cells) for other in cells[:at]]
    assert max(shared) < 1e-15


def test_cells_are_about_as_wide_as_wanted() -> None:
    for cell in cells_over(COMMUNITY, 100.0):
        assert SMALLEST_SHARE * 10_000 * 0.99 <= surface_m2(cell) <= 20_000


def test_cells_come_in_the_order_of_their_numbers() -> None:
    middles = [cell.centroid for cell in cells_over(COMMUNITY, 100.0)]
    assert middles[0].y > middles[-1].y
    assert middles[0].x < middles[1].x


def test_a_community_smaller_than_a_cell_is_one() -> None:
    (cell,) = cells_over(COMMUNITY, 1000.0)
    assert cell.equals_exact(COMMUNITY.normalize(), 1e-9) or cell.symmetric_difference(COMMUNITY).area < 1e-15


def test_parts_of_a_community_are_cut_each_for_itself() -> None:
    apart = shapely.MultiPolygon([COMMUNITY, shapely.box(WEST + 0.02, SOUTH, WEST + 0.021, SOUTH + 0.001)])
    cells = cells_over(apart, 100.0)
    assert all(cell.geom_type == "Polygon" for cell in cells)
    assert sum(cell.area for cell in cells) == pytest.approx(apart.area, rel=1e-9)


@given(st.lists(st.tuples(st.floats(0, 0.01), st.floats(0, 0.01)), min_size=3, max_size=8), st.floats(80, 500))
@settings(max_examples=40, deadline=None)
def test_any_community_is_covered_by_its_cells(points: list[tuple[float, float]], width_m: float) -> None:
    area = shapely.MultiPoint([(WEST + x, SOUTH + y) for x, y in points]).convex_hull
    if area.geom_type != "Polygon" or surface_m2(area) < 1000:
        return
    cells = np.array(cells_over(area, width_m), dtype=object)
    assert shapely.is_valid(cells).all()
    assert shapely.union_all(cells).symmetric_difference(area).area < 1e-6 * area.area


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_no_tip_of_a_jagged_community_stays_a_cell_of_its_own(seed: int) -> None:
    chance = np.random.default_rng(seed)
    angle, reach = np.sort(chance.uniform(0, 2 * np.pi, 40)), chance.uniform(0.002, 0.005, 40)
    jagged = shapely.Polygon(np.stack([WEST + reach * np.cos(angle), SOUTH + reach * np.sin(angle)], axis=1))
    assert min(surface_m2(cell) for cell in cells_over(jagged, 100.0)) >= SMALLEST_SHARE * 10_000 * 0.99
