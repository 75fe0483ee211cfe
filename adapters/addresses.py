"""How an address is read ("host:port", an IPv6 host in brackets), and whether somebody listens there."""

import socket


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of "127.0.0.1:9092" or "[::1]:9092". Raises ValueError when there is no port."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def answers(address: str, timeout: float = 0.5) -> bool:
    """Whether something accepts connections at "host:port" within `timeout` seconds."""
    try:
        socket.create_connection(host_and_port(address), timeout).close()
    except OSError:
        return False
    return True
