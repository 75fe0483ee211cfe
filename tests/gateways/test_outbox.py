"""What a gateway writes to Kafka, and which messages that settles."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from city.names import Name
from city.registry import District
from gateways.inflight import Slip
from gateways.outbox import Outbox, Outgoing
from gateways.packer import Pack
from messages.mqtt_topics import Address
from messages.packs import head_of
from messages.records import decode
from messages.rejects import Reason, Refusal, Reject
from messages.topics import CLOCK, REJECTS, TELEMETRY

PARTITIONS = 4
DISTRICT = "990101"
OUT = Outgoing(CLOCK, DISTRICT, DISTRICT, b"12345", [])


class Future:
    """A sent record that Kafka acknowledges, or not, when the test says so."""

    def __init__(self) -> None:
        self.arrive: Callable[[], None] = lambda: None
        self.fail: Callable[[BaseException], None] = lambda _error: None

    def add_callback(self, call: Callable[..., None], *arguments: Any) -> None:
        self.arrive = lambda: call(*arguments, None)

    def add_errback(self, call: Callable[[BaseException], None]) -> None:
        self.fail = call


class FakeWriter:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.futures: list[Future] = []

    def send(self, topic: str, **fields: Any) -> Future:
        self.sent.append({"topic": topic, **fields})
        self.futures.append(Future())
        return self.futures[-1]


@pytest.fixture
def writer() -> FakeWriter:
    return FakeWriter()


@pytest.fixture
def outbox(writer: FakeWriter) -> Outbox:
    made = Outbox(writer, "gateway-1", "s1", PARTITIONS)  # type: ignore[arg-type] # a writer in all that is asked
    made.districts = {DISTRICT: District(code=DISTRICT, name=Name("", ""), index=7)}
    return made


def test_a_message_is_settled_by_the_last_of_its_records(outbox: Outbox, writer: FakeWriter) -> None:
    slip = Slip("m")
    outbox.send(OUT, (slip,))
    outbox.send(OUT, (slip,))
    slip.sealed = True
    writer.futures[0].arrive()
    outbox.arrived()
    assert not slip.settled
    writer.futures[1].arrive()
    assert not slip.settled, "Kafka's thread changes nothing by itself"
    outbox.arrived()
    assert slip.settled


def test_what_is_under_way_is_counted_in_records_and_bytes(outbox: Outbox, writer: FakeWriter) -> None:
    outbox.send(OUT)
    outbox.send(OUT)
    assert (outbox.under_way, outbox.bytes_under_way) == (2, 10)
    writer.futures[1].arrive()
    outbox.arrived()
    assert (outbox.under_way, outbox.bytes_under_way) == (1, 5)


def test_each_arrival_wakes_whoever_waits(outbox: Outbox, writer: FakeWriter) -> None:
    woken = []
    outbox.on_arrival = lambda: woken.append(True)
    outbox.send(OUT)
    writer.futures[0].arrive()
    assert woken == [True]


def test_what_kafka_raised_is_raised_where_it_is_settled(outbox: Outbox, writer: FakeWriter) -> None:
    outbox.send(OUT)
    writer.futures[0].fail(TimeoutError("gone"))
    with pytest.raises(TimeoutError, match="gone"):
        outbox.arrived()


def test_packs_of_a_district_are_numbered_and_carry_the_running_total(outbox: Outbox, writer: FakeWriter) -> None:
    outbox.send_pack(DISTRICT, Pack([b"{}", b"{}"], [], 5, 6), 1000)
    outbox.send_pack("990102", Pack([b"{}"], [], 1, 3), 1001)
    outbox.send_pack(DISTRICT, Pack([], [], 0, 0), 1002)
    outbox.send_pack(DISTRICT, Pack([b"{}"], [], 2, 3), 1003)
    heads = [head_of(one["headers"]) for one in writer.sent]
    assert [(head.pack, head.count, head.total, head.at) for head in heads] == [
        (1, 5, 5, 1000),
        (1, 1, 1, 1001),
        (2, 0, 5, 1002),
        (3, 2, 7, 1003),
    ]
    assert {(head.gateway, head.start) for head in heads} == {("gateway-1", "s1")}
    assert writer.sent[0]["value"] == b"{}\n{}"
    assert (writer.sent[0]["topic"], writer.sent[0]["partition"], writer.sent[0]["key"]) == (
        TELEMETRY.name,
        3,
        DISTRICT,
    )


def test_only_packs_with_lines_are_told_as_arrived(outbox: Outbox, writer: FakeWriter) -> None:
    outbox.send_pack(DISTRICT, Pack([b"{}"], [], 1, 3), 1000)
    outbox.send_pack(DISTRICT, Pack([], [], 0, 0), 1000)
    outbox.send_tick(DISTRICT, 1000)
    for future in writer.futures:
        future.arrive()
    assert outbox.arrived() == [DISTRICT]
    assert outbox.under_way == 0


def refuse(outbox: Outbox, payload: bytes, district: str = DISTRICT) -> Reject:
    refusal = Refusal(Reason.NOT_JSON, "why")
    address = Address(district, "telemetry", "d1")
    return outbox.send_reject(refusal, address=address, topic="t", payload=payload, at=1000, slip=Slip("m"))


def test_a_reject_keeps_the_original_and_names_the_message(outbox: Outbox, writer: FakeWriter) -> None:
    payload = b'{"seq": 17, "id": "a", "values": {}}'
    refuse(outbox, payload)
    kept = decode(writer.sent[0]["value"], Reject)
    assert base64.b64decode(kept.original) == payload
    assert (kept.length, kept.sha256) == (len(payload), hashlib.sha256(payload).hexdigest())
    assert (kept.seq, kept.id, kept.sender, kept.reason) == (17, "a", "d1", "not_json")
    assert (writer.sent[0]["topic"], writer.sent[0]["partition"], writer.sent[0]["key"]) == (REJECTS.name, 3, DISTRICT)


def test_what_is_very_long_is_cut_and_measured_whole(outbox: Outbox) -> None:
    kept = refuse(outbox, b"x" * 400_000)
    assert len(base64.b64decode(kept.original)) == 256 * 1024
    assert (kept.length, kept.sha256) == (400_000, hashlib.sha256(b"x" * 400_000).hexdigest())


@pytest.mark.parametrize("payload", [b"", b"\xff\xfe", b"[" * 100_000, b'{"seq": "x"}', b'{"seq": 1e400}'])
def test_what_can_not_be_read_is_refused_without_a_name(outbox: Outbox, payload: bytes) -> None:
    kept = refuse(outbox, payload)
    assert (kept.seq, kept.id) == (None, None)


def test_a_reject_of_no_known_district_lies_under_unknown_in_the_first_partition(
    outbox: Outbox, writer: FakeWriter
) -> None:
    assert refuse(outbox, b"", "123456").district == "unknown"
    assert (writer.sent[0]["partition"], writer.sent[0]["key"]) == (0, "unknown")


def test_each_reject_is_an_event_of_its_own(outbox: Outbox, writer: FakeWriter) -> None:
    refuse(outbox, b"")
    writer.futures[0].arrive()
    outbox.arrived()
    refuse(outbox, b"")
    ids = [dict(one["headers"])["ce_id"] for one in writer.sent]
    assert len(set(ids)) == 2
