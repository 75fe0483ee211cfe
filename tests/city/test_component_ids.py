import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.class_codes import ClassCode, Kind
from city.component_ids import (
    THREE_DIGIT_MINOR,
    USUAL,
    ComponentId,
    Layout,
    component_flaws,
    next_component,
    parse_component,
)

LAMP = ComponentId("990102", 1, 37, 42)


def test_a_lamp_reads_in_the_usual_layout() -> None:
    assert parse_component("9901020137000042") == LAMP
    assert LAMP.text() == "9901020137000042"
    assert LAMP.event_class == ClassCode(Kind.COMPONENT, 1, 37)


def test_the_same_lamp_has_other_digits_where_minors_have_three() -> None:
    assert LAMP.text(THREE_DIGIT_MINOR) == "9901020103700042"
    assert parse_component("9901020103700042", THREE_DIGIT_MINOR) == LAMP


@pytest.mark.parametrize("layout", [USUAL, THREE_DIGIT_MINOR, Layout(6, 2, 1, 7)])
@given(data=st.data())
def test_every_component_comes_back_from_its_digits(layout: Layout, data: st.DataObject) -> None:
    one = ComponentId(
        "990102",
        data.draw(st.integers(1, 10**layout.major - 1)),
        data.draw(st.integers(1, 10**layout.minor - 1)),
        data.draw(st.integers(1, 10**layout.serial - 1)),
    )
    assert len(one.text(layout)) == 16
    assert parse_component(one.text(layout), layout) == one
    assert component_flaws(one.text(layout), layout) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has 16 digits"),
        ("990102013700004", "has 16 digits"),
        ("99010201370000420", "has 16 digits"),
        ("99010201370000x2", "has 16 digits"),
        ("0001020137000042", "no province has the number 00"),
        ("9901000137000042", "00 is a city's summary"),
        ("9901020037000042", "the major begins at 1"),
        ("9901020100000042", "the minor begins at 1"),
        ("9901020137000000", "the serial begins at 1"),
    ],
)
def test_what_can_be_no_component_is_told_why(text: str, said: str) -> None:
    (flaw,) = component_flaws(text)
    assert said in flaw
    with pytest.raises(ValueError, match=said):
        parse_component(text)


def test_all_that_is_wrong_with_a_component_is_said_at_once() -> None:
    assert len(component_flaws("9900000000000000")) == 5
    with pytest.raises(ValueError, match="the major begins at 1; the minor begins at 1; the serial begins at 1"):
        parse_component("9901020000000000")


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (ComponentId("990102", 1, 137, 42), "the minor 137 has no room in 2 digits"),
        (ComponentId("990102", 1, 37, 1_000_000), "the serial 1000000 has no room in 6 digits"),
        (ComponentId("990102", 1, 37, -1), "the serial -1 has no room"),
        (ComponentId("9901020", 1, 37, 1), "the division 9901020 has no room in 6 digits"),
        (ComponentId("4205", 1, 1, 1), "the division '4205' does not have 6 digits"),
        (ComponentId("000102", 1, 1, 1), "no province has the number 00"),
        (ComponentId("990102", 0, 1, 1), "the major begins at 1"),
        (ComponentId("990102", 1, 1, 0), "the serial begins at 1"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(one: ComponentId, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        one.text()


def test_a_serial_may_have_room_in_one_layout_and_none_in_another() -> None:
    assert ComponentId("990102", 1, 37, 100_000).text() == "9901020137100000"
    with pytest.raises(ValueError, match="no room in 5 digits"):
        ComponentId("990102", 1, 37, 100_000).text(THREE_DIGIT_MINOR)


def test_a_three_digit_minor_is_no_class_of_four_digits() -> None:
    one = parse_component("9901020113700042", THREE_DIGIT_MINOR)
    assert one.minor == 137
    with pytest.raises(ValueError, match="the minor 137 is no class"):
        _ = one.event_class


@pytest.mark.parametrize("parts", [(6, 2, 2, 5), (6, 2, 2, 7), (8, 4, 4, 0), (0, 0, 0, 16)])
def test_a_layout_of_other_than_sixteen_digits_is_none(parts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="does not make the 16 digits"):
        Layout(*parts)


def test_a_layout_with_a_shorter_division_does_not_judge_it() -> None:
    assert component_flaws("9902" + "01" + "37" + "00000042", Layout(4, 2, 2, 8)) == []


def test_serials_of_a_class_count_up() -> None:
    assert next_component(LAMP) == ComponentId("990102", 1, 37, 43)
    assert next_component(LAMP) > LAMP


@given(st.text(), st.sampled_from([USUAL, THREE_DIGIT_MINOR]))
def test_any_text_is_judged_as_a_component_without_raising(text: str, layout: Layout) -> None:
    assert isinstance(component_flaws(text, layout), list)
