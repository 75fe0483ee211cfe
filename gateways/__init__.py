"""In and out at the edge: MQTT → Kafka and Kafka → MQTT."""

from gateways.process import run

__all__ = ["run"]
