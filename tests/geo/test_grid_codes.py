import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import community_of
from geo.grid_codes import (
    PROFESSIONAL_20,
    SCHEMES,
    STREET4_16,
    UNIT_14,
    UNIT_15,
    GridCode,
    GridScheme,
    from_place,
    grid_flaws,
    parse,
    place_named,
    scheme_of,
    to_cell,
)

CELL = "990102003004005"
OBJECT_CLASS = "010200"

written = [
    (UNIT_15, "990102003004005"),
    (UNIT_14, "99010200300405"),
    (STREET4_16, "9901020003004005"),
    (PROFESSIONAL_20, "01020099010200300405"),
]

cells = st.tuples(
    st.integers(10, 99),
    st.integers(1, 70),
    st.integers(1, 99),
    st.integers(1, 599),
    st.integers(1, 999),
    st.integers(1, 999),
).map(lambda s: f"{s[0]}01{s[2]:02d}{s[3]:03d}{s[4]:03d}{s[5]:03d}")


def class_for(scheme: GridScheme) -> str:
    return OBJECT_CLASS[: scheme.object_class]


@pytest.mark.parametrize(("scheme", "code"), written)
def test_one_cell_has_a_code_in_every_scheme(scheme: GridScheme, code: str) -> None:
    assert len(code) == scheme.digits
    assert to_cell(code, scheme) == CELL
    assert from_place(CELL, scheme, object_class=class_for(scheme)) == code
    assert grid_flaws(code, scheme) == []


@pytest.mark.parametrize(("scheme", "code"), written)
def test_the_length_of_a_grid_code_tells_its_scheme(scheme: GridScheme, code: str) -> None:
    assert scheme_of(code) is scheme


def test_a_code_of_no_schemes_length_is_told_the_lengths() -> None:
    with pytest.raises(ValueError, match="has 13 digits; a grid code has 14, 15, 16, 20"):
        scheme_of("9" * 13)


def test_a_professional_code_falls_into_its_five_parts() -> None:
    parts = parse("01020099010200300405", PROFESSIONAL_20)
    assert parts == GridCode("010200", "990102", "003", "004", "05")
    assert parts.text == "01020099010200300405"
    assert not parts.whole_community


def test_a_unit_code_has_no_object_class() -> None:
    assert parse(CELL, UNIT_15) == GridCode("", "990102", "003", "004", "005")


@pytest.mark.parametrize(("scheme", "code"), [(UNIT_14, "99010200300400"), (PROFESSIONAL_20, "01020099010200300400")])
def test_serial_00_names_the_community_that_is_not_divided(scheme: GridScheme, code: str) -> None:
    assert parse(code, scheme).whole_community
    assert grid_flaws(code, scheme) == []
    assert place_named(code, scheme) == community_of(CELL)
    assert from_place(community_of(CELL), scheme, object_class=class_for(scheme)) == code
    with pytest.raises(ValueError, match="names the community 990102003004 as a whole"):
        to_cell(code, scheme)


@pytest.mark.parametrize("scheme", [UNIT_15, STREET4_16])
def test_a_three_digit_serial_knows_no_whole_community(scheme: GridScheme) -> None:
    with pytest.raises(ValueError, match="has no code for one as a whole"):
        from_place(community_of(CELL), scheme)


@pytest.mark.parametrize("scheme", [UNIT_15, STREET4_16])
def test_serial_000_is_a_flaw_where_serials_have_three_digits(scheme: GridScheme) -> None:
    code = "990102" + "3".rjust(scheme.street, "0") + "004" + "000"
    assert grid_flaws(code, scheme) == ["a cell's serial number begins at 001"]
    with pytest.raises(ValueError, match="begins at 001"):
        place_named(code, scheme)


@pytest.mark.parametrize("scheme", [UNIT_14, PROFESSIONAL_20])
def test_a_serial_past_99_has_no_room_in_two_digits(scheme: GridScheme) -> None:
    with pytest.raises(ValueError, match="the serial 100 has no room in the 2 digits"):
        from_place("990102003004100", scheme, object_class=class_for(scheme))


def test_a_street_with_a_thousands_digit_is_no_place_of_ours() -> None:
    with pytest.raises(ValueError, match="the street 1003 has no three-digit number"):
        to_cell("9901021003004005", STREET4_16)


def test_a_merged_community_of_a_professional_grid_is_kept_as_numbered() -> None:
    assert to_cell("01020099010200360105", PROFESSIONAL_20) == "990102003601005"


@pytest.mark.parametrize("given_class", ["", "0102", "0102000", "01020x"])
def test_a_professional_code_wants_its_object_class(given_class: str) -> None:
    with pytest.raises(ValueError, match="6 digits for an object class"):
        from_place(CELL, PROFESSIONAL_20, object_class=given_class)


def test_a_unit_code_has_no_place_for_an_object_class() -> None:
    with pytest.raises(ValueError, match="0 digits for an object class, not '010200'"):
        from_place(CELL, UNIT_14, object_class=OBJECT_CLASS)


@pytest.mark.parametrize(
    ("code", "said"), [("9901020030040", "13 digits"), ("9901020030040x", "digits only"), ("", "digits only")]
)
def test_what_is_no_code_of_the_scheme_is_refused_with_its_reason(code: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(code, UNIT_14)
    (flaw,) = grid_flaws(code, UNIT_14)
    assert said in flaw


def test_every_impossible_part_of_a_grid_code_is_named() -> None:
    assert len(grid_flaws("01020009000060000005", PROFESSIONAL_20)) == 5


def test_a_town_is_no_grid_in_any_scheme() -> None:
    with pytest.raises(ValueError, match="too short to name a community"):
        from_place("990102003", UNIT_14)


def test_a_place_that_cannot_exist_gets_no_code() -> None:
    with pytest.raises(ValueError, match="begins at 001"):
        from_place("990102003004000", UNIT_14)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(cell=cells)
def test_a_cell_comes_back_from_every_scheme_that_has_room_for_it(scheme: GridScheme, cell: str) -> None:
    if scheme.serial == 2 and cell[12:] > "099":
        return
    code = from_place(cell, scheme, object_class=class_for(scheme))
    assert to_cell(code, scheme) == cell
    assert parse(code, scheme).text == code


@given(st.text(), st.sampled_from(SCHEMES))
def test_any_text_is_judged_as_a_grid_code_without_raising(text: str, scheme: GridScheme) -> None:
    assert isinstance(grid_flaws(text, scheme), list)


@given(
    st.sampled_from(SCHEMES).flatmap(
        lambda s: st.tuples(st.just(s), st.text("0123456789", min_size=s.digits, max_size=s.digits))
    )
)
def test_a_code_without_a_flaw_names_a_place_and_one_with_a_flaw_none(one: tuple[GridScheme, str]) -> None:
    scheme, code = one
    if grid_flaws(code, scheme):
        with pytest.raises(ValueError, match=r"."):
            place_named(code, scheme)
    else:
        assert len(place_named(code, scheme)) in {12, 15}


def test_a_city_may_lay_out_a_scheme_of_its_own() -> None:
    own = GridScheme("the city's", serial=4)
    assert own.digits == 16
    assert to_cell("9901020030040005", own) == CELL
    assert from_place(CELL, own) == "9901020030040005"
    assert grid_flaws("9901020030041000", own) == ["the serial 1000 has no room in a cell's three digits"]
