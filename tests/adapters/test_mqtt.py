import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mqtt import LONGEST_WAIT_SECONDS, STABLE_MS, Backoff, Publisher, Subscriber

pytestmark = pytest.mark.timeout(60)


def longest(_low: float, high: float) -> float:
    return high


def test_the_bound_of_the_wait_doubles_up_to_a_limit() -> None:
    backoff = Backoff(longest)
    waits = [backoff.seconds(0) for _ in range(12)]
    assert all(later in (earlier * 2, LONGEST_WAIT_SECONDS) for earlier, later in pairwise(waits))
    assert waits[-1] == LONGEST_WAIT_SECONDS


def test_a_connection_that_held_only_briefly_does_not_reset_the_wait() -> None:
    backoff = Backoff(longest)
    first = backoff.seconds(0)
    assert backoff.seconds(STABLE_MS - 1) > first
    assert backoff.seconds(STABLE_MS) == first


@given(st.lists(st.integers(0, 60_000), max_size=40), st.randoms())
def test_a_wait_is_never_negative_and_never_beyond_the_limit(held: list[int], random: Any) -> None:
    backoff = Backoff(random.uniform)
    assert all(0 <= backoff.seconds(one) <= LONGEST_WAIT_SECONDS for one in held)


class Relay:
    """A door in front of the broker that a test can shut: it passes bytes both ways and cuts every connection when told to."""

    def __init__(self, broker: str) -> None:
        host, _, port = broker.rpartition(":")
        self._broker = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open = []

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._broker)
            except OSError:
                return
            self._open += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


@pytest.fixture
def relay(services: Any) -> Iterator[Relay]:
    door = Relay(services.mqtt)
    yield door
    door.close()


@pytest.fixture
def listen(services: Any) -> Iterator[Callable[[str], "queue.Queue[tuple[str, bytes]]"]]:
    opened: list[Subscriber] = []

    def start(topic: str) -> "queue.Queue[tuple[str, bytes]]":
        heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        opened.append(Subscriber(services.mqtt, f"test-{topic}", [topic], lambda *said: heard.put(said)))
        assert opened[-1].wait_subscribed(10)
        return heard

    yield start
    for one in opened:
        one.close()


@pytest.mark.integration
def test_what_is_published_arrives_in_order_and_is_acknowledged(services: Any, listen: Any) -> None:
    heard = listen("test/order")
    publisher = Publisher(services.mqtt, "test-order-publisher")
    assert publisher.wait_connected(10)
    for number in range(3000):
        publisher.wait_below(100)
        publisher.publish("test/order", str(number).encode())
    assert publisher.close() == 0
    assert (publisher.acknowledged, publisher.refused, publisher.in_flight) == (3000, 0, 0)
    assert [heard.get(timeout=5)[1] for _ in range(3000)] == [str(number).encode() for number in range(3000)]


@pytest.mark.integration
def test_what_was_in_flight_when_the_connection_broke_is_sent_again(relay: Relay, listen: Any) -> None:
    heard = listen("test/broken")
    publisher = Publisher(relay.address, "test-broken-publisher")
    assert publisher.wait_connected(10)
    for number in range(600):
        if number % 200 == 100:
            assert publisher.wait_connected(10)
            relay.cut()
        publisher.publish("test/broken", str(number).encode())
    assert publisher.wait_below(1, 30)
    assert publisher.close() == 0
    seen = set()
    while len(seen) < 600:
        seen.add(int(heard.get(timeout=5)[1]))
    assert seen == set(range(600))


@pytest.mark.integration
def test_messages_published_before_the_broker_answers_are_kept(services: Any, listen: Any) -> None:
    heard = listen("test/early")
    publisher = Publisher(services.mqtt, "test-early-publisher")
    publisher.publish("test/early", b"first")
    assert publisher.wait_below(1, 10)
    assert heard.get(timeout=5) == ("test/early", b"first")
    assert publisher.close() == 0


@pytest.mark.integration
def test_a_retained_message_comes_to_who_subscribes_later(services: Any, listen: Any) -> None:
    publisher = Publisher(services.mqtt, "test-retained-publisher")
    publisher.publish("test/retained", b"task", retain=True)
    assert publisher.wait_below(1, 10)
    assert listen("test/retained").get(timeout=5) == ("test/retained", b"task")
    publisher.publish("test/retained", b"", retain=True)
    assert publisher.close() == 0


@pytest.mark.integration
def test_an_error_while_handling_a_message_is_raised_where_the_owner_asks(services: Any) -> None:
    called = threading.Event()

    def fail(_topic: str, _payload: bytes) -> None:
        called.set()
        raise LookupError("no such worker")

    subscriber = Subscriber(services.mqtt, "test-failing", ["test/failing"], fail)
    assert subscriber.wait_subscribed(10)
    subscriber.check()
    publisher = Publisher(services.mqtt, "test-failing-publisher")
    publisher.publish("test/failing", b"x")
    assert publisher.close() == 0
    assert called.wait(5)
    with pytest.raises(LookupError):
        _until_it_raises(subscriber)
    assert subscriber.connected
    subscriber.close()


def _until_it_raises(subscriber: Subscriber) -> None:
    pause = threading.Event()
    for _ in range(100):
        subscriber.check()
        pause.wait(0.01)


def test_without_a_broker_nothing_is_lost_in_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    publisher = Publisher(address, "test-nobody")
    publisher.publish("test/nobody", b"x")
    assert not publisher.wait_connected(0.2)
    assert not publisher.connected
    assert not publisher.wait_below(1, 0.1)
    assert publisher.close(0.1) == 1


def test_qos_2_is_refused_with_a_sentence() -> None:
    publisher = Publisher("127.0.0.1:9", "test-qos")
    with pytest.raises(ValueError, match="QoS 2"):
        publisher.publish("test/qos", b"x", 2)
    with pytest.raises(ValueError, match=r"[Tt]opic"):
        publisher.publish("test/+/wild", b"x")
    assert publisher.close(0.1) == 0
    assert publisher.refused == 1


@pytest.mark.parametrize("expiry_s", [None, 60])
def test_a_message_carries_for_how_long_the_broker_may_keep_it(
    monkeypatch: pytest.MonkeyPatch, expiry_s: int | None
) -> None:
    publisher = Publisher("127.0.0.1:1", "expiring")
    handed: list[Any] = []
    monkeypatch.setattr(publisher._link.client, "publish", lambda *given: handed.append(given))
    publisher.publish("a", b"", retain=True, expiry_s=expiry_s)
    properties = handed[0][4]
    assert (properties and properties.MessageExpiryInterval) == expiry_s
    publisher.close(0)
