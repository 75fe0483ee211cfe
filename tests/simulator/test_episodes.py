import json
from itertools import pairwise
from typing import Any

from city.registry import Registry
from geo.neighbours import neighbours
from simulator.devices import Devices
from simulator.episode import Truth
from simulator.episodes import MOST_OPEN, Episodes
from simulator.faults import Shares
from simulator.plan import Plan
from tests.simulator.builders import STARTED_AT, code, small_city

NONE = Shares(duplicate=0, late=0, shuffled=0, garbage=0, wrong_clock=0, silent=0)
SECOND = 1000


class Stage:
    """Devices and episodes of one city, played second by second; `said` is what the devices in episodes have sent."""

    def __init__(self, city: Registry, *, seed: int = 1) -> None:
        self.devices = Devices(city, Plan(city, seed=seed, rate=3), seed=seed, shares=NONE, started_at=STARTED_AT)
        around = neighbours({one: cell.geometry for one, cell in city.cells.items()})
        self.episodes = Episodes(city, around, self.devices, seed=seed, started_at=STARTED_AT)
        self.now = STARTED_AT
        self.said: list[tuple[int, str, dict[str, Any]]] = []
        self.truths: list[Truth] = []

    def play(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += SECOND
            sent = [*self.episodes.due(self.now), *self.devices.due(self.now)]
            for one in sent:
                self.said.append((self.now, one.topic.rsplit("/", 1)[-1], json.loads(one.payload)))
            self.truths += self.episodes.truths()

    def values(self, device: str, metric: str) -> list[float]:
        return [
            body["values"][metric]
            for _, sender, body in self.said
            if sender == device and metric in body.get("values", {})
        ]

    def ended(self) -> list[Truth]:
        return [one for one in self.truths if one.ended_at is not None]


def test_the_first_incident_is_there_within_20_seconds() -> None:
    stage = Stage(small_city())
    stage.play(20)
    first = stage.truths[0]
    assert first.kind == "flood"
    assert max(stage.values(first.devices[0], "water_level_m")) > 0.15


def test_the_same_seed_places_the_same_incidents() -> None:
    one, other, another = Stage(small_city()), Stage(small_city()), Stage(small_city(), seed=2)
    for stage in (one, other, another):
        stage.play(300)
    assert one.truths == other.truths
    assert [truth.devices for truth in one.truths] != [truth.devices for truth in another.truths]


def test_a_few_begin_in_a_minute_and_no_more_than_stated_are_open_at_once() -> None:
    stage = Stage(small_city())
    for _ in range(40):
        stage.play(30)
        assert len(stage.episodes.open) <= MOST_OPEN
    began = [one.began_at for one in stage.truths if one.ended_at is None]
    assert all(sum(start <= at < start + 60 * SECOND for at in began) <= 5 for start in began)


def test_no_two_incidents_of_a_family_are_near_each_other_in_time_and_place() -> None:
    city = small_city(["road-water"])
    around = neighbours({one: cell.geometry for one, cell in city.cells.items()})
    stage = Stage(city)
    stage.play(1800)
    last = {one.episode: one for one in stage.truths}.values()
    for first in last:
        for second in last:
            if first.began_at < second.began_at <= (first.ended_at or stage.now) + 120 * SECOND:
                near = {cell for one in first.cells for cell in (one, *around[one])}
                assert near.isdisjoint(second.cells)


def test_it_ends_after_a_worker_came_and_the_plan_speaks_for_the_device_again() -> None:
    stage = Stage(small_city(["road-water"]))
    stage.play(20)
    first = stage.truths[0]
    stage.episodes.worked_on(first.cells[0], "E0506", stage.now)
    stage.play(60)
    ended = next(one for one in stage.ended() if one.episode == first.episode)
    assert ended.by == "worker"
    assert stage.values(first.devices[0], "water_level_m")[-1] < 0.10
    before = len(stage.values(first.devices[0], "water_level_m"))
    stage.play(30)
    assert len(stage.values(first.devices[0], "water_level_m")) > before


def test_a_worker_who_comes_for_something_else_changes_nothing() -> None:
    stage = Stage(small_city(["road-water"]))
    stage.play(20)
    before = dict(stage.episodes.open)
    stage.episodes.worked_on(stage.truths[0].cells[0], "E0502", stage.now)
    assert stage.episodes.open == before


def test_without_workers_every_incident_ends_by_itself() -> None:
    stage = Stage(small_city(["manhole"], kept=["open"]))
    stage.play(900)
    assert stage.ended()
    assert {one.by for one in stage.ended()} == {"itself"}
    for one in stage.ended():
        opened = stage.values(one.devices[0], "cover_open_bool")
        assert True in opened
        assert opened[-1] is False or one.devices[0] in {
            device for open_ in stage.episodes.open.values() for device in open_.site.devices
        }


def test_a_sensor_that_died_after_raising_says_nothing_and_comes_back() -> None:
    stage = Stage(small_city(["gas"], kept=["methane"]))
    while not any(one.dies for one in stage.ended()):
        stage.play(10)
        for one in list(stage.episodes.open.values()):
            stage.episodes.worked_on(one.site.cells[0], "E0502", stage.now)
    died = next(one for one in stage.ended() if one.dies)
    times = [at for at, sender, body in stage.said if sender == died.devices[0] and "values" in body]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert max(gaps) > 300 * SECOND
    offline = [body["online"] for _, sender, body in stage.said if sender == died.devices[0] and "online" in body]
    assert offline[-2:] == [False, True]


def test_a_silent_device_speaks_again_once_it_was_repaired() -> None:
    stage = Stage(small_city(["gas"], kept=["silent"]))
    stage.play(30)
    silent = stage.truths[0]
    assert silent.kind == "device-silent"
    assert silent.devices[0] in stage.devices.silent
    stage.episodes.worked_on(silent.cells[0], "C0199", stage.now)
    stage.play(30)
    assert silent.devices[0] not in stage.devices.silent


def test_a_repairer_also_wakes_devices_that_never_spoke() -> None:
    stage = Stage(small_city(["gas"], kept=["silent"]))
    stage.devices.fall_silent("gas-09", STARTED_AT)
    stage.episodes.worked_on(code(9), "C0199", STARTED_AT)
    assert "gas-09" not in stage.devices.silent


def test_a_mean_is_driven_by_all_devices_of_the_cell_for_long_enough() -> None:
    stage = Stage(small_city(["noise"], kept=["noise"]))
    stage.play(5 + 4 * 60)
    loud = stage.truths[0]
    assert sum(value > 70 for value in stage.values(loud.devices[0], "noise_dba")) > 30


def test_a_city_without_sites_has_no_incidents() -> None:
    stage = Stage(small_city(["gas"], kept=[]))
    stage.play(120)
    assert stage.truths == []
