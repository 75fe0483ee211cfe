"""The worker's page in a real browser: tasks, replies and reports, also where there is no signal."""

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest

from tests.operations.page_city import LAT, LON, STEP, City
from tests.operations.page_server import TOKEN, PageServer
from tests.operations.page_waits import contains, expect, until

pytestmark = pytest.mark.timeout(180)
ADDRESS = f"/worker?lang=en&token={TOKEN}"
PHONE = {"width": 390, "height": 844}
KEPT = """async () => {
  const cache = await caches.open("citygrid-worker-1");
  const kept = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  const asked = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  const wanted = ["/worker", "/api/v1/geometry", ...asked.filter((path) => path.startsWith("/static/"))];
  return wanted.every((path) => kept.includes(path));
}"""


def posted(pages: PageServer, path: str) -> list[Any]:
    return [body for where, body in pages.posted if where == path]


@pytest.fixture
def phone(context: Any, pages: PageServer, city: City) -> Any:
    """The page of a worker with one task, on a phone that knows where it is."""
    context.grant_permissions(["geolocation"], origin=pages.url)
    context.set_geolocation({"longitude": LON + 4 * STEP, "latitude": LAT - 4 * STEP * 0.86, "accuracy": 9})
    city.workers[0]["on_shift"] = True
    city.add_incident(0, state="dispatched")
    next(iter(city.tasks.values()))["worker"] = city.workers[0]["id"]
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(pages.url + ADDRESS)
    page.wait_for_selector(".card")
    return page


def report(page: Any, text: str, accuracy: str = "grid") -> None:
    page.click("#tabs [data-tab=report]")
    page.click(".kind >> nth=0")
    contains(page, "form.report", accuracy)
    page.click(".locate")
    contains(page, ".place-words", "grid", accuracy)
    page.fill("form.report textarea", text)
    page.click("form.report > .big")
    page.wait_for_selector(f".said li:has-text('{text}')")


@pytest.mark.parametrize(
    ("address", "words"), [("/worker?lang=en", "with your own link"), ("/worker?lang=en&token=w0001.bad", "not valid")]
)
def test_without_a_good_token_the_page_says_what_to_do(page: Any, pages: PageServer, address: str, words: str) -> None:
    page.goto(pages.url + address)
    contains(page, "#locked", words)
    expect(page.locator("#tabs")).to_be_hidden()


def test_a_task_says_what_where_by_when_and_why_me(phone: Any) -> None:
    contains(phone, ".card", "Road flooding", "left", "Put up a warning sign", "away")
    phone.click(".reasons summary")
    contains(phone, ".reasons", "own duty grid")


def test_accepting_says_so_at_once_and_sends_one_reply(phone: Any, pages: PageServer) -> None:
    phone.click("[data-reply=accept]")
    phone.wait_for_selector("[data-reply=arrive]")
    until(phone, lambda: posted(pages, "/api/v1/replies"))
    phone.click("#tabs [data-tab=sent]")
    expect(phone.locator(".said [data-sent=sent]")).to_have_count(1)
    [reply] = posted(pages, "/api/v1/replies")
    assert reply["kind"] == "accept"
    assert reply["task"].endswith("-t1")
    assert len(reply["id"]) == 36


def test_a_return_needs_a_reason(phone: Any, pages: PageServer) -> None:
    phone.click("[data-reply=return]")
    phone.click("#sheet .big[type=submit]")
    contains(phone, "#sheet form > .wrong", "why")
    phone.click(".pick >> nth=0")
    phone.click("#sheet .big[type=submit]")
    until(phone, lambda: posted(pages, "/api/v1/replies"))
    assert posted(pages, "/api/v1/replies")[0]["reason"] == "Tools or material missing"


def test_done_needs_words_or_a_photo_and_the_photo_goes_first(
    phone: Any, pages: PageServer, city: City, tmp_path: Path
) -> None:
    picture = tmp_path / "drain.png"
    phone.set_viewport_size({"width": 1900, "height": 1000})
    phone.screenshot(path=picture)
    phone.set_viewport_size(PHONE)
    next(iter(city.tasks.values()))["state"] = "arrived"
    phone.wait_for_selector("[data-reply=done]")
    phone.click("[data-reply=done]")
    phone.click("#sheet .big[type=submit]")
    contains(phone, "#sheet form > .wrong", "photo")
    phone.set_input_files("#sheet input[type=file]", picture)
    phone.wait_for_selector("#sheet .picture")
    phone.click("#sheet .big[type=submit]")
    until(phone, lambda: posted(pages, "/api/v1/replies"))
    [(sha, jpeg)] = pages.photos.items()
    assert posted(pages, "/api/v1/replies")[0]["photos"] == [f"sha256:{sha}"]
    assert hashlib.sha256(jpeg).hexdigest() == sha
    assert jpeg[:3] == b"\xff\xd8\xff"
    size = phone.evaluate(
        "async sha => { const b = await createImageBitmap(await (await fetch('/api/v1/photos/' + sha)).blob()); return [b.width, b.height]; }",
        sha,
    )
    assert max(size) == 1600


