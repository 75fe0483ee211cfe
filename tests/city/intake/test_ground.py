import shapely

from city.intake.ground import grade_of, ground_remarks
from city.intake.remark import Grade
from geo.faults import FaultKind
from tests.city.intake.builders import SIDE, drawn, mistakes, said, square

FIRST, SECOND, THIRD = "990101001001001", "990101001001002", "990101001001003"


def test_cells_that_tile_have_nothing_said_about_them() -> None:
    assert ground_remarks([drawn(FIRST, square(0)), drawn(SECOND, square(1))]) == []


def test_an_overlap_is_a_mistake_of_the_later_row_with_its_ground() -> None:
    over = shapely.box(*square(1).bounds).union(square(0).buffer(-SIDE / 4))
    wide = shapely.box(square(1).bounds[0] - SIDE / 10, *square(1).bounds[1:])
    assert not over.is_empty
    (remark,) = ground_remarks([drawn(FIRST, square(0)), drawn(SECOND, wide, where="a.gpkg, feature 2")])
    assert (remark.kind, remark.grade, remark.where) == ("overlap", Grade.MISTAKE, "a.gpkg, feature 2")
    assert remark.codes == (FIRST, SECOND)
    assert remark.m2 is not None
    assert 900 < remark.m2 < 1200
    assert remark.area["type"] == "Polygon"


def test_a_gap_is_a_warning() -> None:
    ring = [(column, row) for column in range(3) for row in range(3) if (column, row) != (1, 1)]
    cells = [drawn(f"990101001001{at:03d}", square(*place)) for at, place in enumerate(ring, start=1)]
    (remark,) = ground_remarks(cells)
    assert (remark.kind, remark.grade) == ("gap", Grade.WARNING)


def test_two_codes_for_one_area_are_a_mistake() -> None:
    (sentence,) = mistakes(ground_remarks([drawn(FIRST, square(0)), drawn(SECOND, square(0))]))
    assert "covers the same ground" in sentence


def test_a_cell_outside_of_its_community_is_a_mistake() -> None:
    places = [drawn("990101001001", square(0)), drawn("990101001002", square(1)), drawn(FIRST, square(1))]
    assert any("outside of 990101001001" in sentence for sentence in mistakes(ground_remarks(places)))


def test_a_parent_without_an_outline_is_not_said_to_be_missing() -> None:
    places = [drawn("990101001001", square(0)), drawn("990101001002"), drawn("990101001002001", square(1))]
    assert not [sentence for sentence in said(ground_remarks(places)) if "there is no" in sentence]


def test_places_without_an_outline_are_left_out() -> None:
    assert ground_remarks([drawn(FIRST), drawn(SECOND, square(0))]) == []


def test_every_kind_of_fault_has_a_grade() -> None:
    grades = {kind: grade_of(kind) for kind in FaultKind}
    assert (
        grades[FaultKind.OVERLAP] is grades[FaultKind.DUPLICATE_CODE] is grades[FaultKind.WRONG_PARENT] is Grade.MISTAKE
    )
    assert grades[FaultKind.GAP] is grades[FaultKind.SLIVER] is grades[FaultKind.HOLE] is Grade.WARNING
