"""Whether a process lives, is ready, and what it counts: /healthz, /readyz and /metrics over HTTP.

`serve` starts a small server in a thread of its own; a process that serves HTTP anyway takes `metrics` and answers the two others itself.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from adapters.addresses import host_and_port


class Waits(str):
    """A reason for not being ready that a new start of the process would not mend: it waits for somebody or something else, or gets on by itself."""

    __slots__ = ()


Ready = Callable[[], list[str]]
Page = Callable[[], bytes]
Answer = tuple[HTTPStatus, str, bytes]
NO_MORE: Mapping[str, Page] = MappingProxyType({})


class Health:
    """A running health server; `address` is "host:port" as it really is, also when port 0 was asked for."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        """Serves in a daemon thread, so that a process that ends is not held."""
        self._server = server
        host, port = server.server_address[:2]
        self.address = f"{host!s}:{port}"
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Ends the server and frees its port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(address: str, ready: Ready, more: Mapping[str, Page] = NO_MORE) -> Health:
    """Serves on `address` ("host:port"); `ready` gives the reasons why the process is not ready, none when it is; `more` are further pages of JSON by path.

    Raises OSError when the port is taken.
    """
    server = ThreadingHTTPServer(host_and_port(address), _handler(ready, more))
    server.daemon_threads = True
    return Health(server)


def readiness(reasons: Sequence[str]) -> dict[str, Any]:
    """The document of /readyz; `mendable` says of one that is not ready whether a new start of the process could help."""
    mendable = {"mendable": any(not isinstance(reason, Waits) for reason in reasons)} if reasons else {}
    return {"ready": not reasons, "reasons": list(reasons), **mendable}


def metrics() -> tuple[bytes, str]:
    """All counters of this process in Prometheus' text format, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST


def _handler(ready: Ready, more: Mapping[str, Page]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = _answer(urlsplit(self.path).path, ready, more)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked may have lost patience
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Says nothing: probes come every few seconds."""

    return Handler


def _answer(path: str, ready: Ready, more: Mapping[str, Page]) -> Answer:
    match path:
        case "/healthz":
            return HTTPStatus.OK, "application/json", b'{"alive":true}'
        case "/readyz":
            reasons = ready()
            status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
            return status, "application/json", json.dumps(readiness(reasons)).encode()
        case "/metrics":
            body, kind = metrics()
            return HTTPStatus.OK, kind, body
        case page if page in more:
            return HTTPStatus.OK, "application/json", more[page]()
        case _:
            problem = {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "Here are /healthz, /readyz and /metrics.",
            }
            return HTTPStatus.NOT_FOUND, "application/problem+json", json.dumps(problem).encode()
