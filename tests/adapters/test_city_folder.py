import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.city_folder import Loaded, Mistake, check, load
from tests.adapters.city_builders import (
    BEIJING,
    DEMO,
    Edit,
    append_feature,
    bend,
    cell_line,
    copy,
    edit,
    line_of,
    redraw,
)

SECOND_TILT = '[[rule]]\nid = "manhole-tilt"\ntype = "threshold"\nclass = "C0103"\nname = { zh = "井盖被'
EDITS = [
    # the city, its districts and places
    Edit("city.toml", "utc_offset_minutes", "utc_ofset_minutes", "utc_ofset_minutes", "did you mean utc_offset_minutes?"),
    Edit("districts.toml", "index = 3", "index = 2 # mine", "index = 2 # mine", "index 2 is 990103's already"),
    Edit("districts.toml", ', en = "Yunlu District"', "", "云麓区", "name: missing en"),
    Edit("places.csv", "990101001,", "990105001,甲街道,Jia\n990101001,", "990105001,", "there is no district 990105"),
    Edit("places.csv", "990101002,", "990101700,乙街道,Yi\n990101002,", "990101700,", "001-599, not 700"),
    # metrics and classes
    Edit("metrics.toml", 'unit = "dba"', 'unit = "db"', 'unit = "db"', "noise_dba does not end in its unit"),
    Edit("metrics.toml", "min = -40", "min = 400", "min = 400", "min 400 is not below max 60"),
    Edit("classes.toml", 'name = { zh = "江水漫堤", en = "River over its bank" }\n', "", '[[class]]\ncode = "E0598"', "missing field name"),
    Edit("classes.toml", 'skill = "facilities"', 'skill = "facilites"', 'skill = "facilites"', "which no worker has (did you mean facilities?)"),
    Edit("classes.toml", 'code = "C0207"', 'code = "C0207"\nseverity = "dire"', 'severity = "dire"', "minor, moderate, severe, extreme"),
    Edit("classes.toml", 'code = "E0126"', 'code = "E0127"', 'code = "E0127"', "E0127 is not in the catalogue"),
    Edit("classes.toml", '"S"]', '"S", "Q"]', '"S", "Q"]', "no class of the catalogue begins with 'Q'"),
    # rules
    Edit("rules.toml", 'metric = "tilt_deg"', 'metric = "tilt_dg"', 'metric = "tilt_dg"', "did you mean tilt_deg?"),
    Edit("rules.toml", 'class = "C0207"', 'class = "C0270"', 'class = "C0270"', "no class C0270"),
    Edit("rules.toml", "off = 0.10", "off = 0.20", "off = 0.20", "wrong way round; off lies below on"),
    Edit("rules.toml", "on = 50\n", "on = 500\n", "on = 500", "can never fire: methane_pctlel lies in 0 to 100"),
    Edit("rules.toml", 'for = "30m"', 'for = "half an hour"', 'for = "half an hour"', "not a duration"),
    Edit("rules.toml", "windows = 60", "window = 60", "window = 60", "did you mean windows?"),
    Edit("rules.toml", "m = 2\nn = 3", "m = 4\nn = 3", "m = 4", "can never fire: 4 of the last 3 readings"),
    Edit("rules.toml", '"rain-gauge"]', '"rain-gage"]', '"rain-gage"]', "did you mean rain-gauge?"),
    Edit("rules.toml", "on = 90\n", 'on = "90"\n', 'on = "90"', "on: expected a number, got text"),
    Edit("rules.toml", 'id = "manhole-open"', 'id = "manhole-tilt"', SECOND_TILT, "manhole-tilt is here twice"),
    # devices
    Edit("devices.csv", "noise-0001,990104,", "noise-0001,990109,", "noise-0001,990109,", "no district 990109"),
    Edit("devices.csv", "noise-0003,990103,990103003001016", "noise-0003,990103,990103003001096", "noise-0003,", "no cell 990103003001096"),
    Edit("devices.csv", "noise-0004,990102,", "noise-0004,990101,", "noise-0004,", "does not lie in district 990101"),
    Edit("devices.csv", "noise,noise_dba,111.28975", "noise,noise_db,111.28975", "noise-0005,", "did you mean noise_dba?"),
    Edit("devices.csv", "noise_dba,111.302451,", "noise_dba,111.402451,", "noise-0006,", "111.402451, 30.70443 lies in no cell"),
    Edit("devices.csv", "noise-0008,", "noise-0007,", "noise_dba,111.323158,", "noise-0007 is here twice"),
    Edit("devices.csv", "noise_dba,111.327222,", "noise_dba,east,", ",east,", "lon: expected a number, got text"),
    # workers
    Edit("workers.csv", "w990101-01,990101,", "w990101-01,990201,", "w990101-01,", "no district 990201"),
    Edit("workers.csv", "greening lighting,990101001002 ", "greening lighting,990101009 ", "w990101-02,", "no place 990101009"),
    Edit("workers.csv", "06:00,14:00,1 2 3 5 6 7,3", "06:00,26:00,1 2 3 5 6 7,3", "w990101-03,", "26:00"),
]  # fmt: skip

