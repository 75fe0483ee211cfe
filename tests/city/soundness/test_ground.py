import pytest
from msgspec.structs import replace

from city.names import Name
from city.registry import Cell, Place
from city.soundness import flaws
from city.soundness.draft import Draft, mistyped
from city.soundness.ground import ground_faults, ground_flaw
from geo.faults import Fault, FaultKind
from tests.city.soundness.builders import CELLS, EAST, WEST, A, draft, square


def with_places(whole: Draft, *places: Place) -> Draft:
    """A draft some of whose larger places are drawn."""
    registry = replace(whole.registry, places={place.code: place for place in places})
    return replace(whole, registry=registry)


def test_a_city_that_tiles_has_no_fault() -> None:
    assert ground_faults(draft()) == []


def test_a_gap_is_a_warning_that_says_where_it_is() -> None:
    apart = Cell(code=EAST, name=A, geometry=square(111.301005))
    whole = draft(apart)
    (fault,) = ground_faults(whole)
    flaw = ground_flaw(fault, whole)
    assert flaw.warning
    assert (flaw.kind, flaw.id) == ("cells", WEST)
    assert " at 111.30100" in flaw.what


@pytest.mark.parametrize(("lon", "kind", "warning"), [(111.4, "stray", True), (141.3, "elsewhere", False)])
def test_with_a_cell_astray_a_city_runs_and_with_one_elsewhere_it_does_not(
    lon: float, kind: str, *, warning: bool
) -> None:
    third = Cell(code="990101001001003", name=A, geometry=square(111.302))
    far = Cell(code="990101001001004", name=A, geometry=square(lon))
    whole = draft(third, far)
    (fault,) = ground_faults(whole)
    flaw = ground_flaw(fault, whole)
    assert (fault.kind, flaw.id, flaw.warning) == (kind, far.code, warning)


def test_an_overlap_is_no_warning() -> None:
    whole = draft(Cell(code=EAST, name=A, geometry=square(111.3005)))
    assert [ground_flaw(fault, whole).warning for fault in ground_faults(whole)] == [False]


def test_without_the_ground_outlines_are_not_compared() -> None:
    whole = draft(Cell(code=EAST, name=A, geometry=square(111.3005)))
    assert len(flaws(whole)) == 1 + len(flaws(whole, ground=False))


def test_a_cell_outside_of_its_drawn_community_is_named() -> None:
    community = Place(code=WEST[:12], name=A, geometry=square(111.5))
    whole = with_places(draft(), community)
    said = [ground_flaw(fault, whole).what for fault in ground_faults(whole)]
    assert any(f"outside of {WEST[:12]}" in what for what in said)


def test_a_broken_outline_is_left_to_those_who_read_it() -> None:
    whole = replace(draft(), broken={"990101001001009": {"type": "Polygon", "coordinates": "nothing"}})
    assert ground_faults(whole) == []


def test_a_cell_whose_code_is_none_is_not_taken_for_a_larger_place() -> None:
    odd = Cell(code=WEST[:9], name=A, geometry=square(111.7))
    whole = draft()
    registry = replace(whole.registry, cells={**whole.registry.cells, odd.code: odd})
    assert ground_faults(replace(whole, registry=registry)) == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [(WEST, "cells"), ("990101", "districts")],
)
def test_a_fault_is_one_of_the_file_its_place_stands_in(code: str, kind: str) -> None:
    fault = Fault(kind=FaultKind.HOLE, codes=(code,), at=(0,), zh="孔", en="a hole")
    flaw = ground_flaw(fault, draft())
    assert (flaw.kind, flaw.warning, flaw.what) == (kind, True, "a hole")


def test_a_fault_of_a_town_stands_among_the_places() -> None:
    whole = draft()
    town = next(iter(whole.places), "")
    fault = Fault(kind=FaultKind.OVERLAP, codes=("990101", town), at=(0, 1), zh="重叠", en="overlap")
    assert ground_flaw(fault, whole).kind == "places"


@pytest.mark.parametrize(
    ("word", "known", "slip"),
    [
        ("rain-gage", ["rain-gauge", "bin"], True),
        ("gaz", ["gas"], True),
        ("underpass-water", ["road-water"], False),
        ("greening", ["cleaning"], False),
        ("gas", ["gas"], False),
        ("noise", [], False),
    ],
)
def test_a_slip_of_two_letters_is_told_from_a_thing_that_a_city_does_not_have(
    word: str, known: list[str], slip: bool
) -> None:
    assert mistyped(word, known) is slip


def test_names_of_drawn_districts_do_not_matter_for_the_ground() -> None:
    district = Place(code="990101", name=Name(zh="甲", en="A"), geometry=square(111.3))
    found = ground_faults(with_places(draft(), district))
    assert {fault.kind for fault in found} <= {FaultKind.WRONG_PARENT}
    assert CELLS
