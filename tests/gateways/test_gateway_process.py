"""A gateway at work between a real Mosquitto and a real Kafka: what is taken in, what is refused, and what is said to workers."""

import base64
import hashlib
import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from adapters import kafka_registry
from adapters.clock import now_ms
from adapters.kafka_reader import Record
from adapters.kafka_writer import Writer
from city.names import Name
from city.report import DeviceStatus, Receipt, Reply, Report, WorkerPosition
from city.task import Task, TaskState
from messages.packs import head_of
from messages.records import decode, encode
from messages.rejects import Reason, Refusal, Reject, reject
from messages.telemetry import PackLine, unpack
from messages.topics import (
    CLOCK,
    POSITIONS,
    RECEIPTS,
    REJECTS,
    REPLIES,
    REPORTS,
    STATUS,
    TASKS,
    TELEMETRY,
    Topic,
    registry_topic,
)
from tests.children import PARTITIONS, Child
from tests.citygrid.waiting import until
from tests.gateways.builders import (
    CLASS,
    DEVICES,
    DISTRICT,
    INDEX,
    LATER,
    LEVEL,
    OTHER,
    WORKER,
    Phone,
    Tap,
    cell_of,
    city,
    device,
    middle,
    telemetry,
)
from tests.services import Services

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
ANSWERS = "citygrid/v1/+/rejected/+"
DAY_MS = 86_400_000
fresh = iter(DEVICES)
"""Each test has a device of its own, because answers are counted by sender."""


@pytest.fixture(scope="module")
def gateway(start_once: Callable[..., Child]) -> Child:
    return start_once("gate-9770")


@pytest.fixture
def writer(services: Services) -> Iterator[Writer]:
    made = Writer(services.kafka)
    yield made
    made.close()


pytestmark += [pytest.mark.usefixtures("gateway")]


def to(device: str, district: str = DISTRICT, kind: str = "telemetry") -> str:
    return f"citygrid/v1/{district}/{kind}/{device}"


def lines_of(records: list[Record], device: str) -> list[PackLine]:
    ours = {district.encode() for district in INDEX}
    packs = [record for record in records if record.topic == TELEMETRY.name and record.value and record.key in ours]
    return [line for pack in packs for line in unpack(pack.value or b"") if line.device == device]


def holds(device: str) -> Callable[[Record], bool]:
    return lambda record: bool(lines_of([record], device))


def reject_of(record: Record) -> Reject:
    return decode(record.value or b"", Reject)


def refused(sender: str) -> Callable[[Record], bool]:
    """Whether a record is a reject of this sender; other tests put others there, and some that are none."""
    said = f'"sender":"{sender}"'.encode()
    return lambda record: said in (record.value or b"")


@pytest.mark.parametrize(("version", "qos"), [(4, 0), (4, 1), (5, 0), (5, 1)])
def test_a_message_is_packed_for_its_district(version: int, qos: int, phone: Any, tap: Any) -> None:
    sender, began = next(fresh), now_ms()
    phone(f"taken-{version}-{qos}", version=version).say(to(sender), telemetry(17, 0.25), qos)
    record = tap(TELEMETRY).until(holds(sender))
    head, (line,) = head_of(record.headers), lines_of([record], sender)
    assert (record.key, record.partition) == (DISTRICT.encode(), INDEX[DISTRICT] % PARTITIONS)
    assert (head.gateway, head.count) == ("gate-9770", 1)
    assert head.total >= head.count
    assert began <= line.received_at <= now_ms()
    assert (line.cell, line.seq, line.values) == (cell_of(DISTRICT), 17, {LEVEL: 0.25})


def test_a_position_moves_the_cell_and_with_it_the_district(phone: Any, tap: Any) -> None:
    sender = next(fresh)
    phone("moved").say(to(sender), telemetry(position=middle(OTHER)))
    record = tap(TELEMETRY).until(holds(sender))
    assert (record.key, record.partition) == (OTHER.encode(), INDEX[OTHER] % PARTITIONS)
    (line,) = lines_of([record], sender)
    assert line.cell == cell_of(OTHER)