CELLS = ["990101001001007", "990102001002013", "990103002001013", "990104003001013"]


def mistakes_in(city: Path) -> list[Mistake]:
    """The mistakes of a city that has some."""
    found = load(city)
    assert isinstance(found, list)
    return found


def warnings_in(city: Path) -> list[Mistake]:
    """What is said about a city that runs all the same."""
    found = load(city)
    assert isinstance(found, Loaded), found
    return found.warnings


def test_the_demonstration_city_has_no_mistake_and_loads_fast() -> None:
    started = time.monotonic()
    loaded = load(DEMO)
    assert isinstance(loaded, Loaded), loaded
    assert time.monotonic() - started < 10
    registry = loaded.registry
    assert (len(registry.districts), len(registry.cells), len(registry.devices)) == (4, 2000, 3000)
    assert len(registry.workers) == 200
    assert len(loaded.places) == 4 * 5 * (1 + 4)
    assert registry.code == "9901"
    assert registry.name == loaded.name


def test_a_copy_broken_in_many_places_names_each_mistake_with_its_file_and_line(tmp_path: Path) -> None:
    city = copy(tmp_path)
    for change in EDITS:
        edit(city, change)
    wrong = {(mistake.file, mistake.line): mistake.what for mistake in mistakes_in(city)}
    expected = {(change.file, line_of(city, change)): change.said for change in EDITS}
    assert len(expected) == len(EDITS) > 25
    for place, said in expected.items():
        assert said in wrong.get(place, "nothing"), place
    assert set(wrong) == set(expected), "nothing else is said to be wrong"


def test_a_cell_drawn_over_its_neighbour_overlaps_it_and_both_are_named(tmp_path: Path) -> None:
    city = copy(tmp_path)
    redraw(city, CELLS[0], lambda feature: bend(feature, 1, 0.2))
    (mistake,) = mistakes_in(city)
    assert mistake.what.startswith(f"990101001001010 overlaps {CELLS[0]} by ")
    assert mistake.line == cell_line(city, "990101001001010")


def test_a_cell_drawn_back_from_its_neighbour_leaves_a_gap_between_both(tmp_path: Path) -> None:
    city = copy(tmp_path)
    redraw(city, CELLS[0], lambda feature: bend(feature, 1, -0.2))
    (warning,) = warnings_in(city)
    assert "a gap of" in warning.what
    assert f"between {CELLS[0]}, 990101001001010 at 111.3" in warning.what
    assert warning.line == cell_line(city, CELLS[0])


def test_an_outline_that_crosses_itself_is_named_and_not_taken_for_a_gap(tmp_path: Path) -> None:
    city = copy(tmp_path)

    def cross(feature: dict[str, Any]) -> None:
        ring = feature["geometry"]["coordinates"][0]
        ring[2], ring[4] = ring[4], ring[2]

    redraw(city, CELLS[1], cross)
    (mistake,) = mistakes_in(city)
    assert "not a valid area: Self-intersection" in mistake.what
    assert mistake.line == cell_line(city, CELLS[1])


