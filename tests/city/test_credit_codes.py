import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.credit_codes import (
    ALPHABET,
    CreditCode,
    credit_check,
    credit_code_flaws,
    organisation_check,
    organisation_flaws,
    parse_credit_code,
)

# Codes that their holders publish; both check characters hold.
PUBLISHED = [
    "91350100M000100Y43",
    "9144030071526726XG",
    "91330100799655058B",
    "91110000802100433B",
    "914403001922038216",
    "91110108551385082Q",
    "91310000717854505W",
    "11100000MB0143028R",
    "91110000600037341L",
    "911100001000044477",
    "91510000207312079C",
]

organisations = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)
codes = st.builds(
    lambda head, division, body: _checked(head + f"{division:06d}" + body + organisation_check(body)),
    st.text(ALPHABET, min_size=2, max_size=2),
    st.integers(0, 999_999),
    organisations,
)


def _checked(first: str) -> str:
    return first + credit_check(first)


@pytest.mark.parametrize("code", PUBLISHED)
def test_a_published_credit_code_has_no_flaw(code: str) -> None:
    assert credit_code_flaws(code) == []
    assert "".join(parse_credit_code(code)) == code
    assert credit_check(code[:17]) == code[17]
    assert organisation_check(code[8:16]) == code[16]


def test_a_credit_code_falls_into_its_five_parts() -> None:
    assert parse_credit_code("91350100M000100Y43") == CreditCode("9", "1", "350100", "M000100Y4", "3")


def test_the_alphabet_leaves_out_what_is_misread() -> None:
    assert sorted(set(string.digits + string.ascii_uppercase) - set(ALPHABET)) == list("IOSVZ")
    assert len(ALPHABET) == 31


def test_an_organisation_code_may_end_with_x_for_ten() -> None:
    assert organisation_check("71526726") == "X"
    assert organisation_flaws("71526726X") == []
    assert organisation_flaws("71526726-X") == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "has 18 characters, not 0"),
        ("91350100M000100Y4", "not 17"),
        ("91350100M000100Y433", "not 19"),
        ("91350100m000100Y43", "m is not written"),
        ("9I350100M000100Y43", "I is not written"),
        ("9135010OM00010SY43", "O, S is not written"),
        ("91350100M000100Y44", "last character should be 3, not 4"),
    ],
)
def test_what_is_no_credit_code_is_told_why(code: str, said: str) -> None:
    (flaw,) = credit_code_flaws(code)
    assert said in flaw
    with pytest.raises(ValueError, match=said):
        parse_credit_code(code)


def test_a_wrong_organisation_is_seen_even_where_the_last_character_was_made_to_fit() -> None:
    wrong = _checked("91350100M000100Y5")
    assert credit_code_flaws(wrong) == ["the organisation code M000100Y5 should end with 4"]


def test_a_division_of_letters_is_a_flaw_of_its_own() -> None:
    assert credit_code_flaws(_checked("913501A0M000100Y4")) == ["the division 3501A0 is not six digits"]


def test_all_that_is_wrong_with_a_credit_code_is_said_at_once() -> None:
    assert len(credit_code_flaws("913501A0M000100Y53")) == 3


@given(codes)
def test_a_code_with_both_its_checks_has_no_flaw(code: str) -> None:
    assert credit_code_flaws(code) == []


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code: str, place: int, character: str) -> None:
    wrong = code[:place] + character + code[place + 1 :]
    assert (credit_code_flaws(wrong) == []) == (wrong == code)


@given(codes, st.integers(0, 16))
def test_two_neighbours_that_changed_places_are_always_noticed(code: str, place: int) -> None:
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (credit_code_flaws(wrong) == []) == (wrong == code)


@given(st.text())
def test_any_text_is_judged_as_a_credit_code_without_raising(text: str) -> None:
    assert isinstance(credit_code_flaws(text), list)
    assert isinstance(organisation_flaws(text), list)


@pytest.mark.parametrize("text", ["", "71526726", "7152672-6X", "71526726-", "71526726XX", "7152672六X"])
def test_what_is_no_organisation_code_is_told_its_shape(text: str) -> None:
    (flaw,) = organisation_flaws(text)
    assert "eight digits or capitals and a check character" in flaw


def test_a_wrong_check_of_an_organisation_is_told_the_right_one() -> None:
    assert organisation_flaws("715267269") == ["715267269 should end with X, not 9"]


@pytest.mark.parametrize("first", ["", "91350100M000100Y", "91350100I000100Y4", "91350100M000100Y43"])
def test_there_is_no_check_over_anything_but_seventeen_characters(first: str) -> None:
    with pytest.raises(ValueError, match="not the first 17 characters"):
        credit_check(first)


@pytest.mark.parametrize("first", ["", "7152672", "7152672x", "71526726X"])
def test_there_is_no_check_over_anything_but_eight_characters(first: str) -> None:
    with pytest.raises(ValueError, match="not the first 8 characters"):
        organisation_check(first)
