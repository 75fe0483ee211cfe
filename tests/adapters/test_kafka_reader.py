"""The reader over a client that loses what it fetched, does not answer, or never reaches Kafka."""

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaConnectionError, KafkaTimeoutError

from adapters import kafka_reader
from adapters.kafka_reader import Reader, Unreachable
from citygrid.local import ports

ENDS = {TopicPartition("reports", 0): 9, TopicPartition("reports", 1): 0}


class Message(NamedTuple):
    """What the client gives for a record."""

    offset: int
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[()] = ()
    timestamp: int = 0


class FakeConsumer:
    """A client of topic `reports` with two partitions; each poll gives the next offset of the first, and fails in the rounds `fails`."""

    def __init__(self, fails: set[int]) -> None:
        self.fails, self.rounds = fails, 0
        self.stands: dict[TopicPartition, int | None] = {}
        self.committed: list[int] = []
        self.closed = False

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return {0, 1}

    def assign(self, parts: list[TopicPartition]) -> None:
        self.stands = dict.fromkeys(parts, 5)

    def end_offsets(self, _parts: list[TopicPartition], *, timeout_ms: int) -> dict[TopicPartition, int]:
        assert timeout_ms
        return ENDS

    def offsets_for_times(self, _wanted: dict[TopicPartition, int], *, timeout_ms: int) -> dict[TopicPartition, Any]:
        assert timeout_ms
        return {}

    def seek_to_beginning(self, *parts: TopicPartition) -> None:
        self.stands.update(dict.fromkeys(parts, 0))

    def seek(self, part: TopicPartition, offset: int) -> None:
        self.stands[part] = offset

    def position(self, part: TopicPartition, *, timeout_ms: int) -> int | None:
        assert timeout_ms
        return self.stands[part]

    def poll(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Message]]:
        assert timeout_ms <= max_records
        part = TopicPartition("reports", 0)
        stood = self.stands[part] or 0
        self.stands[part] = stood + 1
        self.rounds += 1
        if self.rounds in self.fails:
            raise KafkaConnectionError("refused")
        return {part: [Message(stood)]}

    def commit(self, offsets: dict[TopicPartition, Any], *, timeout_ms: int) -> None:
        assert timeout_ms
        self.committed += [kept.offset for kept in offsets.values()]

    def close(self, *, autocommit: bool) -> None:
        assert not autocommit
        self.closed = True


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[FakeConsumer]]:
    """Has the readers of a test get these clients, one after the other; those that were given are in the list."""

    def clients(*planned: FakeConsumer | Exception) -> list[FakeConsumer]:
        given: list[FakeConsumer] = []
        waiting = list(planned)

        def connected(**_settings: Any) -> FakeConsumer:
            client = waiting.pop(0)
            if isinstance(client, Exception):
                raise client
            given.append(client)
            return client

        monkeypatch.setattr(kafka_reader, "_connected", connected)
        return given

    return clients


def offsets(reader: Reader) -> list[int]:
    return [record.offset for record in reader.poll(timeout=0.1)]


@pytest.mark.parametrize("group", [None, "watchers"])
def test_what_a_failed_poll_had_fetched_is_read_again_over_a_new_client(
    clients: Callable[..., list[FakeConsumer]], group: str | None
) -> None:
    given = clients(FakeConsumer({2}), FakeConsumer(set()))
    reader = Reader("kafka", ["reports"], group=group)
    first = offsets(reader)
    with pytest.raises(Unreachable):
        offsets(reader)

    assert reader.lag() == 9 - first[0] - 1
    assert offsets(reader) == [first[0] + 1]
    assert [client.closed for client in given] == [True, False]


def test_a_first_poll_that_failed_begins_anew(clients: Callable[..., list[FakeConsumer]]) -> None:
    clients(FakeConsumer({1}), FakeConsumer(set()))
    reader = Reader("kafka", ["reports"])
    with pytest.raises(Unreachable):
        offsets(reader)

    assert offsets(reader) == [0]


def test_while_no_new_client_reaches_kafka_the_old_one_is_kept_and_each_poll_tries_again(
    clients: Callable[..., list[FakeConsumer]],
) -> None:
    given = clients(FakeConsumer({2}), KafkaTimeoutError("away"), KafkaTimeoutError("away"), FakeConsumer(set()))
    reader = Reader("kafka", ["reports"], group="watchers")
    assert offsets(reader) == [5]
    for _ in range(3):
        with pytest.raises(Unreachable):
            offsets(reader)
    assert not given[0].closed

    assert offsets(reader) == [6]
    reader.commit()
    assert given[1].committed == [7]


def test_a_place_that_was_sought_is_where_a_new_client_reads_on(clients: Callable[..., list[FakeConsumer]]) -> None:
    clients(FakeConsumer({1}), FakeConsumer(set()))
    reader = Reader("kafka", ["reports"])
    reader.seek("reports", 0, 3)
    with pytest.raises(Unreachable):
        offsets(reader)

    assert offsets(reader) == [3]


def test_a_place_that_kafka_does_not_tell_is_an_error_and_no_number(
    clients: Callable[..., list[FakeConsumer]],
) -> None:
    given = clients(FakeConsumer(set()))
    reader = Reader("kafka", ["reports"])
    given[0].stands[TopicPartition("reports", 0)] = None

    with pytest.raises(Unreachable, match=r"where reports\[0\] begins"):
        reader.caught_up()


def test_a_reader_that_cannot_learn_what_lies_in_kafka_ends_its_client(
    clients: Callable[..., list[FakeConsumer]],
) -> None:
    class Silent(FakeConsumer):
        def end_offsets(self, parts: list[TopicPartition], *, timeout_ms: int) -> dict[TopicPartition, int]:
            raise KafkaTimeoutError(f"{parts} in {timeout_ms}")

    given = clients(Silent(set()))
    with pytest.raises(Unreachable):
        Reader("kafka", ["reports"])

    assert given[0].closed


def test_attempts_that_never_reach_kafka_leave_no_thread_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_reader, "ANSWER_MS", 100)
    nobody, before = ports.any_free(), threading.enumerate()
    for _ in range(3):
        with pytest.raises(Unreachable):
            Reader(nobody, ["reports"])

    assert not [thread for thread in threading.enumerate() if thread not in before and "kafka" in thread.name]
