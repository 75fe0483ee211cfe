"""What people send goes to its district's partition, or is refused with a listed reason."""

import json
from typing import Any
from uuid import uuid4

from city.registry import District
from city.report import Action, ActionKind, Reply, Report
from messages.records import decode
from messages.rejects import Reason, Refusal
from operations.requests_to_topics import Requests
from tests.operations.builders import CELL, DISTRICT, NOW, incident, name, registry, worker


class KeptRecords:
    """Takes records as Kafka would."""

    def __init__(self) -> None:
        self.records: list[tuple[str, int, str, bytes]] = []

    def write(self, topic: str, *, partition: int, key: str, value: bytes | None, headers: Any = ()) -> None:
        assert dict(headers)["content-type"] == b"application/json"
        self.records.append((topic, partition, key, value or b""))


def requests() -> tuple[Requests, KeptRecords]:
    sink = KeptRecords()
    districts = {DISTRICT: District(code=DISTRICT, name=name("Second"), index=5)}
    known = registry(districts=districts, workers={"w-1": worker()})
    return Requests(sink, 4, lambda: known), sink


def report(**changed: Any) -> bytes:
    sent = {"id": str(uuid4()), "at": NOW, "class": "E0506", "position": {"lon": 111.005, "lat": 30.005}}
    return json.dumps({**sent, **changed}).encode()


def test_a_citizens_report_lies_in_the_partition_of_where_it_was_seen() -> None:
    desk, sink = requests()
    taken = desk.report(report(), worker=None, now=NOW)
    assert isinstance(taken, Report)
    assert (taken.source, taken.sender, taken.district, taken.cell) == ("citizen", "citizen", DISTRICT, CELL)
    ((topic, partition, key, value),) = sink.records
    assert (topic, partition, key) == ("citygrid.reports", 1, DISTRICT)
    assert decode(value, Report) == taken


def test_a_workers_report_carries_the_workers_name() -> None:
    desk, _ = requests()
    taken = desk.report(report(), worker="w-1", now=NOW)
    assert isinstance(taken, Report)
    assert (taken.source, taken.sender) == ("worker", "w-1")


def test_a_refused_report_is_written_nowhere() -> None:
    desk, sink = requests()
    for sent, reason in (
        (b"{", Reason.NOT_JSON),
        (report(position={"lon": 10, "lat": 10}), Reason.OUTSIDE_THE_CITY),
        (report(**{"class": "nothing"}), Reason.UNKNOWN_CLASS),
        (report(at=NOW + 400_000), Reason.FROM_THE_FUTURE),
    ):
        refusal = desk.report(sent, worker=None, now=NOW)
        assert isinstance(refusal, Refusal)
        assert refusal.reason is reason
    assert sink.records == []


def test_a_worker_who_is_not_registered_is_refused() -> None:
    desk, sink = requests()
    for refusal in (desk.report(report(), worker="w-9", now=NOW), desk.reply(b"{}", worker="w-9", now=NOW)):
        assert isinstance(refusal, Refusal)
        assert refusal.reason is Reason.UNKNOWN_SENDER
    assert sink.records == []


def test_a_reply_lies_in_the_partition_of_its_task() -> None:
    desk, sink = requests()
    sent = {"id": str(uuid4()), "task": f"{DISTRICT}-abc-t1", "at": NOW, "kind": "accept"}
    taken = desk.reply(json.dumps(sent).encode(), worker="w-1", now=NOW)
    assert isinstance(taken, Reply)
    ((topic, partition, key, value),) = sink.records
    assert (topic, partition, key) == ("citygrid.replies", 1, DISTRICT)
    assert decode(value, Reply) == taken


def test_an_action_lies_in_the_partition_of_its_incident() -> None:
    desk, sink = requests()
    action = Action(
        id="a",
        incident=incident().id,
        district=DISTRICT,
        action=ActionKind.VOID,
        reason="twice",
        actor="operator",
        at=NOW,
    )
    desk.action(action)
    ((topic, partition, key, value),) = sink.records
    assert (topic, partition, key) == ("citygrid.actions", 1, DISTRICT)
    assert decode(value, Action) == action
