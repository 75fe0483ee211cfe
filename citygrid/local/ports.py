"""Which port a listener of ours takes: the one that was chosen, or else the first free one of those it would like."""

import random
import socket
from collections.abc import Iterable

import psutil

from adapters.addresses import answers, host_and_port

LOOPBACK = "127.0.0.1"
BELOW_CONNECTIONS = range(20_000, 32_000)
"""Ports that the system gives to no outgoing connection (Linux: from 32768), so that one which is free stays free until it is listened on."""
_chance = random.SystemRandom()  # seeded tests that run side by side would all take the same


def is_free(address: str) -> bool:
    """Whether a listener could be opened at "host:port" now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(host_and_port(address))
        except OSError:
            return False
    return True


def answered_by(pid: int, address: str) -> bool:
    """Whether it is the process `pid` itself that accepts connections at "host:port", and no other that was there before."""
    _, port = host_and_port(address)
    try:
        sockets = psutil.Process(pid).net_connections("tcp")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    listens = any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in sockets)
    return listens and answers(address)


def any_free() -> str:
    """A loopback address with a port that nothing uses now, and that no connection going out may take before it is listened on."""
    tries = _chance.sample(BELOW_CONNECTIONS, len(BELOW_CONNECTIONS))
    return next(address for port in tries if is_free(address := f"{LOOPBACK}:{port}"))


def choose(wanted: str, *, chosen: bool, others: Iterable[str] = ()) -> str | None:
    """`wanted` if it is free; else, unless somebody chose it, the first free one of `others` or any free one. None: chosen, and taken."""
    if is_free(wanted):
        return wanted
    if chosen:
        return None
    return next((other for other in others if is_free(other)), None) or any_free()
