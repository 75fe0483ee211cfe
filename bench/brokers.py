"""A Kafka and a Mosquitto of a run's own, with the settings that ship, and processes of citygrid on them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from adapters.kafka_admin import ensure_topics
from adapters.kafka_registry import apply
from city.registry import Registry
from citygrid.local import brokers as local
from citygrid.local import ports
from citygrid.local.supervisor import Supervisor

PARTITIONS = 16
END_S = 15.0


class Brokers(Struct, frozen=True, kw_only=True):
    """Where the brokers of a run answer, and the pid of each by name."""

    kafka: str
    mqtt: str
    pids: dict[str, int]


@contextmanager
def brokers(folder: Path) -> Iterator[Brokers]:
    """Runs both in `folder` while the block runs. Call it from the main thread: what it starts ends with that thread."""
    supervisor, kafka, mqtt = Supervisor(folder), ports.any_free(), ports.any_free()
    try:
        local.start(supervisor, local.prepare(folder, kafka_at=kafka, mqtt_at=mqtt))
        pids = {report.name: report.pid for report in supervisor.report() if report.pid}
        yield Brokers(kafka=kafka, mqtt=mqtt, pids=pids)
    finally:
        supervisor.stop(timeout=END_S)


def register(kafka: str, registry: Registry) -> None:
    """Makes the topics and registers the city."""
    ensure_topics(kafka, PARTITIONS)
    apply(kafka, PARTITIONS, registry)


class Running(Struct, frozen=True, kw_only=True):
    """A process of citygrid, and the address of its health page."""

    started: subprocess.Popen[bytes]
    health: str

    def check(self) -> None:
        """Raises ChildProcessError when it has ended."""
        if self.started.poll() is not None:
            raise ChildProcessError(f"{self.started.args!r} ended with status {self.started.returncode}")


@contextmanager
def process(kind: str, at: Brokers, folder: Path, *flags: str) -> Iterator[Running]:
    """Runs `citygrid KIND` on these brokers while the block runs; what it says goes to `KIND.log` of the folder."""
    health = ports.any_free()
    told = ("--kafka", at.kafka, "--mqtt", at.mqtt, "--partitions", str(PARTITIONS), "--data-dir", str(folder))
    command = (sys.executable, "-m", "citygrid", kind, *told, "--health", health, *flags)
    with (folder / f"{kind}.log").open("ab") as log:
        started = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield Running(started=started, health=health)
    finally:
        end(started)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process by SIGTERM, or by force when it does not within `END_S`."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
