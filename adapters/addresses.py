"""How an address is read: "host:port", an IPv6 host in brackets."""


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of "127.0.0.1:9092" or "[::1]:9092". Raises ValueError when there is no port."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
