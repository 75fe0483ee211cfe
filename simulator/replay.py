"""a recording → MQTT: publishes recorded messages in event-time order, and ends when the broker has acknowledged every one."""

import gzip
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from adapters.clock import elapsed_ms
from adapters.mqtt import Publisher
from simulator.city_to_mqtt import NoCity, registry_of
from simulator.recording import DistrictOf, Recorded, Unreadable, from_csv, from_ndjson

MOST_IN_FLIGHT = 1000
ENCODING = "utf-8-sig"
"""UTF-8, with or without the mark that spreadsheets put in front."""
CONNECT_SECONDS = 10.0
STALLED_SECONDS = 60.0
PLAIN_EVERY_MS = 2_000

District = Callable[[str], str | None]
Advance = Callable[[int], None]

__all__ = ["NoCity", "Replayed", "Unreadable", "Unsent", "run"]


class Unsent(ConnectionError):
    """The broker did not take everything; the message says how much is missing."""


class Replayed(Struct, frozen=True, kw_only=True):
    """What a replay has sent."""

    messages: int
    readings: int
    unknown: tuple[str, ...]
    seconds: float


class Districts:
    """The district of each device, for the topic. A device that nobody knows goes to the first district, where it is refused visibly."""

    def __init__(self, known: District, first: str | None) -> None:
        """`known` gives a device's district, or None; `first` is the district for unknown devices (None: the first one found)."""
        self._known = known
        self._first = first
        self.unknown: dict[str, int] = {}

    def __call__(self, device: str) -> str:
        """The district that `device` is published under."""
        district = self._known(device)
        if district is None:
            self.unknown[device] = self.unknown.get(device, 0) + 1
            return self._first or "unknown"
        self._first = self._first or district
        return district


def run(
    *, file: Path, city: Path | None, mqtt: str, speed: float | None, district_of: District | None = None
) -> Replayed:
    """Publishes `file` to the broker at `mqtt`, as fast as it is taken or at `speed` times the recorded pace, and says what was sent.

    The districts of the devices come from the folder `city`, or else from `district_of`. Raises Unreadable for a recording that is
    none, NoCity for a folder with mistakes, Unsent when the broker does not take everything, OSError when the file cannot be read.
    """
    console = Console(stderr=True)
    districts = _districts(city, district_of)
    recorded = read(file, districts)
    began = elapsed_ms()
    with _stop_on_signal() as stopped, _progress(console, len(recorded)) as advance:
        messages = publish(recorded, mqtt=mqtt, speed=speed, advance=advance, stopped=stopped)
    done = Replayed(
        messages=messages,
        readings=sum(one.readings for one in recorded[:messages]),
        unknown=tuple(districts.unknown),
        seconds=(elapsed_ms() - began) / 1000,
    )
    _tell(done, len(recorded))
    return done


def read(file: Path, districts: DistrictOf) -> list[Recorded]:
    """The messages of a recording, in event-time order. Raises Unreadable and OSError."""
    packed = file.suffix == ".gz"
    table = (file.with_suffix("") if packed else file).suffix == ".csv"
    try:
        with gzip.open(file, "rt", encoding=ENCODING) if packed else file.open(encoding=ENCODING) as lines:
            return from_csv(lines, districts) if table else from_ndjson(lines)
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, Unreadable) as error:
        raise Unreadable(f"{file} cannot be replayed: {error}") from error


def publish(
    recorded: list[Recorded], *, mqtt: str, speed: float | None, advance: Advance, stopped: threading.Event
) -> int:
    """Publishes in the order given and waits for every acknowledgement. How many were sent. Raises Unsent."""
    publisher = Publisher(mqtt, f"citygrid-replay-{os.getpid()}")
    sent = 0
    try:
        if not publisher.wait_connected(CONNECT_SECONDS):
            raise Unsent(f"The MQTT broker at {mqtt} does not answer: is citygrid running (`citygrid status`)?")
        connections = publisher.connections
        for one in _paced(recorded, speed, stopped):
            _wait_for_room(publisher, MOST_IN_FLIGHT if publisher.connections == connections else 1)
            connections = publisher.connections
            publisher.publish(one.topic, one.payload)
            sent += 1
            advance(1)
        _wait_for_room(publisher, 1)
    finally:
        publisher.close(1.0)
    if publisher.refused:
        raise Unsent(f"The MQTT broker refused {publisher.refused} of {sent} messages.")
    return sent


def _wait_for_room(publisher: Publisher, most: int) -> None:
    if not publisher.wait_below(most, STALLED_SECONDS):
        raise Unsent(
            f"The MQTT broker has not acknowledged {publisher.in_flight} messages for {STALLED_SECONDS:.0f} s."
        )


def _paced(recorded: list[Recorded], speed: float | None, stopped: threading.Event) -> Iterator[Recorded]:
    """The messages, each when its time has come; ends early when stopped."""
    first = next((one.at for one in recorded if one.at is not None), 0)
    began = elapsed_ms()
    for one in recorded:
        due = 0.0 if speed is None or one.at is None else (one.at - first) / speed
        wait = due - (elapsed_ms() - began)
        if stopped.wait(wait / 1000) if wait > 0 else stopped.is_set():
            return
        yield one


def _districts(city: Path | None, district_of: District | None) -> Districts:
    if city is None:
        return Districts(district_of or (lambda _device: None), None)
    registry = registry_of(city)
    first = min(registry.districts.values(), key=lambda one: one.index, default=None)
    return Districts(
        lambda device: known.district if (known := registry.devices.get(device)) else None,
        first.code if first else None,
    )


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Advance]:
    if not console.is_terminal:
        yield _plain(total)
        return
    columns = (TextColumn("Replaying"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("replay", total=total)
        yield lambda count: bar.update(task, advance=count)


def _plain(total: int) -> Advance:
    """A line now and then, for a log."""
    done, told_at = 0, elapsed_ms()

    def advance(count: int) -> None:
        nonlocal done, told_at
        done += count
        if elapsed_ms() - told_at >= PLAIN_EVERY_MS:
            told_at = elapsed_ms()
            _say(f"{done} of {total} messages")

    return advance


def _tell(done: Replayed, total: int) -> None:
    pace = done.messages / done.seconds if done.seconds else float(done.messages)
    _say(
        f"Sent {done.messages} messages with {done.readings} readings in {done.seconds:.1f} s ({pace:.0f} messages/s); the broker has all of them."
    )
    if done.messages < total:
        _say(f"Stopped before the end: {total - done.messages} messages were not sent.")
    if done.unknown:
        names = ", ".join(done.unknown[:5])
        _say(
            f"{len(done.unknown)} devices are not registered in this city ({names}); what they sent will be refused as unknown_sender."
        )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _stop_on_signal() -> Iterator[threading.Event]:
    """Ctrl-C ends the replay after what is in flight; elsewhere than in the main thread nothing is caught."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = {one: signal.signal(one, lambda _number, _frame: stopped.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
