"""A city too large to be drawn cell by cell, and a catalogue too long to be read: the page asks for what is seen, and finds by words."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.clock import now_ms
from tests.operations.page_city import City
from tests.operations.page_places import majors_of
from tests.operations.page_server import TOKEN, PageServer

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def city() -> City:
    """More cells than a browser draws at once."""
    return City(92, 92, now=now_ms())


@pytest.fixture
def pages(city: City) -> Iterator[PageServer]:
    with PageServer(city) as server:
        server.now = now_ms
        yield server


def test_cells_are_asked_for_only_where_the_map_is_near_enough_to_show_them(page: Any, pages: PageServer) -> None:
    page.goto(f"{pages.url}/?lang=en")
    page.wait_for_function("() => document.querySelector('#legend').textContent.includes('zoom in')")
    assert not [path for path in pages.asked if path == "/api/v1/geometry" or "level=cell" in path]
    page.focus("#canvas")
    for _ in range(7):
        page.keyboard.press("+")
    page.wait_for_function("() => !document.querySelector('#legend').textContent.includes('zoom in')")
    for _ in range(100):
        if any("level=cell" in path for path in pages.asked):
            break
        page.wait_for_timeout(50)
    fetched = {path for path in pages.asked if "level=cell" in path}
    assert fetched
    assert len(fetched) < len(pages.places.codes("town"))
    assert "/api/v1/geometry" not in pages.asked


def test_a_class_is_found_among_hundreds_by_word_or_code_and_sent_with_its_condition(
    page: Any, pages: PageServer, city: City
) -> None:
    pages.majors = majors_of(city.board()["classes"], 240)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{pages.url}/worker?lang=zh&token={TOKEN}")
    page.click("#tabs [data-tab=report]")
    page.wait_for_function("() => document.querySelectorAll('.major').length > 10")
    assert page.locator(".kind").count() < 20
    page.fill(".class-picker input", "E0506")
    page.click(".kind:has-text('道路积水')")
    assert "4 工作时" in page.inner_text(".kind[aria-checked=true]")
    page.click(".condition:has-text('深于')")
    assert page.get_attribute(".condition >> nth=0", "aria-checked") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
