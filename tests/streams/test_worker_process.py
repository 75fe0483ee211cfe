"""A stream worker on a real Kafka, killed in the middle: windows, late readings, findings, cases and the ledger come out the same."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters import kafka_registry, ledger
from adapters.clock import now_ms
from adapters.kafka_admin import ensure_topics
from city.report import Reply, ReplyKind, Tick
from city.window import ClosedWindow, LateReading
from messages.ledger import DistrictSums
from messages.records import encode
from messages.telemetry import PackLine
from messages.topics import (
    CLOCK,
    FINDINGS,
    INCIDENTS,
    LATE,
    LEDGER,
    REJECTS,
    REPLIES,
    TASKS,
    TELEMETRY,
    WINDOWS,
)
from tests.children import PARTITIONS, Child
from tests.citygrid.waiting import until
from tests.services import Services
from tests.streams.builders import MINUTE_MS, WORKER, Expected, Gateway, Tap, cell_of, device_in, line, registry

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
COUNTED, CASED, AWAY = "977011", "977012", "977013"
PACKS, LINES = 240, 25


class Supervised:
    """A worker that is started again whenever it has ended, as its supervisor would."""

    def __init__(self, services: Services, data: Path) -> None:
        self._make: Callable[[], Child] = lambda: Child(services, data, "worker", "--name", "worker-1")
        self._child = self._make()

    def tick(self) -> None:
        if self._child.ended() is not None:
            self._child = self._make()

    def kill(self) -> None:
        self._child.kill()

    @property
    def reasons(self) -> list[str]:
        self.tick()
        return self._child.reasons

    def close(self) -> None:
        self._child.close()


@pytest.fixture(scope="module")
def worker(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervised]:
    """Under the one name that all tests use, so that it has its partitions at once."""
    ensure_topics(services.kafka, PARTITIONS)
    kafka_registry.apply(services.kafka, PARTITIONS, registry())
    running = Supervised(services, tmp_path_factory.mktemp("data"))
    yield running
    running.close()


@pytest.fixture
def gateway(services: Services) -> Iterator[Callable[[str], Gateway]]:
    """Makes gateways of one district each."""
    made: list[Gateway] = []

    def make(district: str) -> Gateway:
        made.append(Gateway(services.kafka, district))
        return made[-1]

    yield make
    for one in made:
        one.close()


def load() -> list[list[PackLine]]:
    """Packs over twenty minutes of event time: in order by and large, with repeats, and with readings that come behind or too late."""
    chance, began = random.Random(2018), now_ms() // MINUTE_MS * MINUTE_MS - 60 * MINUTE_MS
    packs: list[list[PackLine]] = []
    lines: list[PackLine] = []
    for number in range(PACKS * LINES):
        now = began + number * 200
        behind = chance.choice((0, 0, 0, 0, chance.randrange(25_000), chance.randrange(300_000)))
        cell = cell_of(COUNTED, chance.choice((1, 2)))
        fresh = line(cell, now - behind, round(chance.uniform(0, 0.1), 3), number, received_at=now + 40)
        again = lines and chance.random() < 0.05
        lines.append(chance.choice(lines[-200:]) if again else fresh)
        if len(lines) % LINES == 0:
            packs.append(lines[-LINES:])
    return packs


def test_over_two_kills_every_reading_counts_once(
    services: Services, worker: Supervised, gateway: Callable[[str], Gateway]
) -> None:
    """Records that no gateway wrote lie between, and hold nothing up."""
    packs, here = load(), gateway(COUNTED)
    heard = Tap(services.kafka, COUNTED, WINDOWS, LATE, LEDGER, REJECTS, beside=worker.tick)
    for number, lines in enumerate(packs[:100]):
        here.pack(lines)
        if number == 50:
            here.write(TELEMETRY, b"{not a pack")
            here.write(REJECTS, b'{"reason": 7}')
    until(lambda: heard.lines(WINDOWS, ClosedWindow), 40)
    worker.kill()
    for lines in packs[100:180]:
        here.pack(lines)
    heard.until(LEDGER, lambda sums: sums["accepted"] > 100 * LINES)
    for lines in packs[180:]:
        here.pack(lines)
    worker.kill()
    last = max(one.received_at for lines in packs for one in lines)
    here.pack([], at=last + 10 * MINUTE_MS)
    here.flush()
    heard.until(LEDGER, lambda sums: sums["accepted"] == PACKS * LINES and not sums["open"])

    expected = Expected()
    for lines in packs:
        expected.take(lines)
    check_windows(heard.lines(WINDOWS, ClosedWindow), expected)
    late = {(one.device, one.at, one.seq, one.received_at) for one in heard.lines(LATE, LateReading)}
    assert {one[:3] for one in late} == set(expected.too_late)
    check_ledger(services.kafka, expected)
    (passed_over,) = {r["sha256"]: r for r in heard.values(REJECTS) if "sha256" in r}.values()
    assert (passed_over["kind"], passed_over["topic"], passed_over["reason"]) == (
        "records",
        TELEMETRY.name,
        "bad_field",
    )
    heard.close()


def check_windows(rows: list[ClosedWindow], expected: Expected) -> None:
    """Each window as a plain recomputation gives it; what was said twice was said alike."""
    found: dict[Any, Any] = {}
    for row in rows:
        figures = (row.count, row.sum, row.min, row.max)
        assert found.setdefault((row.cell, row.metric, row.start, row.seconds), figures) == figures
    assert found == expected.closed(2**62)


def check_ledger(kafka: str, expected: Expected) -> None:
    stood = ledger.read(kafka, PARTITIONS).districts[COUNTED]
    assert stood.balanced
    total = PACKS * LINES
    assert (stood.received, stood.accepted, stood.rejected) == (total, total, {})
    assert (stood.duplicate, stood.too_late) == (expected.duplicates, len(expected.too_late))
    assert (stood.open, stood.windowed) == (0, sum(len(values) for values in expected.windows.values()))
    recounted: DistrictSums = ledger.read(kafka, PARTITIONS, recount=True).districts[COUNTED]
    assert recounted == stood


class Street:
    """One sensor of a district, and what people say of it."""

    def __init__(self, services: Services, gateway: Gateway, worker: Supervised) -> None:
        self._gateway = gateway
        self._seq = 0
        self.cell = cell_of(CASED)
        self.heard = Tap(services.kafka, CASED, FINDINGS, INCIDENTS, TASKS, LEDGER, beside=worker.tick)

    def measures(self, value: float, *times: int) -> None:
        """The sensor sends this value at these times (epoch ms)."""
        for at in times:
            self._seq += 1
            self._gateway.pack([line(self.cell, at, value, self._seq, received_at=at)])
        self._gateway.flush()

    def applied(self) -> None:
        """Waits until all that was sent is part of the stream's saved state."""
        self.heard.until(LEDGER, lambda sums: sums["accepted"] == self._seq)

    def says(self, task: dict[str, Any], kind: ReplyKind) -> None:
        fields = {"task": task["id"], "worker": WORKER, "district": CASED, "text": "pumped dry"}
        reply = Reply(id=f"stream-{kind}", kind=kind, at=now_ms(), received_at=now_ms(), **fields)
        self._gateway.write(REPLIES, encode(reply))

    def ticks(self) -> None:
        self._gateway.write(CLOCK, encode(Tick(district=CASED, at=now_ms())))

    def until(self, topic: Any, **fields: Any) -> dict[str, Any]:
        """The first record with these fields, while time goes on."""

        def wanted(said: dict[str, Any]) -> bool:
            return all(said.get(name) == value for name, value in fields.items())

        def came() -> bool:
            self.ticks()
            return any(wanted(said) for said in self.heard.values(topic))

        until(came, 40)
        return next(said for said in self.heard.values(topic) if wanted(said))


