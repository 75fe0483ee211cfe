import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.catalogue_files import read_catalogue
from city.class_codes import (
    ClassCode,
    Kind,
    class_of_digits,
    is_local,
    next_local_class,
    parse_class,
    parse_full_class,
)

codes = st.builds(ClassCode, st.sampled_from(Kind), st.integers(1, 99), st.integers(1, 99))
# A part of a table: the national minors of event major 05 end at 08.
NATIONAL = {ClassCode(Kind.EVENT, 5, minor) for minor in (1, 2, 3, 5, 6, 8)} | {ClassCode(Kind.COMPONENT, 5, 40)}


def event(major: int, minor: int) -> ClassCode:
    return ClassCode(Kind.EVENT, major, minor)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("E0506", ClassCode(Kind.EVENT, 5, 6)),
        ("C0137", ClassCode(Kind.COMPONENT, 1, 37)),
        ("E0192", ClassCode(Kind.EVENT, 1, 92)),
        ("C9999", ClassCode(Kind.COMPONENT, 99, 99)),
        ("S0101", ClassCode(Kind.SOCIAL, 1, 1)),
    ],
)
def test_a_class_code_says_its_kind_its_major_and_its_minor(text: str, code: ClassCode) -> None:
    assert parse_class(text) == code
    assert code.text == text
    assert code.digits == text[1:]


@given(codes)
def test_a_class_comes_back_from_each_of_its_writings(code: ClassCode) -> None:
    assert parse_class(code.text) == code
    assert class_of_digits(code.digits, code.kind) == code
    assert parse_full_class(code.within("990102"), code.kind) == ("990102", code)


def test_the_full_code_has_the_division_in_front() -> None:
    assert event(5, 6).within("990102") == "9901020506"


@pytest.mark.parametrize("division", ["", "9901", "99010x", "9901020", "９９０１０２"])
def test_what_is_no_division_is_put_in_front_of_nothing(division: str) -> None:
    with pytest.raises(ValueError, match="no division: it has six digits"):
        event(5, 6).within(division)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with C"),
        ("0506", "begins with C"),
        ("e0506", "begins with C"),
        ("sg:01", "begins with C"),
        ("CE0506", "two digits each"),
        ("E506", "two digits each"),
        ("E05066", "two digits each"),
        ("E05x6", "two digits each"),
        ("E٠٥٠٦", "two digits each"),
        ("E0006", "begin at 01"),
        ("E0500", "begin at 01"),
    ],
)
def test_what_is_no_class_is_told_why(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_class(text)


@pytest.mark.parametrize("digits", ["0506", "99010205061", "990102050x", ""])
def test_a_full_code_has_ten_digits_and_no_other_number(digits: str) -> None:
    with pytest.raises(ValueError, match="it has ten digits"):
        parse_full_class(digits, Kind.EVENT)


@pytest.mark.parametrize(
    ("code", "so"),
    [
        (event(5, 8), False),
        (event(5, 7), False),
        (event(5, 9), True),
        (event(5, 95), True),
        (event(7, 1), True),
        (ClassCode(Kind.COMPONENT, 5, 9), False),
        (ClassCode(Kind.COMPONENT, 5, 41), True),
    ],
)
def test_a_minor_above_the_national_ones_of_its_major_is_the_citys_own(code: ClassCode, so: bool) -> None:
    assert is_local(code, NATIONAL) is so


def test_a_citys_own_minors_grow_down_from_ninety_nine() -> None:
    taken = set(NATIONAL)
    for expected in (99, 98, 97):
        found = next_local_class(Kind.EVENT, 5, taken=taken, national=NATIONAL)
        assert found == event(5, expected)
        taken.add(found)


def test_a_number_left_free_between_local_ones_is_given_next() -> None:
    taken = {event(5, 99), event(5, 97), event(4, 98), ClassCode(Kind.COMPONENT, 5, 98)}
    assert next_local_class(Kind.EVENT, 5, taken=taken) == event(5, 98)


def test_local_numbers_never_reach_the_national_ones() -> None:
    taken = {event(5, minor) for minor in range(9, 100)}
    with pytest.raises(ValueError, match="no minor of E05 is left"):
        next_local_class(Kind.EVENT, 5, taken=taken, national=NATIONAL)
    assert next_local_class(Kind.EVENT, 5, taken=taken) == event(5, 8)


def test_a_major_whose_numbers_are_all_taken_has_no_next_one() -> None:
    with pytest.raises(ValueError, match="no minor of C01 is left"):
        next_local_class(Kind.COMPONENT, 1, taken={ClassCode(Kind.COMPONENT, 1, minor) for minor in range(1, 100)})


@given(st.sets(codes, max_size=40), st.sets(codes, max_size=40), st.sampled_from(Kind), st.integers(1, 99))
def test_the_next_local_class_is_free_and_local_and_the_highest_such(
    taken: set[ClassCode], national: set[ClassCode], kind: Kind, major: int
) -> None:
    free = [
        code
        for code in (ClassCode(kind, major, minor) for minor in range(1, 100))
        if code not in taken and is_local(code, national)
    ]
    if free:
        assert next_local_class(kind, major, taken=taken, national=national) == max(free)
    else:
        with pytest.raises(ValueError, match="is left for a class"):
            next_local_class(kind, major, taken=taken, national=national)


def test_every_class_of_the_shipped_catalogue_has_a_code_that_is_read() -> None:
    catalogue, mistakes = read_catalogue()
    assert mistakes == []
    assert {parse_class(code).kind for code in catalogue.classes} == set(Kind)
    assert [code for code in catalogue.classes if parse_class(code).text != code] == []


def test_a_citys_own_social_matters_are_numbered_apart_from_those_of_events() -> None:
    national = {ClassCode(Kind.SOCIAL, 1, 5), *NATIONAL}
    assert is_local(ClassCode(Kind.SOCIAL, 1, 6), national)
    assert not is_local(ClassCode(Kind.SOCIAL, 1, 5), national)
    taken = {ClassCode(Kind.SOCIAL, 1, 99), event(1, 98)}
    assert next_local_class(Kind.SOCIAL, 1, taken=taken, national=national) == ClassCode(Kind.SOCIAL, 1, 98)


def test_codes_sort_components_before_events_before_social_matters_and_then_by_number() -> None:
    ordered = ["C0101", "C0202", "E0101", "E0102", "E0201", "S0101"]
    assert [code.text for code in sorted(map(parse_class, reversed(ordered)))] == ordered
