"""The gateway's session against a broker that hangs up in the wrong moment."""

import socket
from collections.abc import Iterator

import pytest

from adapters.mqtt_frames import Inbound
from adapters.mqtt_session import ECHO_EVERY, Session

CONNECT, CONNACK, PUBACK = 0x10, bytes([0x20, 3, 0, 0, 0]), 0x40
SUBACK = bytes([0x90, 4, 0, 1, 0, 1])
PATIENCE_TURNS = 400


def publication(mid: int) -> bytes:
    """A message with QoS 1 on the topic "t", without payload."""
    return bytes([0x32, 6, 0, 1, ord("t"), *mid.to_bytes(2, "big"), 0])


class Broker:
    """Takes one connection at a time and says what it is told to say."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._client: socket.socket | None = None

    def accepted(self) -> bool:
        try:
            self._client, _ = self._listener.accept()
        except BlockingIOError:
            return False
        self._client.settimeout(1)
        return True

    def says(self, data: bytes) -> None:
        assert self._client
        self._client.sendall(data)

    def hears(self) -> bytes:
        assert self._client
        try:
            return self._client.recv(1 << 16)
        except TimeoutError:
            return b""

    def hangs_up(self) -> None:
        assert self._client
        self._client.close()

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    here = Broker()
    yield here
    here.close()


def turn_until_connected(session: Session, broker: Broker) -> bytes:
    """Turns the session until the broker has a connection, and gives the first of what comes over it."""
    for _ in range(PATIENCE_TURNS):
        session.turn(room=lambda: 500, timeout_s=0.02)
        if broker.accepted():
            session.turn(room=lambda: 500, timeout_s=0.02)
            return broker.hears()
    raise AssertionError("the session has not connected")


def test_nothing_of_a_former_connection_gets_into_the_next_one(broker: Broker) -> None:
    """An acknowledgement or an echo before CONNECT is a protocol error, for which the broker hangs up again."""
    tokens: list[int] = []

    def take(_batch: list[Inbound], given: list[int]) -> None:
        tokens.extend(given)

    session = Session(broker.address, "one", ["t"], take, echo="echo")
    assert turn_until_connected(session, broker)[0] == CONNECT
    broker.says(CONNACK + SUBACK + b"".join(publication(mid) for mid in range(1, ECHO_EVERY + 3)))
    while len(tokens) < ECHO_EVERY + 2:
        session.turn(room=lambda: 500, timeout_s=0.02)
    session.acknowledge(tokens[:-1])
    assert session.unconfirmed == ECHO_EVERY + 1
    broker.hangs_up()
    while session.connected:
        session.turn(room=lambda: 500, timeout_s=0.02)
    session.acknowledge(tokens[-1:])

    first = turn_until_connected(session, broker)
    session.acknowledge(tokens[-1:])
    session.turn(room=lambda: 500, timeout_s=0.02)
    broker.says(CONNACK)
    session.turn(room=lambda: 500, timeout_s=0.02)

    assert first[0] == CONNECT
    assert session.unconfirmed == 0
    assert PUBACK not in {first[0], *broker.hears()[:1]}
    session.close()
