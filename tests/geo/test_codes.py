from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import (
    LENGTHS,
    Level,
    chain_of,
    city_of,
    common_place,
    community_of,
    cut,
    district_of,
    flaws_of,
    level_of,
    levels_apart,
    lies_in,
    parent_of,
    place_of,
    province_of,
    summary_of,
    town_class,
    town_of,
)
from geo.division import TownClass

CELL = "990102003004005"
POSSIBLE = [(10, 99), (1, 2), (1, 99), (1, 599), (1, 999), (1, 999)]

codes = st.sampled_from(sorted(LENGTHS.values())).flatmap(
    lambda length: st.text("0123456789", min_size=length, max_size=length)
)


def test_a_cell_rolls_up_by_cutting() -> None:
    assert [cut_to(CELL) for cut_to in (province_of, city_of, district_of, town_of, community_of)] == [
        "99",
        "9901",
        "990102",
        "990102003",
        "990102003004",
    ]


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("99", Level.PROVINCE),
        ("9901", Level.CITY),
        ("990102", Level.DISTRICT),
        ("990102003", Level.TOWN),
        ("990102003004", Level.COMMUNITY),
        (CELL, Level.CELL),
    ],
)
def test_the_length_of_a_code_is_its_level(code: str, level: Level) -> None:
    assert level_of(code) is level


@pytest.mark.parametrize("code", ["", "9", "99010", "9901x2", "９９０１", "-990", "99010200300400", CELL + "0"])
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
    assert (parent is None) == (level_of(code) is Level.PROVINCE)
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


@pytest.mark.parametrize(
    "code",
    [
        "99",
        "9901",
        "4201",
        "420502",
        "429004",
        "429021",
        "441900003",
        "110101",
        "500229",
        "990101001",
        "990101599001",
        "990101001200",
        CELL,
    ],
)
def test_a_possible_code_has_no_flaw(code: str) -> None:
    assert flaws_of(code) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("0901", "no province"),
        ("09", "no province"),
        ("9900", "not a city"),
        ("9971", "digits 3-4 are 01-20 or 51-70 (city), 21-50 (prefecture) or 90"),
        ("1103", "under a municipality digits 3-4 are 01 (districts) or 02 (counties), not 03"),
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


def test_the_places_above_a_cell_are_its_community_town_district_city_and_province() -> None:
    above = [CELL]
    while (parent := parent_of(above[-1])) is not None:
        above.append(parent)
    assert above[1:] == [cut_to(CELL) for cut_to in (community_of, town_of, district_of, city_of, province_of)]
    assert [level_of(code) for code in above] == list(Level)[::-1]


@pytest.mark.parametrize(
    ("cut_to", "too_short", "level"),
    [
        (province_of, "9", "province"),
        (city_of, "990", "city"),
        (district_of, "99010", "district"),
        (community_of, "99010200300", "community"),
    ],
)
def test_a_code_one_digit_too_short_is_not_cut(cut_to: Callable[[str], str], too_short: str, level: str) -> None:
    with pytest.raises(ValueError, match=f"too short to name a {level}"):
        cut_to(too_short)


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
    assert [len(flaws_of("0" * length)) for length in LENGTHS.values()] == [1, 2, 3, 4, 5, 6]


@given(codes)
def test_the_chain_of_a_place_goes_from_its_province_to_itself(code: str) -> None:
    chain = chain_of(code)
    assert [level_of(place) for place in chain] == list(Level)[: len(chain)]
    assert chain[-1] == code
    assert all(lies_in(code, place) for place in chain)
    assert [parent_of(place) for place in chain] == [None, *chain[:-1]]


@pytest.mark.parametrize(
    ("first", "second", "shared", "apart"),
    [
        (CELL, CELL, CELL, 0),
        (CELL, "990102003004006", "990102003004", 1),
        (CELL, "990102003005005", "990102003", 2),
        (CELL, "990102004004005", "990102", 3),
        (CELL, "990103003004005", "9901", 4),
        (CELL, "990202003004005", "99", 5),
        (CELL, "110102003004005", "", 6),
        (CELL, "990102", "990102", 3),
        ("990102", "990103", "9901", 1),
        ("9901", "99", "99", 1),
        ("42", "43", "", 1),
    ],
)
def test_two_places_meet_in_the_deepest_place_that_both_lie_in(
    first: str, second: str, shared: str, apart: int
) -> None:
    assert common_place(first, second) == shared
    assert levels_apart(first, second) == apart


def test_equal_digits_short_of_a_level_are_no_common_place() -> None:
    assert common_place("990102003004011", "990102003004012") == "990102003004"
    assert common_place("990102", "990112") == "9901"


@pytest.mark.parametrize("compare", [common_place, levels_apart])
def test_what_is_no_code_is_not_compared(compare: Callable[[str, str], object]) -> None:
    with pytest.raises(ValueError, match="has 5 digits"):
        compare("990102", "99010")


# Few different digits, so that codes share their beginnings.
near_codes = st.sampled_from(sorted(LENGTHS.values())).flatmap(
    lambda length: st.text("12", min_size=length, max_size=length)
)


@given(near_codes, near_codes)
def test_the_common_place_is_the_deepest_that_holds_both(first: str, second: str) -> None:
    shared = common_place(first, second)
    assert shared == common_place(second, first)
    assert lies_in(first, shared)
    assert lies_in(second, shared)
    assert [place for place in chain_of(first) if lies_in(second, place)] == (list(chain_of(shared)) if shared else [])


@given(near_codes, near_codes, near_codes)
def test_levels_apart_measure_like_a_distance(first: str, second: str, third: str) -> None:
    assert levels_apart(first, second) == levels_apart(second, first)
    assert (levels_apart(first, second) == 0) == (first == second)
    assert levels_apart(first, third) <= levels_apart(first, second) + levels_apart(second, third)


@pytest.mark.parametrize(
    ("place", "summary"),
    [
        ("42", "420000"),
        ("4205", "420500"),
        ("420502", "420502"),
        ("420502001", "420502001000"),
        ("420502001003", "420502001003"),
        (CELL, CELL),
    ],
)
def test_a_register_fills_a_code_up_with_zeros(place: str, summary: str) -> None:
    assert summary_of(place) == summary
    assert place_of(summary) == place


@pytest.mark.parametrize(
    ("written", "place"), [("420500000000", "4205"), ("420502000000", "420502"), ("441900003000", "441900003")]
)
def test_twelve_digits_of_a_register_name_any_level(written: str, place: str) -> None:
    assert place_of(written) == place


def test_zeros_alone_name_no_place() -> None:
    with pytest.raises(ValueError, match="all zeros"):
        place_of("000000")


@given(st.tuples(*(st.integers(first, last) for first, last in POSSIBLE)))
def test_a_place_comes_back_from_its_summary(segments: tuple[int, ...]) -> None:
    province, city, district, town, community, cell = segments
    for place in chain_of(f"{province}{city:02d}{district:02d}{town:03d}{community:03d}{cell:03d}"):
        assert place_of(summary_of(place)) == place


@given(codes, st.sampled_from(Level))
def test_a_code_is_cut_to_any_level_above_it_and_to_none_below(code: str, level: Level) -> None:
    if len(code) < LENGTHS[level]:
        with pytest.raises(ValueError, match=f"too short to name a {level}"):
            cut(code, level)
    else:
        assert level_of(cut(code, level)) is level