def test_a_cell_left_out_is_a_gap_and_its_devices_have_no_cell(tmp_path: Path) -> None:
    city = copy(tmp_path)
    lines = (city / "cells.geojson").read_text(encoding="utf-8").split("\n")
    left = [line for line in lines if CELLS[0] not in line]
    (city / "cells.geojson").write_text("\n".join(left), encoding="utf-8")
    checked = check(city)
    assert [warning.file for warning in checked.warnings if "a gap of" in warning.what] == ["cells.geojson"]
    devices = [line for line in (city / "devices.csv").read_text(encoding="utf-8").split("\n") if CELLS[0] in line]
    assert len(checked.mistakes) == len(devices) > 0


def test_cells_with_codes_that_cannot_be_are_named(tmp_path: Path) -> None:
    city = copy(tmp_path)
    far = {"type": "Polygon", "coordinates": [[[112, 31], [112.001, 31], [112.001, 31.001], [112, 31]]]}
    codes = {"99010100100102": "has 14 digits", "990101001": "the code of a town, not of a cell"}
    codes |= {"990101001001000": "begins at 001", "990101009001001": "there is no community 990101009001 here"}
    for number, code in enumerate(codes):
        moved = {**far, "coordinates": [[[lon + number / 100, lat] for lon, lat in far["coordinates"][0]]]}  # type: ignore[index]
        properties = {"code": code, "zh": "远方", "en": "Far away"}
        append_feature(city, {"type": "Feature", "properties": properties, "geometry": moved})
    found = {mistake.line: mistake.what for mistake in mistakes_in(city)}
    assert len(found) == len(codes)
    for code, said in codes.items():
        assert said in found[cell_line(city, code)]


def test_a_cell_given_twice_is_named_with_the_line_of_the_first(tmp_path: Path) -> None:
    city = copy(tmp_path)
    first = cell_line(city, CELLS[2])
    lines = (city / "cells.geojson").read_text(encoding="utf-8").split("\n")
    lines.insert(1, lines[first - 1].removesuffix(",") + ",")
    (city / "cells.geojson").write_text("\n".join(lines), encoding="utf-8")
    (mistake,) = mistakes_in(city)
    assert mistake == Mistake("cells.geojson", first + 1, f"cell {CELLS[2]} is here twice: first on line 2")


