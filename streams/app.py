"""The Faust application: how a stream worker talks to Kafka, the same for every agent."""

from pathlib import Path
from typing import cast

import faust
from faust.types import AppT, EventT, TopicT

from messages.topics import Topic
from streams.blocks import BlockTable
from streams.consumer import Consumer

ID = "citygrid-worker"
LARGEST_MESSAGE = 8 * 1024 * 1024
LARGEST_FETCH = 4 * 1024 * 1024
"""Bytes of a partition that are fetched at once. What was fetched together is handed over together, so the records of the cases wait behind
this much of each partition of telemetry; less of it costs speed. A larger batch of records comes all the same: Kafka sends at least one.
"""


def build(kafka: str, partitions: int, name: str, data_dir: Path) -> AppT:
    """An application without agents, whose keys and values stay bytes; nothing is connected yet.

    Kafka knows the worker by `name`: one that comes back gets its partitions at once, instead of after its old session has run out.
    """
    app = faust.App(
        ID,
        broker=f"kafka://{kafka}",
        datadir=str(data_dir),
        store="memory://",
        Table=BlockTable,
        key_serializer="raw",
        value_serializer="raw",
        topic_partitions=partitions,
        topic_replication_factor=1,
        topic_disable_leader=True,
        table_standby_replicas=0,
        stream_buffer_maxsize=16_384,
        stream_wait_empty=False,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=1.0,
        broker_commit_interval=1.0,
        consumer_group_instance_id=name,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=LARGEST_FETCH,
        producer_compression_type="lz4",
        producer_max_request_size=LARGEST_MESSAGE,
        producer_linger=0.0,
        web_enabled=False,
        autodiscover=False,
    )
    app.transport.Consumer = Consumer  # type: ignore[misc] # Faust has no setting for it
    return app


def source(app: AppT, *topics: Topic) -> TopicT:
    """Several topics as one source of bytes, in the order of their offsets within each partition."""
    return app.topic(*(topic.name for topic in topics), key_type=bytes, value_type=bytes, value_serializer="raw")


def table(app: AppT, name: str, partitions: int) -> BlockTable:
    """A table of state blocks, rebuilt from its changelog."""
    return cast("BlockTable", app.Table(name, key_type=bytes, value_type=bytes, partitions=partitions))


def changelog(name: str) -> str:
    """The changelog topic of the table `name`, as Faust calls it."""
    return f"{ID}-{name}-changelog"


def arrival_of(event: EventT[bytes]) -> int:
    """When a record reached Kafka, epoch milliseconds."""
    return round(event.message.timestamp * 1000)
