import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from citygrid.main import main
from tests.adapters.source_builders import CELLS, MAPPING, cell_areas, geopackage, square, write_mapping, write_people

GUIDE = Path(__file__).parents[2] / "docs" / "bringing-a-city-in.md"
BROKEN = square(0, 0.9, 1, 1.1)  # reaches over its southern neighbour
SHORT = square(0, 1.1, 1, 0.9)  # leaves a strip between both


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a small city's files, in which the command is called."""
    geopackage(tmp_path)
    write_people(tmp_path)
    write_mapping(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(line: str) -> Result:
    """What `citygrid …` does."""
    return CliRunner().invoke(main, line.removeprefix("citygrid ").split())


def changed(folder: Path, area: object) -> None:
    """Gives the first cell another outline."""
    geopackage(folder, {**cell_areas(), CELLS[0]: area})


def seen(folder: Path) -> dict[str, bytes]:
    """Every file of the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_guide_is_true_word_for_word(folder: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    (mapping,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    commands = [line.strip() for line in text.splitlines() if line.startswith("    citygrid ")]
    assert commands[:3] == [
        "citygrid import --look base.gpkg",
        "citygrid import mapping.toml --to cangjiang",
        "citygrid check cangjiang",
    ]
    look, taken, checked = (called(line) for line in commands[:3])
    shown = text.split('    layer "qu"')[1].split("…")[0]
    assert f'layer "qu"{shown}'.replace("\n    ", "\n").strip() in look.output
    assert taken.exit_code == 0, taken.output
    assert "cangjiang holds 1 districts, 3 towns and communities, 8 cells, 2 devices and 1 workers." in taken.output
    assert checked.exit_code == 1, checked.output
    assert "can never fire: no device sends" in checked.output
    assert not (folder / "cangjiang-faults").exists()


def test_mistakes_keep_a_city_out_and_are_written_down(folder: Path) -> None:
    changed(folder, BROKEN)
    result = called("import mapping.toml --to city")
    assert result.exit_code == 2
    assert "base.gpkg (layer wangge), feature 3: 990101001001003 overlaps 990101001001001 by" in result.output
    assert "nothing was written to city: correct the files" in result.output
    assert not (folder / "city").exists()
    features = json.loads((folder / "city-faults" / "faults.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["properties"]["kind"] for feature in features] == ["overlap"]
    assert (folder / "city-faults" / "faults.svg").stat().st_size > 1000


def test_warnings_keep_a_city_out_until_they_are_accepted(folder: Path) -> None:
    changed(folder, SHORT)
    refused = called("import mapping.toml --to city")
    assert refused.exit_code == 1
    assert "--accept-warnings" in refused.output
    assert not (folder / "city").exists()
    assert called("import mapping.toml --to city --accept-warnings").exit_code == 0
    assert "a gap of" in called("check city").output


def test_a_city_that_was_there_stays_as_it_was_when_a_later_import_fails(folder: Path) -> None:
    assert called("import mapping.toml --to city").exit_code == 0
    before = seen(folder / "city")
    changed(folder, BROKEN)
    assert called("import mapping.toml --to city").exit_code == 2
    assert seen(folder / "city") == before
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".city")]


def test_faults_of_before_are_gone_when_all_is_right(folder: Path) -> None:
    changed(folder, BROKEN)
    called("import mapping.toml --to city")
    changed(folder, cell_areas()[CELLS[0]])
    assert called("import mapping.toml --to city").exit_code == 0
    assert not (folder / "city-faults").exists()


def test_a_second_import_of_the_same_files_changes_nothing(folder: Path) -> None:
    called("import mapping.toml --to city")
    before = seen(folder / "city")
    assert called("import mapping.toml --to city").exit_code == 0
    assert seen(folder / "city") == before


def test_an_index_is_never_given_twice(folder: Path) -> None:
    (folder / "city").mkdir()
    for name in ("city.toml", "districts.toml", "classes.toml", "metrics.toml", "rules.toml"):
        shutil.copy(GUIDE.parents[1] / "examples" / "demo" / name, folder / "city" / name)
    districts = folder / "city" / "districts.toml"
    districts.write_text(districts.read_text(encoding="utf-8").replace("990101", "990109"), encoding="utf-8")
    assert called("import mapping.toml --to city").exit_code == 0
    assert "index = 4" in districts.read_text(encoding="utf-8")


def test_a_copy_cut_off_on_its_way_is_one_clear_sentence(folder: Path) -> None:
    path = folder / "base.gpkg"
    path.write_bytes(path.read_bytes()[:20_000])
    result = called("import mapping.toml --to city")
    assert result.exit_code == 2
    assert "base.gpkg" in result.output
    assert "Traceback" not in result.output
    assert not (folder / "city").exists()


def test_of_many_faults_of_a_kind_the_first_are_said_and_the_rest_counted(folder: Path) -> None:
    people = "\n".join(["编号;类型;指标;经度;纬度", *(f"d{at};a;b;112;30" for at in range(50))])
    (folder / "devices.csv").write_text(people, encoding="gbk")
    (folder / "mapping.toml").write_text(
        MAPPING + '\n[devices]\nfile = "devices.csv"\nid = "编号"\nlon = "经度"\nlat = "纬度"\n', encoding="utf-8"
    )
    result = called("import mapping.toml --to city")
    assert "50 mistakes:" in result.output
    assert "and 42 more of device outside in city-faults/faults.geojson" in result.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import", "say which mapping and where to"),
        ("import mapping.toml", "say which mapping and where to"),
        ("import nothing.toml --to city", "nothing.toml:1: the file is missing"),
        ("import mapping.toml --to base.gpkg", "is a file"),
        ("import mapping.toml --to .", "holds something that is no city"),
        ("import mapping.toml --to city --profile nowhere", "is no city's folder to take rules"),
        ("import --look nothing.gpkg", "there is no file"),
        ("check nowhere", "there is no city's folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(folder: Path, line: str, said: str) -> None:
    result = called(line)
    assert result.exit_code == 2
    assert said in result.output
    assert not (folder / "city").exists()


def test_a_mapping_with_mistakes_is_refused_with_all_of_them(folder: Path) -> None:
    write_mapping(folder, MAPPING.replace("layer =", "leyer ="))
    result = called("import mapping.toml --to city")
    assert result.exit_code == 2
    assert result.output.count("did you mean layer?") == 4


def test_checking_draws_the_faults_of_a_folder(folder: Path) -> None:
    changed(folder, SHORT)
    called("import mapping.toml --to city --accept-warnings")
    assert called("check city --faults drawn").exit_code == 1
    (feature,) = json.loads((folder / "drawn" / "faults.geojson").read_text(encoding="utf-8"))["features"]
    assert feature["properties"]["kind"] == "gap"
    assert feature["properties"]["where"].startswith("cells.geojson:")


def test_a_csv_file_can_be_looked_at_too(folder: Path) -> None:
    assert "devices.csv: 2 rows" in called("import --look devices.csv").output
    assert str(folder) not in called("import --look devices.csv").output
