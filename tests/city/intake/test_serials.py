from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import mapping

from city.intake.city import Before, largest_serials
from city.intake.serials import Serials
from tests.city.intake.builders import square

COMMUNITY = "990101001001"
AREAS: dict[str, dict[str, Any]] = {str(at): mapping(square(at)) for at in range(6)}


def numbers(before: Before, names: set[str]) -> dict[str, int]:
    """The serial numbers of these cells, which there are enough of."""
    found = Serials(before).of(COMMUNITY, {name: AREAS[name] for name in sorted(names)})
    assert isinstance(found, dict)
    return found


def after(before: Before, given_: dict[str, int]) -> Before:
    """What is known once cells with these numbers have been brought in."""
    cells = {f"{COMMUNITY}{serial:03d}": AREAS[name] for name, serial in given_.items()}
    return Before(cells=cells, serials=largest_serials([*before.cells, *cells], before.serials))


@given(st.lists(st.sets(st.sampled_from(sorted(AREAS))), max_size=6))
def test_however_often_a_community_changes_a_number_is_of_one_ground_only(imports: list[set[str]]) -> None:
    before, owners = Before(), dict[int, str]()
    ever: set[str] = set()
    for names in imports:
        given_ = numbers(before, names)
        assert len(set(given_.values())) == len(names)
        for name, serial in given_.items():
            assert owners.setdefault(serial, name) == name
        there = {name for name in names if AREAS[name] in before.cells.values()}
        assert all(before.cells[f"{COMMUNITY}{given_[name]:03d}"] == AREAS[name] for name in there)
        ever |= names
        before = after(before, given_)


def test_new_cells_go_on_behind_the_largest_number_of_a_cell_that_is_gone() -> None:
    assert numbers(Before(serials={COMMUNITY: 7}), {"0", "1"}) == {"0": 8, "1": 9}


def test_what_was_kept_and_what_is_new_is_counted() -> None:
    serials = Serials(Before(cells={f"{COMMUNITY}005": AREAS["3"]}))
    assert serials.of(COMMUNITY, {name: AREAS[name] for name in ("2", "3")}) == {"3": 5, "2": 6}
    assert (serials.kept, serials.new) == (1, 1)


def test_that_the_numbers_are_used_up_is_said_in_both_languages() -> None:
    zh, en = Serials(Before(serials={COMMUNITY: 998})).of(COMMUNITY, {name: AREAS[name] for name in ("0", "1")})
    assert en == "2 new cells after number 998, the largest that was ever given, and a serial number ends at 999"
    assert "998" in zh
