"""A real browser for the page tests, a fresh profile for each test, and the city that it looks at."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.clock import now_ms
from tests.operations.page_city import City
from tests.operations.page_server import PageServer
from tests.operations.page_waits import PATIENCE_MS

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium, driven by Playwright; what needs it is skipped where the machine has none.

    It lives no longer than one module's tests, because Playwright's event loop would be in the way of other tests' own.
    """
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser on this machine (looked for {', '.join(NAMES)}): install chromium to test the pages")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: the pages cannot be driven"
    )
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def city() -> City:
    """A city of 400 cells as of now, without incidents."""
    return City(20, 20, now=now_ms())


@pytest.fixture
def pages(city: City) -> Iterator[PageServer]:
    """A server of the pages and of `city`."""
    with PageServer(city) as server:
        server.now = now_ms
        yield server


@pytest.fixture
def context(browser: Any, pages: PageServer) -> Iterator[Any]:
    """A browser profile of its own, which fails the test if a page asks another server for anything, or throws."""
    made = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Asia/Shanghai")
    made.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    made.on(
        "request",
        lambda request: (
            wrong.append(request.url) if not request.url.startswith((pages.url, "blob:", "data:")) else None
        ),
    )
    made.on("weberror", lambda error: wrong.append(str(error.error)))
    yield made
    made.close()
    assert wrong == []


@pytest.fixture
def page(context: Any) -> Any:
    """One tab."""
    return context.new_page()
