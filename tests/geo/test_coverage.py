from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import Level
from geo.coverage import LIVE_MS, Share, coverage, without_grid, without_live_sensor

NOW = 1_790_000_000_000
CELLS = {
    "990101001001001": 10_000.0,
    "990101001001002": 20_000.0,
    "990101002001001": 30_000.0,
    "990102001001001": 40_000.0,
}

codes = st.builds(
    lambda district, town, community, serial: f"9901{district:02d}{town:03d}{community:03d}{serial:03d}",
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 9),
)
cities = st.dictionaries(codes, st.floats(0, 1e6), max_size=40)


def test_every_place_of_every_level_is_told_its_count_area_and_share() -> None:
    found = coverage(CELLS, lacking={"duty": ["990101001001001", "990102001001001"]})
    assert found["9901"]["duty"] == Share(2, 4, 50_000.0, 100_000.0)
    assert found["990101"]["duty"] == Share(1, 3, 10_000.0, 60_000.0)
    assert found["990101001001"]["duty"].share == 0.5
    assert found["990101001001"]["duty"].area_share == pytest.approx(1 / 3)
    assert found["990101002"]["duty"] == Share(0, 1, 0.0, 30_000.0)
    assert set(found) == {
        "9901",
        "990101",
        "990102",
        "990101001",
        "990101002",
        "990102001",
        "990101001001",
        "990101002001",
        "990102001001",
    }


@given(cities, st.data())
def test_what_a_place_lacks_is_the_sum_of_what_its_parts_lack(cells: Mapping[str, float], data: st.DataObject) -> None:
    lack = data.draw(st.sets(st.sampled_from(sorted(cells)))) if cells else set()
    found = coverage(cells, lacking={"worker": lack})
    for place, questions in found.items():
        inside = [cell for cell in cells if cell.startswith(place)]
        share = questions["worker"]
        assert (share.cells, share.of_cells) == (len([cell for cell in inside if cell in lack]), len(inside))
        assert share.area_m2 == pytest.approx(sum(cells[cell] for cell in inside if cell in lack))
        assert share.of_area_m2 == pytest.approx(sum(cells[cell] for cell in inside))
        assert 0 <= share.share <= 1


def test_questions_are_answered_side_by_side_and_only_for_the_levels_asked() -> None:
    found = coverage(CELLS, lacking={"duty": [], "sensor": CELLS}, levels=[Level.DISTRICT])
    assert {place: (one["duty"].cells, one["sensor"].cells) for place, one in found.items()} == {
        "990101": (0, 3),
        "990102": (0, 1),
    }


def test_a_city_without_cells_and_codes_that_are_no_cells_count_nothing() -> None:
    assert coverage({}, lacking={"duty": ["990101001001001"]}) == {}
    assert coverage(CELLS, lacking={"duty": ["nowhere"]})["9901"]["duty"].cells == 0


def test_a_place_whose_cells_have_no_area_lacks_no_share_of_it() -> None:
    share = coverage({"990101001001001": 0.0}, lacking={"duty": CELLS})["9901"]["duty"]
    assert (share.share, share.area_share) == (1.0, 0.0)
    assert Share(0, 0, 0.0, 0.0).share == 0.0


def test_a_grid_of_any_level_covers_all_of_its_cells() -> None:
    assert without_grid(CELLS, []) == set(CELLS)
    assert without_grid(CELLS, ["990101001001002", "990102"]) == {"990101001001001", "990101002001001"}
    assert without_grid(CELLS, ["9901"]) == set()


@given(st.lists(codes), st.lists(codes.flatmap(lambda code: st.sampled_from([code[:6], code[:9], code[:12], code]))))
def test_a_cell_lies_in_a_grid_exactly_if_its_code_begins_with_the_grids(cells: list[str], grids: list[str]) -> None:
    assert without_grid(cells, grids) == {cell for cell in cells if not any(cell.startswith(grid) for grid in grids)}


def test_a_sensor_is_live_up_to_the_last_millisecond_of_the_day() -> None:
    heard = {"990101001001001": NOW - LIVE_MS, "990101001001002": NOW - LIVE_MS - 1, "990101002001001": NOW + 5}
    assert without_live_sensor(CELLS, heard, now=NOW) == {"990101001001002", "990102001001001"}
    assert without_live_sensor(CELLS, heard, now=NOW, within_ms=0) == set(CELLS) - {"990101002001001"}
