"""The place page and the map's levels in a real browser: what an operator of each level asks, and whether the page answers."""

from typing import Any

import pytest

from tests.operations.page_city import City
from tests.operations.page_server import PageServer

pytestmark = pytest.mark.timeout(180)
TOWN = "990101002"
HOUR_MS = 3_600_000


def opened(page: Any, pages: PageServer, address: str) -> Any:
    page.goto(f"{pages.url}{address}")
    page.wait_for_function("() => document.querySelector('#veil').textContent === ''")
    return page


def cell_of(city: City, code: str, nth: int = 0) -> str:
    return [cell for cell in city.codes if cell.startswith(code)][nth]


def clock(limit: str, kind: str, *, since: int, lasts_ms: int) -> dict[str, Any]:
    ends = {"since": since, "started_at": since, "warn_at": since + lasts_ms * 9 // 10, "deadline": since + lasts_ms}
    rest: dict[str, Any] = {"used_ms": 0, "ended_at": None, "paused": "", "extensions": 0, "state": "green"}
    return {"stage": "handling", "limit": limit, "clock": kind, "limit_ms": lasts_ms, **ends, **rest}


@pytest.mark.parametrize(
    ("code", "level", "below"),
    [
        ("9901", "City", "District"),
        ("990101", "District", "Town"),
        (TOWN, "Town", "Community"),
        (f"{TOWN}001", "Community", "Unit grid cell"),
    ],
)
def test_at_each_level_the_five_questions_are_answered_on_one_page(
    page: Any, pages: PageServer, city: City, code: str, level: str, below: str
) -> None:
    city.add_incident(0, age_s=9000, cell=cell_of(city, f"{TOWN}001"))
    city.add_incident(1, state="reported", cell=cell_of(city, f"{TOWN}001", 1))
    opened(page, pages, f"/?lang=en#/place/{code}")
    page.wait_for_selector(".tiles")
    text = page.inner_text("#place")
    assert level in page.inner_text(".place-facts")
    assert below in page.inner_text(".place-children h3")
    assert page.inner_text(".tile >> nth=0").split()[1] == "2"
    assert page.inner_text(".tile >> nth=1").split()[1] == "1"
    for wanted in ("Operator to decide", "Red: overdue", "No duty grid", "No live sensor in 24 h", "Road water level"):
        assert wanted in text
    assert page.locator(".children tbody tr").count() == len(pages.places.page(code)["children"])  # type: ignore[index]


def test_a_figure_by_class_and_state_leads_to_its_list(page: Any, pages: PageServer, city: City) -> None:
    city.add_incident(0, cell=cell_of(city, TOWN))
    city.add_incident(1, cell=cell_of(city, TOWN, 1))
    city.add_incident(5, cell=cell_of(city, "990103"))
    opened(page, pages, f"/?lang=en#/place/{TOWN}")
    page.wait_for_selector(".place-open table")
    assert page.locator(".case").count() == 2
    page.click(".place-open tbody tr >> nth=0 >> .linklike >> nth=0")
    page.wait_for_function("() => document.querySelectorAll('.case').length === 1")
    assert "Only in" in page.inner_text("#case-scope")


def test_the_way_goes_down_by_the_table_up_by_the_path_and_back_by_the_browser(page: Any, pages: PageServer) -> None:
    opened(page, pages, "/?lang=en#/place/990101")
    page.focus(f"[data-key='child {TOWN}']")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => document.querySelector('.place-facts').textContent.includes('{TOWN}')")
    page.click("[data-key='path 9901']")
    page.wait_for_function("() => document.querySelector('.place-facts').textContent.includes('City')")
    page.go_back()
    page.wait_for_function(f"() => document.querySelector('.place-facts').textContent.includes('{TOWN}')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#place", state="hidden")
    assert page.locator("#case-scope:not([hidden])").count() == 0


def test_the_table_of_places_sorts_by_each_column_with_the_keyboard(page: Any, pages: PageServer) -> None:
    opened(page, pages, "/?lang=en#/place/990101")
    page.wait_for_selector(".children")
    page.focus("[data-key='sort staff']")
    page.keyboard.press("Enter")
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "descending"
    shown = [int(text) for text in page.locator(".children tbody td:nth-child(4)").all_inner_texts()]
    assert shown == sorted(shown, reverse=True)
    page.keyboard.press("Enter")
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "ascending"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_phone_nothing_of_a_place_runs_over_the_edge(page: Any, pages: PageServer, city: City, lang: str) -> None:
    for number in range(12):
        city.add_incident(number, state=["handling", "reported", "filed"][number % 3], cell=cell_of(city, TOWN, number))
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, pages, f"/?lang={lang}#/place/{TOWN}")
    page.wait_for_selector(".tiles")
    over = """() => [...document.querySelectorAll('#place *')].filter((node) => !node.closest('.wide')
        && node.getBoundingClientRect().right > 391).map((node) => node.className)"""
    assert page.evaluate(over) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".to-map")
    page.wait_for_selector("#place", state="hidden")
    assert page.is_visible("#canvas")