@pytest.mark.parametrize(
    ("file", "content", "line", "said"),
    [
        ("rules.toml", b'[[rule]]\nid = "a"\ntype = \n', 3, "not TOML"),
        ("rules.toml", b'[[rule]]\nid = "a', 2, "not TOML"),
        ("rules.toml", b'[[rule]]\nid = "a"\nid = "b"\n', 3, "not TOML"),
        ("metrics.toml", '[[metric]]\n\nname = "\xfc"\n'.encode("latin-1"), 3, "not text in UTF-8"),
        ("cells.geojson", b'{"type": "FeatureCollection",\n"features": [\n{]}', 3, "not JSON"),
        ("cells.geojson", b'{"type": "Feature"}', 1, "not a GeoJSON FeatureCollection"),
        ("cells.geojson", b"[1, 2]", 1, "not a GeoJSON FeatureCollection"),
        ("devices.csv", b"id,district,cell,kind,metrics,lat\n", 1, "missing column lon"),
        ("workers.csv", b"id,district,zh,en,grids,shift_start,shift_end\n", 1, "missing column skills"),
        ("places.csv", b"", 1, "missing column code, en, zh"),
        ("city.toml", b"code = [\n", 2, "not TOML"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_one_mistake_and_not_thousands(
    tmp_path: Path, file: str, content: bytes, line: int, said: str
) -> None:
    city = copy(tmp_path, BEIJING)
    (city / file).write_bytes(content)
    found = [mistake for mistake in mistakes_in(city) if mistake.file == file]
    assert [mistake.line for mistake in found] == [line]
    assert said in found[0].what


@pytest.mark.parametrize("file", ["city.toml", "workers.csv", "devices.csv"])
def test_a_missing_file_is_one_mistake(tmp_path: Path, file: str) -> None:
    city = copy(tmp_path, BEIJING)
    (city / file).unlink()
    assert mistakes_in(city) == [Mistake(file, 1, "the file is missing")]


def test_an_empty_folder_misses_every_file(tmp_path: Path) -> None:
    assert len(mistakes_in(tmp_path)) == 9


def test_a_row_with_too_few_values_is_named_by_itself(tmp_path: Path) -> None:
    city = copy(tmp_path)
    edit(city, Edit("workers.csv", "w990101-01,990101,", "w990101-01,", "", ""))
    assert mistakes_in(city)[0] == Mistake("workers.csv", 2, "9 values, but the header has 10 columns")


def test_a_misspelt_table_and_a_misspelt_column_are_named(tmp_path: Path) -> None:
    city = copy(tmp_path)
    edit(city, Edit("districts.toml", "[[district]]", "[[distrikt]]", "", ""))
    edit(city, Edit("devices.csv", ",zh,en\n", ",zh,english\n", "", ""))
    what = [mistake.what for mistake in mistakes_in(city)]
    assert "unknown table 'distrikt': this file holds [[district]]" in what
    assert any(text.startswith("unknown column 'english'") for text in what)


def test_districts_take_the_citys_coordinate_system_unless_they_have_their_own(tmp_path: Path) -> None:
    city = copy(tmp_path)
    edit(city, Edit("city.toml", 'crs = "wgs84"', 'crs = "gcj02"', "", ""))
    edit(city, Edit("districts.toml", "index = 0", 'index = 0\ncrs = "bd09"', "", ""))
    loaded = load(city)
    assert isinstance(loaded, Loaded)
    assert [district.crs for district in loaded.registry.districts.values()] == ["bd09", "gcj02", "gcj02", "gcj02"]


def test_an_unknown_coordinate_system_is_named(tmp_path: Path) -> None:
    city = copy(tmp_path)
    edit(city, Edit("districts.toml", "index = 0", 'index = 0\ncrs = "gcj20"', "", ""))
    (mistake,) = mistakes_in(city)
    assert "unknown crs 'gcj20'" in mistake.what


@pytest.mark.parametrize(
    ("old", "new"),
    [("too_old_days = 7", "too_old_days = 1e308"), ("utc_offset_minutes = 480", "utc_offset_minutes = 8000")],
)
def test_a_setting_that_no_city_has_is_refused(tmp_path: Path, old: str, new: str) -> None:
    city = copy(tmp_path)
    edit(city, Edit("city.toml", old, new, new, ""))
    (mistake,) = mistakes_in(city)
    assert mistake.line == line_of(city, Edit("city.toml", "", "", new, ""))
    assert "<=" in mistake.what


def test_things_without_an_id_are_named_too(tmp_path: Path) -> None:
    city = copy(tmp_path, BEIJING)
    edit(city, Edit("rules.toml", 'id = "haze-severe"\n', "", "", ""))
    edit(city, Edit("devices.csv", "dongsi,", ",", "", ""))
    assert [(mistake.file, mistake.what) for mistake in mistakes_in(city)] == [
        ("devices.csv", "id: it is empty"),
        ("rules.toml", "missing field id"),
    ]


def test_durations_are_read_as_seconds() -> None:
    loaded = load(DEMO)
    assert isinstance(loaded, Loaded)
    registry = loaded.registry
    assert registry.rules["bin-full"].for_seconds == 1800
    assert registry.rules["device-silent"].after_seconds == 1800
    assert registry.classes["C0199"].limit_seconds == 2 * 86_400
    assert registry.too_old_seconds == 7 * 86_400


def test_a_mistake_reads_as_file_line_and_sentence() -> None:
    assert str(Mistake("rules.toml", 7, "no class E9")) == "rules.toml:7: no class E9"


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_a_file_is_a_city_or_a_list_of_mistakes(data: st.DataObject) -> None:
    files = sorted(path for path in BEIJING.iterdir() if path.suffix in {".toml", ".csv", ".geojson"})
    broken = data.draw(st.sampled_from(files))
    content = broken.read_bytes()
    at = data.draw(st.integers(0, len(content)))
    instead = data.draw(
        st.binary(max_size=4) | st.sampled_from([b"nan", b"[]", b"{}", b"null", b"1e400", b"[[", b'""'])
    )
    changed = content[:at] + instead + content[at + data.draw(st.integers(0, 20)) :]
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            (Path(folder) / path.name).write_bytes(changed if path == broken else path.read_bytes())
        found = load(Path(folder))
    assert isinstance(found, Loaded) or (found and all(mistake.line >= 1 for mistake in found))
