"""One gateway as a process: what it is made of, started and ended in order."""

import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from adapters import health
from adapters.cell_index_file import CellIndexFile
from adapters.clock import elapsed_ms, now_ms
from adapters.kafka_writer import Writer
from adapters.mqtt import Publisher
from adapters.mqtt_session import Session
from adapters.probes import kafka_answers
from gateways.city_now import CityNow
from gateways.ear import Ear
from gateways.gateway import Gateway
from gateways.outbox import Outbox
from gateways.share import Share
from gateways.standing import Standing
from gateways.tasks_to_mqtt import TasksToMqtt
from gateways.wedge import Wedge
from geo.lookup import CellIndex
from messages import mqtt_topics
from messages.topics import CLOCK, POSITIONS, REJECTS, REPLIES, REPORTS, STATUS, TELEMETRY

LINGER_MS = 0
BATCH_BYTES = 512 * 1024
WRITTEN = (TELEMETRY, REPORTS, REPLIES, POSITIONS, STATUS, REJECTS, CLOCK)


class ThreadEnded(Exception):
    """A thread of this process has ended at an error, which it has printed; without it the process is of no use."""


def run(
    *,
    kafka: str,
    mqtt: str,
    partitions: int,
    districts: Sequence[str],
    name: str,
    http: str | None,
    except_districts: Sequence[str] = (),
    data_dir: Path | None = None,
) -> None:
    """Runs until SIGTERM; `http` is where its health page answers, at once and also while a large city is being indexed.

    `districts` are the codes it speaks for (none: all of the city but `except_districts`, which other gateways have). The index of
    the cells is kept in `data_dir`, where one is named.

    Raises kafka.errors.KafkaError when Kafka cannot be reached at the start, or does not take what was sent;
    adapters.mqtt_session.TakenOver when another gateway of this name has started; ThreadEnded; gateways.wedge.Wedged.
    """
    standing = Standing()
    page = health.serve(http, standing.reasons) if http else None
    city = CityNow(kafka, standing.noting(CellIndexFile(data_dir).index_of if data_dir else CellIndex))
    writer = _writer(kafka)
    voice = Publisher(mqtt, f"citygrid-{name}-voice")
    outbox = Outbox(writer, name, str(now_ms()), partitions)
    ear = Ear(mqtt, name)
    share = Share(districts, except_districts, ear.listens)
    gateway = Gateway(city=city, outbox=outbox, voice=voice, ear=ear, name=name, share=share)
    session = Session(mqtt, f"citygrid-{name}", gateway.filters(), gateway.receive, echo=mqtt_topics.echo(name))
    tasks = TasksToMqtt(kafka=kafka, mqtt=mqtt, name=name, owns=share.owns)
    standing.begins(gateway.not_ready)
    wedge = Wedge(lambda: kafka_answers(kafka))
    stopping = _told_to_stop()
    try:
        ear.settle(voice, share)

        def check(stuck_ms: int) -> None:
            _check(city, tasks)
            ear.check()
            wedge.check(stuck_ms, elapsed_ms())

        gateway.run(session, stopping, check)
    finally:
        tasks.close()
        session.close()
        ear.close()
        voice.close(seconds=1)
        writer.close(timeout=1)
        city.close()
        if page is not None:
            page.close()


def _writer(kafka: str) -> Writer:
    writer = Writer(kafka, linger_ms=LINGER_MS, batch_size=BATCH_BYTES)
    writer.meet([topic.name for topic in WRITTEN])
    return writer


def _told_to_stop() -> threading.Event:
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    return stopping


def _check(city: CityNow, tasks: TasksToMqtt) -> None:
    if not city.followed:
        raise ThreadEnded("The registry is no longer followed.")
    if not tasks.running:
        raise ThreadEnded("Tasks are no longer published.")
