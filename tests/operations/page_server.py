"""A server that answers as operations does, from a `City`, and does what a test wants: falls silent, refuses, pushes events."""

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from tests.operations.page_city import City
from tests.operations.page_places import Places, majors_of

STATIC = Path(__file__).parents[2] / "operations" / "static"
KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
TOKEN = "w0001.good"  # noqa: S105 (opens this made-up server only)


class PageServer:
    """Serves the pages and a city on loopback until the block ends."""

    def __init__(self, city: City, port: int = 0) -> None:
        self.city = city
        self.places = Places(city)
        self.asked: list[str] = []
        self.majors = majors_of(city.board()["classes"])
        self.now: Callable[[], int] = lambda: city.now
        self.away = threading.Event()
        self.silent = threading.Event()
        self.breaks_off = threading.Event()
        self.posted: list[tuple[str, Any]] = []
        self.photos: dict[str, bytes] = {}
        self.receipts: list[dict[str, Any]] = []
        self.rejects: list[dict[str, Any]] = []
        self.last_ids: list[str] = []
        self.refusal: dict[str, Any] | None = None
        self.news = threading.Condition()
        self.events: list[tuple[str, Any]] = []
        self.installation: dict[str, Any] | None = None
        self.stopped = False
        server = self
        handler = type("Handler", (_Handler,), {"server_of_pages": server})
        self.http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopped = True
        with self.news:
            self.news.notify_all()
        self.http.shutdown()
        self.http.server_close()

    def push(self, event: str, data: Any) -> None:
        """Sends one event to every browser that listens, and to those that come back later."""
        with self.news:
            self.events.append((event, data))
            self.news.notify_all()

    def board(self) -> dict[str, Any]:
        """The board as it stands, with its sequence."""
        with self.news:
            return {**self.city.board(), "now": self.now(), "sequence": f"a1-{len(self.events)}"}

    def incident(self, incident_id: str) -> dict[str, Any] | None:
        """One incident with its log and tasks."""
        incident = self.city.incidents.get(incident_id)
        if incident is None:
            return None
        tasks = [task for task in self.city.tasks.values() if task["incident"] == incident_id]
        return {**incident, "log": self.city.log(incident), "task_list": tasks}

    def me(self) -> dict[str, Any]:
        """What the worker of the token sees."""
        worker = self.city.workers[0]
        tasks = [task for task in self.city.tasks.values() if task["worker"] == worker["id"]]
        board = self.city.board()
        shared = {"city": board["city"], "classes": board["classes"], "district": board["districts"][0]}
        return {
            "now": self.now(),
            "worker": worker,
            "tasks": tasks,
            "ended": [],
            "receipts": self.receipts,
            "rejects": self.rejects,
            **shared,
        }