def test_a_flood_is_found_over_a_kill_and_followed_to_its_close(
    services: Services, worker: Supervised, gateway: Callable[[str], Gateway]
) -> None:
    """The worker is killed in the middle of the ten seconds that the rule asks for."""
    street = Street(services, gateway(CASED), worker)
    began = now_ms() - 20_000
    street.measures(0.2, *range(began, began + 6000, 1000))
    street.applied()
    worker.kill()
    assert not street.heard.values(FINDINGS)
    street.measures(0.2, *range(began + 6000, began + 13_000, 1000))
    raised = street.until(FINDINGS, state="raised", rule="stream-flood")
    assert (raised["at"], raised["device"], raised["cell"]) == (began + 10_000, device_in(street.cell), street.cell)
    incident = street.until(INCIDENTS, state="dispatched")
    assert [cause["id"] for cause in incident["causes"]] == [raised["id"]]
    task = street.until(TASKS, state="offered", worker=WORKER)
    street.says(task, ReplyKind.ACCEPT)
    street.until(TASKS, id=task["id"], state="accepted")
    street.says(task, ReplyKind.DONE)
    street.until(INCIDENTS, id=incident["id"], state="verifying")
    street.measures(0.01, now_ms())
    street.until(FINDINGS, state="cleared", id=raised["id"])
    street.until(INCIDENTS, id=incident["id"], state="closed")
    assert {finding["id"] for finding in street.heard.values(FINDINGS)} == {raised["id"]}
    street.heard.close()


def test_a_worker_goes_on_after_kafka_was_away(
    services: Services, worker: Supervised, gateway: Callable[[str], Gateway]
) -> None:
    """By itself, or because its supervisor starts it again after it has ended."""
    here = gateway(AWAY)
    heard = Tap(services.kafka, AWAY, LEDGER, beside=worker.tick)
    began = now_ms()
    for number in range(50):
        here.pack([line(cell_of(AWAY), began + number, 0.01, number)])
    heard.until(LEDGER, lambda sums: sums["accepted"] == 50)
    until(lambda: not worker.reasons, 40)
    services.end("kafka")
    try:
        for number in range(50, 100):
            here.pack([line(cell_of(AWAY), began + number, 0.01, number)])
        until(lambda: any("Kafka" in reason for reason in worker.reasons))
    finally:
        services.start("kafka")
    heard.until(LEDGER, lambda sums: sums["accepted"] == sums["open"] == 100, 60)
    until(lambda: not worker.reasons, 40)
    heard.close()
