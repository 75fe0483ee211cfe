from city.intake.remark import Grade, mistake, note, warning, worst

PLACE = "a.gpkg, feature 7"


def test_a_remark_reads_as_place_and_sentence() -> None:
    assert str(mistake("code", PLACE, zh="没有编码", en="the code is missing")) == f"{PLACE}: the code is missing"


def test_a_remark_is_said_in_both_languages() -> None:
    what = warning("gap", PLACE, zh="有缝隙", en="a gap").what
    assert (what.zh, what.en) == ("有缝隙", "a gap")


def test_the_worst_of_remarks_decides() -> None:
    small, middle = note("a", PLACE, zh="一", en="one"), warning("b", PLACE, zh="二", en="two")
    large = mistake("c", PLACE, zh="三", en="three")
    assert worst([small, middle, large]) is Grade.MISTAKE
    assert worst([small, middle]) is Grade.WARNING
    assert worst([small]) is Grade.NOTE


def test_nothing_said_has_no_grade() -> None:
    assert worst([]) is None
