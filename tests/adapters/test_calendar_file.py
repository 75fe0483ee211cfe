"""A calendar as people write it, and every mistake in it with its line."""

from pathlib import Path

import pytest

from adapters.calendar_file import USUAL, read_calendar
from adapters.city_folder import load
from city.calendar import DayKind, Days, Known, Slot
from city.names import Name

GOOD = """
[week]
days = [1, 2, 3, 4, 5, 6]
slots = ["09:00-12:00", "13:30-17:30"]

[[day]]
first = "2026-10-01"
last = 2026-10-07
kind = "holiday"
known = "announced"
name = { zh = "国庆节", en = "National Day" }

[[day]]
first = 2026-10-11
kind = "workday"
"""


def mistakes(folder: Path, text: str) -> list[str]:
    (folder / "calendar.toml").write_text(text, encoding="utf-8")
    calendar, found = read_calendar(folder)
    assert found == [] or calendar == USUAL
    return [f"{mistake.line}: {mistake.what}" for mistake in found]


def test_a_folder_without_a_calendar_works_as_usual(tmp_path: Path) -> None:
    assert read_calendar(tmp_path) == (USUAL, [])


def test_an_empty_calendar_is_the_usual_one(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "") == []
    assert read_calendar(tmp_path)[0] == USUAL


def test_a_calendar_is_read_with_dates_as_texts_or_as_toml_has_them(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD) == []
    calendar, _ = read_calendar(tmp_path)
    assert calendar.work_days == (1, 2, 3, 4, 5, 6)
    assert calendar.slots == (Slot("09:00", "12:00"), Slot("13:30", "17:30"))
    assert calendar.days == (
        Days(
            first="2026-10-01",
            last="2026-10-07",
            kind=DayKind.HOLIDAY,
            known=Known.ANNOUNCED,
            name=Name(zh="国庆节", en="National Day"),
        ),
        Days(first="2026-10-11", last="2026-10-11", kind=DayKind.WORKDAY, known=Known.ASSUMED),
    )


@pytest.mark.parametrize(
    ("good", "bad", "line", "what"),
    [
        ('"13:30-17:30"', '"11:30-17:30"', 4, "09:00 to 12:00 and 11:30 to 17:30 overlap"),
        ('"13:30-17:30"', '"22:00-06:00"', 4, "runs past midnight is written as two"),
        ('"13:30-17:30"', '"13:30"', 4, "'' is not a time of day"),
        ('["09:00-12:00", "13:30-17:30"]', "[]", 4, "nobody would ever work"),
        ("[1, 2, 3, 4, 5, 6]", "[0, 1]", 3, "0 is no day of the week"),
        ("[1, 2, 3, 4, 5, 6]", "[]", 3, "no day of the week is worked"),
        ("days = [", "dayz = [", 3, "did you mean days?"),
        ('first = "2026-10-01"', 'first = "2026-13-01"', 7, "there is no day 2026-13-01"),
        ("last = 2026-10-07", "last = 2026-09-07", 8, "2026-09-07 is before 2026-10-01"),
        ("last = 2026-10-07", "last = 2027-10-07", 8, "372 days"),
        ('kind = "holiday"', 'kind = "holyday"', 9, "there is no 'holyday'; it is one of holiday, workday"),
        ('known = "announced"', 'known = "sure"', 10, "it is one of announced, assumed"),
        ('en = "National Day"', 'en = ""', 11, "neither empty"),
        ("first = 2026-10-11", "first = 2026-10-04", 14, "2026-10-04 is a workday here and also a holiday"),
        ("first = 2026-10-11", "first = 2026-10-12", 14, "is worked anyway, by its day of the week"),
        ("first = 2026-10-11\n", "", 13, "missing field first"),
        ("[[day]]\nfirst = 2026-10-11", "[[holiday]]\nfirst = 2026-10-11", 13, "unknown table 'holiday'"),
        ('kind = "workday"', 'kind = "workday', 15, "not TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, good: str, bad: str, line: int, what: str) -> None:
    assert good in GOOD
    found = mistakes(tmp_path, GOOD.replace(good, bad, 1))
    assert len(found) >= 1
    assert found[0].startswith(f"{line}: ")
    assert what in found[0]


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('"13:30-17:30"', '"11:30-17:30"').replace("2026-10-07", "2026-09-07").replace("workday", "work")
    assert [int(found.partition(":")[0]) for found in mistakes(tmp_path, text)] == [4, 8, 15]


def test_a_citys_folder_is_refused_for_its_calendar_as_for_anything_else(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "examples" / "demo"
    for file in example.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "calendar.toml").write_text(GOOD.replace("17:30", "11:30"), encoding="utf-8")
    found = load(tmp_path)
    assert isinstance(found, list)
    assert [(mistake.file, mistake.line) for mistake in found] == [("calendar.toml", 4)]


def test_both_examples_have_the_calendar_of_china() -> None:
    examples = Path(__file__).parents[2] / "examples"
    texts = {(examples / city / "calendar.toml").read_text(encoding="utf-8") for city in ("demo", "beijing-air")}
    assert len(texts) == 1
