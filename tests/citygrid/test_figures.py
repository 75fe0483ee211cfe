import json
import os
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from adapters import health
from citygrid.local import figures, ports
from citygrid.local.figures import Watcher
from citygrid.local.supervisor import Report, State
from tests.citygrid.waiting import until

Pages = dict[str, Any]


@pytest.fixture
def pages() -> Pages:
    return {}


@pytest.fixture
def operations(pages: Pages) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watcher]]:
    monkeypatch.setattr(figures, "EVERY_S", 0.02)
    started: list[Watcher] = []

    def start(http: str, **processes: str) -> Watcher:
        reports = [
            Report(name=name, state=State.RUNNING, pid=os.getpid(), http=address, restarts=0)
            for name, address in processes.items()
        ]
        started.append(Watcher(http, lambda: reports, {"kafka": lambda: False, "mosquitto": lambda: True}))
        return started[-1]

    yield start
    for watcher in started:
        watcher.close()


def test_the_figures_are_those_of_the_operations_centre(
    operations: str, pages: Pages, watch: Callable[..., Watcher]
) -> None:
    pages["/readyz"] = {}
    pages["/api/v1/ledger"] = {
        "districts": {"990101": {"received": 5}, "990102": {"received": 6}},
        "in_flight": 2,
        "balanced": False,
    }
    pages["/api/v1/board"] = {
        "incidents": [{"state": "filed"}, {"state": "closed"}],
        "tasks": {"a": {"state": "offered"}, "b": {"state": "done"}},
    }
    watcher = watch(operations, operations=operations)
    until(lambda: watcher.latest.received is not None and watcher.latest.open_incidents is not None)
    assert (watcher.latest.received, watcher.latest.in_flight, watcher.latest.balanced) == (11, 2, False)
    assert (watcher.latest.open_incidents, watcher.latest.tasks) == (1, 1)


def test_the_speed_follows_what_was_received(operations: str, pages: Pages, watch: Callable[..., Watcher]) -> None:
    pages["/api/v1/ledger"] = {"districts": {"990101": {"received": 0}}}
    watcher = watch(operations, operations=operations)
    until(lambda: watcher.latest.readings_per_s == 0.0)
    pages["/api/v1/ledger"] = {"districts": {"990101": {"received": 1000}}}
    until(lambda: (watcher.latest.readings_per_s or 0) > 0)


def test_nothing_that_is_absent_or_broken_stops_it(
    operations: str, pages: Pages, watch: Callable[..., Watcher]
) -> None:
    pages["/api/v1/ledger"] = b"not json"
    watcher = watch(operations, gone=ports.any_free(), here=operations)
    until(lambda: watcher.latest.not_ready)
    assert watcher.latest.received is None
    assert watcher.latest.not_ready["gone"] == "it does not answer yet"
    assert watcher.latest.ready == frozenset()
    pages["/readyz"] = {}
    until(lambda: watcher.latest.ready == {"here"})


def test_what_another_process_says_at_the_address_is_not_believed(
    operations: str, pages: Pages, watch: Callable[..., Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages["/readyz"] = {}
    pages["/api/v1/ledger"] = {"districts": {"990101": {"received": 5}}}
    monkeypatch.setattr(ports, "_listens", lambda _pid, _address: False)
    watcher = watch(operations, operations=operations)
    until(lambda: watcher.latest.not_ready)
    assert watcher.latest.not_ready == {"operations": f"another program answers at {operations}"}
    assert watcher.latest.received is None
    assert watcher.latest.counted == {}
    assert not watcher.latest.looks[0].said.answers


def test_a_process_says_itself_why_it_is_not_ready() -> None:
    server = health.serve("127.0.0.1:0", lambda: ["no session", "no registry"])
    assert figures.why_not_ready(server.address) == "no session; no registry"
    server.close()


def test_a_process_without_a_reason_is_ready() -> None:
    server = health.serve("127.0.0.1:0", list)
    assert figures.why_not_ready(server.address) == ""
    server.close()


def test_a_broker_is_asked_in_its_own_way(operations: str, watch: Callable[..., Watcher]) -> None:
    watcher = watch(operations, kafka="", mosquitto="")
    until(lambda: watcher.latest.looks)
    assert watcher.latest.not_ready == {"kafka": "it does not answer"}
    assert watcher.latest.ready == {"mosquitto"}
    assert all(look.broker for look in watcher.latest.looks)


def test_a_board_of_another_shape_gives_no_counts() -> None:
    assert figures.counts({"incidents": "many", "cells": []}) == {}
    assert figures.counts({"incidents": ["x", {"state": "filed"}]}) == {"incidents": 1}