BAD: dict[str, tuple[bytes, Reason]] = {
    "garbage": (b"\xff\x00\xfe", Reason.NOT_JSON),
    "empty": (b"", Reason.NOT_JSON),
    "nan": (b'{"at": 1, "values": {"gatelevel_m": NaN}}', Reason.NOT_JSON),
    "deep": (b"[" * 30_000, Reason.NOT_JSON),
    "list": (b"[1]", Reason.NOT_AN_OBJECT),
    "large": (b" " * 70 * 1024, Reason.TOO_LARGE),
    "half": (b'{"at": 1}', Reason.MISSING_FIELD),
    "bad": (b'{"at": 1, "seq": "x", "values": {"gatelevel_m": 1}}', Reason.BAD_FIELD),
    "time": (telemetry(at="yesterday"), Reason.BAD_TIME),
    "future": (telemetry(at=now_ms() + DAY_MS), Reason.FROM_THE_FUTURE),
    "old": (telemetry(at=now_ms() - 4000 * DAY_MS), Reason.TOO_OLD),
    "many": (msgspec.json.encode({"at": 1, "values": {f"m{n}": 1 for n in range(65)}}), Reason.TOO_MANY_VALUES),
    "swapped": (telemetry(position={"lon": 30.0, "lat": 120.0}), Reason.BAD_POSITION),
    "far": (telemetry(position={"lon": 20.0, "lat": 30.0}), Reason.OUTSIDE_THE_CITY),
    "strange": (msgspec.json.encode({"at": now_ms(), "values": {"noise_db": 1}}), Reason.UNKNOWN_METRIC),
    "high": (telemetry(value=99), Reason.IMPOSSIBLE_VALUE),
}


