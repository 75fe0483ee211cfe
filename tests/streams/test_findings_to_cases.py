"""Cases on a real Kafka: a report taken through to its close, by a worker process that is killed on the way."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters import kafka_registry
from adapters.clock import elapsed_ms, now_ms
from adapters.kafka_admin import ensure_topics
from adapters.kafka_reader import Reader
from adapters.kafka_writer import Writer
from city.names import Name
from city.registry import Cell, District, EventClass, Registry, Shift, Worker
from city.report import Position, Reply, ReplyKind, Report, Tick
from messages.records import encode
from messages.topics import CLOCK, INCIDENT_LOG, INCIDENTS, RECEIPTS, REJECTS, REPLIES, REPORTS, TASKS, Topic
from tests.services import Services

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
PARTITIONS = 4
INDEX = 3
LONE, CROWDED = "995501", "995502"
"""Each test has a district of its own, because what is reported in one cell is joined."""
ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
import streams
streams.run(kafka=sys.argv[1], partitions=int(sys.argv[2]), name="worker-1", data_dir=Path(sys.argv[3]), http=None)
"""


def cell_of(district: str) -> str:
    return f"{district}001001001"


def workers(district: str) -> dict[str, Worker]:
    shift, name = Shift(start="00:00", end="24:00"), Name("试", "test")
    made = {}
    for id_ in (f"case-{district}-w1", f"case-{district}-w2"):
        made[id_] = Worker(
            id=id_, district=district, name=name, skills=["drainage"], grids=[cell_of(district)], shift=shift
        )
    return made


def registry() -> Registry:
    square = [[113.0, 30.0], [113.01, 30.0], [113.01, 30.01], [113.0, 30.01], [113.0, 30.0]]
    name, geometry = Name("试", "test"), {"type": "Polygon", "coordinates": [square]}
    return Registry(
        districts={code: District(code=code, name=name, index=INDEX) for code in (LONE, CROWDED)},
        cells={cell_of(code): Cell(code=cell_of(code), name=name, geometry=geometry) for code in (LONE, CROWDED)},
        workers=workers(LONE) | workers(CROWDED),
        classes={"E0506": EventClass(code="E0506", name=name, skill="drainage")},
    )


class Street:
    """Writes what a gateway would, and reads what the case stage says of one district."""

    def __init__(self, kafka: str, district: str) -> None:
        self.district = district
        self._writer = Writer(kafka)
        topics = (INCIDENTS, INCIDENT_LOG, TASKS, RECEIPTS, REJECTS)
        self._reader = Reader(kafka, [topic.name for topic in topics])
        self.seen: dict[str, list[dict[str, Any]]] = {topic.name: [] for topic in topics}

    def write(self, topic: Topic, said: Any, key: str = "") -> None:
        value = said if isinstance(said, bytes) else encode(said)
        self._writer.write(topic.name, partition=INDEX, key=key or self.district, value=value)

    def report(self, id_: str) -> None:
        here = Position(lon=113.005, lat=30.005)
        fields = {
            "position": here,
            "district": self.district,
            "cell": cell_of(self.district),
            "source": "worker",
            "sender": f"case-{self.district}-w1",
            "text": "water",
        }
        self.write(REPORTS, Report(id=id_, at=now_ms(), received_at=now_ms(), event_class="E0506", **fields))

    def reply(self, id_: str, task: dict[str, Any], kind: ReplyKind) -> None:
        fields = {"task": task["id"], "worker": task["worker"], "district": self.district, "text": "pumped dry"}
        self.write(REPLIES, Reply(id=id_, kind=kind, at=now_ms(), received_at=now_ms(), **fields))

    def tick(self) -> None:
        self.write(CLOCK, Tick(district=self.district, at=now_ms()))

    def until(self, topic: Topic, seconds: float = 60.0, **fields: Any) -> dict[str, Any]:
        """The first record of a topic with these fields, waited for."""
        latest = elapsed_ms() + seconds * 1000
        while True:
            for said in self.seen[topic.name]:
                if all(said.get(name) == value for name, value in fields.items()):
                    return said
            assert elapsed_ms() < latest, f"no record of {topic.name} with {fields} came"
            for record in self._reader.poll(timeout=0.2):
                if record.value and self.district.encode() in record.value:
                    self.seen[record.topic].append(msgspec.json.decode(record.value))

    def close(self) -> None:
        self._writer.close()
        self._reader.close()


