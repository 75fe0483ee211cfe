"""What the simulator shows of itself on /metrics and /readyz."""

from collections import Counter as Counts

from prometheus_client import Counter, Gauge

from adapters.mqtt import Publisher, Subscriber

_MESSAGES = Counter("citygrid_simulator_messages", "Messages handed to the broker")
_READINGS = Counter("citygrid_simulator_readings", "Readings in these messages, repeated and garbled ones included")
_IN_FLIGHT = Gauge("citygrid_simulator_in_flight", "Messages that the broker has not acknowledged yet")
_OPEN = Gauge("citygrid_simulator_open_episodes", "Incidents placed on purpose that last now")
_LAG = Gauge("citygrid_simulator_lag_seconds", "How far sending is behind the plan")
_ANSWERS = Gauge("citygrid_simulator_refused", "Answers that a message was refused, by reason", ["reason"])


def sent(messages: int, readings: int) -> None:
    """Some messages were handed over."""
    _MESSAGES.inc(messages)
    _READINGS.inc(readings)


def seen(*, in_flight: int, episodes: int, lag_ms: int, refused: Counts[str]) -> None:
    """How things stand."""
    _IN_FLIGHT.set(in_flight)
    _OPEN.set(episodes)
    _LAG.set(lag_ms / 1000)
    for reason, count in refused.items():
        _ANSWERS.labels(reason).set(count)


def reasons(publishers: list[Publisher], subscriber: Subscriber) -> list[str]:
    """Why the simulator is not ready; empty when it is."""
    reached = all(one.connected for one in publishers) and subscriber.connected
    return [] if reached else ["the MQTT broker is not reached"]