def test_each_refusal_is_kept_whole_and_answered(phone: Callable[..., Phone], tap: Callable[..., Tap]) -> None:
    """Over both versions of MQTT and both qualities of service."""
    phones = [phone("refused-5", ANSWERS), phone("refused-311", version=4)]
    senders = {}
    for number, (name, (payload, _)) in enumerate(BAD.items()):
        senders[name] = next(fresh)
        phones[number % 2].say(to(senders[name]), payload, qos=number // 2 % 2)
    kept = tap(REJECTS)
    for name, (payload, reason) in BAD.items():
        record = kept.until(refused(senders[name]))
        said = reject_of(record)
        assert (said.reason, said.kind, said.district, said.topic) == (reason, "telemetry", DISTRICT, to(senders[name]))
        assert base64.b64decode(said.original) == payload
        assert (said.length, said.sha256) == (len(payload), hashlib.sha256(payload).hexdigest())
        assert (record.key, record.partition) == (DISTRICT.encode(), INDEX[DISTRICT] % PARTITIONS)
        until(lambda sender=senders[name]: phones[0].answers(sender))  # type: ignore[misc] # bound now
        (answer,) = phones[0].answers(senders[name])
        assert (answer["reason"], answer["topic"], answer["suppressed"]) == (reason, to(senders[name]), 0)
        assert base64.b64decode(answer["message"]) == payload[:1024]
        assert answer["detail"]


@pytest.mark.parametrize(
    ("topic", "sender", "reason"),
    [
        ("citygrid/v1/977001/telemetry/gate-nobody", "gate-nobody", Reason.UNKNOWN_SENDER),
        ("citygrid/v1/977001/telemetry/gate-x1", "gate-x1", Reason.WRONG_DISTRICT),
        ("citygrid/v1/977001/telemetri/gate-t1", "gate-t1", Reason.UNKNOWN_TOPIC),
        ("citygrid/v2/977001/telemetry/gate-t2", "gate-t2", Reason.UNKNOWN_TOPIC),
        ("citygrid/977001/gate-t3", "gate-t3", Reason.UNKNOWN_TOPIC),
        ("citygrid/v1/977001/telemetry/gate-t4/more", "more", Reason.UNKNOWN_TOPIC),
        ("citygrid/v1/977001/positions/gate-nobody2", "gate-nobody2", Reason.UNKNOWN_SENDER),
        ("citygrid/v1/977001/replies/gate-nobody3", "gate-nobody3", Reason.UNKNOWN_SENDER),
    ],
)
def test_who_speaks_on_a_wrong_topic_is_answered(topic: str, sender: str, reason: Reason, phone: Any, tap: Any) -> None:
    listening = phone("mistyped", ANSWERS)
    listening.say(topic, telemetry())
    assert reject_of(tap(REJECTS).until(refused(sender))).reason == reason
    until(lambda: listening.answers(sender))
    assert listening.answers(sender)[0]["reason"] == reason
    assert (f"citygrid/v1/{DISTRICT}/rejected/{sender}") in [topic for topic, _, _ in listening.heard]


def test_a_topic_too_long_to_answer_is_kept_and_holds_nothing_up(phone: Any, tap: Any) -> None:
    """The answer's topic is longer than the message's, so it may not fit into MQTT any more."""
    sender, talking = next(fresh), phone("long")
    long = "x" * (65_535 - len("citygrid/v1/977001/status/"))
    talking.say(f"citygrid/v1/977001/status/{long}", b"{}")
    talking.say(to(sender), telemetry())
    assert reject_of(tap(REJECTS).until(refused(long))).reason == Reason.UNKNOWN_SENDER
    tap(TELEMETRY).until(holds(sender))


def test_a_forged_mark_says_nothing_and_harms_nothing(phone: Any, tap: Any) -> None:
    sender, talking = next(fresh), phone("forger")
    for payload in (b"", b"\xff", b"1 x", b"99999999999999 99999999999999"):
        talking.say("citygrid/mark/gate-9770", payload)
    talking.say(to(sender), telemetry())
    telemetries = tap(TELEMETRY)
    telemetries.until(holds(sender))
    marks = [r for r in telemetries.records if r.key == DISTRICT.encode() and not r.value]
    assert all(head_of(mark.headers).at <= now_ms() for mark in marks)


def test_one_bad_value_refuses_only_that_reading(phone: Any, tap: Any) -> None:
    sender, talking = next(fresh), phone("partly", ANSWERS)
    talking.say(to(sender), msgspec.json.encode({"at": now_ms(), "seq": 3, "values": {LEVEL: 0.5, "noise_db": 7}}))
    (line,) = lines_of([tap(TELEMETRY).until(holds(sender))], sender)
    assert line.values == {LEVEL: 0.5}
    assert reject_of(tap(REJECTS).until(refused(sender))).reason == Reason.UNKNOWN_METRIC
    until(lambda: talking.answers(sender))
    assert talking.answers(sender)[0]["seq"] == 3


def test_telemetry_is_answered_once_a_second_with_the_number_left_out(phone: Any, tap: Any) -> None:
    sender, talking = next(fresh), phone("flood", ANSWERS)
    for number in range(20):
        talking.say(to(sender), telemetry(number, 99))
    rejects = tap(REJECTS)
    rejects.until(lambda record: refused(sender)(record) and reject_of(record).seq == 19)
    assert len([record for record in rejects.records if refused(sender)(record)]) == 20

    numbers = itertools.count(20)

    def told_twice() -> bool:
        talking.say(to(sender), telemetry(next(numbers), 99))
        return len(talking.answers(sender)) > 1

    until(told_twice)
    answers = talking.answers(sender)
    assert answers[0]["suppressed"] == 0
    assert answers[1]["at"] - answers[0]["at"] >= 1000
    assert 19 <= answers[1]["suppressed"] <= next(numbers)


def test_people_are_answered_each_time(phone: Any) -> None:
    talking = phone("people", ANSWERS)
    for kind in ("reports", "replies"):
        for number in range(5):
            talking.say(to(WORKER, kind=kind), msgspec.json.encode({"id": f"{kind}-{number}"}))
    until(lambda: len(talking.answers(WORKER)) == 10)
    assert {answer["id"] for answer in talking.answers(WORKER)} == {
        f"{kind}-{number}" for kind in ("reports", "replies") for number in range(5)
    }
    assert {answer["suppressed"] for answer in talking.answers(WORKER)} == {0}


def test_what_people_and_devices_say_of_themselves_reaches_its_topic(phone: Any, tap: Any) -> None:
    sender, talking, id_ = next(fresh), phone("said"), str(uuid.uuid4())
    report = {"id": id_, "at": now_ms(), "class": CLASS, "position": middle(OTHER)}
    reply = {"id": id_, "at": now_ms(), "task": f"{DISTRICT}-1-t1", "kind": "accept"}
    talking.say(to(WORKER, kind="reports"), encode(report))
    talking.say(to(WORKER, kind="replies"), encode(reply))
    talking.say(to(WORKER, kind="positions"), encode({"at": now_ms(), "position": middle(DISTRICT)}))
    talking.say(to(sender, kind="status"), b'{"online": false}')
    kinds: dict[Topic, type[Any]] = {REPORTS: Report, REPLIES: Reply, POSITIONS: WorkerPosition, STATUS: DeviceStatus}
    keys = {REPORTS: OTHER, REPLIES: DISTRICT, POSITIONS: WORKER, STATUS: sender}
    for topic, kind in kinds.items():
        wanted = id_ if topic in {REPORTS, REPLIES} else keys[topic]
        record = tap(topic).until(lambda record, wanted=wanted: wanted.encode() in (record.value or b""))
        assert (record.key or b"").decode() == keys[topic]
        assert decode(record.value or b"", kind)
        assert dict(record.headers)["ce_specversion"] == b"1.0"


def test_a_registration_while_it_runs_is_noticed(services: Services, writer: Writer, phone: Any, tap: Any) -> None:
    """Also after a record in the registry's topics that is no registration."""
    writer.write(registry_topic("devices").name, partition=1, key="gate-none", value=b"{no device")
    talking, ticks = phone("later"), tap(CLOCK)
    sender = "gate-later1"
    kafka_registry.apply(services.kafka, PARTITIONS, city(LATER, devices=[device(sender, LATER)]))
    ticks.until(lambda record: record.key == LATER.encode())
    talking.say(to(sender, LATER), telemetry())
    record = tap(TELEMETRY).until(holds(sender))
    assert (record.key, record.partition) == (LATER.encode(), INDEX[LATER] % PARTITIONS)
    partitions = {record.partition for record in ticks.draw() if record.key == LATER.encode()}
    assert partitions == {INDEX[LATER] % PARTITIONS}


def task(state: TaskState, id_: str = f"{DISTRICT}-a-t1") -> Task:
    name = Name("试", "test")
    fields: dict[str, Any] = {"position": middle(DISTRICT), "severity": "moderate", "created_at": 1, "deadline": None}
    return Task(
        id=id_,
        incident=f"{DISTRICT}-a",
        district=DISTRICT,
        event_class=CLASS,
        name=name,
        cell=cell_of(DISTRICT),
        instructions=name,
        why=[],
        state=state,
        worker=WORKER,
        **fields,
    )


def test_a_task_is_kept_for_the_worker_until_it_has_ended(writer: Writer, phone: Any) -> None:
    """A record that is none, put there by somebody else, is passed over."""
    topic = f"citygrid/v1/{DISTRICT}/tasks/{WORKER}/{DISTRICT}-a-t1"
    early = phone("early", topic)
    writer.write(TASKS.name, partition=1, key="x", value=b"{not a task")
    writer.write(TASKS.name, partition=1, key=f"{DISTRICT}-a-t1", value=encode(task(TaskState.OFFERED)))
    until(lambda: early.heard)
    assert msgspec.json.decode(early.heard[0][1])["state"] == "offered"
    late = phone("late", topic)
    until(lambda: late.heard)
    assert late.heard[0] == (topic, early.heard[0][1], True)
    writer.write(TASKS.name, partition=1, key=f"{DISTRICT}-a-t1", value=encode(task(TaskState.DONE)))
    until(lambda: early.heard[-1][1] == b"")
    too_late = phone("too-late", topic, f"{topic}/end")
    too_late.say(f"{topic}/end", b".")
    until(lambda: too_late.heard)
    assert [said for _, said, _ in too_late.heard] == [b"."]


def test_receipts_and_what_was_refused_later_reach_the_worker(writer: Writer, phone: Any) -> None:
    receipts = f"citygrid/v1/{DISTRICT}/receipts/{WORKER}"
    talking = phone("receipts", receipts, ANSWERS)
    receipt = Receipt(report="r-9", worker=WORKER, district=DISTRICT, incident=f"{DISTRICT}-a", state="filed", at=5)
    writer.write(RECEIPTS.name, partition=1, key=DISTRICT, value=encode(receipt))
    fields: dict[str, Any] = {"sender": WORKER, "topic": "t", "kind": "replies", "district": DISTRICT, "at": 1}
    unknown = reject(Refusal(Reason.UNKNOWN_TASK, "why"), **fields, original=b"{}", seq=None, id_="r-10")
    writer.write(REJECTS.name, partition=1, key=DISTRICT, value=encode(unknown))
    until(lambda: any(topic == receipts for topic, _, _ in talking.heard))
    until(lambda: any(answer.get("id") == "r-10" for answer in talking.answers(WORKER)))


def test_every_district_gets_a_tick_and_a_mark_each_second(tap: Any) -> None:
    seen = tap(CLOCK, TELEMETRY)
    for district in (DISTRICT, OTHER):
        for topic in (CLOCK.name, TELEMETRY.name):
            seen.until(
                lambda r, d=district, t=topic: r.topic == t and r.key == d.encode() and (t == CLOCK.name or not r.value)
            )
