"""The map of topics keeps what the contract says."""

import pytest

from messages.topics import REGISTERED, TOPICS, Kept, registry_topic

CONTRACT = {
    "citygrid.telemetry": ("district", False),
    "citygrid.reports": ("district", False),
    "citygrid.replies": ("district", False),
    "citygrid.status": ("device", True),
    "citygrid.positions": ("worker", True),
    "citygrid.windows": ("district", False),
    "citygrid.late": ("district", False),
    "citygrid.findings": ("district", False),
    "citygrid.incidents": ("incident", True),
    "citygrid.incident-log": ("district", False),
    "citygrid.tasks": ("task", True),
    "citygrid.rejects": ("district", False),
    "citygrid.clock": ("district", False),
    "citygrid.ledger": ("district", True),
    **{
        f"citygrid.registry.{kind}": ("id", True)
        for kind in ("districts", "cells", "devices", "workers", "metrics", "rules", "classes")
    },
}
MAP = {topic.name: topic for topic in TOPICS}


@pytest.mark.parametrize("name", CONTRACT)
def test_each_topic_of_the_contract_has_its_key_and_is_kept_as_promised(name: str) -> None:
    key, compacted = CONTRACT[name]

    assert MAP[name].key == key
    assert (MAP[name].kept is Kept.LATEST) == compacted


def test_no_two_topics_share_a_name() -> None:
    assert len(MAP) == len(TOPICS)


def test_every_topic_has_somebody_who_writes_it_and_somebody_who_reads_it() -> None:
    assert all(topic.writers and topic.readers for topic in TOPICS)
    assert all(len(set(side)) == len(side) for topic in TOPICS for side in (topic.writers, topic.readers))


def test_the_clock_alone_is_kept_short() -> None:
    assert [topic.name for topic in TOPICS if topic.kept is Kept.HOUR] == ["citygrid.clock"]


def test_each_kind_of_the_registry_has_its_own_topic() -> None:
    for kind, held in REGISTERED.items():
        assert registry_topic(kind).holds is held
        assert registry_topic(kind) in TOPICS


def test_a_kind_that_is_not_registered_has_no_topic() -> None:
    with pytest.raises(KeyError):
        registry_topic("dragons")
