"""What a gateway counts for /metrics."""

from prometheus_client import Counter, Gauge

_MESSAGES = Counter("citygrid_gateway_messages", "Messages handed over by the broker", ["kind"])
_ACCEPTED = Counter("citygrid_gateway_readings_accepted", "Readings written into packs")
_REJECTED = Counter("citygrid_gateway_rejected", "Readings and messages refused", ["reason"])
_PACKS = Counter("citygrid_gateway_packs", "Packs acknowledged by Kafka")
_IN_FLIGHT = Gauge("citygrid_gateway_messages_in_flight", "Messages not yet acknowledged to the broker")
_BRAKED = Gauge("citygrid_gateway_braked", "1 while the socket is not read because too much is in flight")


def message(kind: str) -> None:
    """The broker handed over a message."""
    _MESSAGES.labels(kind).inc()


def accepted(readings: int) -> None:
    """Readings went into a pack."""
    _ACCEPTED.inc(readings)


def rejected(reason: str) -> None:
    """Something was refused."""
    _REJECTED.labels(reason).inc()


def pack_arrived() -> None:
    """Kafka acknowledged a pack."""
    _PACKS.inc()


def in_flight(messages: int, *, braked: bool) -> None:
    """How much is under way, and whether reading is held back."""
    _IN_FLIGHT.set(messages)
    _BRAKED.set(braked)
