import csv
import gzip
import importlib.util
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.city_folder import Loaded, load
from city.registry import Registry
from city.rules import Rule
from geo.distance import metres
from geo.neighbours import neighbours

FOLDER = Path(__file__).parents[2] / "examples" / "beijing-air"
REAL_DATA = Path(os.environ.get("CITYGRID_REAL_DATA", "../shared/data"))
READINGS = REAL_DATA / "beijing-air.csv.gz"
STATIONS = REAL_DATA / "beijing-air-stations.csv"

needs_real_data = pytest.mark.skipif(
    not (READINGS.exists() and STATIONS.exists()),
    reason=f"no real data in {REAL_DATA}: set CITYGRID_REAL_DATA to the folder with {READINGS.name}",
)


@pytest.fixture(scope="module")
def city() -> Registry:
    loaded = load(FOLDER)
    assert isinstance(loaded, Loaded), loaded
    return loaded.registry


def rows() -> Iterator[dict[str, str]]:
    """The recorded rows."""
    with gzip.open(READINGS, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def test_each_of_the_twelve_stations_has_a_cell_of_its_own_and_no_neighbour(city: Registry) -> None:
    assert len({device.cell for device in city.devices.values()}) == len(city.devices) == len(city.cells) == 12
    beside = neighbours({code: cell.geometry for code, cell in city.cells.items()})
    assert not any(beside.values()), "episodes at different stations would become one incident"


def test_recordings_of_any_age_are_taken(city: Registry) -> None:
    assert city.too_old_seconds > 20 * 365 * 86_400


def test_its_cells_are_drawn_by_the_program_beside_them(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_cells", FOLDER / "make_cells.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "devices.csv").write_bytes((FOLDER / "devices.csv").read_bytes())
    module.main(tmp_path)
    assert (tmp_path / "cells.geojson").read_text("utf-8") == (FOLDER / "cells.geojson").read_text("utf-8")


@needs_real_data
def test_the_stations_stand_where_the_real_ones_do(city: Registry) -> None:
    with STATIONS.open(encoding="utf-8") as file:
        real = list(csv.DictReader(file))
    assert {station["device"] for station in real} == set(city.devices)
    for station in real:
        device = city.devices[station["device"]]
        assert device.district == station["district"]
        assert metres(device.lon, device.lat, float(station["lon"]), float(station["lat"])) < 1


@needs_real_data
def test_every_recorded_value_is_possible_and_there_are_144_800(city: Registry) -> None:
    readings = 0
    for row in rows():
        for metric, text in row.items():
            if metric not in {"at", "device"} and text:
                assert city.metrics[metric].min <= float(text) <= city.metrics[metric].max
                readings += 1
    assert readings == 144_800


@needs_real_data
def test_the_red_alert_and_the_new_year_are_one_episode_each_at_every_station(city: Registry) -> None:
    levels: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in rows():
        if row["pm25_ugm3"]:
            levels[row["device"]].append((row["at"], float(row["pm25_ugm3"])))
    for station, hours in levels.items():
        found = episodes(sorted(hours), city.rules["haze-heavy"])
        assert [start[:7] for start, end in found if start < "2016-12-20" <= end] == ["2016-12"], station
        assert len([end for _, end in found if "2017-01-02" <= end < "2017-01-10"]) == 1, station
        assert all(end for _, end in found), "every episode ends when the air is clean"


def episodes(hours: list[tuple[str, float]], rule: Rule) -> list[tuple[str, str]]:
    """The episodes of a mean rule, worked out from the values alone: when each began and ended, "" if it did not."""
    found: list[tuple[str, str]] = []
    for last in range(rule.windows, len(hours) + 1):
        at, mean = hours[last - 1][0], sum(value for _, value in hours[last - rule.windows : last]) / rule.windows
        going_on = bool(found) and not found[-1][1]
        if not going_on and mean >= rule.on:
            found.append((at, ""))
        elif going_on and mean < rule.off:
            found[-1] = (found[-1][0], at)
    return found
