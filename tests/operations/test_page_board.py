"""The operations page in a real browser: what an operator sees, can do, and is told when the connection is gone."""

import re
from typing import Any

import pytest

from tests.operations.page_city import City, name
from tests.operations.page_server import PageServer
from tests.operations.page_waits import contains, expect

pytestmark = pytest.mark.timeout(180)


def opened(page: Any, pages: PageServer, address: str = "/?lang=en") -> Any:
    page.goto(pages.url + address)
    page.wait_for_selector("#link[data-phase=live]")
    return page


def test_the_head_names_the_city_and_its_figures(page: Any, pages: PageServer, city: City) -> None:
    for number in range(5):
        city.add_incident(number)
    opened(page, pages)
    expect(page.locator(".case")).to_have_count(5)
    expect(page.locator("#city")).to_have_text("Cangjiang")
    expect(page.locator(".figure dd b").first).to_have_text("5")
    contains(page, "#age", "old")


def test_the_language_is_switched_and_remembered(page: Any, pages: PageServer, city: City) -> None:
    city.add_incident(0)
    opened(page, pages)
    page.click("#language")
    expect(page.locator("#city")).to_have_text("沧江市")
    expect(page.locator(".case-title")).to_have_text("道路积水")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    opened(page, pages, "/")
    expect(page.locator(".cases h2")).to_have_text("事件")


def test_every_cell_is_on_the_map_and_counted_by_its_state(page: Any, pages: PageServer, city: City) -> None:
    opened(page, pages)
    states = list(city.states().values())
    wanted = [str(states.count(state)) for state in ("fine", "watch", "incident", "unknown")]
    expect(page.locator("#legend b")).to_have_text(wanted)
    assert sum(map(int, wanted)) == len(city.codes)


@pytest.mark.parametrize(("age_s", "tone"), [(60, "fine"), (6700, "near"), (7900, "late")])
def test_a_clock_turns_yellow_at_nine_tenths_and_red_past_the_deadline(
    page: Any, pages: PageServer, city: City, age_s: int, tone: str
) -> None:
    city.add_incident(0, age_s=age_s)
    opened(page, pages)
    expect(page.locator(".case .deadline")).to_have_attribute("data-tone", tone)


def test_what_waits_for_an_operator_stands_before_what_has_a_deadline(page: Any, pages: PageServer, city: City) -> None:
    city.add_incident(0, kind=0)
    city.add_incident(1, kind=1, state="reported")
    opened(page, pages)
    for nth, turn in enumerate(("reported", "handling")):
        expect(page.locator(f"[aria-posinset='{nth + 1}'] .chip")).to_have_attribute("data-state", turn)
    expect(page.locator(".case")).to_have_count(2)


def test_an_incident_shows_its_evidence_its_worker_and_the_reasons(page: Any, pages: PageServer, city: City) -> None:
    city.add_incident(0)
    opened(page, pages)
    page.click(".case")
    page.wait_for_selector(".step")
    contains(page, "#focus", "Road flooding", "0.23 m", "Limit 0.15 m", "Area of duty", "own duty grid")
    contains(page, "#focus", "13 others considered", "Filed by rule")
    assert "#incident/" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("#focus")).to_be_hidden()


def test_the_evidence_says_that_its_sensor_died_and_names_a_citizen_in_words(
    page: Any, pages: PageServer, city: City
) -> None:
    incident = city.add_incident(0)
    first = incident["evidence"][0]
    first["silent"] = True
    incident["evidence"].append(
        {**first, "kind": "report", "state": "", "device": "", "sender": "citizen", "silent": False}
    )
    opened(page, pages, f"/?lang=zh#incident/{incident['id']}")
    contains(page, ".evidence >> nth=1", "传感器失联")
    contains(page, ".evidence >> nth=0", "市民")
    expect(page.locator(".evidence >> nth=0")).not_to_contain_text("传感器失联")


