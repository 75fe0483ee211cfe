"""History as a process, on a real Kafka: nothing lost when its store, Kafka or itself goes away."""

import json
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from adapters.history_sqlite import Reader
from adapters.kafka_admin import ensure_topics
from adapters.kafka_writer import Writer
from messages.records import encode
from messages.topics import INCIDENT_LOG, INCIDENTS, LATE, WINDOWS
from tests.history.builders import entry, incident, late, pack, window
from tests.influx_server import Influx, serving

pytestmark = pytest.mark.integration
PARTITIONS = 4
ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
import adapters.logs
import history
from adapters.history_place import Influx, Secret
adapters.logs.start("history")
influx = Influx(url=sys.argv[4], org="city", bucket="b", token=Secret("hidden-one")) if len(sys.argv) > 4 else None
history.run(kafka=sys.argv[1], data_dir=Path(sys.argv[2]), http=sys.argv[3], influx=influx)
"""


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Waits for another process to bring about `condition`."""
    pause, left = threading.Event(), seconds
    while not condition():
        assert left > 0, "it did not come about in time"
        pause.wait(0.1)
        left -= 0.1


class Process:
    """History in a process of its own, keeping in `data`."""

    def __init__(self, kafka: str, data: Path, http: str, influx: str) -> None:
        self.http = http
        place = [influx] if influx else []
        self._child = subprocess.Popen([sys.executable, "-c", PROGRAM, kafka, str(data), http, *place], cwd=ROOT)
        self.pid = self._child.pid

    def reasons(self) -> list[str] | None:
        """Why it is not ready; None while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://{self.http}/readyz", timeout=2) as answer:
                return list(json.load(answer)["reasons"])
        except urllib.error.HTTPError as error:
            return list(json.load(error)["reasons"])
        except OSError:
            return None

    def counted(self, name: str) -> float:
        """A figure of its /metrics."""
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        return float(next(line.split()[-1] for line in text.splitlines() if line.startswith(f"{name} ")))

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status, which has to come within 5 s."""
        self._child.send_signal(how)
        return self._child.wait(timeout=5)

    def close(self) -> None:
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()


class City:
    """Writes what the stages would, under a district that no other test uses."""

    def __init__(self, kafka: str) -> None:
        ensure_topics(kafka, PARTITIONS)
        self._writer = Writer(kafka)

    def windows(self, district: str, starts: range) -> None:
        for start in starts:
            self.write(WINDOWS.name, district, pack([window(cell=f"{district}001001001", start=start * 60_000)]))

    def write(self, topic: str, key: str, value: bytes) -> None:
        self._writer.send(topic, partition=int(key[:6]) % PARTITIONS, key=key, value=value)

    def flush(self) -> None:
        self._writer.flush(20)

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
def city(services: Any) -> Iterator[City]:
    running = City(services.kafka)
    yield running
    running.close()


@pytest.fixture
def start(services: Any, tmp_path: Path, free_port: Callable[[], str]) -> Iterator[Callable[..., Process]]:
    running: list[Process] = []

    def start(influx: str = "") -> Process:
        running.append(Process(services.kafka, tmp_path, free_port(), influx))
        return running[-1]

    yield start
    for process in running:
        process.close()


@pytest.fixture
def free_port() -> Callable[[], str]:
    from citygrid.local import ports  # noqa: PLC0415 - the door, only for a port

    return ports.any_free


def kept(data: Path, district: str) -> int:
    counts = Reader(data / "history.sqlite").counts().get(district)
    return counts.windows if counts else 0


def test_everything_of_the_four_topics_is_kept_and_a_term_ends_it(
    city: City, start: Callable[[], Process], tmp_path: Path
) -> None:
    city.windows("990181", range(5))
    city.write(LATE.name, "990181", pack([late(cell="990181001001001")]))
    city.write(INCIDENTS.name, "990181-a", encode(incident(id="990181-a", district="990181")))
    city.write(INCIDENT_LOG.name, "990181", encode(entry(incident="990181-a")))
    city.flush()
    process, reader = start(), Reader(tmp_path / "history.sqlite")

    until(
        lambda: kept(tmp_path, "990181") == 5 and bool(reader.log("990181-a")) and bool(reader.incidents("990181", 0))
    )
    until(lambda: reader.counts()["990181"].too_late == 1)
    until(lambda: process.reasons() == [])

    assert process.end() == 0


def test_a_killed_history_goes_on_where_it_was_without_loss_or_repeat(
    city: City, start: Callable[[], Process], tmp_path: Path
) -> None:
    city.windows("990182", range(50))
    city.flush()
    first = start()
    until(lambda: kept(tmp_path, "990182") > 0)
    first.end(signal.SIGKILL)
    city.windows("990182", range(50, 60))
    city.flush()

    start()
    until(lambda: kept(tmp_path, "990182") == 60)


def test_a_store_that_was_lost_is_filled_again_from_kafka(
    city: City, start: Callable[[], Process], tmp_path: Path
) -> None:
    city.windows("990183", range(5))
    city.flush()
    first = start()
    until(lambda: kept(tmp_path, "990183") == 5)
    first.end()
    for file in tmp_path.glob("history.sqlite*"):
        file.unlink()

    start()
    until(lambda: kept(tmp_path, "990183") == 5)


