from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters import city_writer
from adapters.city_folder import Loaded, load
from adapters.city_import import bring_in
from adapters.import_mapping import load as load_mapping
from city.intake.city import Before, BroughtIn
from city.intake.mapping import Mapping
from tests.adapters.city_builders import DEMO
from tests.adapters.source_builders import CELLS, MAPPING, PEOPLE, geopackage, write_mapping, write_people


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> BroughtIn:
    """A small city that was brought in."""
    folder = tmp_path_factory.mktemp("source")
    geopackage(folder)
    write_people(folder)
    mapping = load_mapping(write_mapping(folder, MAPPING + PEOPLE))
    assert isinstance(mapping, Mapping)
    return bring_in(
        mapping, folder, before=Before(indices={"990107": 0}), skills=("order",), progress=lambda *_: None
    ).city


def test_what_is_written_is_a_city_that_loads(tmp_path: Path, city: BroughtIn) -> None:
    city_writer.write(tmp_path / "new", city, before=None, profile=DEMO)
    loaded = load(tmp_path / "new")
    assert isinstance(loaded, Loaded), loaded
    registry = loaded.registry
    assert (registry.code, sorted(registry.cells)) == ("9901", list(CELLS))
    assert registry.districts["990101"].index == 1
    assert registry.devices["w1"].cell == CELLS[0]
    assert registry.workers["g1"].name.zh == "胡伟刚"
    assert registry.places["990101"].geometry is not None
    assert registry.rules


def test_only_data_is_taken_from_the_profile_city(tmp_path: Path, city: BroughtIn) -> None:
    city_writer.write(tmp_path / "new", city, before=None, profile=DEMO)
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert {"rules.toml", "metrics.toml", "classes.toml", "indices.toml", "places.geojson"} <= names
    assert not {name for name in names if name.endswith(".py") or name == "making"}


def test_what_an_operator_changed_stays_when_a_city_is_brought_in_again(tmp_path: Path, city: BroughtIn) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    city_writer.write(first, city, before=None, profile=DEMO)
    (first / "rules.toml").write_text("# my own rules\n", encoding="utf-8")
    (first / "notes.md").write_text("mine", encoding="utf-8")
    (first / "pictures").mkdir()
    city_writer.write(second, city, before=first, profile=DEMO)
    assert (second / "rules.toml").read_text(encoding="utf-8") == "# my own rules\n"
    assert (second / "notes.md").exists()
    assert (second / "pictures").is_dir()


def test_every_index_that_was_ever_given_is_remembered(tmp_path: Path, city: BroughtIn) -> None:
    city_writer.write(tmp_path / "new", city, before=None, profile=DEMO)
    assert city_writer.remembered(tmp_path / "new").indices == {"990101": 1, "990107": 0}
    assert city_writer.remembered(tmp_path / "nothing") == Before()


def test_the_indices_of_a_city_made_by_hand_are_kept(tmp_path: Path) -> None:
    (tmp_path / "districts.toml").write_text('[[district]]\ncode = "990103"\nindex = 7\n', encoding="utf-8")
    (tmp_path / "indices.toml").write_text("not toml [", encoding="utf-8")
    assert city_writer.remembered(tmp_path).indices == {"990103": 7}


def test_a_new_folder_takes_the_place_of_the_old_one_as_a_whole(tmp_path: Path) -> None:
    new, folder = tmp_path / ".city.new", tmp_path / "city"
    for each, text in ((new, "new"), (folder, "old")):
        each.mkdir()
        (each / f"{text}.txt").touch()
    city_writer.move_in(new, folder)
    assert [path.name for path in tmp_path.iterdir()] == ["city"]
    assert [path.name for path in folder.iterdir()] == ["new.txt"]


def test_the_old_folder_comes_back_when_the_new_one_cannot_be_moved(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "old.txt").touch()
    with pytest.raises(OSError, match="nothing"):
        city_writer.move_in(tmp_path / "nothing", folder)
    assert (folder / "old.txt").exists()


def test_a_folder_that_holds_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    with pytest.raises(city_writer.FolderTaken, match="holds something that is no city"):
        city_writer.check_place(tmp_path)
    with pytest.raises(city_writer.FolderTaken, match="is a file"):
        city_writer.check_place(tmp_path / "letter.txt")
    city_writer.check_place(tmp_path / "new")


def test_a_renewal_that_was_cut_short_between_two_steps_is_undone_before_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "city.toml").touch()
    folder.rename(tmp_path / ".city.before")
    city_writer.check_place(folder)
    assert (folder / "city.toml").exists()


def test_names_with_quotes_and_lines_in_them_survive(tmp_path: Path, city: BroughtIn) -> None:
    odd = city.city.name.__class__(zh='"沧江"\n市\\', en="Cang\tjiang\x7f")
    city_writer.write(tmp_path / "new", replace(city, city=replace(city.city, name=odd)), before=None, profile=DEMO)
    loaded = load(tmp_path / "new")
    assert isinstance(loaded, Loaded), loaded
    assert loaded.name == odd


def test_the_largest_serial_of_every_community_is_remembered_and_the_profiles_is_not(
    tmp_path: Path, city: BroughtIn
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    city_writer.write(first, city, before=None, profile=DEMO)
    known = city_writer.remembered(first)
    assert known.serials == {"990101001001": 4, "990101001002": 4}
    assert sorted(known.cells) == list(CELLS)
    city_writer.write(second, replace(city, serials={"990101001001": 9}), before=None, profile=first)
    assert city_writer.remembered(second).serials == {"990101001001": 9}


@pytest.mark.parametrize("text", ["not toml [", "largest = 3\n", '[largest]\n990101001001 = "4"\n'])
def test_a_memory_that_was_spoilt_by_hand_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "serials.toml").write_text(text, encoding="utf-8")
    (tmp_path / "cells.geojson").write_text(
        '{"features": [{"properties": {"code": 7}, "geometry": 8}]}', encoding="utf-8"
    )
    assert city_writer.remembered(tmp_path) == Before()
