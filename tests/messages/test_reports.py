"""What people may say: reports, replies, positions, and a device's word that it is there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.names import Name
from city.registry import Shift, Worker
from city.report import DeviceStatus, Position, Reply, ReplyKind, Report, WorkerPosition
from geo.crs import from_wgs84
from messages.rejects import Reason, Refusal
from messages.reports import (
    LONGEST_TEXT,
    MOST_PHOTOS,
    read_position,
    read_reply,
    read_report,
    read_status,
)
from tests.messages.builders import DISTRICT, NOW, REGISTRY, REPLY, REPORT, UUID, WEEK_MS, locate, payload

PHOTO = "sha256:" + "0a" * 32


def report(message: bytes) -> Report | Refusal:
    return read_report(
        message, REGISTRY, sender="w-001", source="worker", district=DISTRICT, received_at=NOW, locate=locate
    )


def reply(message: bytes) -> Reply | Refusal:
    return read_reply(message, REGISTRY, worker="w-001", district=DISTRICT, received_at=NOW)


def position(message: bytes) -> WorkerPosition | Refusal:
    return read_position(message, REGISTRY, worker="w-001", district=DISTRICT, received_at=NOW, locate=locate)


def status(message: bytes) -> DeviceStatus | Refusal:
    return read_status(message, REGISTRY, device="wl-0001", district=DISTRICT, received_at=NOW)


def reason(found: object) -> Reason | None:
    return found.reason if isinstance(found, Refusal) else None


def test_a_report_belongs_to_the_district_of_its_position_whoever_sent_it() -> None:
    found = report(payload(REPORT, text="缺 gone", severity="severe", photos=[PHOTO]))

    assert found == Report(
        id=UUID,
        at=NOW,
        event_class="E0506",
        position=Position(lon=111.3, lat=30.7, crs="wgs84"),
        district="990103",
        cell="990103001001001",
        source="worker",
        sender="w-001",
        received_at=NOW,
        text="缺 gone",
        severity="severe",
        photos=[PHOTO],
    )


@pytest.mark.parametrize("missing", ["id", "at", "class", "position"])
def test_a_report_needs_its_four_fields(missing: str) -> None:
    assert reason(report(payload(REPORT, without=missing))) is Reason.MISSING_FIELD


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"class_": "E9999"}, Reason.UNKNOWN_CLASS),
        ({"class_": 506}, Reason.BAD_FIELD),
        ({"id": "first"}, Reason.BAD_FIELD),
        ({"severity": "dreadful"}, Reason.BAD_FIELD),
        ({"text": "x" * (LONGEST_TEXT + 1)}, Reason.BAD_FIELD),
        ({"photos": [PHOTO] * (MOST_PHOTOS + 1)}, Reason.BAD_FIELD),
        ({"photos": ["sha256:" + "A" * 64]}, Reason.BAD_FIELD),
        ({"photos": [PHOTO + "\n"]}, Reason.BAD_FIELD),
        ({"photos": "none"}, Reason.BAD_FIELD),
        ({"condition": "missing"}, Reason.BAD_FIELD),
        ({"class_": "C0103", "condition": "stolen"}, Reason.BAD_FIELD),
        ({"class_": "C0103", "condition": 1}, Reason.BAD_FIELD),
        ({"class_": "C9999", "condition": "missing"}, Reason.UNKNOWN_CLASS),
        ({"at": "soon"}, Reason.BAD_TIME),
        ({"at": NOW + 300_001}, Reason.FROM_THE_FUTURE),
        ({"at": NOW - WEEK_MS - 1}, Reason.TOO_OLD),
        ({"position": {"lon": 1}}, Reason.BAD_POSITION),
        ({"position": {"lon": "1", "lat": 1}}, Reason.BAD_POSITION),
        ({"position": {"lon": -1, "lat": 1}}, Reason.OUTSIDE_THE_CITY),
        ({"text": "x" * 65_536}, Reason.TOO_LARGE),
    ],
)
def test_a_report_is_refused_for_one_listed_reason(changes: dict[str, Any], expected: Reason) -> None:
    assert reason(report(payload(REPORT, **changes))) is expected


def test_a_report_may_name_a_condition_of_its_class_or_none() -> None:
    named = report(payload(REPORT, class_="C0103", condition="loose"))
    unnamed = report(payload(REPORT, class_="C0103"))
    empty = report(payload(REPORT, condition=""))

    assert [one.condition for one in (named, unnamed, empty) if isinstance(one, Report)] == ["loose", "", ""]


def test_a_condition_that_the_class_does_not_have_is_answered_with_those_it_has() -> None:
    wrong = report(payload(REPORT, class_="C0103", condition="stolen"))
    none = report(payload(REPORT, condition="stolen"))

    assert isinstance(wrong, Refusal)
    assert wrong.detail == "`condition` of C0103 is one of missing, loose."
    assert isinstance(none, Refusal)
    assert none.detail == "`condition` of E0506 is left out: the class has none."


def test_a_report_at_the_limits_is_taken() -> None:
    found = report(payload(REPORT, text="x" * LONGEST_TEXT, photos=[PHOTO] * MOST_PHOTOS, at=NOW + 300_000))

    assert isinstance(found, Report)


def test_a_reply_goes_to_the_district_of_its_task() -> None:
    found = reply(payload(REPLY))

    assert found == Reply(
        id=UUID,
        task="990103-7f3a-t1",
        at=NOW,
        kind=ReplyKind.ACCEPT,
        district="990103",
        worker="w-001",
        received_at=NOW,
    )


def test_a_reply_under_a_district_that_nobody_has_goes_to_the_workers_own() -> None:
    shift = Shift(start="00:00", end="00:00")
    worker = Worker(id="w-001", district="990103", name=Name("一", "One"), skills=[], grids=[], shift=shift)
    registry = replace(REGISTRY, workers={worker.id: worker})
    found = read_reply(payload(REPLY, task="x"), registry, worker="w-001", district="read-on", received_at=NOW)

    assert isinstance(found, Reply)
    assert found.district == "990103"


@pytest.mark.parametrize("task", ["990999-x-t1", "nonsense", ""])
def test_a_reply_to_a_task_of_no_district_stays_where_it_came_in(task: str) -> None:
    found = reply(payload(REPLY, task=task))

    assert isinstance(found, Reply)
    assert found.district == DISTRICT


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "return", "reason": "ill"},
        {"kind": "done", "text": "laid"},
        {"kind": "done", "photos": [PHOTO]},
        {"kind": "arrive"},
    ],
)
def test_each_kind_of_reply_is_taken_with_what_it_needs(changes: dict[str, Any]) -> None:
    assert isinstance(reply(payload(REPLY, **changes)), Reply)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "return"}, Reason.MISSING_FIELD),
        ({"kind": "return", "reason": "  "}, Reason.MISSING_FIELD),
        ({"kind": "done"}, Reason.MISSING_FIELD),
        ({"kind": "done", "text": " \n"}, Reason.MISSING_FIELD),
        ({"kind": "maybe"}, Reason.BAD_FIELD),
        ({"at": "soon"}, Reason.BAD_TIME),
        ({"id": "1"}, Reason.BAD_FIELD),
        ({"text": "x" * (LONGEST_TEXT + 1)}, Reason.BAD_FIELD),
    ],
)
def test_a_reply_without_what_it_needs_is_refused(changes: dict[str, Any], expected: Reason) -> None:
    assert reason(reply(payload(REPLY, **changes))) is expected


def test_a_reply_says_where_the_worker_is_in_wgs_84() -> None:
    shifted = from_wgs84(111.3, 30.7, "gcj02")
    found = reply(payload(REPLY, position={"lon": shifted[0], "lat": shifted[1]}))

    assert isinstance(found, Reply)
    assert found.position is not None
    assert (found.position.lon, found.position.lat) == pytest.approx((111.3, 30.7), abs=1e-9)
    assert found.position.crs == "wgs84"


def test_a_worker_may_reply_from_outside_the_city() -> None:
    found = reply(payload(REPLY, position={"lon": -1, "lat": 1, "crs": "wgs84"}))

    assert isinstance(found, Reply)
    assert found.position == Position(lon=-1, lat=1, crs="wgs84")


@pytest.mark.parametrize(
    "position",
    [{"lon": 181, "lat": 1}, {"lon": 1, "lat": -91}, {"lon": 1, "lat": 1, "crs": "mars"}, {"lat": 1}, "here", [1, 2]],
)
def test_a_reply_from_nowhere_is_refused(position: object) -> None:
    assert reason(reply(payload(REPLY, position=position))) is Reason.BAD_POSITION


@pytest.mark.parametrize(
    ("id_", "good"),
    [
        (UUID, True),
        (UUID.upper(), True),
        (UUID.replace("-", ""), True),
        (f"{{{UUID}}}", False),
        (f"urn:uuid:{UUID}", False),
        (UUID[:-1] + "g", False),
        (UUID[:-2] + "_0", False),
        (UUID + "\n", False),
        ("", False),
    ],
)
def test_an_id_is_a_uuid_and_nothing_around_it(id_: str, good: bool) -> None:
    assert isinstance(report(payload(REPORT, id=id_)), Report) is good


def test_a_worker_is_where_the_phone_says_in_wgs_84() -> None:
    found = position(payload({"at": NOW, "position": {"lon": 111.3, "lat": 30.7}}))

    assert isinstance(found, WorkerPosition)
    assert (found.worker, found.cell) == ("w-001", "990103001001001")
    assert found.position.crs == "wgs84"


def test_a_position_of_last_month_is_not_followed() -> None:
    assert reason(position(payload({"at": NOW - 2 * WEEK_MS, "position": {"lon": 1, "lat": 1}}))) is Reason.TOO_OLD


def test_a_worker_outside_the_city_is_not_followed() -> None:
    assert reason(position(payload({"at": NOW, "position": {"lon": -1, "lat": 1}}))) is Reason.OUTSIDE_THE_CITY


def test_a_will_without_a_time_counts_from_its_arrival() -> None:
    assert status(b'{"online": false}') == DeviceStatus(device="wl-0001", district=DISTRICT, at=NOW, online=False)
    assert status(payload({"online": True, "at": NOW - 5})) == DeviceStatus(
        device="wl-0001", district=DISTRICT, at=NOW - 5, online=True
    )


@pytest.mark.parametrize("message", [b'{"at": 1}', b'{"online": "yes"}', b'{"online": true, "at": "x"}', b"online"])
def test_a_status_that_says_nothing_clear_is_refused(message: bytes) -> None:
    assert reason(status(message)) is not None


@pytest.mark.parametrize("read", [report, reply, position, status])
@given(message=st.binary(max_size=100))
def test_any_bytes_get_a_verdict(read: Any, message: bytes) -> None:
    assert read(message) is not None
