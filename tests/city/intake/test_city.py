from hypothesis import given
from hypothesis import strategies as st

from city.intake.cells import as_geometry
from city.intake.city import indices, largest_serials, placed
from tests.city.intake.builders import drawn, square

CODES = st.sets(st.integers(1, 99).map(lambda number: f"9901{number:02d}"), max_size=12)


def test_new_districts_are_numbered_in_the_order_of_their_codes() -> None:
    assert indices(["990102", "990101"], {}) == {"990101": 0, "990102": 1}


def test_a_district_keeps_its_index_when_a_city_is_brought_in_again() -> None:
    assert indices(["990101", "990102", "990103"], {"990102": 0, "990103": 1})["990102"] == 0


def test_an_index_of_a_district_that_is_gone_is_not_given_again() -> None:
    given_ = indices(["990101", "990104"], {"990101": 0, "990102": 1, "990103": 2})
    assert given_["990104"] == 3
    assert given_["990103"] == 2


@given(st.lists(CODES, max_size=6))
def test_however_often_a_city_changes_no_two_districts_ever_share_an_index(imports: list[set[str]]) -> None:
    before: dict[str, int] = {}
    for codes in imports:
        after = indices(codes, before)
        assert codes <= set(after)
        assert all(after[code] == index for code, index in before.items())
        assert len(set(after.values())) == len(after)
        before = after


def test_places_are_written_down_in_the_order_of_their_codes() -> None:
    found = placed([drawn("990102", square(0)), drawn("990101")], as_geometry)
    assert [place.code for place in found] == ["990101", "990102"]
    assert found[0].area is None
    assert found[1].area is not None
    assert found[1].area["type"] == "Polygon"


def test_the_largest_serial_of_a_community_stays_when_its_cell_is_gone() -> None:
    before = {"990101001001": 9, "990101001002": 1}
    found = largest_serials(["990101001001004", "990101001002003", "990101001003001"], before)
    assert found == {"990101001001": 9, "990101001002": 3, "990101001003": 1}
    assert before == {"990101001001": 9, "990101001002": 1}
