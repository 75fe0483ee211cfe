import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import flaws_of
from geo.division import (
    CommunityKind,
    CountyKind,
    PrefectureKind,
    TownClass,
    community_kind,
    county_kind,
    is_municipality,
    prefecture_kind,
)

six_digits = st.integers(100_000, 999_999).map(str)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("4201", PrefectureKind.CITY),
        ("4220", PrefectureKind.CITY),
        ("4221", PrefectureKind.PREFECTURE),
        ("4228", PrefectureKind.PREFECTURE),
        ("4250", PrefectureKind.PREFECTURE),
        ("4251", PrefectureKind.CITY),
        ("4270", PrefectureKind.CITY),
        ("4290", PrefectureKind.DIRECT),
        ("1101", PrefectureKind.MUNICIPAL_DISTRICTS),
        ("5002", PrefectureKind.MUNICIPAL_COUNTIES),
        ("4200", None),
        ("4271", None),
        ("4289", None),
        ("4291", None),
        ("3105", None),
    ],
)
def test_digits_three_and_four_name_the_kind_of_a_prefecture(code: str, kind: PrefectureKind | None) -> None:
    assert prefecture_kind(code) is kind
    assert (flaws_of(code) == []) == (kind is not None)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("420102", CountyKind.DISTRICT),
        ("420120", CountyKind.DISTRICT),
        ("420525", CountyKind.COUNTY),
        ("420580", CountyKind.COUNTY),
        ("420581", CountyKind.CITY),
        ("420599", CountyKind.CITY),
        ("429004", CountyKind.CITY),
        ("429021", CountyKind.COUNTY),
        ("110101", CountyKind.DISTRICT),
        ("500229", CountyKind.COUNTY),
        ("441900", CountyKind.WHOLE_CITY),
        ("420500", None),
    ],
)
def test_digits_five_and_six_name_the_kind_of_a_county(code: str, kind: CountyKind | None) -> None:
    assert county_kind(code) is kind
    assert (flaws_of(code) == []) == (kind is not None)


@pytest.mark.parametrize("code", ["429004", "429005", "429006", "429021"])
def test_ninety_stands_for_directly_under_the_province(code: str) -> None:
    assert prefecture_kind(code) is PrefectureKind.DIRECT


@pytest.mark.parametrize(
    ("code", "so"), [("11", True), ("310101", True), ("500229001", True), ("4201", False), ("99", False)]
)
def test_four_municipalities_lie_directly_under_the_central_government(code: str, so: bool) -> None:
    assert is_municipality(code) is so


@pytest.mark.parametrize(
    ("community", "kind"),
    [
        ("001", CommunityKind.RESIDENTS),
        ("199", CommunityKind.RESIDENTS),
        ("200", CommunityKind.VILLAGERS),
        ("399", CommunityKind.VILLAGERS),
        ("400", CommunityKind.SIMILAR),
        ("599", CommunityKind.SIMILAR),
        ("600", CommunityKind.UNLISTED),
        ("601", CommunityKind.MERGED),
        ("999", CommunityKind.MERGED),
    ],
)
def test_a_communitys_number_names_a_kind_and_refuses_nothing(community: str, kind: CommunityKind) -> None:
    code = "420502001" + community
    assert community_kind(code) is kind
    assert flaws_of(code) == []


def test_a_communitys_summary_is_no_community() -> None:
    assert community_kind("420502001000") is CommunityKind.UNLISTED
    assert flaws_of("420502001000") == ["a community's number begins at 001"]


@given(six_digits)
def test_a_district_code_is_possible_exactly_when_both_of_its_segments_have_a_kind(code: str) -> None:
    assert (flaws_of(code) == []) == (prefecture_kind(code) is not None and county_kind(code) is not None)


@given(st.integers(0, 999))
def test_every_town_number_in_use_has_a_class_and_no_other(number: int) -> None:
    segment = f"{number:03d}"
    if number < 600:
        assert TownClass.of(segment) in TownClass
    else:
        with pytest.raises(ValueError, match="no town class begins with"):
            TownClass.of(segment)


@given(six_digits)
def test_a_kind_is_named_by_its_own_two_digits_and_the_province_and_by_nothing_else(code: str) -> None:
    assert prefecture_kind(code) is prefecture_kind(code[:4])
    if not code.endswith("00"):
        assert county_kind(code) is county_kind(f"42{code[2:]}") or is_municipality(code)


@given(st.integers(1, 99))
def test_where_nothing_has_districts_low_numbers_are_cities(number: int) -> None:
    under_a_city, under_a_province = county_kind(f"4205{number:02d}"), county_kind(f"4290{number:02d}")
    if number <= 20:
        assert (under_a_city, under_a_province) == (CountyKind.DISTRICT, CountyKind.CITY)
    else:
        assert under_a_city is under_a_province


@pytest.mark.parametrize("city", ["4419", "4420", "4604", "6202"])
def test_a_city_without_districts_stands_for_its_own_with_towns_right_below(city: str) -> None:
    assert county_kind(f"{city}00") is CountyKind.WHOLE_CITY
    assert flaws_of(f"{city}00") == []
    assert flaws_of(f"{city}00003") == []
    assert flaws_of("420500003") == ["00 is a city's summary, not a district"]
