import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from adapters.addresses import answers, host_and_port
from citygrid.proof.link import Relay
from tests.citygrid.waiting import until


@pytest.fixture
def far() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


@pytest.fixture
def relay(far: socket.socket) -> Iterator[Relay]:
    with closing(Relay(f"127.0.0.1:{far.getsockname()[1]}")) as made:
        yield made


def joined(relay: Relay, far: socket.socket) -> tuple[socket.socket, socket.socket]:
    near = socket.create_connection(host_and_port(relay.address), 10)
    other, _ = far.accept()
    other.settimeout(10)
    until(lambda: relay.connections == 1)
    return near, other


def received(one: socket.socket, length: int) -> bytes:
    with one.makefile("rb") as file:
        return file.read(length)


def is_over(one: socket.socket) -> bool:
    try:
        return one.recv(1) == b""
    except ConnectionError:
        return True


def is_silent(one: socket.socket) -> bool:
    one.settimeout(0.2)
    try:
        one.recv(1)
    except TimeoutError:
        return True
    finally:
        one.settimeout(10)
    return False


def test_it_passes_both_directions_on_unchanged(relay: Relay, far: socket.socket) -> None:
    near, other = joined(relay, far)
    sent = bytes(range(256)) * 1000
    near.sendall(sent)
    assert received(other, len(sent)) == sent
    other.sendall(b"back")
    assert received(near, 4) == b"back"
    until(lambda: relay.passed == len(sent) + 4)


def test_the_end_of_one_side_ends_the_other(relay: Relay, far: socket.socket) -> None:
    near, other = joined(relay, far)
    near.close()
    assert is_over(other)
    until(lambda: relay.connections == 0)


def test_a_cut_ends_every_connection_and_refuses_new_ones(relay: Relay, far: socket.socket) -> None:
    near, other = joined(relay, far)
    relay.cut()
    assert is_over(near)
    assert is_over(other)
    assert not answers(relay.address)


def test_it_takes_connections_again_at_the_same_address_once_healed(relay: Relay, far: socket.socket) -> None:
    relay.cut()
    relay.heal()
    near, other = joined(relay, far)
    near.sendall(b"x")
    assert other.recv(1) == b"x"


def test_in_a_stall_the_connection_stands_and_nothing_passes_until_it_heals(relay: Relay, far: socket.socket) -> None:
    near, other = joined(relay, far)
    relay.stall()
    near.sendall(b"held")
    other.sendall(b"held too")
    assert is_silent(other)
    assert is_silent(near)
    relay.heal()
    assert received(other, 4) == b"held"
    assert received(near, 8) == b"held too"


def test_a_connection_of_a_stall_is_taken_and_answered_only_afterwards(relay: Relay, far: socket.socket) -> None:
    relay.stall()
    near = socket.create_connection(host_and_port(relay.address), 10)
    near.sendall(b"x")
    assert is_silent(near)
    relay.heal()
    other, _ = far.accept()
    assert other.recv(1) == b"x"


def test_a_cut_in_a_stall_loses_what_was_held(relay: Relay, far: socket.socket) -> None:
    near, other = joined(relay, far)
    relay.stall()
    near.sendall(b"lost")
    assert is_silent(other)
    relay.cut()
    assert is_over(other)


def test_a_target_that_is_away_resets_the_connection() -> None:
    with closing(Relay("127.0.0.1:1")) as made:
        near = socket.create_connection(host_and_port(made.address), 10)
        assert is_over(near)
