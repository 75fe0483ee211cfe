"""The whole server against a real Kafka: what lies there is shown, what happens is told, what is sent is written."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs

from adapters import kafka_registry
from adapters.clock import now_ms
from adapters.kafka_admin import ensure_topics
from adapters.kafka_reader import Reader
from adapters.kafka_writer import Writer
from adapters.worker_tokens import secret_of, worker_of
from city.incident import IncidentState
from city.registry import Place
from citygrid.local import ports
from messages.packs import PackHead, headers_of
from messages.records import encode
from messages.telemetry import PackLine
from messages.topics import ACTIONS, INCIDENTS, LEDGER, REPORTS, TASKS, TELEMETRY, WINDOWS
from tests.citygrid.waiting import until
from tests.operations.builders import CELL, DISTRICT, OTHER_CELL, incident, name, registry, square, sums, task
from tests.services import Services

pytestmark = pytest.mark.integration
PARTITIONS = 4
PARTITION = 1
START = (
    "import sys; from pathlib import Path; import operations; "
    "operations.run(kafka=sys.argv[1], partitions=4, http=sys.argv[2], data_dir=Path(sys.argv[3]))"
)


class Server:
    """The operations process itself."""

    def __init__(self, kafka: str, folder: Path, port: int) -> None:
        self.port = port
        command = [sys.executable, "-c", START, kafka, f"127.0.0.1:{port}", str(folder)]
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, cwd=Path(__file__).parents[2])

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def ready(self) -> None:
        """Waits until the board is whole."""
        until(lambda: self.state()[0] == 200, 90)

    def state(self) -> tuple[int, Any]:
        """What `/readyz` says; status 0 where nothing answers yet."""
        try:
            return self.ask("GET", "/readyz")
        except OSError:
            return 0, None

    def events(self, last: str | None = None) -> Generator[tuple[str, str, Any]]:
        """The live events as (id, name, data)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        connection.request("GET", "/api/v1/events", headers={"Last-Event-ID": last} if last else {})
        answer = connection.getresponse()
        try:
            fields: dict[str, str] = {}
            while line := answer.readline():
                text = line.decode().rstrip("\n")
                if text:
                    name, _, value = text.partition(": ")
                    fields[name] = value
                elif "data" in fields:
                    yield fields["id"], fields["event"], json.loads(fields["data"])
                    fields = {}
        finally:
            connection.close()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def kafka(services: Services) -> str:
    ensure_topics(services.kafka, PARTITIONS)
    kafka_registry.apply(services.kafka, PARTITIONS, registry())
    return services.kafka


def started(kafka: str, folder: Path) -> Server:
    return Server(kafka, folder, int(ports.any_free().rpartition(":")[2]))


@pytest.fixture
def server(kafka: str, tmp_path: Path) -> Iterator[Server]:
    made = started(kafka, tmp_path)
    try:
        made.ready()
        yield made
    finally:
        made.kill()


@pytest.fixture
def writer(kafka: str) -> Iterator[Writer]:
    made = Writer(kafka)
    yield made
    made.close()


def put(writer: Writer, topic: str, key: str, value: Any) -> None:
    writer.write(topic, partition=PARTITION, key=key, value=encode(value))


def put_reading(writer: Writer) -> int:
    now = now_ms()
    head = PackHead(gateway="g", start="s", pack=1, count=1, total=1, at=now)
    line = PackLine(device="water-1", cell=CELL, at=now, received_at=now, values={"water_level_m": 0.3})
    writer.write(TELEMETRY.name, partition=PARTITION, key=DISTRICT, value=encode(line), headers=headers_of(head))
    return now


def newest(kafka: str, topic: str, id_: str) -> dict[str, Any] | None:
    """The record with this id in a topic."""
    reader = Reader(kafka, [topic])
    found = None
    while not reader.caught_up():
        for record in reader.poll(timeout=0.2):
            if id_.encode() in (record.value or b""):
                found = json.loads(record.value or b"null")
    reader.close()
    return found


def test_what_lies_in_kafka_is_shown_and_what_happens_is_told(server: Server, writer: Writer, tmp_path: Path) -> None:
    case = incident(77)
    events = server.events()
    assert next(events)[1] == "snapshot"
    put(writer, INCIDENTS.name, case.id, case)
    put(writer, TASKS.name, task(case).id, task(case))
    put(writer, LEDGER.name, DISTRICT, sums(received=4, accepted=4, windowed=4))
    put_reading(writer)
    seen, fresh, last = set(), False, ""
    while not (fresh and seen >= {"incident", "task", "ledger", "worker", "cells"}):
        last, name, data = next(events)
        seen.add(name)
        fresh = fresh or (name == "pulse" and data["age_ms"] is not None and data["age_ms"] < 60_000)
    board = server.ask("GET", "/api/v1/board")[1]
    assert board["cells"][CELL] == "incident"
    assert case.id in {i["id"] for i in board["incidents"]}
    assert board["ledger"]["districts"][DISTRICT]["windowed"] == 4
    put(
        writer,
        INCIDENTS.name,
        case.id,
        structs.replace(case, version=2, state=IncidentState.CLOSED, closed_at=now_ms()),
    )
    resumed = server.events(last)
    told = next(data for _, name, data in resumed if name == "incident" and data["version"] == 2)
    assert told["state"] == "closed"
    resumed.close()
    assert server.end() == 0, (tmp_path / "log").read_text()


