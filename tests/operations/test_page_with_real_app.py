"""The pages as the real server gives them: under its own security headers, with its own answers."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from adapters.clock import now_ms
from adapters.history_sqlite import Reader as History
from adapters.photo_files import PhotoFiles
from adapters.worker_tokens import token_for
from operations.app import application
from operations.desk import Desk
from operations.live import Live
from operations.requests_to_topics import Requests
from tests.operations.builders import entry, finding, heard, incident, pack, registry, task
from tests.operations.page_waits import until

SECRET = b"s" * 32
TICK_SECONDS = 0.1
pytestmark = pytest.mark.timeout(90)


class Kafka:
    """Takes records."""

    def __init__(self) -> None:
        self.records: list[tuple[str, bytes]] = []

    def write(self, topic: str, *, partition: int, key: str, value: bytes | None, headers: Any = ()) -> None:  # noqa: ARG002 (as the real one)
        self.records.append((topic, value or b""))


class Office:
    """The real application on a port of its own, over a board that was filled by hand."""

    def __init__(self, folder: Path) -> None:
        self.kafka, self.live = Kafka(), Live("start")
        self.live.register(registry())
        writer: Any = self.kafka
        requests = Requests(writer, 4, lambda: self.live.board.registry)
        desk = Desk(
            self.live, requests, History(folder / "history.sqlite"), PhotoFiles(folder / "photos"), SECRET, now_ms
        )
        self.live.take([pack(heard()), finding(), incident(), task(incident()), entry(incident())])
        self.live.settle()
        self.server = uvicorn.Server(uvicorn.Config(application(desk), host="127.0.0.1", port=0, log_config=None))
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._closing = asyncio.Event()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        ticking = asyncio.create_task(self._tick())
        await self.server.serve()
        await ticking

    async def _tick(self) -> None:
        while not self._closing.is_set():
            self.live.answered(now_ms(), 0)
            self.live.tick(now_ms())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), TICK_SECONDS)
        self.live.feed.close()

    def close(self) -> None:
        """Lets those who watch go, and ends the server."""
        self.server.should_exit = True
        self._loop.call_soon_threadsafe(self._closing.set)
        self.thread.join(10)

    @property
    def url(self) -> str:
        """Where it serves."""
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.thread.start()
    while not made.server.started:
        made.thread.join(0.02)
        assert made.thread.is_alive()
    yield made
    made.close()


@pytest.fixture
def tab(browser: Any, office: Office) -> Iterator[Any]:
    """A tab that remembers whatever the browser complains of: a forbidden script, a missing file, a thrown error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=office.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def test_the_board_an_incident_a_cell_and_an_action_work_with_the_real_server(tab: Any, office: Office) -> None:
    tab.goto("/?lang=en")
    tab.wait_for_selector("#link[data-phase=live]")
    tab.click(".case")
    tab.wait_for_selector(".step")
    tab.click("[data-action=note]")
    tab.fill(".act-form textarea", "Seen from the bridge")
    tab.click(".send")
    tab.wait_for_selector(".answer[data-tone=good]")
    assert [topic for topic, _ in office.kafka.records] == ["citygrid.actions"]
    tab.click(".facts .linklike")
    tab.wait_for_selector(".device")


def test_a_workers_link_opens_the_page_and_a_reply_reaches_kafka(tab: Any, office: Office) -> None:
    tab.goto(f"/worker?lang=en&token={token_for(SECRET, 'w-1')}")
    tab.click(".card [data-reply=accept], .card [data-reply=arrive], .card [data-reply=done]")
    tab.wait_for_selector("#line[data-tone=good]")
    until(tab, lambda: office.kafka.records)
    assert [topic for topic, _ in office.kafka.records] == ["citygrid.replies"]
