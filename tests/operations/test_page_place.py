"""The place page and the map's levels in a real browser: what an operator of each level asks, and whether the page answers."""

import re
import threading
from typing import Any

import pytest

from tests.operations.page_city import City
from tests.operations.page_server import PageServer
from tests.operations.page_waits import contains, expect

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
    contains(page, ".place-facts", level)
    contains(page, ".place-children h3", below)
    expect(page.locator(".tile >> nth=0")).to_have_text(re.compile(r"^\S+\s+2\b"), use_inner_text=True)
    expect(page.locator(".tile >> nth=1")).to_have_text(re.compile(r"^\S+\s+1\b"), use_inner_text=True)
    contains(page, "#place", "Operator to decide", "Red: overdue", "No duty grid", "No live sensor in 24 h")
    contains(page, "#place", "Road water level")
    expect(page.locator(".children tbody tr")).to_have_count(len(pages.places.page(code)["children"]))  # type: ignore[index]


def test_a_figure_by_class_and_state_leads_to_its_list(page: Any, pages: PageServer, city: City) -> None:
    city.add_incident(0, cell=cell_of(city, TOWN))
    city.add_incident(1, cell=cell_of(city, TOWN, 1))
    city.add_incident(5, cell=cell_of(city, "990103"))
    opened(page, pages, f"/?lang=en#/place/{TOWN}")
    page.wait_for_selector(".place-open table")
    expect(page.locator(".case")).to_have_count(2)
    page.click(".place-open tbody tr >> nth=0 >> .linklike >> nth=0")
    expect(page.locator(".case")).to_have_count(1)
    contains(page, "#case-scope", "Only in")


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
    expect(page.locator("#case-scope")).to_be_hidden()


def test_the_table_of_places_sorts_by_each_column_with_the_keyboard(page: Any, pages: PageServer) -> None:
    opened(page, pages, "/?lang=en#/place/990101")
    page.wait_for_selector(".children")
    staff = page.locator("th", has=page.locator("[data-key='sort staff']"))
    page.focus("[data-key='sort staff']")
    page.keyboard.press("Enter")
    expect(staff).to_have_attribute("aria-sort", "descending")
    shown = [int(text) for text in page.locator(".children tbody td:nth-child(4)").all_inner_texts()]
    assert shown == sorted(shown, reverse=True)
    page.keyboard.press("Enter")
    expect(staff).to_have_attribute("aria-sort", "ascending")


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
    expect(page.locator("#canvas")).to_be_visible()


def test_an_unknown_place_says_so(page: Any, pages: PageServer) -> None:
    opened(page, pages, "/?lang=en#/place/770000")
    contains(page, "#place .answer", "no such place")


def test_the_map_is_divided_by_a_level_and_coloured_by_coverage_and_says_so_in_a_table(
    page: Any, pages: PageServer
) -> None:
    opened(page, pages, "/?lang=en")
    page.click("#levels [data-level=town]")
    page.select_option("#theme", "without_duty")
    contains(page, "#legend", "≤ 10 %")
    page.click("#legend .linklike")
    table = page.locator("#drawer tbody tr")
    expect(table).to_have_count(20)
    expect(table.filter(has_text="No duty grid:")).to_have_count(20)
    page.keyboard.press("Escape")
    page.click("#levels [data-level=cell]")
    contains(page, "#legend", "Has a duty grid")
    wanted = len(pages.places.lacking("without_duty"))
    expect(page.locator("#legend b >> nth=1")).to_have_text(str(wanted))