def test_an_unknown_place_says_so(page: Any, pages: PageServer) -> None:
    opened(page, pages, "/?lang=en#/place/770000")
    page.wait_for_selector("#place .answer")
    assert "no such place" in page.inner_text("#place .answer")


def test_the_map_is_divided_by_a_level_and_coloured_by_coverage_and_says_so_in_a_table(
    page: Any, pages: PageServer
) -> None:
    opened(page, pages, "/?lang=en")
    page.click("#levels [data-level=town]")
    page.select_option("#theme", "without_duty")
    page.wait_for_function("() => document.querySelector('#legend').textContent.includes('≤ 10 %')")
    page.wait_for_function(
        "() => [...document.querySelectorAll('#legend b')].slice(1).some((b) => Number(b.textContent) > 0)"
    )
    page.click("#legend .linklike")
    assert page.locator("#drawer tbody tr").count() == 20
    assert "No duty grid:" in page.inner_text("#drawer")
    page.keyboard.press("Escape")
    page.click("#levels [data-level=cell]")
    page.wait_for_function("() => document.querySelector('#legend').textContent.includes('Has a duty grid')")
    wanted = len(pages.places.lacking("without_duty"))
    page.wait_for_function(f"() => document.querySelectorAll('#legend b')[1].textContent === '{wanted}'")


def test_the_keyboard_goes_into_a_place_and_out_of_it(page: Any, pages: PageServer) -> None:
    opened(page, pages, "/?lang=en")
    page.click("#levels [data-level=district]")
    page.focus("#canvas")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('.crumb').length === 2")
    assert page.get_attribute("#levels [data-level=town]", "aria-checked") == "true"
    page.focus("#canvas")
    page.keyboard.press("Backspace")
    page.wait_for_function("() => document.querySelectorAll('.crumb').length === 1")


def test_a_clock_by_work_hours_names_its_limit_and_turns_by_what_it_says(
    page: Any, pages: PageServer, city: City
) -> None:
    now = pages.now()
    for number, ago in enumerate((1, 28, 40)):
        incident = city.add_incident(number, cell=city.codes[number])
        incident["clocks"] = [clock("4wh", "work_hour", since=now - ago * HOUR_MS, lasts_ms=30 * HOUR_MS)]
        incident["deadline"] = incident["clocks"][0]["deadline"]
    opened(page, pages, "/?lang=en")
    page.wait_for_selector(".case")
    assert [node.get_attribute("data-tone") for node in page.locator(".case .deadline").all()] == [
        "late",
        "near",
        "fine",
    ]
    assert page.inner_text(".case .limit >> nth=0") == "4 work hours"
    assert "overdue" in page.inner_text(".case >> nth=0")
    assert "soon: due" in page.inner_text(".case >> nth=1")
    page.click(".case >> nth=1")
    page.wait_for_selector(".stage")
    assert "Handling" in page.inner_text(".stage")
    assert "4 work hours" in page.inner_text(".stage")
