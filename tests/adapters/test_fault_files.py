import json
from pathlib import Path

from shapely.geometry import mapping

from adapters import fault_files
from city.intake.remark import mistake, warning
from tests.adapters.source_builders import cell_areas, in_degrees, square

CELLS = {code: in_degrees(area) for code, area in cell_areas().items()}
GROUND = mapping(in_degrees(square(0.5, 0)))
FAULTS = [
    mistake("overlap", "a.gpkg, feature 2", zh="重叠", en="overlaps", codes=("1", "2"), area=GROUND),
    warning("code", "a.gpkg, feature 3", zh="没有编码", en="no code"),
]


def test_each_fault_is_a_feature_with_its_words_in_both_languages(tmp_path: Path) -> None:
    fault_files.write(tmp_path / "faults", FAULTS, CELLS)
    document = json.loads((tmp_path / "faults" / fault_files.GEOJSON).read_text(encoding="utf-8"))
    first, second = document["features"]
    assert first["properties"] == {
        "kind": "overlap",
        "grade": "mistake",
        "codes": ["1", "2"],
        "where": "a.gpkg, feature 2",
        "area_m2": None,
        "zh": "重叠",
        "en": "overlaps",
    }
    assert first["geometry"]["type"] == "Polygon"
    assert second["geometry"] is None


def test_a_picture_lies_beside_them(tmp_path: Path) -> None:
    fault_files.write(tmp_path, FAULTS, CELLS)
    assert (tmp_path / fault_files.PICTURE).read_text(encoding="utf-8").startswith("<svg ")


def test_what_was_said_before_is_taken_away_with_its_folder(tmp_path: Path) -> None:
    fault_files.write(tmp_path / "faults", FAULTS, CELLS)
    fault_files.remove(tmp_path / "faults")
    assert not (tmp_path / "faults").exists()
    fault_files.remove(tmp_path / "faults")


def test_a_folder_with_other_things_in_it_stays(tmp_path: Path) -> None:
    fault_files.write(tmp_path / "faults", FAULTS, CELLS)
    (tmp_path / "faults" / "mine.txt").touch()
    fault_files.remove(tmp_path / "faults")
    assert [path.name for path in (tmp_path / "faults").iterdir()] == ["mine.txt"]