def test_until_the_server_has_said_what_is_covered_nothing_is_claimed_and_the_open_table_follows_its_answer(
    page: Any, pages: PageServer
) -> None:
    answers = threading.Event()
    pages.places.held = answers
    opened(page, pages, "/?lang=en")
    page.click("#levels [data-level=town]")
    page.select_option("#theme", "without_duty")
    contains(page, "#legend", "Asking…")
    page.click("#legend .linklike")
    table = page.locator("#drawer tbody tr")
    expect(table.filter(has_text="Asking…")).to_have_count(20)
    page.focus(f"#drawer tr:has(code:text-is('{TOWN}')) button")
    answers.set()
    expect(table.filter(has_text="No duty grid:")).to_have_count(20)
    expect(page.locator(f"#drawer tr:has(code:text-is('{TOWN}')) button")).to_be_focused()
    expect(page.locator("#legend")).not_to_contain_text("Asking…")


def test_an_open_table_follows_the_map_and_keeps_the_rows_the_focus_and_the_place_where_one_reads(
    page: Any, pages: PageServer, city: City
) -> None:
    first = min(city.codes)
    opened(page, pages, "/?lang=en")
    page.click("#legend .linklike")
    expect(page.locator("#drawer tbody tr")).to_have_count(len(city.codes))
    row = page.locator(f"#drawer tr:has(code:text-is('{first}'))")
    expect(row).not_to_contain_text("Unknown")
    row.locator("button").focus()
    page.evaluate("document.querySelector('#drawer').scrollTop = 400")
    pages.push("cells", {first: "unknown"})
    expect(page.locator("#drawer tbody tr >> nth=0")).to_contain_text(first)
    contains(page, "#drawer tbody tr >> nth=0", "Unknown")
    expect(row.locator("button")).to_be_focused()
    assert page.evaluate("document.querySelector('#drawer').scrollTop") == 400


@pytest.mark.parametrize("opens", ["table", "form"])
def test_what_the_ledger_says_does_not_push_away_what_is_open(
    page: Any, pages: PageServer, city: City, opens: str
) -> None:
    opened(page, pages, f"/?lang=en#cell/{city.codes[0]}")
    page.wait_for_selector("#focus .plain")
    if opens == "table":
        page.click("#legend .linklike")
    else:
        page.click("#focus >> text=Register a report")
        page.fill("#drawer textarea", "An old man says")
    pages.push("ledger", {**city.ledger(), "balanced": False, "in_flight": 0})
    contains(page, "#ledger .verdict", "Does not balance")
    if opens == "table":
        expect(page.locator("#drawer tbody tr")).to_have_count(len(city.codes))
    else:
        expect(page.locator("#drawer textarea")).to_have_value("An old man says")
        expect(page.locator("#drawer textarea")).to_be_focused()


def test_the_keyboard_goes_into_a_place_and_out_of_it(page: Any, pages: PageServer) -> None:
    opened(page, pages, "/?lang=en")
    page.click("#levels [data-level=district]")
    page.focus("#canvas")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".crumb")).to_have_count(2)
    expect(page.locator("#levels [data-level=town]")).to_have_attribute("aria-checked", "true")
    page.focus("#canvas")
    page.keyboard.press("Backspace")
    expect(page.locator(".crumb")).to_have_count(1)


def test_a_clock_by_work_hours_names_its_limit_and_turns_by_what_it_says(
    page: Any, pages: PageServer, city: City
) -> None:
    now = pages.now()
    for number, ago in enumerate((1, 28, 40)):
        incident = city.add_incident(number, cell=city.codes[number])
        incident["clocks"] = [clock("4wh", "work_hour", since=now - ago * HOUR_MS, lasts_ms=30 * HOUR_MS)]
        incident["deadline"] = incident["clocks"][0]["deadline"]
    opened(page, pages, "/?lang=en")
    for nth, tone in enumerate(("late", "near", "fine")):
        expect(page.locator(f".case >> nth={nth} >> .deadline")).to_have_attribute("data-tone", tone)
    expect(page.locator(".case .deadline")).to_have_count(3)
    expect(page.locator(".case .limit >> nth=0")).to_have_text("4 work hours")
    contains(page, ".case >> nth=0", "overdue")
    contains(page, ".case >> nth=1", "soon: due")
    page.click(".case >> nth=1")
    contains(page, ".stage", "Handling", "4 work hours")
