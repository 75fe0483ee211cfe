"""What citygrid says to workers: which records become which MQTT messages."""

from typing import Any

import msgspec
import pytest

from adapters.kafka_reader import Record
from city.names import Name
from city.report import Receipt
from city.task import Task, TaskState, Why
from gateways.tasks_to_mqtt import letter_of
from messages.records import encode
from messages.rejects import Reason, Refusal, reject
from messages.topics import RECEIPTS, REJECTS, TASKS, Topic

DISTRICT = "990101"


def record(topic: Topic, value: Any) -> Record:
    return Record(topic.name, 0, 0, b"k", value if isinstance(value, bytes) else encode(value), [], 0)


def task(state: TaskState) -> Task:
    return Task(
        id=f"{DISTRICT}-a-t1",
        incident=f"{DISTRICT}-a",
        district=DISTRICT,
        event_class="E0506",
        name=Name("积水", "Flood"),
        cell=f"{DISTRICT}001001001",
        position={"lon": 111.0, "lat": 30.0},
        severity="moderate",
        created_at=1,
        deadline=2,
        instructions=Name("去", "Go"),
        why=[Why(factor="distance_m", value=120, score=1.2)],
        state=state,
        worker="w1",
    )


@pytest.mark.parametrize("state", [TaskState.OFFERED, TaskState.ACCEPTED, TaskState.ARRIVED])
def test_an_open_task_is_kept_for_the_worker(state: TaskState) -> None:
    found = letter_of(record(TASKS, task(state)))
    assert found is not None
    district, (topic, payload, retain) = found
    assert (district, topic, retain) == (DISTRICT, f"citygrid/v1/{DISTRICT}/tasks/w1/{DISTRICT}-a-t1", True)
    said = msgspec.json.decode(payload)
    assert (said["state"], said["class"], said["name"]) == (state, "E0506", {"zh": "积水", "en": "Flood"})
    assert said["why"] == [{"factor": "distance_m", "value": 120, "score": 1.2}]


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.RETURNED, TaskState.WITHDRAWN, TaskState.EXPIRED])
def test_a_task_that_ended_is_emptied(state: TaskState) -> None:
    found = letter_of(record(TASKS, task(state)))
    assert found is not None
    assert found[1][1:] == (b"", True)


def test_a_receipt_is_said_once_and_not_kept() -> None:
    receipt = Receipt(report="r", worker="w1", district=DISTRICT, incident=f"{DISTRICT}-a", state="filed", at=5)
    found = letter_of(record(RECEIPTS, receipt))
    assert found is not None
    _, (topic, payload, retain) = found
    assert (topic, retain) == (f"citygrid/v1/{DISTRICT}/receipts/w1", False)
    assert (
        msgspec.json.decode(payload).items() >= {"report": "r", "incident": f"{DISTRICT}-a", "state": "filed"}.items()
    )


def test_a_receipt_from_another_district_is_said_where_the_worker_listens() -> None:
    receipt = Receipt(
        report="r", worker="w1", district=DISTRICT, incident=f"{DISTRICT}-a", state="filed", at=5, home="990104"
    )
    found = letter_of(record(RECEIPTS, receipt))
    assert found is not None
    assert (found[0], found[1][0]) == (DISTRICT, "citygrid/v1/990104/receipts/w1")


def refused(reason: Reason, topic: str = "t") -> Record:
    fields: dict[str, Any] = {"sender": "w1", "topic": topic, "kind": "replies", "district": DISTRICT, "at": 1}
    return record(REJECTS, reject(Refusal(reason, "why"), **fields, original=b"{}", seq=None, id_="r1"))


@pytest.mark.parametrize("reason", [Reason.UNKNOWN_TASK, Reason.NOT_ALLOWED_NOW])
def test_what_the_case_stage_refused_is_answered(reason: Reason) -> None:
    found = letter_of(refused(reason))
    assert found is not None
    _, (topic, payload, retain) = found
    assert (topic, retain) == (f"citygrid/v1/{DISTRICT}/rejected/w1", False)
    answer = msgspec.json.decode(payload)
    assert (answer["reason"], answer["id"], answer["suppressed"]) == (reason, "r1", 0)


def test_a_refused_reply_is_answered_where_it_was_sent() -> None:
    found = letter_of(refused(Reason.UNKNOWN_TASK, "citygrid/v1/990104/replies/w1"))
    assert found is not None
    assert (found[0], found[1][0]) == (DISTRICT, "citygrid/v1/990104/rejected/w1")


def test_what_the_gateway_refused_itself_is_not_answered_twice() -> None:
    assert letter_of(refused(Reason.NOT_JSON)) is None


def test_a_record_without_a_value_says_nothing() -> None:
    assert letter_of(Record(TASKS.name, 0, 0, b"k", None, [], 0)) is None


@pytest.mark.parametrize("topic", [TASKS, RECEIPTS, REJECTS])
def test_a_record_that_is_no_message_of_its_topic_is_told(topic: Topic) -> None:
    with pytest.raises(msgspec.DecodeError):
        letter_of(record(topic, b'{"id": 3'))
