import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from city.registry import Registry
from city.task import TaskState
from geo.crs import to_wgs84
from geo.distance import metres
from simulator.crew import Crew, _duty_cells
from simulator.noise import fraction
from simulator.outgoing import Outgoing
from tests.simulator.builders import COLUMNS, DISTRICT, PEOPLES_CLASS, ROWS, STARTED_AT, centre_of, code, small_city

SECOND = 1000
CENTRES = {code(number): centre_of(number) for number in range(COLUMNS * ROWS)}


def crew(city: Registry | None = None) -> Crew:
    return Crew(city or small_city(), CENTRES, seed=1, started_at=STARTED_AT)


def play(one: Crew, seconds: int, *, first: int = 0) -> list[Outgoing]:
    return [said for second in range(first, seconds) for said in one.due(STARTED_AT + second * SECOND)]


def kind(said: Outgoing) -> str:
    return said.topic.split("/")[3]


def bodies(said: list[Outgoing], wanted: str) -> list[dict[str, Any]]:
    return [json.loads(one.payload) for one in said if kind(one) == wanted]


def task(id_: str, state: TaskState = TaskState.OFFERED) -> bytes:
    lon, lat = centre_of(5)
    body = {
        "id": id_,
        "class": "E0506",
        "cell": code(5),
        "position": {"lon": lon, "lat": lat},
        "state": state,
        "worker": "w1",
        "more": 1,
    }
    return msgspec.json.encode(body)


def topic(id_: str, worker: str = "w1") -> str:
    return f"citygrid/v1/{DISTRICT}/tasks/{worker}/{id_}"


def willing() -> str:
    return next(f"{DISTRICT}-{one}-t1" for one in range(1000) if fraction(f"{DISTRICT}-{one}-t1", "decision") > 0.2)


def test_a_task_is_replied_to_under_the_workers_own_topic_until_it_is_done() -> None:
    one, id_ = crew(), willing()
    one.take(topic(id_), task(id_), STARTED_AT)
    said = play(one, 90)
    replies = bodies(said, "replies")
    assert [reply["kind"] for reply in replies] == ["accept", "arrive", "done"]
    assert all(reply["task"] == id_ and reply["position"] for reply in replies)
    assert len({reply["id"] for reply in replies}) == 3
    assert {message.topic for message in said if kind(message) == "replies"} == {f"citygrid/v1/{DISTRICT}/replies/w1"}


def test_where_a_worker_arrives_is_told_once() -> None:
    one, id_ = crew(), willing()
    one.take(topic(id_), task(id_), STARTED_AT)
    play(one, 90)
    assert [(job.cell, job.event_class) for job in one.arrivals()] == [(code(5), "E0506")]
    assert one.arrivals() == []


@pytest.mark.parametrize("payload", [b"", task(willing(), TaskState.WITHDRAWN), task(willing(), TaskState.EXPIRED)])
def test_a_task_that_is_taken_back_is_not_worked_on(payload: bytes) -> None:
    one, id_ = crew(), willing()
    one.take(topic(id_), task(id_), STARTED_AT)
    one.take(topic(id_), payload, STARTED_AT + SECOND)
    assert bodies(play(one, 90), "replies") == []


def test_what_is_for_nobody_here_or_unreadable_harms_nobody() -> None:
    one = crew()
    one.take(topic("t", "stranger"), task("t"), STARTED_AT)
    one.take(topic("t"), b"{", STARTED_AT)
    one.take(topic("t"), b'{"id": 7}', STARTED_AT)
    assert one.unreadable == 2
    assert bodies(play(one, 60), "replies") == []


def test_refusals_and_receipts_are_counted() -> None:
    one = crew()
    one.take(f"citygrid/v1/{DISTRICT}/rejected/gas-01", b'{"reason": "too_old", "detail": ""}', STARTED_AT)
    one.take(f"citygrid/v1/{DISTRICT}/rejected/gas-02", b'{"reason": "too_old", "detail": ""}', STARTED_AT)
    one.take(f"citygrid/v1/{DISTRICT}/receipts/w1", b"{}", STARTED_AT)
    assert (one.refused["too_old"], one.receipts) == (2, 1)


def test_workers_report_what_only_people_see_with_the_truth_beside_it() -> None:
    one = crew()
    said = play(one, 1200)
    reports = bodies(said, "reports")
    truths = {truth.report: truth for truth in one.truths()}
    assert len(truths) > 10
    assert {report["id"] for report in reports} == set(truths)
    for report in reports:
        truth = truths[report["id"]]
        assert report["class"] == truth.event_class == PEOPLES_CLASS
        lon, lat = to_wgs84(report["position"]["lon"], report["position"]["lat"], report["position"]["crs"])
        assert metres(lon, lat, *CENTRES[truth.cell]) < 20
        assert report["text"]


def test_some_reports_are_sent_twice_with_the_same_id() -> None:
    reports = bodies(play(crew(), 7200), "reports")
    ids = [report["id"] for report in reports]
    assert 0 < len(ids) - len(set(ids)) < 0.15 * len(ids)


def test_everyone_on_duty_shows_a_position_within_the_first_seconds() -> None:
    said = [one for one in play(crew(), 20) if kind(one) == "positions"]
    assert {one.topic.rsplit("/", 1)[-1] for one in said} == {"w0", "w1", "w2"}


def test_the_same_seed_says_the_same() -> None:
    assert play(crew(), 300) == play(crew(), 300)


def test_some_phones_give_shifted_coordinates_that_mean_the_same_place() -> None:
    city = small_city()
    many = {f"w{number}": msgspec.structs.replace(city.workers["w0"], id=f"w{number}") for number in range(100)}
    positions = bodies(play(crew(msgspec.structs.replace(city, workers=many)), 20), "positions")
    shifted = [body["position"] for body in positions if body["position"]["crs"] == "gcj02"]
    assert 2 <= len(shifted) <= 25
    home = [CENTRES[cell] for cell in CENTRES]
    for place in shifted:
        lon, lat = to_wgs84(place["lon"], place["lat"], "gcj02")
        assert min(metres(lon, lat, *one) for one in home) < 100


def test_a_worker_walks_the_cells_of_all_grids_once_each_and_in_order() -> None:
    city = small_city()
    some = next(iter(city.workers.values()))
    grids = [code(7), DISTRICT + "001", code(2), code(7)]
    walking = replace(some, grids=grids)
    cells = sorted(CENTRES)
    assert _duty_cells(walking, cells) == [cell for cell in cells if cell.startswith(tuple(grids))]
    assert _duty_cells(replace(some, grids=[code(7), code(2)]), cells) == [code(2), code(7)]
    assert _duty_cells(replace(some, grids=[]), cells) == cells
