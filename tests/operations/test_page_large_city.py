"""A city too large to be drawn cell by cell, and a catalogue too long to be read: the page asks for what is seen, and finds by words."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.clock import now_ms
from tests.operations.page_city import LAT, LON, STEP, City
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


def cell_requests(pages: PageServer) -> set[str]:
    return {path for path in pages.asked if path.startswith("/api/v1/geometry")}


def test_a_workers_phone_asks_for_its_own_district_alone_keeps_that_and_leaves_places_beyond_it_to_the_server(
    page: Any, pages: PageServer, city: City
) -> None:
    context = page.context
    context.grant_permissions(["geolocation"], origin=pages.url)
    context.set_geolocation({"longitude": LON + 5 * STEP, "latitude": LAT - 5 * STEP * 0.86, "accuracy": 9})
    own = "/api/v1/geometry?level=cell&within=990101"
    city.add_incident(0, state="dispatched", cell=next(code for code in city.codes if code.startswith("990101")))
    next(iter(city.tasks.values()))["worker"] = city.workers[0]["id"]
    address = f"{pages.url}/worker?lang=en&token={TOKEN}"
    page.goto(address)
    contains(page, ".card header", "grid")
    kept = """async () => {
      const cache = await caches.open("citygrid-worker-1");
      return (await cache.keys()).map(({ url }) => url.slice(location.origin.length));
    }"""
    until(
        page, lambda: {own, "/worker", "/static/worker/main.js", "/static/shared/cells.js"} <= set(page.evaluate(kept))
    )
    page.evaluate("navigator.serviceWorker.ready")
    assert cell_requests(pages) == {own}
    page.reload()
    contains(page, ".card header", "grid")
    context.set_offline(True)
    page.reload()
    contains(page, ".card header", "grid")
    context.set_geolocation({"longitude": LON + 80 * STEP, "latitude": LAT - 80 * STEP * 0.86, "accuracy": 9})
    page.click("#tabs [data-tab=report]")
    contains(page, ".place-words", "outside your district")
    page.click(".kind >> nth=0")
    page.click("form.report > .big")
    contains(page, "#line", "1 still to be sent")
    context.set_offline(False)
    until(page, lambda: [path for path, _ in pages.posted if path == "/api/v1/reports"])
    assert cell_requests(pages) == {own}


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
