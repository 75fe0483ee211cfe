"""A server that speaks as much of InfluxDB 2's API as history uses, in memory: it can refuse, stall and go away when a test says so."""

import gzip
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SPACE = re.compile(r'(?<!\\) (?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*$)')


class Influx:
    """What the server holds (`points`: series and time → fields, as written) and what it answers next.

    `answers` are statuses for the next writes; `bad` is a text whose line is refused with 400, `old` one whose line is dropped as too old; `silent` lets every write wait until it is cleared.
    """

    def __init__(self) -> None:
        self.points: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()
        self.lines = 0
        self.writes = 0
        self.answers: list[int] = []
        self.always = 0
        self.bad = ""
        self.old = ""
        self.message = "unable to parse"
        self.told = ""
        self.talks = threading.Event()
        self.talks.set()
        self.csv = ""
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.bucket_id: str | None = "0123456789abcdef"

    def take(self, body: str) -> int:
        """The status for a write of these lines."""
        self.talks.wait(60)
        self.writes += 1
        if self.answers or self.always:
            return self.answers.pop(0) if self.answers else self.always
        lines = body.split("\n")
        bad = [line for line in lines if self.bad and self.bad in line]
        old = [line for line in lines if self.old and self.old in line and line not in bad]
        retention = f"partial write: points beyond retention policy dropped={len(old)}"
        self.told = "; ".join([self.message] * bool(bad) + [retention] * bool(old))
        if bad:
            return 400
        for line in lines:
            if line in old:
                continue
            series, fields, time = SPACE.split(line)
            with self._lock:
                self.points[series, time] = fields
        self.lines += len(lines) - len(old)
        return 422 if old else 204

    def of(self, measurement: str) -> dict[tuple[str, str], str]:
        """The points of one measurement."""
        with self._lock:
            held = dict(self.points)
        return {key: fields for key, fields in held.items() if key[0].startswith(f"{measurement},")}


class Handler(BaseHTTPRequestHandler):
    """One request; `influx` is set on the class made for each server."""

    influx: Influx
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        url = urlsplit(self.path)
        self.influx.tokens.add(self.headers.get("Authorization", ""))
        if url.path == "/api/v2/write":
            assert parse_qs(url.query)["precision"] == ["ns"]
            status = self.influx.take(body.decode())
            self.answer(
                status,
                b""
                if status == 204
                else json.dumps({"code": "x", "message": self.influx.told or self.influx.message}).encode(),
            )
        else:
            self.influx.asked.append(json.loads(body)["query"])
            self.answer(200, self.influx.csv.encode(), "text/csv")

    def do_GET(self) -> None:
        found = [{"id": self.influx.bucket_id, "name": "b", "retentionRules": []}] if self.influx.bucket_id else []
        self.answer(200, json.dumps({"buckets": found}).encode())

    def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        pass


class Server(ThreadingHTTPServer):
    """Says nothing about clients that go away."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def serving(influx: Influx, port: int = 0) -> Iterator[str]:
    """The server's address while it runs."""
    server = Server(("127.0.0.1", port), type("Own", (Handler,), {"influx": influx}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        influx.talks.set()
        server.shutdown()
        server.server_close()
