"""How fast a stream stage alone turns packs that wait in Kafka into windows and findings; the result is compared with a plain recomputation.

The input is written before the stage starts. The rate is that of the readings between the first and the last look at which the stage said how
many it had applied; `settled_s` ends with the record of the ledger that holds all of them, so with state and outputs in Kafka.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from msgspec import Struct

from adapters.clock import now_ms
from adapters.kafka_reader import Reader
from adapters.kafka_writer import Writer
from bench.brokers import PARTITIONS, Brokers, brokers, process, register
from bench.cpu import Meter
from bench.metrics import scrape
from bench.readings import Packed, Plan, packs
from bench.recount import Expected, differences, recount, together
from bench.result import Run
from bench.sensors import demonstration_city, sensors
from city.registry import Registry
from messages.ledger import DistrictSums
from messages.packs import headers_of
from messages.partition import partition_of
from messages.records import decode
from messages.topics import FINDINGS, LATE, LEDGER, TELEMETRY, WINDOWS

GLANCE_S = 0.03
LONGEST_GLANCE_S = 0.3
PATIENCE_S = 300.0
APPLIED = "citygrid_stream_readings_applied_total"


class Started(Struct, frozen=True):
    """A stage that runs: its pid, and how many readings it has applied (0 while it does not answer)."""

    pid: int
    applied: Callable[[], float]


class Candidate(Struct, frozen=True):
    """A stream stage that reads `citygrid.telemetry`, and writes windows and late readings as the contract says; it runs while `start` is entered."""

    name: str
    start: Callable[[Brokers, Path], AbstractContextManager[Started]]


class Work(Struct, frozen=True):
    """What every run and every candidate gets: the city, the packs, and what must come out."""

    registry: Registry
    packs: list[Packed]
    expected: Expected
    readings: int


@contextmanager
def _citygrid(at: Brokers, folder: Path) -> Iterator[Started]:
    with process("worker", at, folder) as running:

        def applied() -> float:
            running.check()
            try:
                return scrape(running.health).get(APPLIED, 0.0)
            except OSError:
                return 0.0

        yield Started(running.started.pid, applied)


CANDIDATES = {"citygrid": Candidate("citygrid", _citygrid)}


def prepare(plan: Plan) -> Work:
    """Makes the input once, and adds it up."""
    registry = demonstration_city()
    made = list(packs(plan, sensors(registry, plan.cells)))
    by_district: dict[str, list[bytes]] = defaultdict(list)
    for pack in made:
        by_district[pack.district].append(pack.value)
    return Work(registry, made, together(map(recount, by_district.values())), plan.readings)


def measure(folder: Path, work: Work, candidate: Candidate) -> Run:
    """One run on fresh brokers in `folder`."""
    with brokers(folder) as at:
        register(at.kafka, work.registry)
        _write(at.kafka, work)
        with candidate.start(at, folder) as stage:
            run = _watch(at, stage, work)
        return _checked(run, at.kafka, work)


def _write(kafka: str, work: Work) -> None:
    writer = Writer(kafka, linger_ms=20)
    try:
        for pack in work.packs:
            partition = partition_of(pack.district, work.registry.districts, PARTITIONS)
            headers = headers_of(pack.head)
            writer.send(TELEMETRY.name, partition=partition, key=pack.district, value=pack.value, headers=headers)
        writer.flush(timeout=120)
    finally:
        writer.close()


def _watch(at: Brokers, stage: Started, work: Work) -> Run:
    """Looks until everything is applied; a stage that has applied nothing yet has not begun."""
    began = applied = first = 0.0
    since = 0
    until = time.monotonic() + PATIENCE_S
    meter = Meter({"stage": stage.pid, "kafka": at.pids["kafka"]})
    while applied < work.readings:
        if time.monotonic() > until:
            return Run(rate=0, seconds=PATIENCE_S, right=False, note=f"only {applied:.0f} readings were applied")
        fresh = Meter({"stage": stage.pid, "kafka": at.pids["kafka"]}) if not first else meter
        looked, since_now = time.monotonic(), now_ms()
        applied = stage.applied()
        if not first:
            meter, began, first, since = fresh, looked, applied, since_now
        time.sleep(_pause(applied, work.readings, looked - began if first else 0.0))
    seconds, cpu = time.monotonic() - began, meter.read()
    settled_at = _settled(at.kafka, work.readings)
    figures = {"settled_s": (settled_at - since) / 1000, "bytes_a_reading": _bytes_a_reading(work.packs)}
    return Run(rate=(work.readings - first) / seconds, seconds=seconds, cpu=cpu, figures=figures, right=True)


def _pause(applied: float, readings: int, seconds: float) -> float:
    """How long until the next look: a look costs the stage some milliseconds, so there are few, and most of them near the end."""
    if applied >= readings:
        return 0.0
    left = seconds * (readings - applied) / applied if applied and seconds else 0.0
    return max(GLANCE_S, min(left / 2, LONGEST_GLANCE_S))


def _bytes_a_reading(made: Sequence[Packed]) -> float:
    return sum(len(pack.value) + 1 for pack in made) / sum(pack.head.count for pack in made)


def _settled(kafka: str, readings: int) -> int:
    """When the ledger in Kafka held all readings, epoch ms."""
    reader, last = Reader(kafka, [LEDGER.name]), 0
    sums: dict[bytes | None, DistrictSums] = {}
    until = time.monotonic() + PATIENCE_S
    while sum(one.accepted for one in sums.values()) < readings:
        if time.monotonic() > until:
            raise TimeoutError("the ledger never held all readings")
        for record in reader.poll(timeout=0.2):
            if record.value:
                sums[record.key] = decode(record.value, DistrictSums)
                last = max(last, record.timestamp)
    reader.close()
    return last


def _checked(run: Run, kafka: str, work: Work) -> Run:
    rows: dict[str, list[dict[str, object]]] = {WINDOWS.name: [], LATE.name: [], FINDINGS.name: []}
    reader = Reader(kafka, list(rows))
    while not reader.caught_up():
        for record in reader.poll(timeout=0.2):
            rows[record.topic] += [json.loads(line) for line in (record.value or b"").splitlines()]
    reader.close()
    wrong = differences(work.expected, rows[WINDOWS.name], len(rows[LATE.name]))
    figures = {**run.figures, "windows": len(rows[WINDOWS.name]), "findings": len(rows[FINDINGS.name])}
    note = f"{len(wrong)} differences, such as {wrong[0]}" if wrong else run.note
    return Run(
        rate=run.rate, seconds=run.seconds, cpu=run.cpu, figures=figures, right=run.right and not wrong, note=note
    )