class Working:
    """A stream worker in a process of its own."""

    def __init__(self, kafka: str, data: Path) -> None:
        self._child = subprocess.Popen([sys.executable, "-c", PROGRAM, kafka, str(PARTITIONS), str(data)], cwd=ROOT)

    def kill(self) -> None:
        self._child.send_signal(signal.SIGKILL)
        self._child.wait(timeout=5)

    def end(self) -> None:
        """Lets it leave its group, so that the next one need not wait for its session to run out."""
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture
def streets(services: Services) -> Iterator[dict[str, Street]]:
    """A street in each of the two districts, which are registered."""
    ensure_topics(services.kafka, PARTITIONS)
    kafka_registry.apply(services.kafka, PARTITIONS, registry())
    made = {district: Street(services.kafka, district) for district in (LONE, CROWDED)}
    yield made
    for street in made.values():
        street.close()


@pytest.fixture
def street(streets: dict[str, Street]) -> Street:
    return streets[LONE]


@pytest.fixture
def crowded(streets: dict[str, Street]) -> Street:
    return streets[CROWDED]


def test_a_report_is_followed_to_its_close_over_two_crashes(services: Services, street: Street, tmp_path: Path) -> None:
    working = Working(services.kafka, tmp_path)
    try:
        street.report("case-r1")
        receipt = street.until(RECEIPTS, report="case-r1")
        task = street.until(TASKS, incident=receipt["incident"], state="offered")
        working.kill()
        working = Working(services.kafka, tmp_path)
        street.reply("case-a", task, ReplyKind.ACCEPT)
        street.until(TASKS, id=task["id"], state="accepted")
        street.write(REPORTS, b"{not json")
        street.reply("case-x", {"id": f"{task['id']}0", "worker": f"case-{LONE}-w1"}, ReplyKind.ACCEPT)
        assert street.until(REJECTS, id="case-x")["reason"] == "unknown_task"
        working.kill()
        working = Working(services.kafka, tmp_path)
        street.reply("case-d", task, ReplyKind.DONE)
        closed = street.until(INCIDENTS, id=receipt["incident"], state="closed")
        assert [cause["id"] for cause in closed["causes"]] == ["case-r1"]
        check_log(street, closed)
        assert any(said["reason"] == "not_json" for said in street.seen[REJECTS.name])
    finally:
        working.end()


def check_log(street: Street, closed: dict[str, Any]) -> None:
    """What was said twice was said alike, and no version is missing."""
    street.until(INCIDENT_LOG, incident=closed["id"], event="closed")
    log = [entry for entry in street.seen[INCIDENT_LOG.name] if entry["incident"] == closed["id"]]
    by_version: dict[int, dict[str, Any]] = {}
    for entry in log:
        assert by_version.setdefault(entry["version"], entry) == entry
    assert [by_version[version]["event"] for version in sorted(by_version)] == [
        "reported",
        "filed",
        "dispatched",
        "accepted",
        "done",
        "closed",
    ]
    assert sorted(by_version) == list(range(1, closed["version"] + 1))


def test_many_reports_at_once_are_each_decided_once(services: Services, crowded: Street, tmp_path: Path) -> None:
    working = Working(services.kafka, tmp_path)
    try:
        for number in range(300):
            crowded.report(f"case-many-{number}")
        crowded.until(RECEIPTS, report="case-many-0")
        working.kill()
        working = Working(services.kafka, tmp_path)
        crowded.tick()
        last = crowded.until(RECEIPTS, report="case-many-299")
        joined = crowded.until(
            INCIDENT_LOG,
            incident=last["incident"],
            detail={"cause": "case-many-299", "kind": "report", "cell": cell_of(CROWDED)},
        )
        incident = crowded.until(INCIDENTS, id=last["incident"], version=joined["version"])
        answered = {said["report"] for said in crowded.seen[RECEIPTS.name]}
        assert {f"case-many-{number}" for number in range(300)} <= answered
        many = [cause["id"] for cause in incident["causes"] if cause["id"].startswith("case-many-")]
        assert many == [f"case-many-{number}" for number in range(300)]
    finally:
        working.end()