def test_a_place_is_rolled_up_from_kafka_and_named_after_a_restart(
    server: Server, writer: Writer, kafka: str, tmp_path: Path
) -> None:
    town = CELL[:9]
    named = {town: Place(code=town, name=name("Town of places"), geometry=square(111.0, 30.0, 0.02))}
    kafka_registry.apply(kafka, PARTITIONS, structs.replace(registry(), places=named))
    start = now_ms() // 60_000 * 60_000 - 120_000
    closed = {"seconds": 60, "count": 3, "sum": 0.9, "min": 0.2, "max": 0.4, "first_at": start, "last_at": start + 9}
    lines = [{"cell": cell, "metric": "water_level_m", "start": start, **closed} for cell in (CELL, OTHER_CELL)]
    put_reading(writer)
    for _ in range(2):  # a stage that crashed says it again
        value = b"\n".join(map(encode, lines))
        writer.write(WINDOWS.name, partition=PARTITION, key=DISTRICT, value=value)
    until(lambda: "water_level_m" in place(server, town)["windows"])
    (tmp_path / "again").mkdir()
    again = started(kafka, tmp_path / "again")
    try:
        again.ready()
        until(lambda: "water_level_m" in place(again, town)["windows"])
        for asked in (server, again):
            seen = place(asked, town)
            assert seen["name"]["en"] == "Town of places"
            assert seen["path"][1]["name"]["en"] == "Second"
            water = seen["windows"]["water_level_m"]
            assert (water["count"], water["cells"], water["mean"]) == (6, 2, pytest.approx(0.3))
            assert seen["figures"]["devices_live"] >= 1
            (feature,) = asked.ask("GET", f"/api/v1/geometry?level=town&within={town}")[1]["features"]
            assert feature["properties"]["en"] == "Town of places"
    finally:
        again.kill()


def place(server: Server, code: str) -> dict[str, Any]:
    """A place as the server tells it."""
    status, told = server.ask("GET", f"/api/v1/places/{code}")
    assert status == 200
    return dict(told)


def test_a_browser_of_an_earlier_start_is_given_the_whole_board(server: Server) -> None:
    _, name, data = next(server.events("earlier-17"))
    assert name == "snapshot"
    assert CELL in data["cells"]


def test_what_people_send_lies_in_kafka_before_they_are_told_so(server: Server, writer: Writer, kafka: str) -> None:
    sent: dict[str, Any] = {
        "id": str(uuid4()),
        "at": now_ms(),
        "class": "E0506",
        "position": {"lon": 111.005, "lat": 30.005},
    }
    status, answer = server.ask("POST", "/api/v1/reports", sent)
    assert (status, answer["id"]) == (202, sent["id"])
    assert (newest(kafka, REPORTS.name, sent["id"]) or {})["source"] == "citizen"
    case = incident(78, cells=[OTHER_CELL])
    put(writer, INCIDENTS.name, case.id, case)
    until(lambda: server.ask("GET", f"/api/v1/incidents/{case.id}")[0] == 200)
    status, answer = server.ask("POST", f"/api/v1/incidents/{case.id}/actions", {"action": "void", "reason": "a test"})
    assert status == 202
    assert (newest(kafka, ACTIONS.name, answer["id"]) or {})["incident"] == case.id


def test_a_worker_opens_the_page_by_the_link_of_the_command_line(server: Server, tmp_path: Path) -> None:
    status, answer = server.ask("GET", "/api/v1/workers/w-1/link")
    assert status == 200
    token = answer["url"].rpartition("=")[2]
    assert worker_of(secret_of(tmp_path), token) == "w-1"


def test_it_ends_in_good_order_while_browsers_watch(server: Server) -> None:
    watching = [server.events() for _ in range(3)]
    for events in watching:
        next(events)
    began = time.monotonic()
    assert server.end() == 0
    assert time.monotonic() - began < 8


def test_without_kafka_the_pages_are_served_and_nothing_is_taken(tmp_path: Path) -> None:
    made = started("127.0.0.1:1", tmp_path)
    try:
        until(lambda: made.state()[0])
        status, answer = made.state()
        assert status == 503
        assert answer["reasons"]
        assert made.ask("GET", "/api/v1/board")[0] == 503
        assert made.end() == 0
    finally:
        made.kill()


def test_while_kafka_is_away_it_says_so_and_afterwards_it_goes_on(server: Server, services: Services) -> None:
    services.end("kafka")
    try:
        until(lambda: server.state()[0] == 503, 30)
        assert "Kafka has not answered" in server.state()[1]["reasons"][0]
        sent = {"id": str(uuid4()), "at": now_ms(), "class": "E0506", "position": {"lon": 111.005, "lat": 30.005}}
        assert server.ask("POST", "/api/v1/reports", sent)[0] == 503
        assert server.ask("GET", "/api/v1/board")[0] == 200
    finally:
        services.start("kafka")
    until(lambda: server.state()[0] == 200, 60)
    assert server.ask("POST", "/api/v1/reports", sent)[0] == 202