def test_an_action_needs_a_reason_and_reaches_the_server(page: Any, pages: PageServer, city: City) -> None:
    incident = city.add_incident(0, state="reported")
    opened(page, pages, f"/?lang=en#incident/{incident['id']}")
    page.click("[data-action=file]")
    page.click(".send")
    contains(page, ".answer", "reason")
    assert pages.posted == []
    page.fill(".act-form textarea", "Seen on camera 12")
    page.click(".send")
    page.wait_for_selector(".answer[data-tone=good]")
    assert pages.posted == [
        (f"/api/v1/incidents/{incident['id']}/actions", {"action": "file", "reason": "Seen on camera 12"})
    ]


def test_a_refused_action_shows_the_answer_and_keeps_the_reason(page: Any, pages: PageServer, city: City) -> None:
    incident = city.add_incident(0)
    pages.refusal = {
        "status": 409,
        "title": "Conflict",
        "detail": "An incident that is handling does not allow `close`.",
    }
    opened(page, pages, f"/?lang=en#incident/{incident['id']}")
    page.click("[data-action=close]")
    page.fill(".act-form textarea", "Looks fine")
    page.click(".send")
    contains(page, ".answer[data-tone=bad]", "does not allow")
    expect(page.locator(".act-form textarea")).to_have_value("Looks fine")


def test_an_action_that_the_case_stage_refuses_later_is_shown_too(page: Any, pages: PageServer, city: City) -> None:
    incident = city.add_incident(0)
    opened(page, pages, f"/?lang=en#incident/{incident['id']}")
    page.click("[data-action=close]")
    page.fill(".act-form textarea", "Looks fine")
    page.click(".send")
    page.wait_for_selector(".answer[data-tone=good]")
    pages.push(
        "reject",
        {
            "at": pages.now(),
            "reason": "not_allowed_now",
            "detail": "water-0000 still shows 0.23",
            "sender": "operator",
            "topic": "",
            "id": "a-1",
        },
    )
    contains(page, ".answer[data-tone=bad]", "still shows 0.23")


def test_what_is_being_typed_survives_a_change_of_the_incident(page: Any, pages: PageServer, city: City) -> None:
    incident = city.add_incident(0)
    opened(page, pages, f"/?lang=en#incident/{incident['id']}")
    page.click("[data-action=note]")
    page.fill(".act-form textarea", "Half a sent")
    pages.push("incident", {**incident, "version": 9, "severity": "extreme"})
    page.wait_for_selector(".detail-head[data-severity=extreme]")
    expect(page.locator(".act-form textarea")).to_have_value("Half a sent")
    expect(page.locator(".act-form textarea")).to_be_focused()


def test_what_people_write_never_becomes_markup(page: Any, pages: PageServer, city: City) -> None:
    evil = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
    incident = city.add_incident(0)
    incident["name"] = name(evil, evil)
    incident["evidence"][0] |= {"text": evil, "device": evil, "why": name(evil, evil)}
    city.workers[0]["name"] = name(evil, evil)
    opened(page, pages, f"/?lang=en#incident/{incident['id']}")
    contains(page, ".evidence blockquote", evil)
    page.wait_for_selector(".step")
    assert page.locator("img[src=x], #focus script").count() == 0
    assert "broken" not in page.title()


def test_an_incident_that_is_raised_now_appears_by_itself(page: Any, pages: PageServer, city: City) -> None:
    opened(page, pages)
    contains(page, "#case-rows", "calm")
    pages.push("incident", city.add_incident(2))
    expect(page.locator(".case-title")).to_have_text("Gas leak")


