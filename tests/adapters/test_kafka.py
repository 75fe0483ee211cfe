"""Kafka's doors: topics made from the map, records written and read, a group that remembers, a registry that follows."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from adapters import kafka_registry
from adapters.kafka_admin import ensure_topics, topic_config
from adapters.kafka_reader import Reader, Record
from adapters.kafka_registry import RegistryFollower
from adapters.kafka_writer import WriteFailed, Writer
from city.names import Name
from city.registry import Device, District, Metric, Registry
from city.rules import Rule
from messages.topics import ACTIONS, CLOCK, STATUS, TOPICS

pytestmark = pytest.mark.integration
PARTITIONS = 4


@pytest.fixture
def kafka(services: Any) -> str:
    ensure_topics(services.kafka, PARTITIONS)
    return str(services.kafka)


@pytest.fixture
def writer(kafka: str) -> Iterator[Writer]:
    running = Writer(kafka)
    yield running
    running.close()


def everything(reader: Reader, key: str) -> list[Record]:
    """What lies in Kafka under `key`, up to where it ended when the reader was opened."""
    found = []
    while not reader.caught_up():
        found += [record for record in reader.poll(timeout=0.2) if record.key == key.encode()]
    reader.close()
    return found


def test_topics_are_made_once_and_left_alone_afterwards(kafka: str) -> None:
    assert ensure_topics(kafka, PARTITIONS) == []


def test_another_partition_count_is_refused_because_districts_would_move(kafka: str) -> None:
    with pytest.raises(ValueError, match="do not have 5 partitions"):
        ensure_topics(kafka, 5)


def test_every_topic_takes_packs_and_dates_records_by_their_arrival() -> None:
    for topic in TOPICS:
        assert topic_config(topic)["message.timestamp.type"] == "LogAppendTime"
        assert topic_config(topic)["max.message.bytes"] == str(8 * 1024 * 1024)


def test_a_record_comes_out_as_it_went_in_at_its_partition(kafka: str, writer: Writer) -> None:
    writer.write(ACTIONS.name, partition=3, key="k-1", value=b"{}", headers=[("ce_id", b"1")])

    (record,) = everything(Reader(kafka, [ACTIONS.name]), "k-1")

    assert (record.topic, record.partition, record.value, record.headers) == (ACTIONS.name, 3, b"{}", [("ce_id", b"1")])
    assert record.timestamp > 1_700_000_000_000


def test_records_of_one_partition_keep_their_order(kafka: str, writer: Writer) -> None:
    for number in range(500):
        writer.send(ACTIONS.name, partition=1, key="k-2", value=b"%d" % number)
    writer.flush()

    found = everything(Reader(kafka, [ACTIONS.name]), "k-2")

    assert [record.value for record in found] == [b"%d" % number for number in range(500)]


def test_a_pack_of_several_mebibytes_passes(kafka: str, writer: Writer) -> None:
    pack = bytes(range(256)) * 4096 * 5

    writer.write(ACTIONS.name, partition=0, key="k-3", value=pack)

    (record,) = everything(Reader(kafka, [ACTIONS.name]), "k-3")
    assert record.value == pack


def test_a_key_that_is_gone_is_a_record_without_a_value(kafka: str, writer: Writer) -> None:
    writer.write(STATUS.name, partition=0, key="d-gone", value=None)

    (record,) = everything(Reader(kafka, [STATUS.name]), "d-gone")
    assert record.value is None


def test_a_group_goes_on_behind_what_it_committed_and_not_behind_what_it_read(kafka: str, writer: Writer) -> None:
    writer.write(CLOCK.name, partition=2, key="990192", value=b"1")
    reader = Reader(kafka, [CLOCK.name], group="test-group")
    while not reader.caught_up():
        reader.poll()
    reader.commit()
    writer.write(CLOCK.name, partition=2, key="990192", value=b"2")
    while not reader.poll():
        pass
    reader.close()

    again = everything(Reader(kafka, [CLOCK.name], group="test-group"), "990192")

    assert [record.value for record in again] == [b"2"]


def test_the_lag_is_what_has_not_been_polled(kafka: str, writer: Writer) -> None:
    reader = Reader(kafka, [CLOCK.name])
    while not reader.caught_up():
        reader.poll()
    for _ in range(3):
        writer.write(CLOCK.name, partition=0, key="990193", value=b"{}")

    assert reader.lag() == 3
    reader.close()


def test_a_reader_is_told_how_far_it_is_behind_by_ends_that_another_asked_for(kafka: str, writer: Writer) -> None:
    reader, asked = Reader(kafka, [CLOCK.name]), Reader(kafka, [CLOCK.name])
    while not reader.caught_up():
        reader.poll()
    writer.write(CLOCK.name, partition=0, key="990195", value=b"{}")

    assert reader.behind(asked.ends()) == 1
    assert reader.behind({}) == 0
    reader.close()
    asked.close()


def test_what_gathers_comes_out_together_once_the_time_has_passed(kafka: str, writer: Writer) -> None:
    reader = Reader(kafka, [CLOCK.name], gather_ms=1500)
    while not reader.caught_up():
        reader.poll()
    while reader.poll(timeout=2.0):
        pass
    polls = []
    for number in range(3):
        writer.write(CLOCK.name, partition=0, key="990196", value=b"%d" % number)
    while sum(map(len, polls)) < 3:
        polls.append(reader.poll(timeout=2.0))
    reader.close()

    assert [record.value for poll in polls for record in poll] == [b"0", b"1", b"2"]


def test_a_write_that_kafka_does_not_acknowledge_fails(writer: Writer) -> None:
    with pytest.raises(WriteFailed, match="did not acknowledge"):
        writer.write(ACTIONS.name, partition=0, key="k", value=b"x" * (9 * 1024 * 1024))


CITY = Registry(
    code="9901",
    name=Name("沧江市", "Cangjiang"),
    districts={"990194": District(code="990194", name=Name("", ""), index=2)},
    devices={
        "reg-1": Device(
            id="reg-1", district="990194", cell="990194001001001", kind="k", metrics=["tilt_deg"], lon=1, lat=2
        )
    },
    metrics={"tilt_deg": Metric(name="tilt_deg", unit="deg", min=0, max=90)},
    rules={
        "tilted": Rule(id="tilted", type="threshold", event_class="E0101", name=Name("", ""), metric="tilt_deg", on=15)
    },
)


def test_a_registry_is_applied_once_and_changes_reach_whoever_follows(kafka: str) -> None:
    kafka_registry.apply(kafka, PARTITIONS, CITY)
    assert set(kafka_registry.apply(kafka, PARTITIONS, CITY).values()) == {0}
    follower = RegistryFollower(kafka)
    assert follower.current.devices["reg-1"] == CITY.devices["reg-1"]
    assert follower.current.code == "9901"

    another = structs.replace(CITY.devices["reg-1"], id="reg-2")
    counts = kafka_registry.apply(kafka, PARTITIONS, structs.replace(CITY, devices={**CITY.devices, "reg-2": another}))

    assert counts["devices"] == 1
    while not follower.poll(timeout=1):
        pass
    assert follower.current.devices["reg-2"] == another
    follower.close()


def test_a_rule_that_changed_gets_the_next_version_by_itself(kafka: str) -> None:
    kafka_registry.apply(kafka, PARTITIONS, CITY)
    before = kafka_registry.load(kafka).rules["tilted"].version
    lower = structs.replace(CITY.rules["tilted"], on=12 + before / 1000)

    counts = kafka_registry.apply(kafka, PARTITIONS, structs.replace(CITY, rules={"tilted": lower}))

    assert counts["rules"] == 1
    assert kafka_registry.load(kafka).rules["tilted"].version == before + 1
