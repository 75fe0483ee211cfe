import pytest

from city.registry import Cell
from tests.city.soundness.builders import CELLS, DISTRICT, EAST, PLACES, WEST, WORKER, A, changed, draft, said, square


def test_a_city_that_fits_together_has_no_flaw() -> None:
    assert said(draft()) == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("990102", "index 0 is 990101's already: every district has its own, never reused"),
        ("990201", "990201 lies in 9902, but there is no city 9902 here"),
        ("990100", "990100: 00 is a city's summary, not a district"),
        ("990101001", "990101001 is the code of a town, not of a district"),
    ],
)
def test_a_second_district_needs_a_code_and_an_index_of_its_own(code: str, what: str) -> None:
    index = 0 if code == "990102" else 1
    flaw, *_ = said(draft(changed(DISTRICT, code=code, index=index)))
    assert flaw == f"districts {code} {'index' if index == 0 else 'code'}: {what}"


def test_an_index_counts_from_nought() -> None:
    (flaw,) = said(draft(changed(DISTRICT, index=-1)))
    assert "index -1: it counts from 0" in flaw


def test_a_district_with_an_unknown_coordinate_system_is_named() -> None:
    (flaw,) = said(draft(changed(DISTRICT, crs="wgs-84")))
    assert flaw.startswith("districts 990101 crs: unknown crs 'wgs-84'")


def test_a_place_lies_in_a_place_that_is_there() -> None:
    flaw, _ = said(draft(places={**PLACES, "990101002001": A}))
    assert flaw == "places 990101002001 code: 990101002001 lies in 990101002, but there is no town 990101002 here"


def test_a_cell_is_no_town() -> None:
    (flaw,) = said(draft(places={**PLACES, WEST: A}))
    assert flaw.endswith("is the code of a cell, not of a town or a community")


def test_a_city_may_leave_out_the_names_of_its_towns_altogether() -> None:
    assert said(draft(changed(WORKER, grids=[WEST]), places={})) == []


def test_nothing_is_said_against_codes_when_the_city_could_not_be_read() -> None:
    unread = draft(unread=frozenset({"city"}))
    assert said(changed(unread, mentioned={**unread.mentioned, "city": frozenset()})) == []


def test_two_codes_for_one_area_are_named() -> None:
    third = Cell(code="990101001001003", name=A, geometry=square(111.301))
    (flaw,) = said(draft(third))
    assert flaw.endswith(f"990101001001003 covers the same ground as {EAST}: one area of 10,620.96 m², two codes")


def test_cells_that_overlap_are_named_with_the_ground_they_share() -> None:
    (flaw,) = said(draft(changed(CELLS[1], geometry=square(111.3009, width=0.0011))))
    assert f"cells {EAST} geometry: {EAST} overlaps {WEST} by 1,0" in flaw


def test_a_crack_between_cells_is_a_gap() -> None:
    (flaw,) = said(draft(changed(CELLS[1], geometry=square(111.301005))))
    assert f"between {WEST}, {EAST} at 111.30100" in flaw


def test_no_gap_is_seen_where_a_cell_could_not_be_read() -> None:
    crossed = square(111.301, width=0.00001)
    ring = crossed["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    apart = changed(CELLS[1], geometry=square(111.301005))
    assert len(said(draft(apart, broken={"x": {"type": "Polygon", "coordinates": "nothing"}}))) == 1
    assert len(said(draft(apart, broken={"x": square(1e308)}))) == 1
    assert said(draft(apart, broken={"x": crossed})) == []
