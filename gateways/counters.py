"""What a gateway counts for /metrics."""

from prometheus_client import Counter, Gauge

from messages.mqtt_topics import INBOUND

_MESSAGES = Counter("citygrid_gateway_messages", "Messages handed over by the broker", ["kind"])
_ACCEPTED = Counter("citygrid_gateway_readings_accepted", "Readings written into packs")
_REJECTED = Counter("citygrid_gateway_rejected", "Readings and messages refused", ["reason"])
_PACKS = Counter("citygrid_gateway_packs", "Packs acknowledged by Kafka")
_IN_FLIGHT = Gauge("citygrid_gateway_messages_in_flight", "Messages not yet acknowledged to the broker")
_BRAKED = Gauge("citygrid_gateway_braked", "1 while the socket is not read because too much is in flight")


_batch: dict[str, int] = {}
_KINDS = {kind: _MESSAGES.labels(kind) for kind in sorted(INBOUND)}


def message(kind: str) -> None:
    """The broker handed over a message; shown after the next `flush`."""
    _batch[kind] = _batch.get(kind, 0) + 1


def accepted(readings: int) -> None:
    """Readings went into a pack; shown after the next `flush`."""
    _batch[""] = _batch.get("", 0) + readings


def flush() -> None:
    """Shows what was counted since the last one: a counter costs more than a message may."""
    _ACCEPTED.inc(_batch.pop("", 0))
    for kind, messages in _batch.items():
        _KINDS.get(kind, _MESSAGES.labels(kind)).inc(messages)
    _batch.clear()


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
