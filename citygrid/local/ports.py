"""Which port a listener of ours takes: the one that was chosen, or else the first free one of those it would like.

A free port is listened on only a while after it was chosen, and supervisors that start in the same moment all find the same ones free. So who
chooses a port holds it, for as long as the process lives: with a name that the kernel gives to one process only, in the same network as the port.
"""

import random
import socket
import sys
from collections.abc import Iterable, Iterator

import psutil

from adapters.addresses import answers, host_and_port

LOOPBACK = "127.0.0.1"
BELOW_CONNECTIONS = range(20_000, 32_000)
"""Ports that the system gives to no outgoing connection (Linux: from 32768), so that one which is free stays free until it is listened on."""
HELD_AS = "\0citygrid-port-{}"
"""An abstract name of a Unix socket: it needs no file, and is gone with its process, however that ended. Only Linux has them."""
_held: dict[str, socket.socket] = {}
_chance = random.SystemRandom()  # seeded tests that run side by side would all take the same


def is_free(address: str) -> bool:
    """Whether a listener could be opened at "host:port" now, and no other process holds it for one."""
    return not _held_elsewhere(address) and _can_be_bound(address)


def hold(address: str) -> bool:
    """Takes a free address for this process until it ends, so that nobody who asks here takes it too; False when it is in use or held."""
    if not _can_be_bound(address):
        return False
    if address in _held or sys.platform != "linux":
        return True
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(HELD_AS.format(address))
    except OSError:
        name.close()
        return False
    if not _can_be_bound(address):  # who held it before has let it go, and something of theirs listens
        name.close()
        return False
    _held[address] = name
    return True


def _held_elsewhere(address: str) -> bool:
    if address in _held or sys.platform != "linux":
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(HELD_AS.format(address))
        except OSError:
            return False
    return True


def _can_be_bound(address: str) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(host_and_port(address))
        except OSError:
            return False
    return True


def answered_by(pid: int, address: str) -> bool:
    """Whether it is the process `pid` itself that accepts connections at "host:port", and no other that was there before."""
    return bool(_listens(pid, address)) and answers(address)


def answered_by_another(pid: int, address: str) -> bool:
    """Whether somebody accepts connections at "host:port" who is not the process `pid`; False where its sockets may not be seen."""
    return answers(address) and _listens(pid, address) is False


def _listens(pid: int, address: str) -> bool | None:
    """Whether the process has opened a listener on the port of "host:port"; None: it can't be seen."""
    _, port = host_and_port(address)
    try:
        sockets = psutil.Process(pid).net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return None
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in sockets)


def any_free() -> str:
    """A loopback address with a port that nothing uses now, and that no connection going out may take before it is listened on."""
    return next(address for address in _by_chance() if is_free(address))


def any_held() -> str:
    """Such an address, held for this process and never given by it before."""
    return next(address for address in _by_chance() if address not in _held and hold(address))


def _by_chance() -> Iterator[str]:
    return (f"{LOOPBACK}:{port}" for port in _chance.sample(BELOW_CONNECTIONS, len(BELOW_CONNECTIONS)))


def choose(wanted: str, *, chosen: bool, others: Iterable[str] = ()) -> str | None:
    """`wanted` if it is free; else, unless somebody chose it, the first free one of `others` or any free one; held. None: chosen, and taken."""
    if hold(wanted):
        return wanted
    if chosen:
        return None
    return next((other for other in others if hold(other)), None) or any_held()
