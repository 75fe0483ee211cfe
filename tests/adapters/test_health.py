import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest
from prometheus_client import Counter

from adapters import health
from adapters.health import Health, Waits

SEEN = Counter("citygrid_test_seen", "What the test has seen")


@pytest.fixture
def reasons() -> list[str]:
    return []


@pytest.fixture
def server(reasons: list[str]) -> Iterator[Health]:
    server = health.serve("127.0.0.1:0", lambda: reasons)
    yield server
    server.close()


def get(server: Health, path: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(server.address, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_port_0_becomes_the_port_that_it_has(server: Health) -> None:
    host, port = server.address.split(":")
    assert host == "127.0.0.1"
    assert int(port) > 0


def test_a_process_that_lives_says_so_even_when_it_is_not_ready(server: Health, reasons: list[str]) -> None:
    reasons.append("Kafka is away")
    assert get(server, "/healthz")[0].status == 200


def test_it_is_ready_when_there_is_no_reason_against_it(server: Health) -> None:
    answer, body = get(server, "/readyz")
    assert answer.status == 200
    assert json.loads(body) == {"ready": True, "reasons": []}


def test_it_is_not_ready_as_long_as_there_is_one_and_says_it(server: Health, reasons: list[str]) -> None:
    reasons.append("Kafka is away")
    answer, body = get(server, "/readyz?verbose=1")
    assert answer.status == 503
    assert json.loads(body)["reasons"] == ["Kafka is away"]


def test_it_says_whether_a_new_start_could_mend_what_it_waits_for(server: Health, reasons: list[str]) -> None:
    reasons.append(Waits("the disk is full"))
    assert json.loads(get(server, "/readyz")[1])["mendable"] is False
    reasons.append("nothing moves")
    assert json.loads(get(server, "/readyz")[1])["mendable"] is True


def test_a_process_may_have_pages_of_its_own_beside() -> None:
    server = health.serve("127.0.0.1:0", list, {"/mine": lambda: b"{}"})
    assert get(server, "/mine")[1] == b"{}"
    assert get(server, "/yours")[0].status == 404
    server.close()


def test_the_counters_are_there_for_prometheus(server: Health) -> None:
    SEEN.inc()
    answer, body = get(server, "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert b"citygrid_test_seen_total 1.0" in body


def test_anything_else_is_a_problem_document(server: Health) -> None:
    answer, body = get(server, "/")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(body)["status"] == 404


def test_a_port_in_use_is_told_at_once(server: Health) -> None:
    with pytest.raises(OSError, match="in use"):
        health.serve(server.address, list)


def test_closing_it_frees_the_port() -> None:
    server = health.serve("127.0.0.1:0", list)
    server.close()
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", int(server.address.split(":")[1])), 1),
    ):
        pass
