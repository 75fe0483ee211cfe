"""An operator's questions at each level: what is there, which places, which devices, whose turn."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from adapters.history_sqlite import Reader as History
from adapters.photo_files import PhotoFiles
from city.calendar import WorkCalendar
from city.clocks import Stage, started
from city.incident import IncidentState
from city.limits import of_seconds
from city.places.closed import ClosedPack, Line, columns
from city.registry import Cell, District, Place, Shift
from city.work_time import WorkTime
from operations.app import application
from operations.desk import Desk
from operations.live import Live
from operations.requests_to_topics import Requests
from tests.operations.builders import (
    CELL,
    DAY,
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    OTHER_CELL,
    device,
    heard,
    incident,
    name,
    pack,
    registry,
    square,
    sums,
    task,
    worker,
)

Client = TestClient[Any]
CITY, TOWN, COMMUNITY = "9901", CELL[:9], CELL[:12]
NEXT_COMMUNITY = "990102001002"
NEXT_CELL = NEXT_COMMUNITY + "001"
FAR_CELL = "990103001001001"
NIGHT = Shift(start="00:00", end="00:01")
NOW_ = NOW // MINUTE * MINUTE


def window(cell: str, value: float, back: int = 1) -> Line:
    return Line(cell, "water_level_m", NOW_ - back * MINUTE, 60, 2, 2 * value, value - 0.1, value + 0.1)


def live() -> Live:
    made = Live("start")
    town = registry()
    cells = {
        **town.cells,
        NEXT_CELL: Cell(code=NEXT_CELL, name=name("next"), geometry=square(111.02, 30.0)),
        FAR_CELL: Cell(code=FAR_CELL, name=name("far"), geometry=square(111.03, 30.0)),
    }
    districts = {**town.districts, "990103": District(code="990103", name=name("Third"), index=2)}
    made.register(
        replace(
            town,
            cells=cells,
            districts=districts,
            places={
                TOWN: Place(code=TOWN, name=name("Town")),
                COMMUNITY: Place(code=COMMUNITY, name=name("Community")),
            },
            devices={**town.devices, "water-3": device("water-3", cell=NEXT_CELL)},
            workers={"w-1": worker(), "w-2": worker("w-2", grids=[NEXT_COMMUNITY], shift=NIGHT)},
        )
    )
    late = incident(1, deadline=NOW - MINUTE, filed_at=NOW - HOUR, turn="w-1")
    near = incident(
        2, cells=[NEXT_CELL], deadline=NOW + MINUTE, filed_at=NOW - HOUR, turn="operator", event_class="E0101"
    )
    closed = incident(3, cells=[OTHER_CELL], state=IncidentState.CLOSED, closed_at=NOW)
    far = incident(4, cells=[FAR_CELL], district="990103")
    lines = [window(CELL, 0.2), window(OTHER_CELL, 0.4), window(NEXT_CELL, 0.3, back=2), window(FAR_CELL, 1.0)]
    made.take(
        [
            pack(heard(), heard(NOW - 2 * DAY, device="water-2", received_at=NOW - 2 * DAY)),
            ClosedPack(district=DISTRICT, closed={("water_level_m", 60): columns(lines)}),
            late,
            near,
            closed,
            far,
            task(late),
            sums(windowed=90, late=7, too_late=2),
        ]
    )
    made.settle()
    made.answered(NOW, 0)
    made.tick(NOW)
    return made


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    board = live()
    requests = Requests(None, 4, lambda: board.board.registry)  # type: ignore[arg-type]  # nothing is written here
    return Desk(
        board, requests, History(tmp_path / "history.sqlite"), PhotoFiles(tmp_path / "photos"), b"s" * 32, lambda: NOW
    )


@pytest.fixture
def client(desk: Desk) -> Iterator[Client]:
    with TestClient(application(desk), base_url="http://127.0.0.1:22900") as made:
        yield made


def asked(client: Client, path: str) -> Any:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_place_has_its_name_and_the_place_it_lies_in(client: Client) -> None:
    found = {place["code"]: place for place in asked(client, "places")}
    assert list(found) == [CITY, DISTRICT, "990103", TOWN, "990103001", COMMUNITY, NEXT_COMMUNITY, "990103001001"]
    assert found[TOWN] == {
        "code": TOWN,
        "level": "town",
        "name": {"zh": "Town（中）", "en": "Town"},
        "parent": DISTRICT,
    }
    assert found[NEXT_COMMUNITY]["name"] is None
    assert [each["code"] for each in asked(client, f"places?level=community&within={TOWN}")] == [
        COMMUNITY,
        NEXT_COMMUNITY,
    ]
    assert [each["code"] for each in asked(client, f"places?level=cell&within={COMMUNITY}")] == [CELL, OTHER_CELL]


@pytest.mark.parametrize(
    ("code", "level", "figures", "children"),
    [
        (CITY, "city", (4, 3, 1, 1), [DISTRICT, "990103"]),
        (DISTRICT, "district", (3, 2, 1, 1), [TOWN]),
        (TOWN, "town", (3, 2, 1, 1), [COMMUNITY, NEXT_COMMUNITY]),
        (COMMUNITY, "community", (2, 1, 1, 0), [CELL, OTHER_CELL]),
        (CELL, "cell", (1, 1, 1, 0), []),
    ],
)
def test_each_level_sees_its_own(
    client: Client, code: str, level: str, figures: tuple[int, ...], children: list[str]
) -> None:
    place = asked(client, f"places/{code}")
    own = place["figures"]
    assert (place["code"], place["level"]) == (code, level)
    assert (own["cells"], own["open"], own["late"], own["near"]) == figures
    assert [child["code"] for child in place["children"]] == children
    for counted in ("open", "late", "near", "opened_today", "closed_today", "devices", "open_tasks"):
        assert not children or own[counted] == sum(child["figures"][counted] for child in place["children"]), counted


def test_a_place_says_where_it_lies_in_both_languages(client: Client) -> None:
    path = asked(client, f"places/{CELL}")["path"]
    assert [(crumb["level"], crumb["name"]["en"]) for crumb in path] == [
        ("city", "Testing"),
        ("district", "Second"),
        ("town", "Town"),
        ("community", "Community"),
        ("cell", "cell one"),
    ]


def test_a_place_counts_its_open_cases_by_class_state_and_turn(client: Client) -> None:
    assert asked(client, f"places/{TOWN}")["incidents"] == {
        "by_class": {"E0101": 1, "E0506": 1},
        "by_state": {"filed": 2},
        "by_turn": {"operator": 1, "worker": 1},
        "late_by_turn": {"worker": 1},
    }


def test_a_place_says_who_is_on_shift_what_lives_and_what_is_not_covered(client: Client) -> None:
    own = asked(client, f"places/{DISTRICT}")["figures"]
    assert (own["workers"], own["workers_on_shift"], own["open_tasks"]) == (2, 1, 1)
    assert (own["devices"], own["devices_live"], own["devices_silent"], own["devices_never"]) == (3, 1, 1, 1)
    assert [own[lack]["cells"] for lack in ("without_duty", "without_worker", "without_sensor")] == [1, 2, 2]
    assert own["without_sensor"]["share"] == pytest.approx(2 / 3, rel=1e-3)
    assert own["states"] == {"fine": 0, "watch": 0, "incident": 2, "unknown": 1}


def test_windows_are_added_up_over_all_cells_of_a_place(client: Client) -> None:
    water = asked(client, f"places/{COMMUNITY}")["windows"]["water_level_m"]
    assert (water["count"], water["cells"], water["title"]["en"], water["unit"]) == (4, 2, "Water level", "m")
    assert (water["mean"], water["min"], water["max"]) == (pytest.approx(0.3), pytest.approx(0.1), pytest.approx(0.5))
    assert (water["since"], water["until"]) == (NOW_ - MINUTE, NOW_)
    whole = asked(client, f"places/{DISTRICT}?minutes=5")["windows"]["water_level_m"]
    assert [point[:2] for point in whole["windows"]] == [[NOW_ - 2 * MINUTE, 2], [NOW_ - MINUTE, 4]]


def test_the_air_of_a_city_averages_the_stations_first(client: Client, desk: Desk) -> None:
    assert asked(client, f"places/{CITY}")["air"] is None
    lines = [
        Line(cell, "pm25_ugm3", NOW_ - MINUTE, 60, 1, value, value, value)
        for cell, value in ((CELL, 20.0), (NEXT_CELL, 30.0))
    ]
    desk.live.take([ClosedPack(district=DISTRICT, closed={("pm25_ugm3", 60): columns(lines)})])
    air = asked(client, f"places/{CITY}")["air"]
    assert (air["aqi"], air["level"], air["stations"], air["iaqi"]) == (36, "excellent", 2, {"pm25": 36})
    assert (air["name"], air["primary"], air["edition"]) == ({"zh": "优", "en": "Excellent"}, [], "HJ 633-2026")
    assert asked(client, f"places/{NEXT_CELL}")["air"]["aqi"] == 43


def test_what_came_late_is_told_down_to_the_district(client: Client) -> None:
    assert asked(client, f"places/{DISTRICT}")["lateness"] == {"windowed": 90, "late": 7, "too_late": 2}
    assert asked(client, f"places/{CITY}")["lateness"]["windowed"] == 90
    assert asked(client, f"places/{TOWN}")["lateness"] is None


@pytest.mark.parametrize(
    "way", ["places/{}", "places/{}/below", "places/{}/devices", "places/{}/workers", "incidents?place={}"]
)
@pytest.mark.parametrize("code", ["990109", "99", "9902", "99010200100100", "x", "990102001001009"])
def test_a_place_that_is_not_there_is_said_in_both_languages(client: Client, way: str, code: str) -> None:
    answer = client.get("/api/v1/" + way.format(code))
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert code in answer.json()["detail"]
    assert code in answer.json()["zh"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (f"{TOWN}/below?level=community&having=late", [COMMUNITY]),
        (f"{TOWN}/below?level=community&having=near", [NEXT_COMMUNITY]),
        (f"{CITY}/below?having=open", [DISTRICT, "990103"]),
        (f"{CITY}/below?level=cell&having=without_worker", [OTHER_CELL, NEXT_CELL, FAR_CELL]),
        (f"{CITY}/below?level=cell&having=without_duty", [OTHER_CELL, FAR_CELL]),
        (f"{DISTRICT}/below?level=cell&having=without_sensor", [OTHER_CELL, NEXT_CELL]),
        (f"{CITY}/below?level=town&having=silent", [TOWN]),
        (f"{TOWN}/below", [COMMUNITY, NEXT_COMMUNITY]),
        (f"{CELL}/below", [CELL]),
    ],
)
def test_which_smaller_places_have_something_is_answered(client: Client, question: str, answer: list[str]) -> None:
    found = asked(client, f"places/{question}")
    assert [row["code"] for row in found["rows"]] == answer
    assert found["total"] == len(answer)


def test_a_list_says_how_many_there_are_beyond_its_end(client: Client) -> None:
    found = asked(client, f"places/{CITY}/below?level=cell&limit=1")
    assert (found["total"], len(found["rows"])) == (4, 1)


def test_a_larger_place_does_not_lie_in_a_smaller_one(client: Client) -> None:
    assert client.get(f"/api/v1/places/{TOWN}/below?level=district").status_code == 400


def test_a_place_does_not_lie_below_itself(client: Client) -> None:
    answer = client.get(f"/api/v1/places/{CITY}/below?level=city")
    assert answer.status_code == 400
    assert f"{CITY} is itself a city; ask for a smaller level." in answer.text


def test_a_state_that_no_device_has_is_answered_with_those_it_can_have(client: Client) -> None:
    answer = client.get(f"/api/v1/places/{CITY}/devices?state=bad")
    assert answer.status_code == 400
    assert "`state` is one of live, silent, never, doubtful, not 'bad'." in answer.text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (f"{DISTRICT}/devices", ["water-3", "water-2", "water-1"]),
        (f"{DISTRICT}/devices?state=silent", ["water-2"]),
        (f"{DISTRICT}/devices?state=never", ["water-3"]),
        (f"{COMMUNITY}/devices?state=live", ["water-1"]),
        (f"{DISTRICT}/devices?state=doubtful", []),
        (f"{CITY}/workers", ["w-1", "w-2"]),
        (f"{CITY}/workers?on_shift=false", ["w-2"]),
        (f"{CELL}/workers?on_shift=true", ["w-1"]),
    ],
)
def test_who_and_what_is_in_a_place_is_answered(client: Client, question: str, answer: list[str]) -> None:
    found = asked(client, f"places/{question}")
    assert [row["id"] for row in found["rows"]] == answer
    assert found["total"] == len(answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (f"place={TOWN}&late=true", [1]),
        (f"place={TOWN}&near=true", [2]),
        (f"place={TOWN}&state=open", [2, 1]),
        (f"place={TOWN}&state=open&late=false", [2]),
        (f"place={COMMUNITY}&state=closed", [3]),
        (f"place={CITY}&class=E0101", [2]),
        ("place=990103", [4]),
        ("late=true", [1]),
    ],
)
def test_the_incidents_behind_a_figure_can_be_listed(client: Client, question: str, answer: list[int]) -> None:
    answered = client.get(f"/api/v1/incidents?{question}")
    assert [each["id"] for each in answered.json()] == [incident(number).id for number in answer]
    assert answered.headers["x-total-count"] == str(len(answer))


def rows(client: Client, path: str) -> list[dict[str, str]]:
    answer = client.get(f"/api/v1/{path}")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_every_list_is_a_table_too(client: Client) -> None:
    (town,) = rows(client, f"places/{DISTRICT}/below?format=csv")
    assert (town["code"], town["name.zh"], town["figures.late"]) == (TOWN, "Town（中）", "1")
    (silent,) = rows(client, f"places/{TOWN}/devices?state=silent&format=csv")
    assert (silent["id"], silent["cell"], silent["received_at"]) == ("water-2", OTHER_CELL, str(NOW - 2 * DAY))
    assert [row["id"] for row in rows(client, f"places/{TOWN}/workers?format=csv")] == ["w-1", "w-2"]
    (late,) = rows(client, f"incidents?place={CITY}&late=true&format=csv")
    assert (late["cell"], late["due"], late["turn"]) == (CELL, "late", "worker")


def test_a_cases_clocks_are_read_at_this_moment(client: Client, desk: Desk) -> None:
    work = WorkTime(WorkCalendar(), 480)
    clock = started(Stage.HANDLING, of_seconds(3600), NOW - 30 * MINUTE, work)
    desk.live.take([incident(1, version=2, clocks=[clock])])
    (reading,) = asked(client, f"incidents/{incident(1).id}")["readings"]
    assert reading["stage"] == "handling"
    assert (reading["used_ms"], reading["left_ms"], reading["share"]) == (30 * MINUTE, 30 * MINUTE, 0.5)
    assert (reading["light"], reading["counting"], reading["changes_at"]) == ("green", True, None)


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("", [CELL, OTHER_CELL, NEXT_CELL, FAR_CELL]),
        ("?level=city", [CITY]),
        ("?level=district", [DISTRICT, "990103"]),
        (f"?level=community&within={TOWN}", [COMMUNITY, NEXT_COMMUNITY]),
        (f"?level=cell&within={COMMUNITY}", [CELL, OTHER_CELL]),
    ],
)
def test_the_map_is_drawn_level_by_level(client: Client, question: str, codes: list[str]) -> None:
    answer = client.get(f"/api/v1/geometry{question}")
    features = answer.json()["features"]
    assert [feature["id"] for feature in features] == codes
    again = client.get(f"/api/v1/geometry{question}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    if question:
        (west, south), place = features[0]["geometry"]["coordinates"][0][0], features[0]["properties"]
        assert place["lon"] == pytest.approx(west, abs=0.05)
        assert place["lat"] == pytest.approx(south, abs=0.05)
        assert place["level"] in question


def test_cells_are_drawn_for_no_place_that_holds_too_many(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.api_board.MOST_CELLS", 2)
    assert client.get("/api/v1/geometry?level=cell").status_code == 400
    assert client.get(f"/api/v1/geometry?level=cell&within={COMMUNITY}").status_code == 200


def test_what_changes_says_which_places_to_ask_again(desk: Desk) -> None:
    told = desk.live.feed.last
    desk.live.take([incident(5, cells=[NEXT_CELL])])
    desk.live.tick(NOW + 1000)
    (said,) = [event for event in desk.live.feed.since(told) or [] if event.name == "places"]
    assert said.data == f'{{"codes":["{CITY}","{DISTRICT}","{TOWN}","{NEXT_COMMUNITY}","{NEXT_CELL}"]}}'.encode()


def test_where_nothing_changed_nobody_is_told(desk: Desk) -> None:
    told = desk.live.feed.last
    desk.live.tick(NOW + 1000)
    assert [event for event in desk.live.feed.since(told) or [] if event.name == "places"] == []


def test_the_description_shows_every_figure_and_every_problem(client: Client) -> None:
    schema = client.get("/schema/openapi.json").json()
    place = schema["paths"]["/api/v1/places/{code}"]["get"]["responses"]
    assert place["200"]["content"]["application/json"]["schema"]["$ref"].endswith("PlacePage")
    assert "late" in schema["components"]["schemas"]["Figures"]["properties"]
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            refused = operation["responses"]["default"]["content"]["application/problem+json"]
            assert refused["schema"]["$ref"] == "#/components/schemas/Problem", path
            assert not [status for status in operation["responses"] if status.startswith("4")]
    assert set(schema["components"]["schemas"]["Problem"]["required"]) == {"title", "status", "detail", "zh"}


def test_the_board_of_a_place_holds_what_is_its_own(client: Client) -> None:
    board = asked(client, f"board?place={COMMUNITY}")
    assert list(board["cells"]) == [CELL, OTHER_CELL]
    assert [each["id"] for each in board["incidents"]] == [incident(3).id, incident(1).id]
    assert [each["id"] for each in board["tasks"]] == [task(incident(1)).id]
    assert [each["id"] for each in board["workers"]] == ["w-1"]
    assert client.get("/api/v1/board?place=990109").status_code == 404
    assert client.get("/api/v1/events?place=990109").status_code == 404