def test_the_list_is_narrowed_by_words_district_class_and_tab(page: Any, pages: PageServer, city: City) -> None:
    cells = [next(code for code in city.codes if code.startswith(f"99010{n}")) for n in (1, 2)]
    for number in range(6):
        city.add_incident(
            number,
            kind=number % 2,
            cell=cells[number % 2],
            state="reported" if number == 0 else "handling",
            age_s=9000 if number == 1 else 60,
        )
    opened(page, pages)
    titles = page.locator(".case-title")
    expect(titles).to_have_count(6)
    page.fill("#case-search", "manhole")
    expect(titles).to_have_text(["Manhole cover displaced"] * 3)
    page.fill("#case-search", "")
    page.select_option("#case-district", "990101")
    expect(titles).to_have_text(["Road flooding"] * 3)
    page.select_option("#case-district", "")
    expect(titles).to_have_count(6)
    page.click("[data-tab=late]")
    expect(titles).to_have_text(["Manhole cover displaced"])
    page.click("[data-tab=mine]")
    expect(titles).to_have_text(["Road flooding"])


def test_thousands_of_incidents_draw_only_the_rows_in_sight(page: Any, pages: PageServer, city: City) -> None:
    for number in range(3000):
        city.add_incident(number, state="handling")
    opened(page, pages)
    page.wait_for_selector(".case")
    contains(page, "#case-count", "3,000")
    assert page.locator(".case").count() < 30
    page.evaluate("document.querySelector('#case-rows').scrollTop = 98 * 2500")
    page.wait_for_selector("li[aria-posinset='2503']")
    assert page.locator(".case").count() < 30


def test_a_lost_connection_is_said_and_the_return_brings_what_was_missed(
    page: Any, pages: PageServer, city: City
) -> None:
    opened(page, pages)
    pages.away.set()
    contains(page, "#banner", "lost")
    expect(page.locator("#banner")).not_to_contain_text(re.compile(r"\b0 s ago"))
    pages.push("incident", city.add_incident(1))
    pages.away.clear()
    page.click("#banner button")
    expect(page.locator(".case")).to_have_count(1)
    expect(page.locator("#banner")).to_be_hidden()
    assert re.fullmatch(r"a1-\d+", pages.last_ids[-1])


def test_a_server_that_only_falls_silent_counts_as_lost_within_five_seconds(page: Any, pages: PageServer) -> None:
    page.clock.install()
    opened(page, pages)
    pages.silent.set()
    page.clock.fast_forward(5000)
    contains(page, "#banner", "lost")
    pages.silent.clear()
    page.wait_for_selector("#link[data-phase=live]")
    expect(page.locator("#banner")).to_be_hidden()


def test_a_snapshot_replaces_everything(page: Any, pages: PageServer, city: City) -> None:
    city.add_incident(0)
    opened(page, pages)
    page.wait_for_selector(".case")
    city.incidents.clear()
    city.add_incident(3)
    pages.push("snapshot", pages.board())
    expect(page.locator(".case-title")).to_have_text(["Overflowing bin"])


def test_a_cell_on_the_map_shows_its_devices_and_its_last_hours(page: Any, pages: PageServer) -> None:
    opened(page, pages)
    expect(page.locator("#scale span")).to_contain_text("m")
    page.click("#canvas", position={"x": 300, "y": 330})
    page.wait_for_selector(".plot .mean")
    assert "#cell/9901" in page.url
    expect(page.locator(".plot-frame")).to_contain_text("limit 0.15", ignore_case=True)
    contains(page, "#focus", "water-0007")


def test_an_address_of_no_place_says_so_and_claims_no_state(page: Any, pages: PageServer) -> None:
    opened(page, pages, "/?lang=en#cell/12")
    expect(page.locator("#focus .answer")).to_contain_text("nothing here", ignore_case=True)
    expect(page.locator("#focus")).not_to_contain_text("Unknown")


def test_the_map_is_reached_with_the_keyboard(page: Any, pages: PageServer) -> None:
    opened(page, pages)
    expect(page.locator("#scale span")).to_contain_text("m")
    page.focus("#canvas")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('#map-voice').textContent.length > 5")
    page.keyboard.press("Enter")
    page.wait_for_selector("#focus:not([hidden])")


