from city.registry import Registry
from geo.neighbours import neighbours
from simulator.sites import kind_of, sites
from tests.simulator.builders import COLUMNS, ROWS, classes, code, event_class, rule, small_city

CELLS = COLUMNS * ROWS


def around(registry: Registry) -> dict[str, frozenset[str]]:
    return neighbours({one: cell.geometry for one, cell in registry.cells.items()})


def everyone(_device: str) -> bool:
    return True


def test_every_device_is_a_site_of_every_rule_that_watches_it() -> None:
    city = small_city()
    found = sites(city, around(city), everyone)
    assert {kind: len(places) for kind, places in found.items()} == {
        "flood": CELLS,
        "gas-leak": CELLS,
        "manhole-tilted": CELLS,
        "manhole-open": CELLS,
        "noise": CELLS,
        "device-silent": CELLS,
    }


def test_a_flood_spreads_to_cells_next_door_and_nothing_else_does() -> None:
    city = small_city()
    found = sites(city, around(city), everyone)
    near = around(city)
    for site in found["flood"]:
        assert 1 < len(site.devices) == len(site.cells) <= 4
        assert set(site.cells[1:]) <= near[site.cells[0]]
    assert all(len(site.devices) == 1 for site in found["gas-leak"])


def test_devices_that_are_not_healthy_are_left_out() -> None:
    city = small_city(["gas"])
    found = sites(city, around(city), lambda device: device != "gas-04")
    assert all("gas-04" not in site.devices for places in found.values() for site in places)
    assert all(code(4) not in site.cells for places in found.values() for site in places)


def test_a_class_that_nobody_is_sent_to_has_no_sites() -> None:
    city = small_city(["noise"], kept=["noise"])
    haze = {one.code: one for one in [*classes(), event_class("E0301", "noise", work="none")]}
    calm = Registry(cells=city.cells, devices=city.devices, metrics=city.metrics, rules=city.rules, classes=haze)
    assert sites(calm, around(city), everyone) == {}


def test_an_incident_is_called_by_its_metric_or_else_by_its_rule() -> None:
    assert kind_of(rule("one", "underpass_water_level_m", "C0207")) == "underpass-flood"
    assert kind_of(rule("one", "site_pm10_ugm3", "E0304")) == "site-dust"
    assert kind_of(rule("odd-one", "flux_xy", "E0304")) == "odd-one"
