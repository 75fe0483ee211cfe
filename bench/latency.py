"""How long a reading takes from its device to Kafka, to a finding, and to a browser, while others come at a given rate.

All times are of this machine's clock: the message carries the millisecond of its sending; Kafka's records carry that of their arrival
(LogAppendTime), and the browser's client notes when it was told.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from adapters.clock import elapsed_ms, now_ms
from adapters.kafka_reader import Reader, Record
from bench.browser import Browser
from bench.cpu import Meter
from bench.installation import Whole, whole
from bench.load import fresh_seq, load
from bench.publisher import Order
from bench.result import Run, percentile
from bench.sensors import Sensor, demonstration_city, sensors
from bench.way import CELLS, applied
from city.finding import Finding
from messages.records import decode
from messages.telemetry import PackLine, unpack
from messages.topics import FINDINGS, TELEMETRY

PROBED = "water_level_m"
PROBES = 40
PROBES_PER_S = 20.0
WARMING_S = 5.0
DRAIN_MS = 60_000
ENOUGH = 20
Say = Callable[[str], None]


def measure(folder: Path, *, rate: int, runs: int, seconds: float = 15.0, say: Say = print) -> list[Run]:
    """Several runs on one installation in `folder`; the first is preceded by one that only warms it."""
    with whole(folder) as city:
        listen(city, rate, WARMING_S)
        made = []
        for _ in range(runs):
            made.append(listen(city, rate, seconds))
            say(f"latency at {rate:,}/s: {made[-1].figures}")
        return made


def listen(city: Whole, rate: int, seconds: float) -> Run:
    """Publishes for `seconds` and gives the percentiles over all readings, and over all findings that the probes raised or cleared."""
    found = sensors(demonstration_city(), CELLS)
    probes = [sensor for sensor in found if sensor.metric == PROBED][:PROBES]
    others = [sensor for sensor in found if sensor not in probes]
    began, before = now_ms(), applied(city)
    order = Order(
        mqtt=city.mqtt,
        sensors=others,
        rate=rate,
        seconds=seconds,
        first_seq=fresh_seq(),
        probes=probes,
        probe_rate=PROBES_PER_S,
    )
    with closing(Browser(city.http)) as browser, load(order) as publisher:
        meter = Meter({**city.pids, "publisher": publisher.pid})
        publisher.over.wait(seconds + DRAIN_MS / 1000)
        cpu = {name: used for name, used in meter.read().items() if used}
        sent = publisher.last.sent if publisher.last else 0
        complete = _wait_applied(city, before + sent)
        time.sleep(1.0)
    figures = _figures(city, began, probes, browser.told)
    enough = all(figures.get(f"{way}_count", 0) >= ENOUGH for way in ("kafka", "finding", "browser"))
    note = "" if complete and enough else f"not enough was seen: {figures}"
    return Run(rate=sent / seconds, seconds=seconds, cpu=cpu, figures=figures, right=not note, note=note)


def _wait_applied(city: Whole, count: int) -> bool:
    until = elapsed_ms() + DRAIN_MS
    while applied(city) < count:
        if elapsed_ms() > until:
            return False
        time.sleep(0.2)
    return True


def _figures(city: Whole, began: int, probes: list[Sensor], told: dict[tuple[str, int], int]) -> dict[str, float]:
    to_kafka = [
        record.timestamp - line.at for record in _records(city, TELEMETRY.name, began) for line in _lines(record)
    ]
    names = {probe.device for probe in probes}
    to_finding = []
    for record in _records(city, FINDINGS.name, began):
        finding = decode(record.value or b"{}", Finding)
        if finding.device in names and finding.at >= began:
            to_finding.append(record.timestamp - finding.at)
    to_browser = [heard - at for (_, at), heard in told.items() if at >= began]
    figures: dict[str, float] = {}
    for way, times in (("kafka", to_kafka), ("finding", to_finding), ("browser", to_browser)):
        figures[f"{way}_count"] = len(times)
        if times:
            figures |= {f"{way}_p50_ms": percentile(times, 0.5), f"{way}_p99_ms": percentile(times, 0.99)}
            figures[f"{way}_most_ms"] = max(times)
    return figures


def _lines(record: Record) -> list[PackLine]:
    return unpack(record.value) if record.value else []


def _records(city: Whole, topic: str, since: int) -> Iterator[Record]:
    reader = Reader(city.kafka, [topic], recent={topic: since})
    try:
        while not reader.caught_up():
            yield from reader.poll(timeout=0.2)
    finally:
        reader.close()
