import importlib.util
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import shapely

from adapters.city_folder import Loaded, load
from city.registry import Registry
from city.shifts import on_shift
from geo.area import polygon_of, square_metres
from geo.codes import TownClass, community_of, district_of, town_class, town_of
from geo.distance import metres
from geo.neighbours import neighbours
from geo.numbering import numbered

DEMO = Path(__file__).parents[2] / "examples" / "demo"
MONDAY = 1_767_542_400_000  # Monday 5 January 2026, 00:00 in UTC+8
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def city() -> Registry:
    loaded = load(DEMO)
    assert isinstance(loaded, Loaded), loaded
    return loaded.registry


@pytest.fixture(scope="module")
def maker() -> Iterator[ModuleType]:
    """The program that makes the city."""
    sys.path.insert(0, str(DEMO))
    spec = importlib.util.spec_from_file_location("make_city", DEMO / "make_city.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(DEMO))


def test_it_is_cut_as_a_city_is(city: Registry) -> None:
    towns = Counter(district_of(town) for town in {town_of(code) for code in city.cells})
    communities = Counter(town_of(community) for community in {community_of(code) for code in city.cells})
    cells = Counter(community_of(code) for code in city.cells)
    assert sorted(towns) == sorted(city.districts) == ["990101", "990102", "990103", "990104"]
    assert set(towns.values()) == {5}
    assert (len(communities), set(communities.values())) == (20, {4})
    assert (len(cells), set(cells.values())) == (80, {25})


def test_its_towns_have_codes_of_streets_and_of_towns(city: Registry) -> None:
    kinds = Counter(town_class(town) for town in {town_of(code) for code in city.cells})
    assert set(kinds) == {TownClass.STREET, TownClass.TOWN}
    assert kinds[TownClass.STREET] > kinds[TownClass.TOWN]


def test_its_cells_are_one_piece_of_ground_without_a_hole(city: Registry) -> None:
    ground = shapely.union_all([polygon_of(cell.geometry) for cell in city.cells.values()])
    assert isinstance(ground, shapely.Polygon)
    assert list(ground.interiors) == []
    total = sum(square_metres(cell.geometry) for cell in city.cells.values())
    assert total == pytest.approx(square_metres(ground.__geo_interface__), rel=1e-6)


def test_its_cells_are_irregular_and_about_a_hectare(city: Registry) -> None:
    sizes = sorted(square_metres(cell.geometry) for cell in city.cells.values())
    assert sizes[0] > 3_000
    assert sizes[-1] < 20_000
    assert 9_000 < sizes[1000] < 11_000


def test_every_district_town_and_community_hangs_together(city: Registry) -> None:
    beside = neighbours({code: cell.geometry for code, cell in city.cells.items()})
    for length in (6, 9, 12):
        for place in {code[:length] for code in city.cells}:
            inside = {code for code in city.cells if code.startswith(place)}
            reached = {min(inside)}
            edge = set(reached)
            while edge:
                edge = {other for code in edge for other in beside[code] & inside} - reached
                reached |= edge
            assert reached == inside, place


def test_serial_numbers_run_west_to_east_and_north_to_south(city: Registry) -> None:
    for community in {community_of(code) for code in city.cells}:
        cells = {code: cell.geometry for code, cell in city.cells.items() if code.startswith(community)}
        assert numbered(cells) == sorted(cells)


def test_most_cells_have_a_device_and_some_communities_have_none(city: Registry) -> None:
    served = {device.cell for device in city.devices.values()}
    bare = {community_of(code) for code in city.cells} - {community_of(code) for code in served}
    assert 1_850 <= len(served) < 1_950
    assert len(bare) == 3


def test_devices_are_of_ten_kinds_each_sending_the_same_metrics(city: Registry) -> None:
    kinds = {(device.kind, tuple(device.metrics)) for device in city.devices.values()}
    assert len(kinds) == len({kind for kind, _ in kinds}) == 10
    assert {metric for _, metrics in kinds for metric in metrics} == set(city.metrics)


def test_every_skill_is_on_duty_in_every_district_at_every_hour_of_the_week(city: Registry) -> None:
    skills = {each.skill for each in city.classes.values() if each.work == "worker"}
    for hour in range(7 * 24):
        duty = [each for each in city.workers.values() if on_shift(each.shift, MONDAY + hour * HOUR_MS, 480)]
        for district in city.districts:
            there = {skill for worker in duty if worker.district == district for skill in worker.skills}
            assert skills <= there, (district, hour, skills - there)


def test_duty_grids_cover_every_cell_in_each_of_the_three_shifts(city: Registry) -> None:
    for start in ("06:00", "14:00", "22:00"):
        grids = [place for worker in city.workers.values() if worker.shift.start == start for place in worker.grids]
        communities, cells = (
            {place for place in grids if len(place) == 12},
            {place for place in grids if len(place) == 15},
        )
        assert all(community_of(code) in communities or code in cells for code in city.cells)


def test_every_class_of_a_rule_can_be_verified_and_people_have_25_more(city: Registry) -> None:
    watched = {rule.event_class for rule in city.rules.values()}
    assert watched <= set(city.classes)
    assert len(set(city.classes) - watched) >= 25
    assert city.classes["E0599"].work == "none"


def test_everything_has_its_name_in_chinese_and_in_english(city: Registry) -> None:
    things = [*city.districts.values(), *city.cells.values(), *city.workers.values(), *city.classes.values()]
    names = [thing.name for thing in things] + [rule.name for rule in city.rules.values()]
    names += [device.name for device in city.devices.values() if device.name]
    assert len(names) == 4 + 2000 + 200 + len(city.classes) + len(city.rules) + 3000
    han = re.compile(r"[\u4e00-\u9fff]")
    for name in names:
        assert han.search(name.zh)
        assert not han.search(name.en)


def test_it_lies_where_no_other_city_does_and_is_a_few_kilometres_wide(city: Registry) -> None:
    west, south, east, north = shapely.union_all(
        [shapely.box(*polygon_of(cell.geometry).bounds) for cell in city.cells.values()]
    ).bounds
    assert 4_000 < metres(west, south, east, south) < 7_000
    assert 4_000 < metres(west, south, west, north) < 7_000
    assert all(code.startswith("99") for code in city.cells)


def test_the_same_seed_makes_the_same_city(maker: ModuleType, tmp_path: Path) -> None:
    maker.main(tmp_path, maker.SEED)
    for file in ("places.csv", "cells.geojson", "devices.csv", "workers.csv"):
        assert (tmp_path / file).read_text(encoding="utf-8") == (DEMO / file).read_text(encoding="utf-8"), file


def test_another_seed_makes_another_city_that_tiles_too(maker: ModuleType, tmp_path: Path) -> None:
    maker.main(tmp_path, maker.SEED + 1)
    for file in DEMO.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert isinstance(load(tmp_path), Loaded)
    assert (tmp_path / "cells.geojson").read_bytes() != (DEMO / "cells.geojson").read_bytes()
