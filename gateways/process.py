"""One gateway as a process: what it is made of, started and ended in order."""

import signal
import threading
from collections.abc import Sequence

from adapters import health
from adapters.clock import now_ms
from adapters.kafka_writer import Writer
from adapters.mqtt import Publisher
from adapters.mqtt_session import Session
from gateways.city_now import CityNow
from gateways.gateway import Gateway
from gateways.outbox import Outbox
from gateways.tasks_to_mqtt import TasksToMqtt
from messages.topics import CLOCK, POSITIONS, REJECTS, REPLIES, REPORTS, STATUS, TELEMETRY

LINGER_MS = 0
BATCH_BYTES = 512 * 1024
WRITTEN = (TELEMETRY, REPORTS, REPLIES, POSITIONS, STATUS, REJECTS, CLOCK)


class ThreadEnded(Exception):
    """A thread of this process has ended at an error, which it has printed; without it the process is of no use."""


def run(*, kafka: str, mqtt: str, partitions: int, districts: Sequence[str], name: str, http: str | None) -> None:
    """Runs until SIGTERM. `districts` are the codes it speaks for (none: all of the city); `http` is where its health page answers.

    Raises kafka.errors.KafkaError when Kafka cannot be reached at the start, or does not take what was sent;
    adapters.mqtt_session.TakenOver when another gateway of this name has started; ThreadEnded.
    """
    city = CityNow(kafka)
    writer = Writer(kafka, linger_ms=LINGER_MS, batch_size=BATCH_BYTES)
    writer.meet([topic.name for topic in WRITTEN])
    voice = Publisher(mqtt, f"citygrid-{name}-voice")
    outbox = Outbox(writer, name, str(now_ms()), partitions)
    gateway = Gateway(city=city, outbox=outbox, voice=voice, name=name, districts=districts)
    session = Session(mqtt, f"citygrid-{name}", gateway.filters(), gateway.receive)
    tasks = TasksToMqtt(kafka=kafka, mqtt=mqtt, name=name, districts=districts)
    page = health.serve(http, gateway.not_ready) if http else None
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    try:
        gateway.run(session, stopping, lambda: _check(city, tasks))
    finally:
        tasks.close()
        session.close()
        voice.close(seconds=1)
        writer.close(timeout=1)
        city.close()
        if page is not None:
            page.close()


def _check(city: CityNow, tasks: TasksToMqtt) -> None:
    if not city.followed:
        raise ThreadEnded("The registry is no longer followed.")
    if not tasks.running:
        raise ThreadEnded("Tasks are no longer published.")
