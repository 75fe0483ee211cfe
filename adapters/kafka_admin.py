"""Making the topics of the map in Kafka, each with its partitions and clean-up policy."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from kafka.admin import KafkaAdminClient, MemberToRemove, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from messages.topics import TOPICS, Kept, Topic

LARGEST_MESSAGE = 8 * 1024 * 1024
WEEK_MS = 7 * 86_400_000
HOUR_MS = 3_600_000

_CLEANUP: dict[Kept, dict[str, str]] = {
    Kept.WEEK: {"cleanup.policy": "delete", "retention.ms": str(WEEK_MS), "segment.bytes": str(256 << 20)},
    Kept.HOUR: {"cleanup.policy": "delete", "retention.ms": str(HOUR_MS), "segment.ms": str(HOUR_MS // 4)},
    Kept.LATEST: {
        "cleanup.policy": "compact",
        "segment.bytes": str(16 << 20),
        "segment.ms": str(HOUR_MS),
        "min.cleanable.dirty.ratio": "0.2",
    },
}


def topic_config(topic: Topic) -> dict[str, str]:
    """The Kafka settings of a topic: its clean-up policy, arrival time as the records' time, and room for packs."""
    return {
        **_CLEANUP[topic.kept],
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(LARGEST_MESSAGE),
    }


def ensure_topics(kafka: str, partitions: int) -> list[str]:
    """Makes the topics that are missing and returns their names.

    Raises ValueError when a topic is there with another partition count, because a district would then lie elsewhere than before.
    """
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        present = set(admin.list_topics())
        wrong = _wrong_counts(admin, present, partitions)
        if wrong:
            message = (
                f"These topics do not have {partitions} partitions: {', '.join(wrong)}. Set `partitions` to what they have, "
                "or forget the data with `make reset`."
            )
            raise ValueError(message)
        missing = {topic.name: topic_config(topic) for topic in TOPICS if topic.name not in present}
        _create(admin, missing, partitions)
        return list(missing)
    finally:
        admin.close()


def ensure_changelogs(kafka: str, partitions: int, names: Sequence[str]) -> None:
    """Makes the changelogs of a worker's tables that are missing, so that they are there before the worker joins its group.

    They stay small because they are compacted in short segments.
    """
    config = {
        "cleanup.policy": "compact",
        "segment.bytes": str(32 << 20),
        "segment.ms": str(HOUR_MS // 6),
        "max.message.bytes": str(LARGEST_MESSAGE),
        "min.cleanable.dirty.ratio": "0.2",
    }
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        present = set(admin.list_topics())
        _create(admin, {name: config for name in names if name not in present}, partitions)
    finally:
        admin.close()


def leave(kafka: str, group: str, member: str) -> None:
    """Takes the static member out of its group, so that the others get its partitions at once and not when its session has run out.

    Does nothing when Kafka cannot be told.
    """
    with suppress(KafkaError):
        admin = KafkaAdminClient(bootstrap_servers=kafka)
        try:
            admin.remove_group_members(group, [MemberToRemove(group_instance_id=member)])
        finally:
            admin.close()


def _create(admin: KafkaAdminClient, missing: Mapping[str, dict[str, str]], partitions: int) -> None:
    if missing:
        new = [NewTopic(name, partitions, 1, topic_configs=config) for name, config in missing.items()]
        with suppress(TopicAlreadyExistsError):  # another process made them meanwhile
            admin.create_topics(new, timeout_ms=20_000)


def _wrong_counts(admin: KafkaAdminClient, present: set[str], partitions: int) -> list[str]:
    ours = [topic.name for topic in TOPICS if topic.name in present]
    described = admin.describe_topics(ours) if ours else []
    return [t["name"] for t in described if len(t["partitions"]) != partitions]
