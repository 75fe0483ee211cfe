from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import (
    LENGTHS,
    Level,
    TownClass,
    city_of,
    community_of,
    district_of,
    flaws_of,
    level_of,
    lies_in,
    parent_of,
    town_class,
    town_of,
)

CELL = "990102003004005"
POSSIBLE = [(10, 99), (1, 99), (1, 99), (1, 599), (1, 999), (1, 999)]

codes = st.sampled_from(sorted(LENGTHS.values())).flatmap(
    lambda length: st.text("0123456789", min_size=length, max_size=length)
)


def test_a_cell_rolls_up_by_cutting() -> None:
    assert [cut(CELL) for cut in (city_of, district_of, town_of, community_of)] == [
        "9901",
        "990102",
        "990102003",
        "990102003004",
    ]


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("9901", Level.CITY),
        ("990102", Level.DISTRICT),
        ("990102003", Level.TOWN),
        ("990102003004", Level.COMMUNITY),
        (CELL, Level.CELL),
    ],
)
def test_the_length_of_a_code_is_its_level(code: str, level: Level) -> None:
    assert level_of(code) is level


@pytest.mark.parametrize("code", ["", "99", "99010", "9901x2", "９９０１", "-990", "99010200300400", CELL + "0"])
def test_what_is_no_code_has_no_level(code: str) -> None:
    with pytest.raises(ValueError, match=r"code"):
        level_of(code)


def test_a_place_too_short_to_lie_in_a_town_says_so() -> None:
    with pytest.raises(ValueError, match="too short to name a town"):
        town_of("990102")


@given(codes)
def test_every_place_lies_in_its_parent_and_in_itself(code: str) -> None:
    parent = parent_of(code)
    assert lies_in(code, code)
    assert (parent is None) == (level_of(code) is Level.CITY)
    if parent is not None:
        assert lies_in(code, parent)
        assert len(parent) < len(code)


@given(codes)
def test_cutting_twice_is_cutting_once(code: str) -> None:
    if len(code) >= LENGTHS[Level.TOWN]:
        assert district_of(town_of(code)) == district_of(code)


@pytest.mark.parametrize(
    ("town", "kind"),
    [
        ("001", TownClass.STREET),
        ("100", TownClass.TOWN),
        ("200", TownClass.TOWNSHIP),
        ("399", TownClass.TOWNSHIP),
        ("400", TownClass.ENTERPRISE),
        ("599", TownClass.ENTERPRISE),
    ],
)
def test_the_first_digit_of_a_town_is_its_class(town: str, kind: TownClass) -> None:
    assert town_class("990102" + town) is kind


def test_a_town_of_an_unused_class_is_refused() -> None:
    with pytest.raises(ValueError, match="no town class begins with 6"):
        town_class("990102600")


@pytest.mark.parametrize("code", ["9901", "110101", "990101001", "990101599001", "990101001200", CELL])
def test_a_possible_code_has_no_flaw(code: str) -> None:
    assert flaws_of(code) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("0901", "no province"),
        ("9900", "not a city"),
        ("990100", "not a district"),
        ("990101000", "001-599, not 000"),
        ("990101600", "001-599, not 600"),
        ("990101001000", "community's number begins at 001"),
        ("990101001001000", "serial number begins at 001"),
        ("99010", "has 5 digits"),
    ],
)
def test_an_impossible_code_is_named_with_its_reason(code: str, said: str) -> None:
    (flaw,) = flaws_of(code)
    assert said in flaw


@given(st.text())
def test_any_text_at_all_is_judged_without_raising(text: str) -> None:
    assert isinstance(flaws_of(text), list)


def test_the_places_above_a_cell_are_its_community_town_district_and_city() -> None:
    above = [CELL]
    while (parent := parent_of(above[-1])) is not None:
        above.append(parent)
    assert above[1:] == [cut(CELL) for cut in (community_of, town_of, district_of, city_of)]
    assert [level_of(code) for code in above] == list(Level)[::-1]


@pytest.mark.parametrize(
    ("cut", "too_short", "level"),
    [(city_of, "990", "city"), (district_of, "99010", "district"), (community_of, "99010200300", "community")],
)
def test_a_code_one_digit_too_short_is_not_cut(cut: Callable[[str], str], too_short: str, level: str) -> None:
    with pytest.raises(ValueError, match=f"too short to name a {level}"):
        cut(too_short)


def test_a_place_does_not_lie_in_its_sibling_nor_in_its_own_parts() -> None:
    assert not lies_in("990102", "990101")
    assert not lies_in("990102", "990102003")


@given(st.tuples(*(st.integers(first, last) for first, last in POSSIBLE)))
def test_a_code_of_possible_segments_has_no_flaw_at_any_level(segments: tuple[int, ...]) -> None:
    province, city, district, town, community, cell = segments
    code = f"{province}{city:02d}{district:02d}{town:03d}{community:03d}{cell:03d}"
    assert [flaws_of(code[:length]) for length in LENGTHS.values()] == [[]] * len(LENGTHS)
    assert isinstance(town_class(code), TownClass)


def test_every_flaw_of_a_code_is_named_and_not_the_first_alone() -> None:
    assert [len(flaws_of("0" * length)) for length in LENGTHS.values()] == [2, 3, 4, 5, 6]
