"""What cases say, as it lies in Kafka."""

import base64

from city.incident import Incident, LogEntry
from city.report import Receipt
from city.task import Task
from messages.case_outputs import output, unreadable
from messages.records import decode
from messages.rejects import Reason, Reject
from messages.topics import INCIDENT_LOG, INCIDENTS, RECEIPTS, REJECTS, TASKS
from tests.city.case_builders import DISTRICT, NOW, Desk, report


def opened() -> Desk:
    desk = Desk()
    desk.take(report())
    return desk


def test_each_thing_goes_to_its_topic_under_its_key() -> None:
    desk = opened()
    keys = {(sent.topic, sent.key) for sent in map(output, desk.sent)}
    assert keys == {
        (INCIDENT_LOG.name, DISTRICT),
        (INCIDENTS.name, desk.incident.id),
        (TASKS.name, desk.task.id),
        (RECEIPTS.name, DISTRICT),
    }


def test_the_records_hold_what_the_map_says() -> None:
    kinds = {INCIDENT_LOG.name: LogEntry, INCIDENTS.name: Incident, TASKS.name: Task, RECEIPTS.name: Receipt}
    desk = opened()
    for outgoing in desk.sent:
        sent = output(outgoing)
        assert decode(sent.value.encode(), kinds[sent.topic]) == outgoing  # type: ignore[type-var]


def test_each_record_has_an_identity_of_its_own() -> None:
    desk = opened()
    desk.work()
    ids = [output(outgoing).id for outgoing in desk.sent]
    assert len(ids) == len(set(ids))


def test_the_headers_are_those_of_a_cloud_event() -> None:
    headers = dict(output(opened().sent[0]).headers)
    assert headers["ce_type"] == b"citygrid.incident-log.reported.v1"
    assert headers["ce_time"].startswith(b"2027-01-15T")


def test_a_refused_reply_goes_back_under_the_topic_it_came_by() -> None:
    desk = opened()
    (refused,) = desk.reply("done")
    sent = output(refused, b'{"id":"reply-1"}')
    rejected = decode(sent.value.encode(), Reject)
    assert (sent.topic, sent.key) == (REJECTS.name, DISTRICT)
    assert (rejected.reason, rejected.sender, rejected.kind) == (Reason.NOT_ALLOWED_NOW, "w-1", "replies")
    assert rejected.topic == f"citygrid/v1/{DISTRICT}/replies/w-1"
    assert (base64.b64decode(rejected.original), rejected.id) == (b'{"id":"reply-1"}', "reply-1")


def test_a_refused_action_names_the_topic_of_actions() -> None:
    desk = opened()
    (refused,) = desk.act("file")
    assert decode(output(refused, b"{}").value.encode(), Reject).topic == "citygrid.actions"


def test_a_record_that_is_no_message_is_rejected_with_its_bytes() -> None:
    sent = unreadable("citygrid.reports", DISTRICT, b"{", NOW, not_json=True, detail="truncated")
    rejected = decode(sent.value.encode(), Reject)
    assert (rejected.reason, base64.b64decode(rejected.original), rejected.district) == (
        Reason.NOT_JSON,
        b"{",
        DISTRICT,
    )
