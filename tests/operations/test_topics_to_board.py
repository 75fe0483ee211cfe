"""The whole server against a real Kafka: what lies there is shown, what happens is told, what is sent is written."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters import kafka_registry
from adapters.clock import now_ms
from adapters.kafka_admin import ensure_topics
from adapters.kafka_reader import Reader
from adapters.kafka_writer import Writer
from city.incident import IncidentState
from messages.packs import PackHead, headers_of
from messages.records import encode
from messages.telemetry import PackLine
from messages.topics import ACTIONS, INCIDENTS, LEDGER, REPORTS, TASKS, TELEMETRY
from tests.operations.builders import CELL, DISTRICT, incident, registry, sums, task
from tests.services import Services

pytestmark = pytest.mark.integration
PARTITIONS = 4
PARTITION = 1
START = (
    "import sys; from pathlib import Path; import operations; "
    "operations.run(kafka=sys.argv[1], partitions=4, http=sys.argv[2], data_dir=Path(sys.argv[3]), mqtt='')"
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

    def ready(self, within: float = 30) -> None:
        """Waits until the board is whole."""
        end = time.monotonic() + within
        answer: Any = None
        while time.monotonic() < end:
            try:
                status, answer = self.ask("GET", "/readyz")
            except OSError as error:
                answer = str(error)
            else:
                if status == 200:
                    return
            time.sleep(0.1)
        pytest.fail(f"not ready: {answer}")

    def events(self, last: str | None = None) -> Iterator[tuple[str, str, Any]]:
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

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=10)
        self.log.close()
        return status


@pytest.fixture(scope="module")
def kafka(services: Services) -> str:
    ensure_topics(services.kafka, PARTITIONS)
    kafka_registry.apply(services.kafka, PARTITIONS, registry())
    return services.kafka


@pytest.fixture
def server(kafka: str, tmp_path: Path, unused_tcp_port_factory_of_ours: int) -> Iterator[Server]:
    made = Server(kafka, tmp_path, unused_tcp_port_factory_of_ours)
    try:
        made.ready()
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()
