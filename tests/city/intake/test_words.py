import pytest

from city.intake.remark import Grade
from city.intake.words import CODE_REPAIRS, FLAWS, OUTLINE_REPAIRS, no_column, repaired_codes
from geo.mending import OutlineFlaw, Repair


@pytest.mark.parametrize("words", [CODE_REPAIRS, OUTLINE_REPAIRS, FLAWS])
def test_everything_is_said_in_both_languages(words: dict[str, tuple[str, str]]) -> None:
    for zh, en in words.values():
        assert any(letter >= "一" for letter in zh)
        assert en.isascii()


def test_every_repair_and_every_flaw_has_its_words() -> None:
    assert set(OUTLINE_REPAIRS) == set(Repair)
    assert set(FLAWS) == set(OutlineFlaw)


def test_a_repair_is_a_note_with_a_count() -> None:
    remark = repaired_codes("a.gpkg", "zeros", 1203)
    assert remark.grade is Grade.NOTE
    assert remark.what.en.startswith("1,203 codes had segments")


def test_of_many_columns_only_the_first_are_listed() -> None:
    remark = no_column("a.gpkg", "code", "zzz", [f"COLUMN{at:02d}" for at in range(30)])
    assert remark.what.en.endswith("COLUMN11 and 18 more")
