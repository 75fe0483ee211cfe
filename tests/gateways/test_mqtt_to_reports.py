"""What becomes of what people and devices say of themselves."""

from typing import Any

import msgspec
import pytest

from city.report import DeviceStatus, Reply, Report, WorkerPosition
from gateways.mqtt_to_reports import Said, judge, record_of
from messages.locator import Locator
from messages.mqtt_topics import Address
from messages.records import decode
from messages.rejects import Reason, Refusal
from messages.topics import POSITIONS, REPLIES, REPORTS, STATUS
from tests.gateways.builders import CLASS, DISTRICT, OTHER, WORKER, cell_of, city, device, middle

NOW = 1_795_000_000_000
UUID = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
CITY = city(DISTRICT, OTHER, devices=[device("a")])
LOCATOR = Locator(CITY)


def said(kind: str, message: dict[str, Any], sender: str = WORKER, district: str = DISTRICT) -> Said | Refusal:
    return judge(Address(district, kind, sender), msgspec.json.encode({"at": NOW, **message}), CITY, LOCATOR, NOW)


def test_a_report_belongs_to_the_district_of_its_position_whichever_topic_it_came_by() -> None:
    report = said("reports", {"id": UUID, "class": CLASS, "position": middle(OTHER)})
    assert isinstance(report, Report)
    assert (report.district, report.cell, report.sender, report.source) == (OTHER, cell_of(OTHER), WORKER, "worker")
    record = record_of(report, NOW)
    assert (record.topic, record.district, record.key) == (REPORTS, OTHER, OTHER)
    assert decode(record.value, Report) == report
    assert dict(record.headers)["ce_id"] == UUID.encode()


def test_a_reply_goes_to_the_district_of_its_task() -> None:
    reply = said("replies", {"id": UUID, "task": f"{OTHER}-7f-t1", "kind": "accept"})
    assert isinstance(reply, Reply)
    record = record_of(reply, NOW)
    assert (record.topic, record.district, record.key) == (REPLIES, OTHER, OTHER)


def test_a_position_is_kept_under_the_worker_in_the_home_district() -> None:
    position = said("positions", {"position": middle(OTHER)})
    assert isinstance(position, WorkerPosition)
    assert (position.district, position.cell) == (DISTRICT, cell_of(OTHER))
    record = record_of(position, NOW)
    assert (record.topic, record.district, record.key) == (POSITIONS, DISTRICT, WORKER)


def test_a_will_without_a_time_counts_from_its_arrival() -> None:
    status = judge(Address(DISTRICT, "status", "a"), b'{"online": false}', CITY, LOCATOR, NOW)
    assert status == DeviceStatus(device="a", district=DISTRICT, at=NOW, online=False)
    record = record_of(status, NOW)
    assert (record.topic, record.district, record.key) == (STATUS, DISTRICT, "a")


@pytest.mark.parametrize(
    ("kind", "sender", "district", "reason"),
    [
        ("reports", "nobody", DISTRICT, Reason.UNKNOWN_SENDER),
        ("replies", "a", DISTRICT, Reason.UNKNOWN_SENDER),
        ("positions", "nobody", DISTRICT, Reason.UNKNOWN_SENDER),
        ("status", WORKER, DISTRICT, Reason.UNKNOWN_SENDER),
        ("status", "a", OTHER, Reason.WRONG_DISTRICT),
    ],
)
def test_who_is_not_registered_so_is_refused(kind: str, sender: str, district: str, reason: Reason) -> None:
    refused = said(kind, {}, sender, district)
    assert isinstance(refused, Refusal)
    assert refused.reason is reason
