from pathlib import Path

import pytest

from adapters import catalogue_files
from adapters.city_source import Mistake
from city.catalogue import Catalogue
from citygrid import class_page
from citygrid.refusal import Refusal

PAGE = Path(__file__).parents[2] / "docs" / "classes.md"


def test_the_page_of_classes_is_printed_from_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == class_page.page(), "docs/classes.md is behind: `make classes` prints it"


def test_every_class_of_the_catalogue_has_its_row_on_the_page() -> None:
    catalogue, _ = catalogue_files.read_catalogue()
    page = PAGE.read_text(encoding="utf-8")
    assert [code for code in catalogue.classes if page.count(f"\n| {code}") != 1] == []


def test_a_catalogue_with_mistakes_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [Mistake("events.toml", 3, "no")]
    monkeypatch.setattr(class_page, "read_catalogue", lambda: (Catalogue(), wrong))
    with pytest.raises(Refusal, match=r"events.toml:3: no"):
        class_page.page()
