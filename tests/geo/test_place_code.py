import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import Level, chain_of, flaws_of, level_of
from geo.division import CommunityKind, CountyKind, PrefectureKind, TownClass
from geo.place_code import PlaceCode, parse_place


def test_a_cell_says_all_that_it_lies_in_and_of_what_kind_that_is() -> None:
    assert parse_place("420502003204005") == PlaceCode(
        code="420502003204005",
        level=Level.CELL,
        province="42",
        city="4205",
        district="420502",
        town="420502003",
        community="420502003204",
        cell="420502003204005",
        prefecture_kind=PrefectureKind.CITY,
        county_kind=CountyKind.DISTRICT,
        town_class=TownClass.STREET,
        community_kind=CommunityKind.VILLAGERS,
    )


def test_a_city_directly_under_its_province_is_told_as_one() -> None:
    place = parse_place("429004")
    assert (place.level, place.prefecture_kind, place.county_kind) == (
        Level.DISTRICT,
        PrefectureKind.DIRECT,
        CountyKind.CITY,
    )
    assert (place.town, place.community, place.cell, place.town_class, place.community_kind) == (None,) * 5


def test_a_province_is_only_itself() -> None:
    assert parse_place("42") == PlaceCode("42", Level.PROVINCE, "42")


@pytest.mark.parametrize(
    ("code", "number"),
    [("42", 42), ("4205", 5), ("420502", 2), ("420502103", 103), ("420502003204", 204), ("420502003204005", 5)],
)
def test_a_place_has_a_number_of_its_own_in_the_next_larger_one(code: str, number: int) -> None:
    assert parse_place(code).number == number


def test_all_that_is_impossible_is_said_at_once() -> None:
    with pytest.raises(
        ValueError, match=r"^'420000600': 00 is a province's .*; 00 is a city's .*; .* 001-599, not 600$"
    ):
        parse_place("420000600")


@pytest.mark.parametrize("code", ["", "4", "42050", "4205x2"])
def test_what_has_no_level_is_no_place(code: str) -> None:
    with pytest.raises(ValueError, match="place code"):
        parse_place(code)


segments = st.tuples(
    st.integers(10, 99),
    st.integers(1, 2),
    st.integers(1, 99),
    st.integers(1, 599),
    st.integers(1, 999),
    st.integers(1, 999),
)


@given(segments, st.sampled_from(Level))
def test_every_possible_code_is_taken_apart_at_every_level(numbers: tuple[int, ...], level: Level) -> None:
    province, city, district, town, community, cell = numbers
    whole = f"{province}{city:02d}{district:02d}{town:03d}{community:03d}{cell:03d}"
    code = chain_of(whole)[list(Level).index(level)]
    place = parse_place(code)
    named = (place.province, place.city, place.district, place.town, place.community, place.cell)
    assert tuple(part for part in named if part is not None) == chain_of(code)
    assert place.number == numbers[list(Level).index(level)]
    assert place.level is level_of(code) is level


@given(st.text("0123456789", max_size=16))
def test_a_code_is_taken_apart_exactly_when_it_has_no_flaw(code: str) -> None:
    if flaws_of(code):
        with pytest.raises(ValueError, match=r"."):
            parse_place(code)
    else:
        assert parse_place(code).code == code
