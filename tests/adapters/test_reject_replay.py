"""What was refused, listed and sent once more."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from adapters import reject_replay
from adapters.kafka_admin import ensure_topics
from adapters.kafka_reader import Record
from adapters.kafka_writer import Writer
from adapters.reject_replay import listed, original, replay
from messages.rejects import LONGEST_KEPT, Reason, Refusal, Reject, reject
from messages.topics import REJECTS

TOPIC = "citygrid/v1/990102/telemetry/wl-0001"


def refused(payload: bytes = b"{}", reason: Reason = Reason.UNKNOWN_METRIC, topic: str = TOPIC) -> Reject:
    return reject(
        Refusal(reason, "why"),
        sender="wl-0001",
        topic=topic,
        kind="telemetry",
        district="990102",
        at=1,
        original=payload,
        seq=None,
        id_=None,
    )


class FakeKafka:
    """One partition of rejects and the offsets that groups committed."""

    def __init__(self, rejects: Sequence[Reject | bytes | None]) -> None:
        self.records = [
            Record(REJECTS.name, 0, n, b"990102", msgspec.json.encode(r) if isinstance(r, Reject) else r, [], 0)
            for n, r in enumerate(rejects)
        ]
        self.committed: dict[str, int] = {}
        self.open = 0

    def reader(self, _kafka: str, topics: list[str], *, group: str | None = None) -> "FakeReader":
        assert topics == [REJECTS.name]
        self.open += 1
        return FakeReader(self, group)


class FakeReader:
    def __init__(self, kafka: FakeKafka, group: str | None) -> None:
        self.kafka, self.group = kafka, group
        self.position = kafka.committed.get(group, 0) if group else 0
        self.end = len(kafka.records)

    def caught_up(self) -> bool:
        return self.position >= self.end

    def poll(self, **_: Any) -> list[Record]:
        records = self.kafka.records[self.position : self.position + 2]
        self.position += len(records)
        return records

    def commit(self) -> None:
        assert self.group
        self.kafka.committed[self.group] = self.position

    def close(self) -> None:
        self.kafka.open -= 1


class Broker:
    """Takes what is published, unless it is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.away = away

    def publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        if self.away:
            raise ConnectionError("no broker")
        self.taken += messages


def kafka_with(monkeypatch: pytest.MonkeyPatch, *rejects: Reject | bytes | None) -> FakeKafka:
    kafka = FakeKafka(rejects)
    monkeypatch.setattr(reject_replay, "Reader", kafka.reader)
    return kafka


def test_rejects_are_listed_in_order_and_by_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = refused(b"1"), refused(b"2", Reason.NOT_JSON)
    kafka = kafka_with(monkeypatch, first, None, second)

    assert list(listed("k")) == [first, second]
    assert list(listed("k", Reason.NOT_JSON)) == [second]
    assert kafka.open == 0


def test_each_whole_original_is_sent_once_and_never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kafka_with(monkeypatch, refused(b"1"), refused(b"2", Reason.NOT_JSON), refused(b"3"))
    broker = Broker()

    assert replay("k", broker.publish) == 3
    assert replay("k", broker.publish) == 0
    assert sorted(broker.taken) == [(TOPIC, b"1"), (TOPIC, b"2"), (TOPIC, b"3")]


@pytest.mark.parametrize("strange", [b'{"reason": 7}', b"{", b"\xff", b"[]"])
def test_a_record_that_is_no_reject_holds_up_none_behind_it(monkeypatch: pytest.MonkeyPatch, strange: bytes) -> None:
    kafka_with(monkeypatch, refused(b"1"), strange, refused(b"2"))
    broker = Broker()

    assert len(list(listed("k"))) == 2
    assert replay("k", broker.publish) == 2
    assert broker.taken == [(TOPIC, b"1"), (TOPIC, b"2")]


def test_one_reason_sent_again_leaves_the_others_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    kafka_with(monkeypatch, refused(b"1"), refused(b"2", Reason.NOT_JSON))
    broker = Broker()

    assert replay("k", broker.publish, Reason.NOT_JSON) == 1
    assert replay("k", broker.publish) == 1
    assert broker.taken == [(TOPIC, b"2"), (TOPIC, b"1")]


def test_what_is_refused_again_waits_for_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    kafka = kafka_with(monkeypatch, refused(b"1"))

    def refuse_again(_messages: Sequence[tuple[str, bytes]]) -> None:
        again = FakeKafka([refused(b"1")]).records[0]
        kafka.records.append(msgspec.structs.replace(again, offset=len(kafka.records)))

    assert replay("k", refuse_again) == 1
    assert replay("k", refuse_again) == 1


def test_without_a_broker_nothing_counts_as_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    kafka = kafka_with(monkeypatch, refused(b"1"))

    with pytest.raises(ConnectionError):
        replay("k", Broker(away=True).publish)
    assert kafka.committed == {}
    assert kafka.open == 0
    assert replay("k", Broker().publish) == 1


@pytest.mark.parametrize(
    ("one", "whole"),
    [
        (refused(b"x" * LONGEST_KEPT), True),
        (refused(b"x" * (LONGEST_KEPT + 1)), False),
        (refused(topic="http:/api/v1/reports"), False),
        (msgspec.structs.replace(refused(), sha256="0" * 64), False),
    ],
    ids=["the longest kept", "cut", "not by MQTT", "changed"],
)
def test_only_whole_originals_that_came_by_mqtt_can_be_sent(one: Reject, whole: bool) -> None:
    assert (original(one) is not None) == whole


@pytest.mark.integration
def test_a_real_kafka_remembers_what_was_sent_again(services: Any) -> None:
    ensure_topics(services.kafka, 4)
    writer = Writer(services.kafka)
    for payload in (b'{"replayed": 1}', b'{"replayed": 2}'):
        value = msgspec.json.encode(refused(payload, Reason.TOO_MANY_VALUES))
        writer.write(REJECTS.name, partition=1, key="990191", value=value)
    writer.close()
    broker = Broker()

    sent = replay(services.kafka, broker.publish, Reason.TOO_MANY_VALUES)
    sent += replay(services.kafka, broker.publish, Reason.TOO_MANY_VALUES)
    assert sent == len(broker.taken)
    ours = [payload for _, payload in broker.taken if payload.startswith(b'{"replayed"')]
    assert ours == [b'{"replayed": 1}', b'{"replayed": 2}']
    kept = [original(one) for one in listed(services.kafka, Reason.TOO_MANY_VALUES)]
    assert sorted(one for one in kept if one in ours) == ours
