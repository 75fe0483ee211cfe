"""A city too large to be drawn cell by cell, and a catalogue too long to be read: the page asks for what is seen, and finds by words."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.clock import now_ms
from tests.operations.page_city import City
from tests.operations.page_places import majors_of
from tests.operations.page_server import TOKEN, PageServer
from tests.operations.page_waits import contains, expect, until

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
    contains(page, "#legend", "zoom in")
    assert not [path for path in pages.asked if path == "/api/v1/geometry" or "level=cell" in path]
    page.focus("#canvas")
    for _ in range(7):
        page.keyboard.press("+")
    expect(page.locator("#legend")).not_to_contain_text("zoom in")
    fetched = until(page, lambda: {path for path in pages.asked if "level=cell" in path})
    assert len(fetched) < len(pages.places.codes("town"))
    assert "/api/v1/geometry" not in pages.asked


def test_a_class_is_found_among_hundreds_by_word_or_code_and_sent_with_its_condition(
    page: Any, pages: PageServer, city: City
) -> None:
    pages.majors = majors_of(city.board()["classes"], 240)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{pages.url}/worker?lang=zh&token={TOKEN}")
    page.click("#tabs [data-tab=report]")
    expect(page.locator(".major >> nth=10")).to_be_visible()
    assert page.locator(".kind").count() < 20
    page.fill(".class-picker input", "E0506")
    page.click(".kind:has-text('道路积水')")
    contains(page, ".kind[aria-checked=true]", "4 工作时")
    page.click(".condition:has-text('深于')")
    expect(page.locator(".condition >> nth=0")).to_have_attribute("aria-checked", "true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