def test_a_locked_store_is_said_and_what_came_meanwhile_is_kept(
    city: City, start: Callable[[], Process], tmp_path: Path
) -> None:
    process = start()
    until(lambda: process.reasons() == [])
    with closing(sqlite3.connect(tmp_path / "history.sqlite", isolation_level=None, timeout=20)) as other:
        other.execute("BEGIN IMMEDIATE")
        city.windows("990184", range(5))
        city.flush()
        until(lambda: any("locked" in reason for reason in process.reasons() or []))
        other.execute("ROLLBACK")

    until(lambda: kept(tmp_path, "990184") == 5 and process.reasons() == [])


def test_a_history_whose_store_refuses_still_ends_in_time(
    city: City, start: Callable[[], Process], tmp_path: Path
) -> None:
    process = start()
    until(lambda: process.reasons() == [])
    with closing(sqlite3.connect(tmp_path / "history.sqlite", isolation_level=None, timeout=20)) as other:
        other.execute("BEGIN IMMEDIATE")
        city.windows("990185", range(5))
        city.flush()
        until(lambda: any("locked" in reason for reason in process.reasons() or []))

        assert process.end() == 0
        other.execute("ROLLBACK")

    start()
    until(lambda: kept(tmp_path, "990185") == 5)


def test_a_disk_that_takes_no_more_is_said_with_the_lag_and_history_goes_on_when_it_does(
    city: City, start: Callable[[], Process], tmp_path: Path
) -> None:
    """A limit on the size of files stands for the full disk: every write fails, also for root, and it can be taken back."""
    process = start()
    until(lambda: process.reasons() == [])
    _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, most))
    city.windows("990187", range(20))
    city.flush()
    until(lambda: any("the store cannot keep" in reason for reason in process.reasons() or []))
    until(lambda: process.counted("citygrid_history_lag_records") > 0)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))

    until(lambda: kept(tmp_path, "990187") == 20 and process.reasons() == [])


def of_district(influx: Influx, district: str) -> int:
    return sum(f"district={district}," in series for series, _ in influx.of("windows"))


def test_an_influxdb_that_is_away_refuses_or_stalls_is_said_and_gets_everything_once(
    city: City, start: Callable[..., Process], free_port: Callable[[], str]
) -> None:
    influx, address = Influx(), free_port()
    port = int(address.rsplit(":", 1)[1])
    process = start(f"http://{address}")
    until(lambda: any("does not answer" in reason for reason in process.reasons() or []))
    city.windows("990188", range(10))
    city.flush()
    influx.always = 503
    with serving(influx, port):
        until(lambda: any("answers 503" in reason for reason in process.reasons() or []))
        influx.always = 0
        until(lambda: of_district(influx, "990188") == 10 and process.reasons() == [])
        influx.talks.clear()
        city.windows("990188", range(10, 20))
        city.flush()
        until(lambda: any("the store has not answered" in reason for reason in process.reasons() or []))
        influx.talks.set()
        until(lambda: of_district(influx, "990188") == 20 and process.reasons() == [])
    assert "hidden-one" not in str(process.reasons())


def test_a_history_killed_in_the_middle_of_a_write_to_influxdb_loses_and_doubles_nothing(
    city: City, start: Callable[..., Process]
) -> None:
    influx = Influx()
    with serving(influx) as url:
        first = start(url)
        until(lambda: first.reasons() == [])
        influx.talks.clear()
        city.windows("990189", range(30))
        city.flush()
        until(lambda: any("the store has not answered" in reason for reason in first.reasons() or []))
        first.end(signal.SIGKILL)
        influx.talks.set()
        start(url)
        until(lambda: of_district(influx, "990189") == 30)


def test_a_store_far_slower_than_the_stream_costs_no_memory(city: City, start: Callable[..., Process]) -> None:
    influx = Influx()
    with serving(influx) as url:
        process = start(url)
        until(lambda: process.reasons() == [])
        before = psutil.Process(process.pid).memory_info().rss
        influx.talks.clear()
        for n in range(100):
            rows = [window(cell=f"9901920010{cell:05d}", start=n * 60_000) for cell in range(2_000)]
            city.write(WINDOWS.name, "990192", pack(rows))
        city.flush()
        until(lambda: any("the store has not answered" in reason for reason in process.reasons() or []))
        influx.talks.set()
        influx.always = 503
        until(lambda: process.counted("citygrid_history_lag_records") > 0, 60)

        assert psutil.Process(process.pid).memory_info().rss - before < 250 << 20
        influx.always = 0


def test_a_kafka_that_goes_away_is_said_and_waited_for(
    services: Any, city: City, start: Callable[[], Process], tmp_path: Path
) -> None:
    process = start()
    until(lambda: process.reasons() == [])
    services.end("kafka")
    try:
        until(lambda: any("Kafka" in reason for reason in process.reasons() or []), 40)
    finally:
        services.start("kafka")
    city.windows("990186", range(5))
    city.flush()

    until(lambda: kept(tmp_path, "990186") == 5 and process.reasons() == [], 60)
    assert process.end() == 0
