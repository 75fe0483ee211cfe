"""How fast a gateway alone takes waiting messages into Kafka: `python -m bench.gateway --messages 300000 --districts 4 --runs 3`.

Every message waits in a persistent session before the gateway is started. The rate is by Kafka's own clock, from the first record to the last,
and what lies in Kafka is compared with what was published: nothing may be missing, and what was repeated is counted.
"""

import argparse
import json
import signal
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

from adapters import kafka_registry
from adapters.clock import elapsed_ms, now_ms
from adapters.kafka_admin import ensure_topics
from adapters.kafka_reader import Reader, Record
from bench.waiting_session import open_session, payload_of, publish
from city.names import Name
from city.registry import Cell, Device, District, Metric, Registry
from citygrid.local import brokers, ports
from citygrid.local.supervisor import Supervisor

PARTITIONS = 16
DEVICES = 1000
METRIC = "bench_level_m"
NAME = Name("试", "bench")
PATIENCE_MS = 300_000


class Brokers(Struct, frozen=True):
    """Where the Kafka and the Mosquitto of this measurement answer, and a folder for the candidate."""

    kafka: str
    mqtt: str
    data: Path
    supervisor: Supervisor

    def cpu(self, name: str) -> float:
        """CPU seconds of "kafka" or "mosquitto" so far."""
        return next(_cpu(psutil.Process(one.pid)) for one in self.supervisor.report() if one.name == name and one.pid)


class Candidate(Struct, frozen=True):
    """A command that drains the session `session` into the Kafka topic `topic`, one message a line or a record."""

    name: str
    session: str
    topic: str
    command: Callable[[Brokers], list[str]]


def _citygrid(at: Brokers) -> list[str]:
    flags = {"--kafka": at.kafka, "--mqtt": at.mqtt, "--name": "gateway-1", "--data-dir": str(at.data / "gateway")}
    parts = [word for pair in flags.items() for word in pair]
    return [sys.executable, "-m", "citygrid", "gateway", "--partitions", str(PARTITIONS), *parts]


CANDIDATES = {"citygrid": Candidate("citygrid", "citygrid-gateway-1", "citygrid.telemetry", _citygrid)}


class Drain(Struct):
    """One run: rates in messages a second, CPU seconds of the candidate and of the brokers while it drained, memory in MiB."""

    rate: float
    seconds: float
    cpu_seconds: float
    mosquitto_cpu_seconds: float
    kafka_cpu_seconds: float
    repeated: int
    missing: int
    left_in_session: int
    peak_rss_mib: float


def city(districts: int) -> Registry:
    """A registry of so many districts with one cell each, and DEVICES devices over them."""
    codes = [f"98{number:04d}" for number in range(1, districts + 1)]
    cells = {code: f"{code}001001001" for code in codes}
    devices = [_device(number, codes[number % districts], cells) for number in range(DEVICES)]
    return Registry(
        code="9800",
        name=NAME,
        districts={code: District(code=code, name=NAME, index=number) for number, code in enumerate(codes)},
        cells={
            cell: Cell(code=cell, name=NAME, geometry=_square(number)) for number, cell in enumerate(cells.values())
        },
        devices={one.id: one for one in devices},
        metrics={METRIC: Metric(name=METRIC, unit="m", min=0, max=10)},
    )


def _device(number: int, district: str, cells: dict[str, str]) -> Device:
    return Device(
        id=f"bench-{number:05d}",
        district=district,
        cell=cells[district],
        kind="water",
        metrics=[METRIC],
        lon=120.005,
        lat=30.005,
    )


def _square(number: int) -> dict[str, object]:
    west = 120 + number * 0.01
    east = west + 0.01
    return {"type": "Polygon", "coordinates": [[[west, 30], [east, 30], [east, 30.01], [west, 30.01], [west, 30]]]}


