from pathlib import Path

import pytest

from adapters.city_source import Mistake
from adapters.import_mapping import load
from city.intake.mapping import Mapping
from tests.adapters.source_builders import MAPPING, PEOPLE, write_mapping


def loaded(folder: Path, text: str) -> Mapping | list[Mistake]:
    """The mapping of this text, or its mistakes."""
    return load(write_mapping(folder, text))


def test_a_mapping_names_files_layers_and_columns(tmp_path: Path) -> None:
    mapping = loaded(tmp_path, MAPPING + PEOPLE)
    assert isinstance(mapping, Mapping)
    assert mapping.city.code == "9901"
    assert mapping.districts.code_columns == ["XZQDM"]
    assert mapping.devices is not None
    assert mapping.devices.crs == "wgs84"


def test_towns_communities_devices_and_workers_may_be_left_out(tmp_path: Path) -> None:
    text = MAPPING[: MAPPING.index("[towns]")] + MAPPING[MAPPING.index("[cells]") :]
    mapping = loaded(tmp_path, text)
    assert isinstance(mapping, Mapping)
    assert (mapping.towns, mapping.communities, mapping.devices, mapping.workers) == (None, None, None, None)


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ('layer = "qu"', 'leyer = "qu"', "leyer", "unknown field 'leyer': did you mean layer?"),
        ("[towns]", "[town]", "[town]", "unknown section [town]: did you mean towns?"),
        ('code = "JDDM"\n', "", "[towns]", "missing field code"),
        ('code = "9901"', "code = 9901", "code = 9901", "code: expected text, got a whole number"),
        (
            'en = "Cangjiang" }',
            'en = "Cangjiang" }\ncrs = "EPSG:4546"',
            'crs = "EPSG',
            "crs: devices and phones send one of",
        ),
        ('code = "WGDM"', 'code = "WGDM"\ncommunity = "SQ"', "community =", "code and community are both given"),
        ('code = "WGDM"', 'code = "WGDM"\ndigits = 13', "digits", "15 digits, or 14, 16 or 20"),
        ('code = "WGDM"\n', "", "[cells]", "missing field code: the column of the cell's code"),
        ('[cells]\nfile = "base.gpkg"\nlayer = "wangge"\ncode = "WGDM"\n', "[cells]\n", "[cells]", "generate_m = 100"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, at: str, said: str) -> None:
    assert old in MAPPING
    text = MAPPING.replace(old, new, 1)
    found = loaded(tmp_path, text)
    assert isinstance(found, list)
    assert [mistake.line for mistake in found] == [text[: text.index(at)].count("\n") + 1]
    assert said in found[0].what


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    found = loaded(tmp_path, MAPPING.replace("layer =", "leyer ="))
    assert isinstance(found, list)
    assert len(found) == 4


@pytest.mark.parametrize("section", ["city", "districts", "cells"])
def test_a_section_that_is_needed_is_missed(tmp_path: Path, section: str) -> None:
    found = loaded(tmp_path, MAPPING.replace(f"[{section}]", "[workers]", 1))
    assert isinstance(found, list)
    assert f"missing section [{section}]" in [mistake.what for mistake in found]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[city\n", "not TOML"),
        ("code = 1\n" + MAPPING, "code stands outside of every [section]"),
        ("", "missing section"),
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str, said: str) -> None:
    found = loaded(tmp_path, text)
    assert isinstance(found, list)
    assert any(said in mistake.what for mistake in found)


def test_a_missing_file_is_one_mistake(tmp_path: Path) -> None:
    assert load(tmp_path / "nothing.toml") == [Mistake("nothing.toml", 1, "the file is missing")]
