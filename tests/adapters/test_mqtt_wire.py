"""The socket between paho and the broker: messages beside it, everything else through it, nothing torn."""

import socket
from collections.abc import Iterator

import pytest

from adapters.mqtt_frames import PUBACK
from adapters.mqtt_wire import BLOCK, Wire
from tests.adapters.test_mqtt_frames import PONG, publish


@pytest.fixture
def pair() -> Iterator[tuple[Wire, socket.socket]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.settimeout(5)
    yield Wire(near), far
    near.close()
    far.close()


def test_messages_come_beside_what_paho_reads(pair: tuple[Wire, socket.socket]) -> None:
    wire, broker = pair
    broker.sendall(publish(b"a", b"1", 1) + PONG + publish(b"a", b"2", 2))
    wire.fill()
    assert wire.waiting
    assert not wire.for_paho
    assert [one.payload for one in wire.take(10)] == [b"1"]
    assert wire.for_paho
    assert wire.take(10)[0].payload == b"2"
    assert (wire.recv(1), wire.recv(10)) == (b"\xd0", b"\x00")
    assert not wire.for_paho
    with pytest.raises(BlockingIOError):
        wire.recv(1)


def test_a_message_larger_than_a_block_waits_until_it_is_whole(pair: tuple[Wire, socket.socket]) -> None:
    wire, broker = pair
    large = publish(b"a", b"x" * (BLOCK + 100), 1)
    broker.sendall(large[:BLOCK])
    wire.fill()
    assert (wire.take(10), wire.waiting) == ([], False)
    broker.sendall(large[BLOCK:])
    while not wire.waiting:
        wire.fill()
    assert len(wire.take(10)[0].payload) == BLOCK + 100


def test_what_lay_unread_when_the_connection_ended_is_left_to_come_again(pair: tuple[Wire, socket.socket]) -> None:
    wire, broker = pair
    broker.sendall(publish(b"a", b"1", 1))
    broker.close()
    wire.fill()
    wire.fill()
    assert wire.take(10) == []
    assert wire.for_paho
    with pytest.raises(ConnectionResetError):
        wire.recv(1)


def test_who_does_not_speak_mqtt_is_hung_up_on(pair: tuple[Wire, socket.socket]) -> None:
    wire, broker = pair
    broker.sendall(b"\x30\xff\xff\xff\xff\xff\xff")
    wire.fill()
    assert wire.take(10) == []
    with pytest.raises(ConnectionAbortedError):
        wire.recv(1)


def test_acknowledgements_leave_together_and_never_inside_another_packet(pair: tuple[Wire, socket.socket]) -> None:
    wire, broker = pair
    wire.acknowledge([1, 2])
    assert wire.send(b"\xc0\x00") == 2
    wire.publish("e", b"2")
    wire.acknowledge([3])
    assert wire.unsent
    wire.flush()
    assert wire.unsent == 0
    echo = b"\x30\x05\x00\x01e\x002"
    assert broker.recv(100) == PUBACK + b"\x00\x01" + PUBACK + b"\x00\x02" + b"\xc0\x00" + echo + PUBACK + b"\x00\x03"


def test_what_the_broker_does_not_take_waits_and_loses_nothing(pair: tuple[Wire, socket.socket]) -> None:
    wire, broker = pair
    sent = bytes(range(256)) * 4096
    wire.send(sent)
    wire.flush()
    assert 0 < wire.unsent < len(sent)
    received = b""
    while len(received) < len(sent):
        received += broker.recv(1 << 16)
        wire.flush()
    assert received == sent


def test_a_goodbye_still_leaves_when_it_is_closed(pair: tuple[Wire, socket.socket]) -> None:
    wire, broker = pair
    wire.send(b"\xe0\x00")
    wire.close()
    assert broker.recv(10) == b"\xe0\x00"


def test_what_is_no_packet_ends_the_connection_when_it_is_taken_and_nothing_before(
    pair: tuple[Wire, socket.socket],
) -> None:
    wire, broker = pair
    broker.sendall(b"\x30\xff\xff\xff\xff\xff")
    wire.fill()
    assert wire.waiting
    assert wire.take(10) == []
    with pytest.raises(ConnectionAbortedError):
        wire.recv(1)
