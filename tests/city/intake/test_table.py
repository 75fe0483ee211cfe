from math import inf, nan
from typing import Any

import pytest

from city.intake.table import text_of
from tests.city.intake.builders import table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (nan, ""),
        (inf, ""),
        (990101001001001.0, "990101001001001"),
        (990101001001001, "990101001001001"),
        (0.5, "0.5"),
        ("  990101 ", "990101"),
        ("桐亭社区\0", "桐亭社区"),
        (True, "True"),
    ],
)
def test_a_value_is_written_as_a_person_would_write_it(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_a_row_of_a_layer_is_called_by_its_number_from_one() -> None:
    assert table([{"a": 1}, {"a": 2}]).where(1) == "a.gpkg, feature 2"


def test_a_layer_with_a_name_of_its_own_is_called_by_it() -> None:
    assert table([{"a": 1}], layer="wangge").where(0) == "a.gpkg (layer wangge), feature 1"


def test_a_row_of_a_csv_file_is_called_by_its_line() -> None:
    assert table([{"a": 1}, {"a": 2}], lines=True, file="d.csv").where(1) == "d.csv:3"


def test_no_column_has_no_text() -> None:
    assert table([{"a": 1}]).text("", 0) == ""


def test_a_column_that_is_not_there_is_a_mistake_of_whoever_asks() -> None:
    with pytest.raises(KeyError):
        table([{"a": 1}]).text("b", 0)
