"""a seeded city → telemetry, status, reports, replies, positions over MQTT; tasks and receipts come back. Decides when what is sent."""

import signal
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from zlib import crc32

import msgspec

from adapters import city_folder
from adapters.clock import now_ms
from adapters.health import serve
from adapters.logs import log
from adapters.mqtt import Publisher, Subscriber
from city.registry import Registry
from simulator import status
from simulator.crew import FILTERS
from simulator.outgoing import Outgoing
from simulator.simulation import Simulation

CONNECTIONS = 3
MOST_IN_FLIGHT = 1000
BEAT_SECONDS = 0.02
GOODBYE_SECONDS = 2.5
TRUTH_FILE = "truth.ndjson"

Inbox = SimpleQueue[tuple[str, bytes]]


class NoCity(ValueError):
    """The city's folder cannot be used; the message says why."""


def run(*, city: Path, mqtt: str, data_dir: Path, rate: float, seed: int, http: str | None) -> None:
    """Plays the city of the folder `city` at `rate` readings a second until SIGTERM; the truth goes to `data_dir`/truth.ndjson.

    Raises NoCity when the folder has mistakes, ValueError when there is nothing to send.
    """
    stopped = threading.Event()
    _stop_on_signal(stopped)
    registry = registry_of(city)
    play(registry, mqtt=mqtt, data_dir=data_dir, rate=rate, seed=seed, http=http, stopped=stopped)


def registry_of(city: Path) -> Registry:
    """What the folder describes. Raises NoCity, with the first mistake."""
    loaded = city_folder.load(city, ground=False)
    if isinstance(loaded, list):
        first = loaded[0]
        raise NoCity(
            f"The city in {city} has {len(loaded)} mistakes, the first in {first.file} line {first.line}: {first.what} "
            "See all of them with `citygrid check`."
        )
    return loaded.registry


def play(
    registry: Registry, *, mqtt: str, data_dir: Path, rate: float, seed: int, http: str | None, stopped: threading.Event
) -> None:
    """Plays a city until `stopped` is set."""
    simulation = Simulation(registry, seed=seed, rate=rate, started_at=now_ms())
    inbox: Inbox = SimpleQueue()
    publishers = [Publisher(mqtt, f"citygrid-simulator-{seed}-{number}") for number in range(CONNECTIONS)]
    subscriber = Subscriber(mqtt, f"citygrid-simulator-{seed}-phones", FILTERS, lambda *said: inbox.put(said))
    health = serve(http, lambda: status.reasons(publishers, subscriber)) if http else None
    log("simulator").info("playing", devices=len(simulation.plan.devices), rate=rate, seed=seed)
    try:
        while not stopped.wait(BEAT_SECONDS):
            subscriber.check()
            beat(simulation, inbox, publishers, stopped)
            keep_truth(simulation, data_dir / TRUTH_FILE)
    finally:
        subscriber.close()
        left = sum(_close_all(publishers))
        log("simulator").info("ended", unacknowledged=left)
        if health:
            health.close()


def beat(simulation: Simulation, inbox: Inbox, publishers: list[Publisher], stopped: threading.Event) -> None:
    """Takes in what came and sends what is due; waits while too much is in flight."""
    now = now_ms()
    _take_in(simulation, inbox, now)
    due = simulation.due(now)
    for one in due:
        publisher = publishers[crc32(one.topic.encode()) % len(publishers)]
        if not _has_room(publisher, stopped):
            return
        publisher.publish(one.topic, one.payload)
    _show(simulation, publishers, due, now)


def keep_truth(simulation: Simulation, file: Path) -> None:
    """Adds what became known to the file of truths. Raises OSError when it cannot be written."""
    lines = [msgspec.json.encode(one) + b"\n" for one in simulation.truths()]
    if lines:
        with file.open("ab") as truths:
            truths.writelines(lines)


def _take_in(simulation: Simulation, inbox: Inbox, now: int) -> None:
    while True:
        try:
            topic, payload = inbox.get_nowait()
        except Empty:
            return
        simulation.take(topic, payload, now)


def _has_room(publisher: Publisher, stopped: threading.Event) -> bool:
    """Waits for room; False when the simulator is stopped before there is any."""
    while not publisher.wait_below(MOST_IN_FLIGHT, 0.2):
        if stopped.is_set():
            return False
    return True


def _show(simulation: Simulation, publishers: list[Publisher], due: list[Outgoing], now: int) -> None:
    status.sent(len(due), sum(one.readings for one in due))
    status.seen(
        in_flight=sum(one.in_flight for one in publishers),
        episodes=len(simulation.episodes.open),
        lag_ms=now_ms() - now,
        refused=simulation.crew.refused,
    )


def _close_all(publishers: list[Publisher]) -> list[int]:
    """Waits for all of them side by side, so that the end takes no longer than one of them."""
    left = [0] * len(publishers)

    def close(number: int) -> None:
        left[number] = publishers[number].close(GOODBYE_SECONDS)

    threads = [threading.Thread(target=close, args=(number,), daemon=True) for number in range(len(publishers))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return left


def _stop_on_signal(stopped: threading.Event) -> None:
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda _number, _frame: stopped.set())