def test_three_reports_written_without_signal_arrive_once_each_with_their_own_time_and_place(
    phone: Any, pages: PageServer, context: Any
) -> None:
    phone.wait_for_function("() => navigator.serviceWorker.controller || navigator.serviceWorker.ready")
    context.set_offline(True)
    places = [(LON + n * STEP, LAT - n * STEP) for n in (2, 5, 8)]
    began = time.time() * 1000  # noqa: TID251 (compared with the browser's clock)
    for number, (lon, lat) in enumerate(places):
        context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 5 + number})
        report(phone, f"report number {number}", accuracy=f"{5 + number} m")
    contains(phone, "#line", "3 still to be sent")
    ended = time.time() * 1000  # noqa: TID251 (as above)
    phone.close()
    again = context.new_page()
    context.set_offline(False)
    again.goto(pages.url + ADDRESS)
    until(again, lambda: len(posted(pages, "/api/v1/reports")) >= 3)
    again.click("#tabs [data-tab=sent]")
    expect(again.locator(".said [data-sent=sent]")).to_have_count(3)
    sent = posted(pages, "/api/v1/reports")
    assert len({one["id"] for one in sent}) == len(sent) == 3
    assert [one["text"] for one in sent] == [f"report number {n}" for n in range(3)]
    assert [one["position"]["lon"] for one in sent] == pytest.approx([lon for lon, _ in places])
    assert [one["position"]["lat"] for one in sent] == pytest.approx([lat for _, lat in places])
    assert all(began - 1000 <= one["at"] <= ended + 1000 for one in sent)


def test_a_reply_that_is_refused_later_is_shown_as_refused_and_the_task_as_it_stands(
    phone: Any, pages: PageServer
) -> None:
    phone.click("[data-reply=accept]")
    phone.wait_for_selector("[data-reply=arrive]")
    until(phone, lambda: posted(pages, "/api/v1/replies"))
    [reply] = posted(pages, "/api/v1/replies")
    pages.rejects.append({"id": reply["id"], "reason": "not_allowed_now", "detail": "The task has expired"})
    phone.wait_for_selector("[data-reply=accept]")
    phone.click("#tabs [data-tab=sent]")
    contains(phone, "#sent .wrong", "Not allowed now: The task has expired")


def test_the_page_opens_without_signal_after_its_very_first_visit(phone: Any, context: Any) -> None:
    until(phone, lambda: phone.evaluate(KEPT))
    context.set_offline(True)
    address = phone.url
    phone.close()
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector(".card")


def test_an_answer_that_breaks_off_on_its_way_leaves_the_tasks_and_what_is_kept_of_them(
    phone: Any, pages: PageServer, context: Any
) -> None:
    pages.breaks_off.set()
    contains(phone, "#line", "No connection")
    expect(phone.locator(".card")).to_have_count(1)
    pages.breaks_off.clear()
    contains(phone, "#line", "Connected")
    until(phone, lambda: phone.evaluate(KEPT))
    context.set_offline(True)
    phone.reload()
    expect(phone.locator(".card")).to_have_count(1)


def test_the_page_opens_without_signal_once_it_was_seen(phone: Any, context: Any) -> None:
    phone.wait_for_function("() => navigator.serviceWorker.ready")
    phone.reload()
    phone.wait_for_selector(".card")
    until(phone, lambda: phone.evaluate(KEPT))
    context.set_offline(True)
    phone.reload()
    phone.wait_for_selector(".card")
    contains(phone, "#line", "No connection")


def test_a_refused_report_is_kept_and_says_why(phone: Any, pages: PageServer) -> None:
    pages.refusal = {
        "status": 422,
        "title": "Refused",
        "detail": "The position lies in no cell.",
        "reason": "outside_the_city",
    }
    report(phone, "somewhere else")
    phone.wait_for_selector(".said [data-sent=refused]")
    contains(phone, "#sent", "The position lies in no cell.")
    phone.click("#sent .quiet")
    expect(phone.locator(".said")).to_have_count(0)


def test_a_place_can_be_tapped_on_the_map(phone: Any, pages: PageServer) -> None:
    phone.click("#tabs [data-tab=report]")
    phone.click(".kind:has-text('Gas leak')")
    contains(phone, ".place-words", "grid")
    phone.click(".minimap.touch", position={"x": 120, "y": 150})
    contains(phone, ".place-words", "chosen on the map")
    phone.click("form.report > .big")
    until(phone, lambda: posted(pages, "/api/v1/reports"))
    [sent] = posted(pages, "/api/v1/reports")
    assert sent["class"] == "E0502"
    assert sent["position"]["crs"] == "wgs84"


def test_a_receipt_shows_what_became_of_a_report(phone: Any, pages: PageServer) -> None:
    report(phone, "water over the kerb")
    until(phone, lambda: posted(pages, "/api/v1/reports"))
    sent = posted(pages, "/api/v1/reports")[0]["id"]
    pages.receipts.append(
        {
            "report": sent,
            "worker": "w0001",
            "district": "990101",
            "incident": "990101-abc",
            "state": "filed",
            "at": pages.now(),
        }
    )
    contains(phone, ".became", "990101-abc: Filed")


def test_the_chosen_class_is_marked_as_chosen(phone: Any) -> None:
    phone.click("#tabs [data-tab=report]")
    phone.click(".kind:has-text('Gas leak')")
    expect(phone.locator(".kind:has-text('Gas leak')")).to_have_attribute("aria-checked", "true")
    expect(phone.locator(".kind[aria-checked=false] >> nth=1")).to_be_visible()
