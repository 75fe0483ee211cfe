"""The API as a client sees it, on a board that was filled by hand and a Kafka that is a list."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from adapters.history_sqlite import Reader as History
from adapters.history_sqlite import Writer as HistoryWriter
from adapters.kafka_writer import WriteFailed
from adapters.photo_files import PhotoFiles
from adapters.worker_tokens import token_for
from city.incident import IncidentState
from city.report import Action, Position, ReplyKind
from city.task import TaskState
from city.window import ClosedWindow
from messages.past import Batch, Stamped
from messages.records import decode
from operations.app import application
from operations.desk import Desk
from operations.facts import Fact
from operations.live import Live
from operations.requests_to_topics import Requests
from tests.operations.builders import (
    CELL,
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    OTHER_CELL,
    entry,
    finding,
    heard,
    incident,
    pack,
    receipt,
    registry,
    task,
)

SECRET = b"s" * 32
WORKER = {"Authorization": f"Bearer {token_for(SECRET, 'w-1')}"}
JPEG = b"\xff\xd8\xff\xe0 a photo"
Client = TestClient[Any]


class Kafka:
    """Takes records, unless it is away."""

    def __init__(self) -> None:
        self.records: list[tuple[str, bytes]] = []
        self.away = False

    def write(self, topic: str, *, partition: int, key: str, value: bytes | None, headers: Any = ()) -> None:
        if self.away:
            message = "Kafka did not acknowledge a record."
            raise WriteFailed(message)
        assert (partition, key) == (1, DISTRICT)
        assert headers
        self.records.append((topic, value or b""))


class Office:
    """A server with everything around it."""

    def __init__(self, folder: Path) -> None:
        self.kafka = Kafka()
        self.live = Live("start")
        self.live.register(registry())
        self.data_dir = folder
        self.now = NOW
        requests = Requests(self.kafka, 4, lambda: self.live.board.registry)
        history = History(folder / "history.sqlite")
        self.desk = Desk(self.live, requests, history, PhotoFiles(folder / "photos"), SECRET, lambda: self.now)

    def fill(self) -> None:
        ended = incident(2, state=IncidentState.CLOSED, closed_at=NOW, version=4)
        facts: list[Fact] = [
            pack(heard()),
            finding(),
            incident(),
            task(incident()),
            entry(incident()),
            ended,
            receipt(),
        ]
        self.live.take(facts)
        self.live.settle()
        self.live.answered(NOW, 0)
        self.live.tick(NOW)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.fill()
    return made


@pytest.fixture
def client(office: Office) -> Iterator[Client]:
    with TestClient(application(office.desk), base_url="http://127.0.0.1:23080") as made:
        yield made


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem document of a response that must be one."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["zh"]
    return body


def report(**changed: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "at": NOW, "class": "E0506", "position": {"lon": 111.015, "lat": 30.005}, **changed}


def test_the_board_is_one_picture_with_its_sequence(client: Client) -> None:
    board = client.get("/api/v1/board").json()
    assert board["sequence"].startswith("start-")
    assert board["cells"] == {CELL: "incident", OTHER_CELL: "unknown"}
    assert [i["id"] for i in board["incidents"]] == [incident(2).id, incident(1).id]
    assert board["incidents"][0]["class"] == "E0506"
    assert [t["worker"] for t in board["tasks"]] == ["w-1"]
    assert board["workers"][0]["load"] == 1
    assert board["city"] == {"code": "9901", "name": {"zh": "Testing（中）", "en": "Testing"}}
    assert board["devices"] == {"total": 2, "live": 1, "silent": 0}


def test_the_board_is_packed_for_whoever_can_unpack_it(client: Client) -> None:
    assert client.get("/api/v1/board", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_the_geometry_is_sent_once_and_known_again_by_its_tag(client: Client) -> None:
    first = client.get("/api/v1/geometry", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["content-type"].startswith("application/geo+json")
    assert [f["properties"]["code"] for f in first.json()["features"]] == [CELL, OTHER_CELL]
    again = client.get("/api/v1/geometry", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get("/api/v1/geometry", headers={"Accept-Encoding": "identity"})
    assert plain.json() == first.json()


def test_the_geometry_follows_the_registry(client: Client, office: Office) -> None:
    tag = client.get("/api/v1/geometry").headers["etag"]
    office.live.register(registry(cells={CELL: registry().cells[CELL]}))
    assert client.get("/api/v1/geometry", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [2, 1]),
        ({"state": "open"}, [1]),
        ({"state": "closed"}, [2]),
        ({"state": "void"}, []),
        ({"district": DISTRICT, "class": "E0506", "limit": "1"}, [2]),
        ({"district": "990101"}, []),
        ({"class": "other"}, []),
    ],
)
def test_incidents_are_listed_by_state_district_and_class(
    client: Client, query: dict[str, str], numbers: list[int]
) -> None:
    listed = client.get("/api/v1/incidents", params=query).json()
    assert [i["id"] for i in listed] == [incident(n).id for n in numbers]


@pytest.mark.parametrize("query", [{"state": "nonsense"}, {"limit": "0"}, {"limit": "many"}])
def test_a_senseless_question_is_told_so(client: Client, query: dict[str, str]) -> None:
    problem(client.get("/api/v1/incidents", params=query), 400)


def test_an_incident_comes_with_its_log_its_tasks_and_what_may_be_done(client: Client) -> None:
    whole = client.get(f"/api/v1/incidents/{incident().id}").json()
    assert whole["tasks"] == incident().tasks
    assert [t["id"] for t in whole["task_list"]] == [task(incident()).id]
    assert [(e["version"], e["to"]) for e in whole["log"]] == [(1, "filed")]
    assert whole["actions"] == ["void", "close", "reassign", "note", "suspend"]


def test_a_log_that_kafka_has_forgotten_is_taken_from_history(client: Client, office: Office) -> None:
    ended = incident(2)
    kept = [Stamped(entry(ended, version), NOW) for version in (1, 2)]
    HistoryWriter(office.data_dir / "history.sqlite").keep(Batch(log=kept))
    office.live.take([entry(ended, 3)])
    whole = client.get(f"/api/v1/incidents/{ended.id}").json()
    assert [e["version"] for e in whole["log"]] == [1, 2, 3]


def test_an_incident_that_is_not_there_is_not_found(client: Client) -> None:
    assert "no-such" in problem(client.get("/api/v1/incidents/no-such"), 404)["detail"]


def test_an_action_is_taken_once_kafka_has_it(client: Client, office: Office) -> None:
    answer = client.post(f"/api/v1/incidents/{incident().id}/actions", json={"action": "void", "reason": " twice "})
    assert answer.status_code == 202
    ((topic, value),) = office.kafka.records
    action = decode(value, Action)
    assert topic == "citygrid.actions"
    assert (action.id, action.action, action.reason, action.actor) == (answer.json()["id"], "void", "twice", "operator")


@pytest.mark.parametrize(
    "body", [{"action": "void"}, {"action": "void", "reason": "  "}, {"action": "explode", "reason": "x"}, {}, []]
)
def test_an_action_without_a_reason_or_a_kind_is_refused(client: Client, office: Office, body: Any) -> None:
    problem(client.post(f"/api/v1/incidents/{incident().id}/actions", json=body), 400)
    assert office.kafka.records == []


def test_an_action_that_the_state_does_not_allow_is_refused(client: Client) -> None:
    refusal = problem(
        client.post(f"/api/v1/incidents/{incident(2).id}/actions", json={"action": "close", "reason": "x"}), 409
    )
    assert refusal["reason"] == "not_allowed_now"
    assert refusal["detail"] == "Close is not possible: the incident is closed."
    assert refusal["zh"] == "事件已结案，不能结案"


def test_head_is_answered_like_get_without_the_content(client: Client) -> None:
    for path in ("/", "/healthz", "/api/v1/ledger"):
        head, whole = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]
        assert head.headers["content-length"] == whole.headers["content-length"]
    problem(client.request("GET", "/api/v1/none"), 404)
    assert client.head("/api/v1/none").status_code == 404
    assert client.head("/api/v1/events").status_code == 405


def test_a_problem_says_which_parameter_which_method_or_which_path_was_wrong(client: Client) -> None:
    assert "`limit`" in problem(client.get("/api/v1/incidents", params={"limit": "abc"}), 400)["detail"]
    assert problem(client.post("/api/v1/board"), 405)["detail"] == "POST is not possible here, only GET, OPTIONS."
    assert problem(client.get("/api/v1/none"), 404)["detail"] == "There is nothing at '/api/v1/none'."


def test_an_action_on_nothing_or_for_nobody_is_refused(client: Client) -> None:
    problem(client.post("/api/v1/incidents/none/actions", json={"action": "void", "reason": "x"}), 404)
    body = {"action": "reassign", "reason": "x", "worker": "nobody"}
    assert "nobody" in problem(client.post(f"/api/v1/incidents/{incident().id}/actions", json=body), 409)["detail"]


def test_nothing_is_taken_while_kafka_is_away(client: Client, office: Office) -> None:
    office.kafka.away = True
    refusal = problem(client.post("/api/v1/reports", json=report()), 503)
    assert "send it again" in refusal["detail"]


def test_nothing_is_even_tried_while_kafka_does_not_answer(client: Client, office: Office) -> None:
    office.now = NOW + 9000
    refusal = problem(client.post("/api/v1/reports", json=report()), 503)
    assert "9 s" in refusal["detail"]
    assert office.kafka.records == []


def test_an_action_sent_again_with_its_own_id_is_the_same_action(client: Client, office: Office) -> None:
    body = {"id": str(uuid4()), "action": "note", "reason": "seen"}
    answers = [client.post(f"/api/v1/incidents/{incident().id}/actions", json=body).json() for _ in range(2)]
    assert answers == [{"id": body["id"]}] * 2
    assert {decode(value, Action).id for _, value in office.kafka.records} == {body["id"]}


def test_tasks_are_listed_by_worker_and_state(client: Client) -> None:
    assert [t["id"] for t in client.get("/api/v1/tasks", params={"worker": "w-1"}).json()] == [task(incident()).id]
    assert client.get("/api/v1/tasks", params={"worker": "w-2"}).json() == []
    assert client.get("/api/v1/tasks", params={"state": "done"}).json() == []
    assert len(client.get("/api/v1/tasks", params={"state": "open"}).json()) == 1


def test_a_cell_is_shown_with_its_devices_incidents_and_last_hours(client: Client, office: Office) -> None:
    windows = [
        ClosedWindow(
            cell=CELL,
            metric="water_level_m",
            start=NOW - at,
            seconds=60,
            count=2,
            sum=0.5,
            min=0.1,
            max=0.4,
            first_at=0,
            last_at=0,
        )
        for at in (HOUR, 2 * MINUTE, 90 * HOUR)
    ]
    HistoryWriter(office.data_dir / "history.sqlite").keep(Batch(windows=[Stamped(w, NOW) for w in windows]))
    cell = client.get(f"/api/v1/cells/{CELL}").json()
    assert cell["state"] == "incident"
    (device,) = cell["devices"]
    assert (device["id"], device["live"], device["last"], device["last_at"]) == (
        "water-1",
        True,
        {"water_level_m": 0.1},
        NOW,
    )
    assert [i["id"] for i in cell["incidents"]] == [incident(1).id, incident(2).id]
    series = cell["metrics"]["water_level_m"]
    assert series["windows"] == [[NOW - HOUR, 2, 0.25, 0.1, 0.4], [NOW - 2 * MINUTE, 2, 0.25, 0.1, 0.4]]
    assert series["limits"] == [0.15]
    assert series["title"]["en"] == "Water level"
    assert series["unit"] == "m"


def test_a_devices_position_is_shown_with_what_is_doubtful_about_it(client: Client, office: Office) -> None:
    (device,) = client.get(f"/api/v1/cells/{CELL}").json()["devices"]
    assert (device["position"], device["doubts"]) == (None, [])
    office.live.take([pack(heard(NOW + MINUTE, position=Position(lon=111.014, lat=30.005)))])
    (device,) = client.get(f"/api/v1/cells/{CELL}").json()["devices"]
    assert device["position"] == {"lon": 111.014, "lat": 30.005, "at": NOW + MINUTE}
    (doubt,) = device["doubts"]
    assert doubt["kind"] == "far_from_registered"
    assert doubt["text"] == {"zh": "距登记位置 867 米", "en": "867 m from its registered place"}
    rows = client.get("/api/v1/places/990102/devices", params={"state": "doubtful"}).json()["rows"]
    assert [(row["id"], [one["kind"] for one in row["doubts"]]) for row in rows] == [
        ("water-1", ["far_from_registered"])
    ]


def test_a_cell_without_history_is_shown_all_the_same(client: Client) -> None:
    cell = client.get(f"/api/v1/cells/{OTHER_CELL}").json()
    assert cell["devices"][0]["last_at"] is None
    assert cell["metrics"]["water_level_m"]["windows"] == []


def test_a_history_that_cannot_be_read_is_said_and_hides_nothing_else(client: Client, office: Office) -> None:
    (office.data_dir / "history.sqlite").write_bytes(b"this is no database, but it is long enough to look at" * 30)
    cell = client.get(f"/api/v1/cells/{CELL}").json()
    assert cell["history"] is False
    assert cell["devices"]


@pytest.mark.parametrize(
    ("code", "level"), [("9901", "city"), (DISTRICT, "district"), (CELL[:9], "town"), (CELL[:12], "community")]
)
def test_a_larger_place_is_rolled_up(client: Client, code: str, level: str) -> None:
    place = client.get(f"/api/v1/cells/{code}").json()
    assert place["level"] == level
    assert place["cells"] == {"incident": 1, "unknown": 1}
    assert place["devices"] == {"total": 2, "live": 1}


@pytest.mark.parametrize("code", ["990109", "x", "99", CELL[:-1], "9" * 15])
def test_a_place_that_is_not_there_is_not_found(client: Client, code: str) -> None:
    problem(client.get(f"/api/v1/cells/{code}"), 404)


def test_a_citizen_reports_without_a_token(client: Client, office: Office) -> None:
    sent = report()
    answer = client.post("/api/v1/reports", json=sent)
    assert answer.status_code == 202
    assert answer.json() == {"id": sent["id"], "district": DISTRICT, "cell": OTHER_CELL}
    assert json.loads(office.kafka.records[0][1])["source"] == "citizen"


def test_a_worker_reports_with_a_token(client: Client, office: Office) -> None:
    client.post("/api/v1/reports", json=report(), headers=WORKER)
    assert json.loads(office.kafka.records[0][1])["sender"] == "w-1"


def test_a_false_token_is_not_taken_for_a_citizen(client: Client, office: Office) -> None:
    for false in ("Bearer w-1.0000", "Basic dzpw", "Bearer", f"Bearer {token_for(SECRET, 'w-9')}"):
        problem(client.post("/api/v1/reports", json=report(), headers={"Authorization": false}), 401)
    assert office.kafka.records == []


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"{", "not_json"),
        (b"[]", "not_an_object"),
        (b"x" * 70_000, "too_large"),
        (json.dumps(report(position={"lon": 0.5, "lat": 0.5})).encode(), "outside_the_city"),
        (json.dumps(report(severity="huge")).encode(), "bad_field"),
        (json.dumps({"id": "x"}).encode(), "missing_field"),
        (json.dumps(report(at="yesterday")).encode(), "bad_time"),
        (json.dumps(report(**{"class": "X"})).encode(), "unknown_class"),
    ],
)
def test_a_bad_report_is_refused_with_a_listed_reason(client: Client, sent: bytes, reason: str) -> None:
    refusal = problem(client.post("/api/v1/reports", content=sent), 422)
    assert refusal["reason"] == reason
    assert refusal["detail"]


def test_a_reply_needs_its_workers_token(client: Client, office: Office) -> None:
    sent = {"id": str(uuid4()), "task": task(incident()).id, "at": NOW, "kind": ReplyKind.ACCEPT}
    problem(client.post("/api/v1/replies", json=sent), 401)
    assert client.post("/api/v1/replies", json=sent, headers=WORKER).status_code == 202
    assert json.loads(office.kafka.records[0][1])["worker"] == "w-1"
    refusal = problem(client.post("/api/v1/replies", json={**sent, "kind": "return"}, headers=WORKER), 422)
    assert refusal["reason"] == "missing_field"


def test_a_photo_is_brought_once_and_comes_back(client: Client) -> None:
    path = f"/api/v1/photos/{hashlib.sha256(JPEG).hexdigest()}"
    assert [client.put(path, content=JPEG).status_code for _ in range(2)] == [201, 200]
    back = client.get(path)
    assert (back.content, back.headers["content-type"]) == (JPEG, "image/jpeg")
    assert "immutable" in back.headers["cache-control"]


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"<svg/>", 415), (JPEG + b"more", 422), (b"\xff\xd8\xff".ljust(8 * 1024 * 1024 + 2, b"0"), 413)],
)
def test_what_is_no_photo_or_another_one_is_refused(client: Client, content: bytes, status: int) -> None:
    digest = hashlib.sha256(JPEG if status == 422 else content).hexdigest()
    problem(client.put(f"/api/v1/photos/{digest}", content=content), status)
    problem(client.get(f"/api/v1/photos/{digest}"), 404)


def test_a_photo_for_which_there_is_no_room_is_refused_in_both_languages(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.photo_files.LEAST_ROOM", 1 << 62)
    refusal = problem(client.put(f"/api/v1/photos/{hashlib.sha256(JPEG).hexdigest()}", content=JPEG), 507)
    assert "no room for more photos" in refusal["detail"]
    assert refusal["zh"] == "服务器照片空间已满"


def test_a_worker_sees_own_tasks_receipts_and_what_can_be_reported(client: Client, office: Office) -> None:
    office.live.take([task(incident(2), state=TaskState.DONE)])
    me = client.get("/api/v1/me", headers=WORKER).json()
    assert me["worker"]["id"] == "w-1"
    assert [t["id"] for t in me["tasks"]] == [task(incident()).id]
    assert [t["id"] for t in me["ended"]] == [task(incident(2)).id]
    assert [r["report"] for r in me["receipts"]] == ["r-1"]
    assert [c["code"] for c in me["classes"]] == ["E0506"]
    assert me["district"]["code"] == DISTRICT
    problem(client.get("/api/v1/me"), 401)


def test_a_workers_report_is_shown_with_the_state_its_incident_has_now(client: Client, office: Office) -> None:
    named = incident()
    office.live.take([replace(receipt(), incident=named.id, state="dispatched")])
    office.live.take([replace(named, version=named.version + 9, state=IncidentState.CLOSED)])
    newest = client.get("/api/v1/me", headers=WORKER).json()["receipts"][0]
    assert (newest["incident"], newest["state"]) == (named.id, "closed")


def test_a_link_is_handed_out_only_on_this_machine(office: Office) -> None:
    with TestClient(application(office.desk), base_url="http://127.0.0.1") as here:
        problem(here.get("/api/v1/workers/w-1/link"), 403)  # the test client names itself "testclient"


def test_the_ledger_and_the_description_of_the_api_are_there(client: Client) -> None:
    assert client.get("/api/v1/ledger").json()["balanced"] in {True, False}
    described = client.get("/schema").json()
    assert described["openapi"].startswith("3.")
    for path in (
        "/api/v1/board",
        "/api/v1/events",
        "/api/v1/incidents/{incident_id}/actions",
        "/api/v1/photos/{sha256}",
    ):
        assert path in described["paths"]
    body = described["paths"]["/api/v1/reports"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["example"]["class"] == "E0506"
    assert client.get("/schema/openapi.json").json() == described


def test_the_description_as_a_page_needs_nothing_from_other_servers(client: Client) -> None:
    page = client.get("/schema", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert client.get("/static/schema.css").headers["content-type"].startswith("text/css")
    assert "/static/schema.css" in page.text
    assert "/api/v1/reports" in page.text
    assert "//" not in page.text
    assert "<script" not in page.text


def test_probes_and_counters_answer(client: Client, office: Office) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    assert client.get("/readyz").json() == {"ready": True, "reasons": []}
    assert "citygrid_operations_open_incidents" in client.get("/metrics").text
    office.now = NOW + 9000
    unready = client.get("/readyz")
    assert unready.status_code == 503
    assert unready.json()["reasons"] == ["Kafka has not answered for 9 s"]


def test_a_board_that_is_not_whole_yet_is_not_ready(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.live.failed("Kafka at 127.0.0.1:1: refused")
    with TestClient(application(office.desk), base_url="http://127.0.0.1") as client:
        (reason,) = client.get("/readyz").json()["reasons"]
        for path in ("/api/v1/board", "/api/v1/events", "/api/v1/incidents", "/api/v1/ledger"):
            assert "refused" in problem(client.get(path), 503)["detail"]
        assert client.get("/").status_code == 200
    assert "not been read" in reason
    assert "refused" in reason


def test_every_answer_forbids_the_browser_what_nobody_needs(client: Client) -> None:
    for path in ("/", "/api/v1/board", "/nothing", "/healthz"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert client.get("/api/v1/board").headers["cache-control"] == "no-store"


def test_files_outside_the_pages_are_not_served(client: Client) -> None:
    for path in (
        "/static/..%2fserve.py",
        "/static/%2e%2e/serve.py",
        "/static/",
        "/static/none.js",
        "/static//etc/passwd",
    ):
        problem(client.get(path), 404)


def test_a_page_is_known_again_by_its_tag(client: Client) -> None:
    first = client.get("/")
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_foreign_host_or_page_is_turned_away_with_a_problem(client: Client) -> None:
    problem(client.get("/api/v1/board", headers={"Host": "example.org"}), 421)
    problem(client.post("/api/v1/reports", json=report(), headers={"Origin": "http://example.org"}), 403)


def test_a_method_that_is_not_there_is_a_problem_too(client: Client) -> None:
    problem(client.delete("/api/v1/board"), 405)


def test_a_bug_is_told_without_its_insides(client: Client, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.live, "picture", lambda _now: 1 / 0)
    refusal = problem(client.get("/api/v1/board"), 500)
    assert "ZeroDivision" not in json.dumps(refusal)


def test_packed_geometry_is_gzip(client: Client) -> None:
    with client.stream("GET", "/api/v1/geometry", headers={"Accept-Encoding": "gzip"}) as response:
        assert gzip.decompress(b"".join(response.iter_raw())).startswith(b'{"type":"FeatureCollection"')


def test_the_classes_come_by_majors_and_are_not_sent_twice(client: Client) -> None:
    told = client.get("/api/v1/classes")
    assert told.status_code == 200
    (major,) = told.json()["majors"]
    assert (major["code"], [kind["code"] for kind in major["classes"]]) == ("E05", ["E0506"])
    assert major["classes"][0]["limit_name"] == {"zh": "2紧急工作时", "en": "2 urgent hours"}
    again = client.get("/api/v1/classes", headers={"If-None-Match": told.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_board_has_the_classes_in_brief(client: Client) -> None:
    (kind,) = client.get("/api/v1/board").json()["classes"]
    assert set(kind) == {"code", "name", "family", "skill", "severity", "work", "limit", "major"}
