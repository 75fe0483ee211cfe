import re

from city.departments import DEPARTMENTS


def test_every_department_has_a_short_word_and_a_name_in_both_languages() -> None:
    for word, name in DEPARTMENTS.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", word)
        assert re.search(r"[\u4e00-\u9fff]", name.zh)
        assert re.fullmatch(r"[A-Z][A-Za-z, ]+", name.en)


def test_no_two_departments_have_the_same_name() -> None:
    assert len({name.zh for name in DEPARTMENTS.values()}) == len({name.en for name in DEPARTMENTS.values()})
    assert len({name.zh for name in DEPARTMENTS.values()}) == len(DEPARTMENTS)