class _Handler(BaseHTTPRequestHandler):
    server_of_pages: PageServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        return

    def _give(self, body: bytes, kind: str = "application/json", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("content-security-policy", "default-src 'self'")
        self.send_header("service-worker-allowed", "/worker")
        self.end_headers()
        if self.server_of_pages.breaks_off.is_set():
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    def _json(self, value: Any, status: int = 200) -> None:
        self._give(
            json.dumps(value).encode(), "application/json" if status < 400 else "application/problem+json", status
        )

    def _problem(self, status: int, title: str, detail: str, zh: str) -> None:
        self._json({"type": "about:blank", "status": status, "title": title, "detail": detail, "zh": zh}, status)

    def _away(self) -> bool:
        if self.server_of_pages.away.is_set():
            self.close_connection = True
            return True
        return False

    def do_GET(self) -> None:
        if self._away():
            return
        path = self.path.split("?")[0]
        self.server_of_pages.asked.append(self.path)
        page = {"/": "index.html", "/worker": "worker.html"}.get(path)
        if page or path.startswith("/static/"):
            self._file(STATIC / (page or path.removeprefix("/static/")))
        elif path == "/api/v1/events":
            self._events()
        else:
            self._data(path)

    def _file(self, file: Path) -> None:
        if file.is_file() and file.resolve().is_relative_to(STATIC):
            self._give(file.read_bytes(), KINDS.get(file.suffix, "application/octet-stream"))
        else:
            self._problem(404, "Not found", "There is no such file.", "没有这个文件。")

    def _data(self, path: str) -> None:
        pages = self.server_of_pages
        if path == "/api/v1/board":
            self._json(pages.board())
        elif path == "/api/v1/geometry":
            query = self._query()
            everything = pages.city.geometry
            self._json(
                pages.places.geometry(query["level"], query.get("within", "")) if "level" in query else everything
            )
        elif path == "/api/v1/classes":
            self._json({"majors": pages.majors})
        elif path.startswith("/api/v1/places"):
            self._places(path.removeprefix("/api/v1/places").strip("/"))
        elif path == "/api/v1/me":
            good = self.headers.get("authorization") == f"Bearer {TOKEN}"
            self._json(pages.me()) if good else self._problem(
                401, "Unauthorised", "This link is not valid.", "链接无效。"
            )
        elif found := re.fullmatch(r"/api/v1/incidents/(.+)", path):
            incident = pages.incident(found[1])
            self._json(incident) if incident else self._problem(
                404, "Not found", "There is no such incident.", "没有这个事件。"
            )
        elif found := re.fullmatch(r"/api/v1/cells/(\d{15})", path):
            self._json(pages.city.cell(found[1]))
        elif found := re.fullmatch(r"/api/v1/workers/(\w+)/link", path):
            self._json({"url": f"{pages.url}/worker?token={TOKEN}"})
        elif (found := re.fullmatch(r"/api/v1/photos/(\w+)", path)) and found[1] in pages.photos:
            self._give(pages.photos[found[1]], "image/jpeg")
        else:
            self._problem(404, "Not found", "There is nothing here.", "这里什么都没有。")

    def _query(self) -> dict[str, str]:
        return dict(parse_qsl(self.path.partition("?")[2]))

    def _places(self, rest: str) -> None:
        places = self.server_of_pages.places
        code, _, part = rest.partition("/")
        page = places.page(code) if code else None
        if not code:
            self._json(places.named())
        elif page is None:
            self._problem(404, "Not found", "There is no such place.", "没有这个地点。")
        elif part == "below":
            self._json(places.below(code, self._query()))
        else:
            self._json({"devices": places.devices, "workers": places.workers, "": lambda _: page}[part](code))

    def _events(self) -> None:
        pages = self.server_of_pages
        last = self.headers.get("last-event-id", "")
        pages.last_ids.append(last)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("cache-control", "no-store")
        self.end_headers()
        known = re.fullmatch(r"a1-(\d+)", last)
        sent = int(known[1]) if known else len(pages.events)
        if not known:
            self._send("snapshot", pages.board(), sent)
        self.close_connection = True
        try:
            while not pages.stopped and not pages.away.is_set():
                sent = self._send_news(sent)
        except OSError:
            return

    def _send_news(self, sent: int) -> int:
        pages = self.server_of_pages
        if pages.silent.is_set():
            time.sleep(0.05)
            return sent
        with pages.news:
            pages.news.wait_for(lambda: pages.stopped or len(pages.events) > sent, timeout=0.5)
            news = pages.events[sent:]
        for event, data in news:
            sent += 1
            self._send(event, data, sent)
        pulse = {
            "now": pages.now(),
            "age_ms": 420,
            "readings_per_s": 812.4,
            "open": pages.city.open_incidents(),
            "tasks": len(pages.city.tasks),
            "installation": pages.installation,
        }
        self._send("pulse", pulse, sent)
        return sent

    def _send(self, event: str, data: Any, number: int) -> None:
        self.wfile.write(f"id: a1-{number}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def do_POST(self) -> None:
        pages = self.server_of_pages
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self._away():
            return
        if pages.refusal is not None:
            self._json(pages.refusal, pages.refusal["status"])
            return
        value = json.loads(body)
        pages.posted.append((self.path, value))
        self._json({"id": value.get("id", "a-1")}, 202)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self._away():
            return
        self.server_of_pages.photos[self.path.rsplit("/", 1)[1]] = body
        self._json({}, 201)
