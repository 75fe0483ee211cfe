from hypothesis import given
from hypothesis import strategies as st

from city.names import Name
from city.registry import District
from city.soundness import empty_flaws, flaws
from city.soundness.empty import ABOVE, empty_places, said_of_empty
from tests.city.soundness.builders import PLACES, A, changed, draft, said

CODES = st.sets(
    st.builds(lambda code, length: code[:length], st.text("12", min_size=12, max_size=12), st.sampled_from(ABOVE))
)
CELLS = st.sets(st.text("12", min_size=15, max_size=15))


def test_a_city_whose_places_all_have_cells_is_not_warned_of() -> None:
    assert list(empty_flaws(draft())) == []


def test_a_district_a_town_and_a_community_without_a_cell_are_each_a_warning() -> None:
    places = {**PLACES, "990101002": Name("乙", "B"), "990101001002": Name("丙", "C")}
    found = said(draft(District(code="990102", name=Name("丁", "D"), index=1), places=places))
    assert found == [
        "places 990101001002 code: 990101001002 C has no cell: what happens there lies in no cell and is refused",
        "places 990101002 code: 990101002 B has no cell: what happens there lies in no cell and is refused",
        "districts 990102 code: 990102 D has no cell: what happens there lies in no cell and is refused",
    ]
    assert all(flaw.warning for flaw in flaws(draft(places=places)))


def test_what_lies_in_an_empty_place_is_counted_and_not_named_again() -> None:
    places = {**PLACES, "990101002": A, "990101002001": A, "990101002002": A}
    (found,) = said(draft(places=places))
    assert "990101002 A has no cell, nor have the 2 places in it:" in found
    assert "其下 1 个也没有" in said_of_empty("990101002", A, 1).zh


def test_nothing_is_said_when_the_cells_could_not_be_read() -> None:
    places = {**PLACES, "990101002": A}
    assert list(empty_flaws(draft(places=places, unread=frozenset({"cells"})))) == []
    unreadable = draft(places=places)
    with_cell = {**unreadable.mentioned, "cells": unreadable.mentioned["cells"] | {"990101002001001"}}
    assert list(empty_flaws(changed(unreadable, mentioned=with_cell))) == []
    assert list(empty_flaws(changed(unreadable, mentioned={}))) == []


@given(CODES, CELLS)
def test_every_empty_place_is_named_or_lies_in_one_that_is(places: set[str], cells: set[str]) -> None:
    found = empty_places(places, cells)
    empty = {place for place in places if not any(cell.startswith(place) for cell in cells)}
    assert set(found) <= empty
    assert all(any(place.startswith(named) for named in found) for place in empty)
    assert not [1 for one in found for other in found if one != other and one.startswith(other)]
    assert sum(found.values()) + len(found) == len(empty)
