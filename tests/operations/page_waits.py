"""What a browser shows is awaited, never compared at once: the page draws when the machine lets it, not when the test looks."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

PATIENCE_MS = 30_000
LOOK_MS = 50


def expect(what: Any) -> Any:
    """Playwright's assertions about a page or a locator, which wait; taken in here because a machine without it skips these tests."""
    playwright = import_module("playwright.sync_api")
    playwright.expect.set_options(timeout=PATIENCE_MS)
    return playwright.expect(what)


def until(page: Any, condition: Callable[[], Any]) -> Any:
    """Lets the page run until `condition` gives something true, and gives that; AssertionError after `PATIENCE_MS`."""
    for _ in range(PATIENCE_MS // LOOK_MS):
        if found := condition():
            return found
        page.wait_for_timeout(LOOK_MS)
    message = f"what was waited for did not happen within {PATIENCE_MS // 1000} s"
    raise AssertionError(message)


def contains(page: Any, selector: str, *wanted: str) -> None:
    """The text of a node holds each of these."""
    for words in wanted:
        expect(page.locator(selector)).to_contain_text(words, use_inner_text=True)