@pytest.mark.parametrize(
    ("balanced", "in_flight", "word"), [(True, 0, "Balanced"), (False, 40, "Settling"), (False, 0, "Does not balance")]
)
def test_the_ledger_says_in_a_word_whether_it_balances(
    page: Any, pages: PageServer, city: City, balanced: bool, in_flight: int, word: str
) -> None:
    opened(page, pages)
    pages.push("ledger", {**city.ledger(), "balanced": balanced, "in_flight": in_flight})
    contains(page, ".ledger .verdict", word)
    page.click(".ledger .plain")
    expect(page.locator("#drawer .sums tbody tr")).to_have_count(5)
    contains(page, "#drawer", "Bad time")


def test_a_phone_shows_one_view_at_a_time(page: Any, pages: PageServer, city: City) -> None:
    city.add_incident(0)
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, pages)
    expect(page.locator("#canvas")).to_be_visible()
    page.click("#tabbar [data-tab=cases]")
    page.click(".case")
    page.wait_for_selector(".evidence")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("text=Show on the map")
    page.wait_for_selector("#focus", state="hidden")
    expect(page.locator("#canvas")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-tab", "map")
    page.click("#tabbar [data-tab=ledger]")
    expect(page.locator(".ledger .verdict")).to_be_visible()


def standing(**more: Any) -> dict[str, Any]:
    """How an installation stands in which all is well, but for what `more` says of its worker and gateway."""
    none = {"pid": 7, "restarts": 0, "reason": "", "lag": None, "in_flight": None, "braked": None, "state": "running"}
    processes = [
        {**none, "name": "kafka"},
        {**none, "name": "gateway-1", "in_flight": 12, "braked": False, **more.get("gateway", {})},
        {**none, "name": "worker-2", "lag": 3, **more.get("worker", {})},
        {**none, "name": "history", "lag": 0, **more.get("history", {})},
    ]
    return {"at": 0, "processes": processes, "short_disks": more.get("disks", [])}


def test_a_data_path_that_is_well_takes_one_line_and_tells_more_when_it_is_asked(page: Any, pages: PageServer) -> None:
    pages.installation = standing()
    opened(page, pages)
    expect(page.locator(".flow-verdict")).to_have_text("4 processes run well")
    expect(page.locator("#flow .troubled")).to_have_count(0)
    page.click("#flow summary")
    contains(page, "#flow", "3 records behind")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("Gateway 1", "reading held back", "5,000 messages in flight", "Stream worker 2", "81,234 records behind"),
        ),
        ("zh", ("网关 1", "已限流", "在途 5,000 条消息", "流处理 2", "落后 81,234 条记录")),
    ],
)
def test_a_braked_gateway_and_a_slow_worker_are_seen_without_asking(
    page: Any, pages: PageServer, language: str, words: tuple[str, ...]
) -> None:
    pages.installation = standing(gateway={"braked": True, "in_flight": 5000}, worker={"lag": 81_234})
    opened(page, pages, f"/?lang={language}")
    contains(page, "#flow .troubled", *words)
    expect(page.locator("#flow .troubled")).not_to_contain_text("History")


def test_a_failing_process_shows_its_last_words_and_a_full_disk_its_folder(page: Any, pages: PageServer) -> None:
    failing = {"state": "failing", "pid": None, "restarts": 7, "reason": "database or disk is full"}
    pages.installation = standing(history=failing, disks=[{"folders": ["/data/photos"], "free_mb": 3}])
    opened(page, pages)
    contains(page, "#flow .troubled", "History", "failing", "restarted 7 times", "database or disk is full")
    contains(page, "#flow .troubled", "/data/photos", "3 MB free")


def test_where_nobody_tells_how_the_processes_stand_nothing_is_claimed(page: Any, pages: PageServer) -> None:
    opened(page, pages)
    contains(page, "#age", "old")
    expect(page.locator("#flow")).to_be_hidden()