def _messages(count: int, registry: Registry) -> Iterator[tuple[str, bytes]]:
    devices = list(registry.devices.values())
    began = now_ms()
    for number in range(count):
        device = devices[number % len(devices)]
        topic = f"citygrid/v1/{device.district}/telemetry/{device.id}"
        yield topic, payload_of(METRIC, number // len(devices), began + number // 100)


class _Tally:
    """What of the messages lies in Kafka."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.records: list[Record] = []
        self.lines = 0

    def poll(self) -> None:
        for record in self._reader.poll(timeout=0.05):
            if record.value:
                self.records.append(record)
                self.lines += record.value.count(b"\n") + 1

    def seen(self) -> Counter[tuple[str, int]]:
        """How often each (device, seq) lies there."""
        kind = msgspec.json.Decoder(_Line)
        return Counter(
            (line.device, line.seq) for record in self.records for line in kind.decode_lines(record.value or b"")
        )


class _Line(Struct):
    device: str
    seq: int


def drain(at: Brokers, candidate: Candidate, count: int, registry: Registry, kill_at: float = 0) -> Drain:
    """Publishes, then lets the candidate drain; with `kill_at` it is killed (SIGKILL) once that part of the messages lies in Kafka."""
    open_session(at.mqtt, candidate.session)
    taken = publish(at.mqtt, _messages(count, registry))
    reader = Reader(at.kafka, [candidate.topic], recent={candidate.topic: now_ms()})
    tally = _Tally(reader)
    process = psutil.Popen(candidate.command(at))
    before = (0.0, 0.0, 0.0)
    try:
        until = elapsed_ms() + PATIENCE_MS
        while tally.lines < taken and elapsed_ms() < until:
            quiet = not tally.records
            tally.poll()
            if quiet and tally.records:
                before = _spent(at, process)
            if kill_at and tally.lines >= kill_at * taken:
                process.kill()
                process.wait()
                process, kill_at = psutil.Popen(candidate.command(at)), 0
        spent = [round(now - then, 2) for now, then in zip(_spent(at, process), before, strict=True)]
        peak = _peak_mib(process)
        _settle(tally)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
    reader.close()
    return _result(tally, taken, spent, peak, open_session(at.mqtt, candidate.session))


def _settle(tally: _Tally) -> None:
    """Reads until nothing more comes: what was repeated may follow behind the last message."""
    lines = -1
    while lines != tally.lines:
        lines = tally.lines
        until = elapsed_ms() + 1500
        while elapsed_ms() < until:
            tally.poll()


def _spent(at: Brokers, process: psutil.Process) -> tuple[float, float, float]:
    return _cpu(process), at.cpu("mosquitto"), at.cpu("kafka")


def _result(tally: _Tally, taken: int, cpu: list[float], peak: float, left: int) -> Drain:
    seen = tally.seen()
    times = [record.timestamp for record in tally.records]
    seconds = (max(times) - min(times)) / 1000
    return Drain(
        rate=round(len(seen) / seconds),
        seconds=seconds,
        cpu_seconds=cpu[0],
        mosquitto_cpu_seconds=cpu[1],
        kafka_cpu_seconds=cpu[2],
        repeated=sum(seen.values()) - len(seen),
        missing=taken - len(seen),
        left_in_session=left,
        peak_rss_mib=round(peak, 1),
    )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _peak_mib(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def measure(
    *, messages: int = 300_000, districts: int = 4, runs: int = 3, candidate: str = "citygrid", kill_at: float = 0
) -> dict[str, object]:
    """The medians of `runs` runs, each on the same fresh Kafka and Mosquitto, and the runs themselves."""
    with tempfile.TemporaryDirectory(prefix="citygrid-bench-") as folder:
        supervisor = Supervisor(Path(folder))
        at = Brokers(ports.any_free(), ports.any_free(), Path(folder), supervisor)
        try:
            brokers.start(supervisor, brokers.prepare(at.data, kafka_at=at.kafka, mqtt_at=at.mqtt))
            registry = city(districts)
            ensure_topics(at.kafka, PARTITIONS)
            kafka_registry.apply(at.kafka, PARTITIONS, registry)
            drains = [drain(at, CANDIDATES[candidate], messages, registry, kill_at) for _ in range(runs)]
        finally:
            supervisor.stop(timeout=15)
    medians = {name: statistics.median(getattr(one, name) for one in drains) for name in Drain.__struct_fields__}
    given = {"bench": "gateway", "candidate": candidate, "messages": messages, "districts": districts}
    return {**given, **medians, "runs": [msgspec.structs.asdict(one) for one in drains]}


def main() -> None:
    """Measures as the command line says, and prints one line of JSON."""
    parser = argparse.ArgumentParser(description="How fast a gateway alone takes waiting messages into Kafka.")
    parser.add_argument("--messages", type=int, default=300_000)
    parser.add_argument("--districts", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--candidate", choices=sorted(CANDIDATES), default="citygrid")
    parser.add_argument(
        "--kill-at", type=float, default=0, help="kill -9 it once this part of the messages is in Kafka"
    )
    print(json.dumps(measure(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
