import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.city_entries import built, seconds, split_cells, unique
from adapters.city_source import Entry
from city.names import Name
from city.registry import Device, EventClass, Metric, Worker
from city.rules import Rule

NAME = {"zh": "甲", "en": "A"}
METRIC = {"name": "water_level_m", "unit": "m", "min": 0, "max": 5}


def entry(**fields: object) -> Entry:
    """An entry that begins on line 10, each field on a line of its own."""
    return Entry("some.toml", 10, dict(fields), {name: 11 + at for at, name in enumerate(fields)})


def said(kind: type, **fields: object) -> list[str]:
    """What is wrong with an entry, as `line: what`."""
    value, mistakes = built(kind, entry(**fields))
    assert (value is None) == bool(mistakes)
    return [f"{mistake.line}: {mistake.what}" for mistake in mistakes]


def test_a_right_entry_becomes_its_value() -> None:
    metric, mistakes = built(Metric, entry(**METRIC, window="5m", title=NAME))
    assert mistakes == []
    assert metric == Metric(name="water_level_m", unit="m", min=0.0, max=5.0, window_seconds=300, title=Name("甲", "A"))


def test_every_wrong_field_is_named_on_its_own_line() -> None:
    assert said(Metric, name=7, unit="m", minimum=0, max="high") == [
        "13: unknown field 'minimum': did you mean min?",
        "11: name: expected text, got a whole number",
        "14: max: expected a number, got text",
        "10: missing field min",
    ]


def test_an_unknown_field_that_resembles_none_lists_those_there_are() -> None:
    (what,) = said(Metric, **METRIC, colour="red")
    assert what.startswith("15: unknown field 'colour': there are lateness, lateness_seconds, max")


def test_a_time_in_two_spellings_is_refused() -> None:
    assert said(Metric, **METRIC, window="5m", window_seconds=300) == [
        "16: window_seconds is given twice, in two spellings"
    ]


def test_a_time_that_is_none_is_refused_once() -> None:
    (what,) = said(Rule, id="a", type="silent", name=NAME, after="soon", **{"class": "E1"})
    assert "14: after: 'soon' is not a duration" in what


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ({"zh": "甲"}, "name: missing en"),
        ({"zh": "甲", "en": " "}, "name: a name has both zh and en, neither empty"),
        ({"zh": "甲", "en": "A", "fr": "A"}, "name: a name has zh and en, not fr"),
        ("甲", "name: expected {…}, got text"),
        ({"zh": 1, "en": "A"}, "name: expected text, got a whole number in zh"),
    ],
)
def test_a_name_needs_both_languages(name: object, what: str) -> None:
    assert said(EventClass, code="E1", name=name) == [f"12: {what}"]


def test_a_word_outside_a_closed_list_is_answered_with_the_list() -> None:
    assert said(EventClass, code="E1", name=NAME, severity="dire") == [
        "13: severity: there is no 'dire'; it is one of minor, moderate, severe, extreme"
    ]


def test_an_empty_text_and_an_endless_number_are_no_values() -> None:
    assert said(Metric, name="", unit="m", min=float("-inf"), max=float("nan")) == [
        "11: name: it is empty",
        "13: min: -inf is no number to reckon with",
        "14: max: nan is no number to reckon with",
    ]


def test_a_wrong_item_of_a_list_is_named_by_its_place() -> None:
    (what,) = said(Rule, id="a", type="silent", name=NAME, kinds=["bin", 3], **{"class": "E1"})
    assert what == "14: kinds: expected text, got a whole number in [1]"


def test_a_row_of_a_table_reads_texts_as_numbers_and_cuts_lists_at_blanks() -> None:
    row = Entry(
        "devices.csv", 2, {"id": "a", "metrics": "x_m  y_m", "lon": "111.5", "lat": "30", "zh": "甲", "en": "A"}
    )
    row.fields.update(district="990101", cell="990101001001001", kind="bin")
    device, mistakes = built(Device, split_cells(row, ("metrics",)), strict=False)
    assert mistakes == []
    assert device is not None
    assert (device.metrics, device.lon, device.lat, device.name) == (["x_m", "y_m"], 111.5, 30.0, Name("甲", "A"))


def test_an_empty_optional_cell_leaves_the_default() -> None:
    row = Entry("workers.csv", 2, {"id": "w", "zh": "甲", "en": "A", "skills": "", "grids": "", "capacity": ""})
    row.fields.update(district="990101", shift={"start": "06:00", "end": "14:00"})
    worker, mistakes = built(Worker, split_cells(row, ("skills", "grids"), drop_empty=("capacity",)), strict=False)
    assert mistakes == []
    assert worker is not None
    assert (worker.capacity, worker.skills) == (3, [])


def test_a_device_without_a_name_is_allowed_one_with_half_a_name_not() -> None:
    row = Entry("devices.csv", 2, {"id": "a", "zh": "", "en": ""})
    assert "name" not in split_cells(row, ()).fields
    row.fields["zh"] = "甲"
    assert split_cells(row, ()).fields["name"] == {"zh": "甲", "en": ""}


def test_the_first_of_an_id_counts_and_the_others_are_mistakes() -> None:
    entries = [("a", Entry("f", 1, {})), ("b", Entry("f", 2, {})), ("a", Entry("f", 3, {}))]
    kept, mistakes = unique(entries, lambda id_: f"rule {id_}")
    assert [each.line for each in kept.values()] == [1, 2]
    assert [str(mistake) for mistake in mistakes] == ["f:3: rule a is here twice: first on line 1"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86_400), ("1h 30m", 5400), ("1h30m", 5400), ("0s", 0)],
)
def test_durations_say_their_unit(text: str, value: int) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "10", "m", "10 minutes", "-5m", "1.5h", "5m!"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        seconds(text)


@given(st.integers(0, 999), st.integers(0, 999))
def test_parts_of_a_duration_add_up(hours: int, minutes: int) -> None:
    assert seconds(f"{hours}h {minutes}m") == seconds(f"{minutes}m {hours} h") == hours * 3600 + minutes * 60
