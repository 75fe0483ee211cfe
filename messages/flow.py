"""How the map of topics is shown: row by row, and as the page docs/flow.md with its picture."""

from collections.abc import Iterable

from messages.topics import (
    MQTT_TO_REPORTS,
    MQTT_TO_TELEMETRY,
    REGISTERED,
    REQUESTS_TO_TOPICS,
    TASKS_TO_MQTT,
    TOPICS,
    TOPICS_TO_BOARD,
    TOPICS_TO_HISTORY,
    Kept,
    Topic,
    registry_topic,
)

HEADINGS = ("topic", "key", "holds", "kept", "written by", "read by")
KEPT = {Kept.WEEK: "a week", Kept.HOUR: "an hour", Kept.LATEST: "the last of each key"}
REGISTRY_TOPICS = frozenset(registry_topic(kind).name for kind in REGISTERED)

# What crosses the border of the house: (from, what, to). Everything between these ends lies in Kafka.
ENDS = (
    ("devices", "MQTT telemetry", MQTT_TO_TELEMETRY),
    ("devices", "MQTT status", MQTT_TO_REPORTS),
    ("workers", "MQTT reports, replies, positions", MQTT_TO_REPORTS),
    ("operators and citizens", "HTTP", REQUESTS_TO_TOPICS),
    (TASKS_TO_MQTT, "MQTT tasks, receipts, rejected", "workers"),
    (TASKS_TO_MQTT, "MQTT rejected", "devices"),
    (TOPICS_TO_BOARD, "server-sent events", "operators and citizens"),
    (TOPICS_TO_HISTORY, "rows", "SQLite or InfluxDB"),
)

PAGE = """# The way of a reading, a report and a case

Printed from `messages/topics.py` by `make flow`; a test keeps the two equal. Boxes are modules of this repository, cylinders
are Kafka topics, rounded boxes are outside.

```mermaid
{flowchart}
```

{table}
"""


def rows(topics: Iterable[Topic] = TOPICS) -> list[tuple[str, ...]]:
    """One row a topic, under `HEADINGS`."""
    return [
        (
            topic.name,
            topic.key,
            topic.holds if isinstance(topic.holds, str) else topic.holds.__name__,
            KEPT[topic.kept],
            ", ".join(topic.writers),
            ", ".join(topic.readers),
        )
        for topic in topics
    ]


def markdown() -> str:
    """The page docs/flow.md."""
    return PAGE.format(flowchart=flowchart(), table=_markdown_table())


def flowchart() -> str:
    """The map as a Mermaid flowchart; the topics of the registry, which all stages read, are one cylinder."""
    drawn = [topic for topic in TOPICS if topic.name not in REGISTRY_TOPICS]
    registry = [topic for topic in TOPICS if topic.name in REGISTRY_TOPICS]
    stages = {stage for topic in TOPICS for stage in (*topic.writers, *topic.readers)}
    outside = sorted({end for a, _, b in ENDS for end in (a, b)} - stages)
    lines = ["flowchart LR"]
    lines += [f'    {_id(end)}(["{end}"])' for end in outside]
    lines += [f'    {_id(stage)}["{stage}"]' for stage in sorted(stages)]
    lines += [f'    {_id(topic.name)}[("{_short(topic.name)}")]' for topic in drawn]
    lines += ['    registry[("registry.*")]']
    lines += [f'    {_id(a)} -- "{what}" --> {_id(b)}' for a, what, b in ENDS]
    for topic in drawn:
        lines += _arrows(_id(topic.name), topic.writers, topic.readers)
    lines += _arrows(
        "registry", *(dict.fromkeys(s for t in registry for s in side(t)) for side in (_writers, _readers))
    )
    return "\n".join(lines)


def _arrows(node: str, writers: Iterable[str], readers: Iterable[str]) -> list[str]:
    return [f"    {_id(writer)} --> {node}" for writer in writers] + [
        f"    {node} --> {_id(reader)}" for reader in readers
    ]


def _writers(topic: Topic) -> tuple[str, ...]:
    return topic.writers


def _readers(topic: Topic) -> tuple[str, ...]:
    return topic.readers


def _short(topic: str) -> str:
    return topic.removeprefix("citygrid.")


def _id(name: str) -> str:
    """A name that Mermaid takes as an id."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _markdown_table() -> str:
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += [
        "| " + " | ".join((f"`{name}`", key, holds, kept, _links(by), _links(to))) + " |"
        for name, key, holds, kept, by, to in rows()
    ]
    return "\n".join(lines)


def _links(modules: str) -> str:
    return ", ".join(f"[{module}](../{module}.py)" for module in modules.split(", "))
