"""What a stream worker counts for /metrics."""

from collections.abc import Mapping

from faust.types import TP
from prometheus_client import Counter, Gauge

from messages.topics import Topic

_APPLIED = Counter("citygrid_stream_readings_applied", "Readings of packs that went through their district's stream")
_RECORDS = Counter("citygrid_stream_records_read", "Records read by the agents", ["topic"])
_SETTLED = Gauge(
    "citygrid_stream_settled_timestamp_seconds", "When outputs, state and acknowledgements were last brought home"
)

_CHANGELOG = Counter(
    "citygrid_changelog_bytes", "Bytes of state blocks written to the changelog, uncompressed", ["table"]
)
_LAG = Gauge("citygrid_stream_lag_records", "Records that are still to be read", ["agent", "topic", "partition"])
_STILL = Gauge(
    "citygrid_stream_still_seconds", "For how long the slowest partition stood still with more to read", ["agent"]
)
_RECOVERY = Gauge(
    "citygrid_recovery_seconds", "How long the last rebuilding of the state took, from losing the partitions", ["agent"]
)
_STATE = Gauge("citygrid_state_bytes", "Size of the state blocks in memory when they were last rebuilt", ["table"])
_REBALANCES = Counter("citygrid_stream_rebalances", "How often the partitions were given anew", ["agent"])
_DELETED = Counter(
    "citygrid_stream_records_deleted_unread",
    "Records that Kafka had deleted before they were read",
    ["agent", "topic", "partition"],
)

_lagging: dict[str, set[tuple[str, int]]] = {}


def applied(readings: int) -> None:
    """Some readings went through their stream."""
    _APPLIED.inc(readings)


def record_read(topic: Topic) -> None:
    """A record was read."""
    _RECORDS.labels(topic.name).inc()


def settled() -> None:
    """Everything read so far has been settled."""
    _SETTLED.set_to_current_time()


def kept(table: str, size: int) -> None:
    """A state block was written."""
    _CHANGELOG.labels(table).inc(size)


def lagging(agent: str, lags: Mapping[TP, int], still: float) -> None:
    """How many records are left in each partition of an agent, and for how many seconds the slowest stood still; others are forgotten."""
    for topic, partition in _lagging.pop(agent, set()) - {(one.topic, one.partition) for one in lags}:
        _LAG.remove(agent, topic, str(partition))
    for one, lag in lags.items():
        _LAG.labels(agent, one.topic, str(one.partition)).set(lag)
    _lagging[agent] = {(one.topic, one.partition) for one in lags}
    _STILL.labels(agent).set(still)


def recovered(agent: str, seconds: float, size: int) -> None:
    """The state of an agent was rebuilt."""
    _REBALANCES.labels(agent).inc()
    _RECOVERY.labels(agent).set(seconds)
    _STATE.labels(agent).set(size)


def deleted(agent: str, partition: TP, records: int) -> None:
    """Some records of a partition were deleted before an agent had read them."""
    _DELETED.labels(agent, partition.topic, str(partition.partition)).inc(records)
