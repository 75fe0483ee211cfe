"""Gateways that are killed with a full session, and several that share a city."""

from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
import pytest

from adapters.clock import now_ms
from adapters.kafka_reader import Reader
from bench.waiting_session import publish
from gateways.gateway import MOST_IN_FLIGHT
from messages.topics import CLOCK, REJECTS, TELEMETRY
from tests.children import Child
from tests.citygrid.waiting import until
from tests.gateways.builders import DISTRICT, LOADED, OTHER, Phone, Tap, telemetry
from tests.services import Services

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
WAITING = 24_000


class _Line(msgspec.Struct):
    device: str
    seq: int


class Counted:
    """How often each message of each device was put into Kafka, and by whom, counted as it comes."""

    def __init__(self, kafka: str) -> None:
        self._reader = Reader(kafka, [TELEMETRY.name], recent={TELEMETRY.name: now_ms()})
        self._lines = msgspec.json.Decoder(_Line)
        self.seen: Counter[tuple[str, int]] = Counter()
        self.by: dict[str, set[str]] = {}

    def draw(self) -> "Counted":
        for record in self._reader.poll(timeout=0.05):
            for line in self._lines.decode_lines(record.value or b""):
                self.seen[line.device, line.seq] += 1
                self.by.setdefault(line.device, set()).add(dict(record.headers)["gateway"].decode())
        return self

    def of(self, device: str) -> Counter[int]:
        return Counter({seq: times for (sender, seq), times in self.seen.items() if sender == device})

    def close(self) -> None:
        self._reader.close()


@pytest.fixture
def counted(registered: Services) -> Iterator[Counted]:
    made = Counted(registered.kafka)
    yield made
    made.close()


def many(device: str, numbers: range) -> Iterator[tuple[str, bytes]]:
    return ((f"citygrid/v1/{DISTRICT}/telemetry/{device}", telemetry(number)) for number in numbers)


def test_a_gateway_killed_amid_a_full_session_repeats_no_more_than_its_bound(
    services: Services, start: Callable[..., Child], counted: Counted
) -> None:
    """The broker hands over much faster than it takes acknowledgements, and forgets those that lie unread when the gateway dies."""
    device, flags = LOADED[5], ("gate-9777", "--districts", DISTRICT)
    assert start(*flags).end() == 0, "the broker keeps its subscription"
    assert publish(services.mqtt, many(device, range(WAITING))) == WAITING
    killed = start(*flags, wait=False)
    until(lambda: len(counted.draw().seen) > WAITING // 3, 40)
    killed.kill()
    start(*flags, wait=False)
    until(lambda: len(counted.draw().of(device)) == WAITING, 60)
    until(lambda: is_quiet(counted), 20)
    assert sum(counted.of(device).values()) - WAITING <= MOST_IN_FLIGHT


def is_quiet(counted: Counted) -> bool:
    """Whether nothing more came in ten looks."""
    before = sum(counted.seen.values())
    for _ in range(10):
        counted.draw()
    return sum(counted.seen.values()) == before


@pytest.fixture
def two(start: Callable[..., Child], phone: Callable[..., Phone]) -> tuple[Child, Child]:
    """One gateway with a district of its own, and one with all else that leaves it to it."""
    own = start("gate-9778", "--districts", OTHER)
    rest, talking = start("gate-9779", "--except-districts", OTHER), phone("probe")
    until(lambda: talking.say(f"citygrid/v1/{OTHER}/receipts/probe", b"") or left(rest))
    return rest, own


def left(gateway: Child) -> float:
    """How many messages a gateway has left to another one."""
    return gateway.counted('citygrid_gateway_messages_total{kind="another gateway\'s"')


def test_each_district_is_taken_by_one_gateway_also_over_a_kill(
    two: tuple[Child, Child], start: Callable[..., Child], phone: Callable[..., Phone], counted: Counted
) -> None:
    talking, device = phone("shared"), "gate-x1"
    for number in range(200):
        talking.send(f"citygrid/v1/{OTHER}/telemetry/{device}", telemetry(number))
        talking.send(f"citygrid/v1/{DISTRICT}/telemetry/{LOADED[5]}", telemetry(WAITING + number))
    until(lambda: len(counted.draw().of(device)) == 200)
    two[1].kill()
    for number in range(200, 400):
        talking.say(f"citygrid/v1/{OTHER}/telemetry/{device}", telemetry(number))
    start("gate-9778", "--districts", OTHER, wait=False)
    until(lambda: len(counted.draw().of(device)) == 400)
    until(lambda: set(range(WAITING, WAITING + 200)) <= set(counted.of(LOADED[5])))
    assert counted.by[device] == {"gate-9778"}
    assert "gate-9778" not in counted.by[LOADED[5]]
    until(lambda: left(two[0]) >= 400)


def test_a_district_that_a_gateway_gives_up_is_taken_on_without_a_gap(
    two: tuple[Child, Child], start: Callable[..., Child], phone: Callable[..., Phone], counted: Counted
) -> None:
    talking, device, sent = phone("given-up"), "gate-x1", 0

    def say() -> None:
        nonlocal sent
        talking.say(f"citygrid/v1/{OTHER}/telemetry/{device}", telemetry(WAITING + sent))
        sent += 1

    say()
    assert two[1].end() == 0
    start("gate-9778", "--districts", DISTRICT, wait=False)
    until(lambda: say() or "gate-9779" in counted.draw().by.get(device, ()), 60)
    until(lambda: len(counted.draw().of(device)) == sent)


NOBODYS = {
    "gate-nobody-1": "citygrid/v1/970000/telemetry/gate-nobody-1",
    "gate-nobody-2": "citygrid/v2/970001/gate-nobody-2",
    "gate-nobody-3": f"citygrid/v1/{OTHER}/telemetri/gate-nobody-3",
}
"""Who speaks for no district, of no version, of no kind."""


@pytest.mark.usefixtures("two")
def test_what_belongs_to_nobody_is_answered_by_one_gateway(
    phone: Callable[..., Phone], tap: Callable[..., Tap]
) -> None:
    talking, rejects, ticks = phone("nobody", "citygrid/v1/+/rejected/+"), tap(REJECTS), tap(CLOCK)
    for topic in NOBODYS.values():
        talking.say(topic, telemetry())
    for sender in NOBODYS:
        until(lambda sender=sender: talking.answers(sender))  # type: ignore[misc] # bound now
    answered_at = now_ms()
    ticks.until(lambda record: record.timestamp > answered_at + 500)
    for sender in NOBODYS:
        told = [record for record in rejects.draw() if f'"sender":"{sender}"'.encode() in (record.value or b"")]
        assert (len(told), len(talking.answers(sender))) == (1, 1)


def test_when_another_gateway_is_not_known_to_listen_its_messages_are_taken_too(
    start: Callable[..., Child], phone: Callable[..., Phone], counted: Counted
) -> None:
    """Twice is recognised; never would be lost."""
    start("gate-9780", "--except-districts", DISTRICT)
    talking = phone("unclaimed")
    talking.say(f"citygrid/v1/{DISTRICT}/telemetry/{LOADED[5]}", telemetry(2 * WAITING))
    until(lambda: 2 * WAITING in counted.draw().of(LOADED[5]))
