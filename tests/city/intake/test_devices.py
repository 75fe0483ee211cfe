from typing import Any

import pytest
from shapely.geometry import mapping

from city.intake.devices import devices
from city.intake.mapping import DeviceMapping
from city.registry import Device
from geo.crs import from_wgs84
from geo.lookup import CellIndex
from tests.city.intake.builders import DEVICES, SIDE, SOUTH, WEST, mistakes, square, table

FIRST, SECOND = "990101001001001", "990101001001002"
INDEX = CellIndex({FIRST: mapping(square(0)), SECOND: mapping(square(1))})
MIDDLE = (WEST + SIDE / 2, SOUTH + SIDE / 2)
ROW: dict[str, Any] = {
    "id": "w1",
    "kind": "road-water",
    "metrics": "water_level_m",
    "lon": MIDDLE[0],
    "lat": MIDDLE[1],
    "cell": "",
}


def taken(*rows: dict[str, Any], section: DeviceMapping = DEVICES) -> tuple[list[Device], list[str]]:
    """The devices of these rows, and what is said."""
    found, remarks = devices(table(rows, lines=True, file="d.csv"), section, INDEX)
    return found, mistakes(remarks)


def test_a_device_without_a_cell_gets_the_one_it_stands_in() -> None:
    (device,), said = taken(ROW)
    assert said == []
    assert (device.cell, device.district, device.metrics) == (FIRST, "990101", ["water_level_m"])


@pytest.mark.parametrize("between", [" ", ",", "、", "; ", "|", "/"])
def test_metrics_are_told_apart_by_whatever_stands_between(between: str) -> None:
    (device,), _ = taken({**ROW, "metrics": between.join(["water_level_m", "battery_pct"])})
    assert device.metrics == ["water_level_m", "battery_pct"]


def test_a_stated_cell_that_fits_is_kept() -> None:
    (device,), said = taken({**ROW, "cell": FIRST})
    assert (device.cell, said) == (FIRST, [])


def test_a_device_in_another_cell_than_stated_is_named_with_both() -> None:
    _, said = taken({**ROW, "cell": SECOND})
    assert said == [f"d.csv:2: w1 is registered in {SECOND}, but 111.300500, 30.700500 lies in {FIRST}"]


def test_a_stated_cell_that_does_not_exist_is_named() -> None:
    _, said = taken({**ROW, "cell": "990101001001099"})
    assert "990101001001099, which does not exist, but" in said[0]


def test_a_device_outside_of_every_cell_is_named() -> None:
    _, said = taken({**ROW, "lon": 112.0})
    assert said == ["d.csv:2: w1: 112.000000, 30.700500 lies in no cell"]


def test_swapped_degrees_are_recognised() -> None:
    _, said = taken({**ROW, "lon": MIDDLE[1], "lat": MIDDLE[0]})
    assert said[0].endswith("lies in no cell: longitude and latitude are swapped")


@pytest.mark.parametrize(("lon", "lat"), [("", ""), ("111,30", "30.70"), ("nan", "30.7"), ("0", "0"), ("east", "1")])
def test_what_is_no_position_is_named(lon: str, lat: str) -> None:
    _, said = taken({**ROW, "lon": lon, "lat": lat})
    assert said == [f"d.csv:2: w1: {lon!r}, {lat!r} is no position"]


def test_an_id_that_is_there_twice_and_one_that_is_missing_are_named() -> None:
    found, said = taken(ROW, ROW, {**ROW, "id": " "})
    assert len(found) == 1
    assert sorted(said) == ["d.csv:3: w1 is here twice: first in d.csv:2", "d.csv:4: it has no id"]


@pytest.mark.parametrize("crs", ["gcj02", "bd09", "cgcs2000"])
def test_positions_of_another_system_are_converted(crs: str) -> None:
    lon, lat = from_wgs84(*MIDDLE, crs)
    section = DeviceMapping(file="d.csv", id="id", kind="kind", metrics="metrics", lon="lon", lat="lat", crs=crs)
    (device,), said = taken({**ROW, "lon": lon, "lat": lat}, section=section)
    assert said == []
    assert (device.lon, device.lat) == pytest.approx(MIDDLE, abs=2e-7)


def test_a_column_may_say_each_positions_system() -> None:
    lon, lat = from_wgs84(*MIDDLE, "gcj02")
    section = DeviceMapping(
        file="d.csv", id="id", kind="kind", metrics="metrics", lon="lon", lat="lat", crs_column="crs"
    )
    found, said = taken(
        {**ROW, "lon": lon, "lat": lat, "crs": "gcj02"}, {**ROW, "id": "w2", "crs": ""}, section=section
    )
    assert said == []
    assert [device.id for device in found] == ["w1", "w2"]
    assert found[0].lon == pytest.approx(found[1].lon, abs=2e-7)


def test_an_unknown_system_is_named() -> None:
    _, said = taken(
        ROW,
        section=DeviceMapping(file="d.csv", id="id", kind="kind", metrics="metrics", lon="lon", lat="lat", crs="mars"),
    )
    assert len(said) == 1
    assert "unknown" in said[0]


def test_many_devices_off_by_the_shift_of_a_map_service_are_recognised_as_such() -> None:
    rows = []
    for at in range(10):
        lon, lat = from_wgs84(WEST + SIDE * (at + 0.5) / 10, MIDDLE[1], "gcj02")
        rows.append({**ROW, "id": f"w{at}", "lon": lon, "lat": lat})
    found, said = taken(*rows)
    assert found == []
    assert said[0].startswith("d.csv: 10 devices lie off their cells, and 10 of them would not if positions were gcj02")


def test_one_device_off_its_cell_says_nothing_about_the_system() -> None:
    rows = [{**ROW, "id": f"w{at}"} for at in range(9)]
    _, said = taken(*rows, {**ROW, "id": "far", "lon": 112.0})
    assert len(said) == 1


def test_constants_stand_for_columns_that_the_file_does_not_have() -> None:
    section = DeviceMapping(
        file="d.csv", id="id", lon="lon", lat="lat", constants={"kind": "gas", "metrics": "methane_pctlel"}
    )
    (device,), _ = taken(ROW, section=section)
    assert (device.kind, device.metrics, device.name) == ("gas", ["methane_pctlel"], None)


def test_no_rows_are_no_devices() -> None:
    assert taken() == ([], [])


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"kind": ""}, "w1 has no kind"),
        ({"metrics": ""}, "w1 has no metric: it could send nothing"),
        ({"metrics": "water_levl_m"}, "w1: there is no metric water_levl_m (did you mean water_level_m?)"),
        ({"metrics": "xyz"}, "w1: there is no metric xyz"),
        ({"id": "w/1"}, "'w/1': an id stands in MQTT topics, so without / + # and blanks"),
    ],
)
def test_what_a_city_would_be_refused_for_is_named_with_the_line_of_its_own_file(
    fields: dict[str, str], what: str
) -> None:
    rows = table([{**ROW, **fields}], lines=True, file="d.csv")
    _, remarks = devices(rows, DEVICES, INDEX, {"water_level_m"})
    assert mistakes(remarks) == [f"d.csv:2: {what}"]


def test_a_device_with_a_mistake_in_every_field_has_all_of_them_named() -> None:
    rows = table([{**ROW, "kind": "", "metrics": "xyz", "lon": "abc"}], lines=True, file="d.csv")
    assert len(mistakes(devices(rows, DEVICES, INDEX, {"water_level_m"})[1])) == 3
