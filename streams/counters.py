"""What a stream worker counts for /metrics."""

from prometheus_client import Counter, Gauge

from messages.topics import Topic

_APPLIED = Counter("citygrid_stream_readings_applied", "Readings of packs that went through their district's stream")
_RECORDS = Counter("citygrid_stream_records_read", "Records read by the agents", ["topic"])
_SETTLED = Gauge(
    "citygrid_stream_settled_timestamp_seconds", "When outputs, state and acknowledgements were last brought home"
)


def applied(readings: int) -> None:
    """Some readings went through their stream."""
    _APPLIED.inc(readings)


def record_read(topic: Topic) -> None:
    """A record was read."""
    _RECORDS.labels(topic.name).inc()


def settled() -> None:
    """Everything read so far has been settled."""
    _SETTLED.set_to_current_time()
