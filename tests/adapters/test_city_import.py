import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely

from adapters.city_import import Imported, bring_in
from adapters.import_mapping import load
from city.intake.city import Before
from city.intake.mapping import Mapping as Wanted
from city.intake.remark import Grade
from tests.adapters.source_builders import (
    CELLS,
    COMMUNITIES,
    MAPPING,
    PEOPLE,
    cell_areas,
    geopackage,
    in_degrees,
    layer,
    square,
    write_mapping,
    write_people,
)

DEGREES = {**dict.fromkeys((".gpkg", ".shp"), "EPSG:4546"), ".geojson": "EPSG:4326"}


def imported(folder: Path, text: str = MAPPING, *, before: Before | None = None) -> Imported:
    """What comes of the files in a folder under this mapping."""
    mapping = load(write_mapping(folder, text))
    assert isinstance(mapping, Wanted), mapping
    return bring_in(mapping, folder, before=before or Before(), skills=("order",), progress=lambda *_: None)


def said(found: Imported, grade: Grade = Grade.MISTAKE) -> list[str]:
    """The English sentences of a grade."""
    return [str(remark) for remark in found.remarks if remark.grade is grade]


def changed(folder: Path, **areas: Any) -> Imported:
    """The import of a city some of whose cells (by their last four digits) have other outlines."""
    cells = {code: areas.get(f"c{code[-4:]}", area) for code, area in cell_areas().items()}
    geopackage(folder, cells)
    return imported(folder)


def test_a_geopackage_of_a_plane_system_becomes_a_city(tmp_path: Path) -> None:
    geopackage(tmp_path)
    found = imported(tmp_path)
    assert said(found) == said(found, Grade.WARNING) == []
    assert [cell.code for cell in found.city.cells] == list(CELLS)
    assert [place.code for place in found.city.places] == ["990101001", *COMMUNITIES]
    assert found.city.indices == {"990101": 0}
    assert shapely.equals_exact(found.drawn[CELLS[0]], in_degrees(square(0, 1)), 1e-8, normalize=True)


def test_outlines_of_larger_places_are_kept(tmp_path: Path) -> None:
    geopackage(tmp_path)
    city = imported(tmp_path).city
    assert all(
        place.area and place.area["type"] in ("Polygon", "MultiPolygon") for place in (*city.districts, *city.places)
    )


@pytest.mark.parametrize("ending", [".shp", ".gpkg", ".geojson"])
def test_cells_come_out_the_same_from_every_format(tmp_path: Path, ending: str) -> None:
    geopackage(tmp_path)
    areas = cell_areas()
    shapes = [in_degrees(area) if ending == ".geojson" else area for area in areas.values()]
    columns = {"WGDM": list(areas), "名称": ["网格"] * len(areas)}
    layer(
        tmp_path / f"wg{ending}",
        columns,
        shapes,
        crs=DEGREES[ending],
        **({"encoding": "GBK"} if ending == ".shp" else {}),
    )
    (tmp_path / "wg.cpg").unlink(missing_ok=True)
    text = MAPPING[: MAPPING.index("[cells]")] + f'[cells]\nfile = "wg{ending}"\ncode = "WGDM"\nzh = "名称"\n'
    found = imported(tmp_path, text)
    assert said(found) == []
    assert [cell.code for cell in found.city.cells] == list(CELLS)
    assert {cell.name.zh for cell in found.city.cells} == {"网格"}
    assert shapely.equals_exact(found.drawn[CELLS[-1]], in_degrees(square(3, 0)), 1e-8, normalize=True)


def test_devices_and_workers_of_spreadsheets_find_their_cells(tmp_path: Path) -> None:
    geopackage(tmp_path)
    write_people(tmp_path)
    found = imported(tmp_path, MAPPING + PEOPLE)
    assert said(found) == []
    assert [(device.id, device.cell, device.metrics) for device in found.city.devices] == [
        ("w1", CELLS[0], ["water_level_m", "battery_pct"]),
        ("w2", CELLS[-1], ["water_level_m", "battery_pct"]),
    ]
    (worker,) = found.city.workers
    assert (worker.grids, worker.skills) == ([COMMUNITIES[0], CELLS[-1]], ["order"])


def test_an_overlap_is_a_mistake_with_its_ground(tmp_path: Path) -> None:
    found = changed(tmp_path, c1001=square(0, 0.9, 1, 1.1))
    (remark,) = [each for each in found.remarks if each.grade is Grade.MISTAKE]
    assert (remark.kind, remark.codes) == ("overlap", (CELLS[0], CELLS[2]))
    assert remark.m2 == pytest.approx(1000, rel=0.01)
    assert remark.where == "base.gpkg (layer wangge), feature 3"


def test_a_gap_is_a_warning_with_its_ground(tmp_path: Path) -> None:
    found = changed(tmp_path, c1001=square(0, 1.1, 1, 0.9))
    assert said(found) == []
    (remark,) = [each for each in found.remarks if each.grade is Grade.WARNING]
    assert remark.kind == "gap"
    assert remark.m2 == pytest.approx(1000, rel=0.01)


def test_a_cell_in_another_community_than_its_code_says_is_a_mistake(tmp_path: Path) -> None:
    found = changed(tmp_path, c1001=square(2, 1), c2001=square(0, 1))
    assert {each.kind for each in found.remarks if each.grade is Grade.MISTAKE} == {"wrong_parent"}


@pytest.mark.parametrize(
    ("shape", "what"),
    [
        (None, "it has no outline"),
        (shapely.Point(527450, 3396750), "an area is a polygon, not a Point"),
        (
            shapely.Polygon([(527400, 3396800), (527500, 3396900), (527500, 3396800), (527400, 3396900)]),
            "a matter of opinion",
        ),
        (shapely.force_3d(square(0, 1), 7.0), ""),
    ],
)
def test_an_outline_that_is_no_area_is_named_by_its_feature(tmp_path: Path, shape: Any, what: str) -> None:
    found = changed(tmp_path, c1001=shape)
    own = [sentence for sentence in said(found) if "feature 1:" in sentence]
    assert len(own) == bool(what)
    assert all(what in sentence for sentence in own)


def test_rows_without_a_code_and_codes_that_come_twice_are_named(tmp_path: Path) -> None:
    areas = list(cell_areas().values())
    codes: list[str | None] = [*CELLS]
    codes[2], codes[5] = "", CELLS[4]
    geopackage(tmp_path)
    (tmp_path / "base.gpkg").rename(tmp_path / "places.gpkg")
    layer(tmp_path / "base.gpkg", {"WGDM": codes}, areas, name="wangge")
    head = MAPPING[: MAPPING.index("[cells]")].replace("base.gpkg", "places.gpkg")
    found = imported(tmp_path, head + MAPPING[MAPPING.index("[cells]") :])
    assert "base.gpkg, feature 3: the code is missing" in said(found)
    assert f"base.gpkg, feature 6: {CELLS[4]} is here twice: first in base.gpkg, feature 5" in said(found)


def test_a_wrong_column_a_wrong_layer_and_a_missing_file_are_all_named_at_once(tmp_path: Path) -> None:
    geopackage(tmp_path)
    text = MAPPING.replace('"XZQDM"', '"XZQDN"').replace('"jiedao"', '"jeidao"') + PEOPLE
    found = imported(tmp_path, text)
    sentences = said(found)
    assert "base.gpkg (layer qu): no column 'XZQDN' for code: did you mean XZQDM?" in sentences
    assert any("no layer 'jeidao'" in sentence and "did you mean jiedao?" in sentence for sentence in sentences)
    assert any("there is no file" in sentence and "devices.csv" in sentence for sentence in sentences)
    assert any("there is no file" in sentence and "workers.csv" in sentence for sentence in sentences)


def test_a_missing_community_is_named_once(tmp_path: Path) -> None:
    geopackage(tmp_path, {**cell_areas(), "990101001009001": square(4, 0)})
    found = imported(tmp_path)
    assert [sentence for sentence in said(found) if "there is no" in sentence] == [
        "base.gpkg (layer wangge), feature 9: there is no community 990101001009, in which 990101001009001 lies by its code"
    ]


def test_a_system_that_no_file_and_no_mapping_names_is_asked_for(tmp_path: Path) -> None:
    geopackage(tmp_path)
    layer(tmp_path / "wg.shp", {"WGDM": list(CELLS)}, list(cell_areas().values()))
    (tmp_path / "wg.prj").unlink()
    text = MAPPING[: MAPPING.index("[cells]")] + '[cells]\nfile = "wg.shp"\ncode = "WGDM"\n'
    assert any("does not say its coordinate system" in sentence for sentence in said(imported(tmp_path, text)))
    assert said(imported(tmp_path, text + 'crs = "EPSG:4546"\n')) == []


def test_cells_without_a_serial_are_numbered(tmp_path: Path) -> None:
    geopackage(tmp_path)
    columns = {"SQ": [code[:12] for code in CELLS]}
    layer(tmp_path / "wg.gpkg", columns, list(cell_areas().values()))
    text = MAPPING[: MAPPING.index("[cells]")] + '[cells]\nfile = "wg.gpkg"\ncommunity = "SQ"\n'
    found = imported(tmp_path, text)
    assert said(found) == []
    assert [cell.code for cell in found.city.cells] == list(CELLS)


def test_cells_are_generated_for_a_city_that_has_none(tmp_path: Path) -> None:
    geopackage(tmp_path)
    found = imported(tmp_path, MAPPING[: MAPPING.index("[cells]")] + "[cells]\ngenerate_m = 100\n")
    assert said(found) == said(found, Grade.WARNING) == []
    assert {cell.code[:12] for cell in found.city.cells} == set(COMMUNITIES)
    assert len(found.city.cells) == 8


def test_names_may_come_from_a_table_without_outlines(tmp_path: Path) -> None:
    geopackage(tmp_path)
    (tmp_path / "qu.csv").write_text("代码,名称\n990101,望津区\n", encoding="gbk")
    text = '[districts]\nfile = "qu.csv"\ncode = "代码"\nzh = "名称"\n\n' + MAPPING[MAPPING.index("[towns]") :]
    found = imported(tmp_path, MAPPING[: MAPPING.index("[districts]")] + text)
    assert said(found) == []
    assert found.city.districts[0].area is None
    assert found.city.districts[0].name.zh == "望津区"


def test_a_district_keeps_the_index_it_had(tmp_path: Path) -> None:
    geopackage(tmp_path)
    assert imported(tmp_path, before=Before(indices={"990199": 3, "990101": 1})).city.indices == {
        "990199": 3,
        "990101": 1,
    }


@pytest.mark.parametrize("seed", range(24))
def test_whatever_happens_to_a_file_on_its_way_is_a_remark_and_no_crash(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    geopackage(tmp_path)
    write_people(tmp_path)
    shapes = list(cell_areas().values())
    layer(tmp_path / "wg.shp", {"WGDM": list(CELLS), "名称": ["网格"] * len(CELLS)}, shapes, encoding="GBK")
    layer(tmp_path / "wg.geojson", {"WGDM": list(CELLS)}, [in_degrees(area) for area in shapes], crs="EPSG:4326")
    broken = chance.choice(sorted(tmp_path.iterdir()))
    content = bytearray(broken.read_bytes())
    at = chance.randrange(len(content))
    content[at : at + chance.randrange(300)] = chance.choice(
        [b"", b"null", b"NaN", b"{}", bytes(40), chance.randbytes(90)]
    )
    broken.write_bytes(content[: chance.choice([at, len(content)])])
    name = broken.name if broken.suffix == ".geojson" else "wg.shp"
    cells = f'[cells]\nfile = "{name}"\ncode = "WGDM"\n' if broken.stem == "wg" else MAPPING[MAPPING.index("[cells]") :]
    found = imported(tmp_path, MAPPING[: MAPPING.index("[cells]")] + cells + PEOPLE)
    assert all("Traceback" not in str(remark) for remark in found.remarks)


def test_progress_is_told_step_by_step(tmp_path: Path) -> None:
    geopackage(tmp_path)
    mapping = load(write_mapping(tmp_path))
    assert isinstance(mapping, Wanted)
    steps: list[str] = []
    bring_in(mapping, tmp_path, before=Before(), skills=(), progress=lambda step, _done, _total: steps.append(step))
    assert steps == ["districts", "towns", "communities", "cells", "ground plan"]


def test_a_row_with_too_few_values_hides_no_other_mistake(tmp_path: Path) -> None:
    geopackage(tmp_path)
    write_people(tmp_path)
    with (tmp_path / "devices.csv").open("a", encoding="gbk") as file:
        file.write("w9;x\nw10;;water_level_m;abc;30\n")
    text = said(imported(tmp_path, MAPPING + PEOPLE))
    assert "devices.csv:4: 2 values, but the header has 5 columns" in text
    assert "devices.csv:5: w10 has no kind" in text
    assert any("devices.csv:5: w10: 'abc', '30' is no position" in each for each in text)


UNNUMBERED = MAPPING[: MAPPING.index("[cells]")] + '[cells]\nfile = "wg.gpkg"\ncommunity = "SQ"\n'


def without_serials(folder: Path, cells: Mapping[str, Any], before: Before | None = None) -> Imported:
    """The import of cells that say their community only."""
    geopackage(folder)
    (folder / "wg.gpkg").unlink(missing_ok=True)
    layer(folder / "wg.gpkg", {"SQ": [code[:12] for code in cells]}, list(cells.values()))
    return imported(folder, UNNUMBERED, before=before)


def as_before(found: Imported) -> Before:
    """What a city's folder remembers of an import."""
    return Before(
        indices=found.city.indices,
        serials=found.city.serials,
        cells={cell.code: cell.area for cell in found.city.cells if cell.area is not None},
    )


def test_a_number_of_a_cell_that_is_gone_is_never_given_to_another(tmp_path: Path) -> None:
    whole = cell_areas()
    first = without_serials(tmp_path, whole)
    less = {code: area for code, area in whole.items() if code not in (CELLS[0], CELLS[3])}
    second = without_serials(tmp_path, less, as_before(first))
    assert [cell.code for cell in second.city.cells] == sorted(less)
    assert "wg.gpkg: 6 cells keep the serial numbers they had" in said(second, Grade.NOTE)
    third = without_serials(tmp_path, whole, as_before(second))
    assert [cell.code for cell in third.city.cells][:4] == [
        CELLS[1],
        CELLS[2],
        f"{CELLS[0][:12]}005",
        f"{CELLS[0][:12]}006",
    ]
    assert third.drawn[f"{CELLS[0][:12]}005"].equals(first.drawn[CELLS[0]])
    assert third.city.serials == {CELLS[0][:12]: 6, CELLS[4][:12]: 4}


def test_cells_generated_again_keep_their_numbers(tmp_path: Path) -> None:
    geopackage(tmp_path)
    text = MAPPING[: MAPPING.index("[cells]")] + "[cells]\ngenerate_m = 100\n"
    first = imported(tmp_path, text)
    again = imported(tmp_path, text, before=as_before(first))
    assert again.city.cells == first.city.cells
    finer = imported(tmp_path, text.replace("100", "50"), before=as_before(first))
    assert not {cell.code for cell in finer.city.cells} & {cell.code for cell in first.city.cells}


def test_a_place_without_a_single_cell_is_a_warning_that_names_its_row(tmp_path: Path) -> None:
    geopackage(tmp_path, {code: area for code, area in cell_areas().items() if code.startswith(COMMUNITIES[0])})
    (remark,) = [each for each in imported(tmp_path).remarks if each.kind == "no_cells"]
    assert remark.grade is Grade.WARNING
    assert str(remark) == (
        "base.gpkg (layer shequ), feature 2: 990101001002 兰溪社区 has no cell: what happens there lies in no cell and is refused"
    )
    assert remark.area is not None


def test_that_places_are_empty_is_not_said_when_there_are_no_cells_to_read(tmp_path: Path) -> None:
    geopackage(tmp_path)
    found = imported(tmp_path, MAPPING.replace('"wangge"', '"wange"'))
    assert not [each for each in found.remarks if each.kind == "no_cells"]


def test_ground_is_shared_out_among_workers_whose_file_names_no_duty_grids(tmp_path: Path) -> None:
    geopackage(tmp_path)
    (tmp_path / "workers.csv").write_text("工号,姓名\ng1,甲\ng2,乙\n", encoding="utf-8")
    found = imported(tmp_path, MAPPING + '\n[workers]\nfile = "workers.csv"\nid = "工号"\nzh = "姓名"\n')
    assert said(found) == []
    assert sorted(worker.grids for worker in found.city.workers) == [[COMMUNITIES[0]], [COMMUNITIES[1]]]
    shared = "workers.csv: 2 workers have no duty grids in it: the ground of their districts was shared out evenly"
    assert shared in said(found, Grade.NOTE)


STRANGE = [
    ({"type": "Polygon", "coordinates": []}, "it has no outline"),
    (
        {"type": "Polygon", "coordinates": [[[111.3, 30.7], [None, 30.7], [111.3, 30.8], [111.3, 30.7]]]},
        "it has no outline",
    ),
    ({"type": "Circle", "coordinates": [111.3, 30.7], "radius": 4}, "it has no outline"),
    ({"type": "LineString", "coordinates": [[111.3, 30.7], [111.4, 30.7]]}, "an area is a polygon, not a LineString"),
    ("POLYGON ((0 0, 1 1, 1 0, 0 0))", "it has no outline"),
    (None, "it has no outline"),
]


@pytest.mark.parametrize(("geometry", "what"), STRANGE)
def test_a_strange_outline_in_a_geojson_is_named_with_its_feature(tmp_path: Path, geometry: Any, what: str) -> None:
    geopackage(tmp_path)
    areas = {code: shapely.geometry.mapping(in_degrees(area)) for code, area in cell_areas().items()}
    features = [
        {"type": "Feature", "properties": {"WGDM": code}, "geometry": geometry if code == CELLS[2] else area}
        for code, area in areas.items()
    ]
    document = {"type": "FeatureCollection", "features": features}
    (tmp_path / "wg.geojson").write_text(json.dumps(document), encoding="utf-8")
    text = MAPPING[: MAPPING.index("[cells]")] + '[cells]\nfile = "wg.geojson"\ncode = "WGDM"\n'
    assert f"wg.geojson, feature 3: {CELLS[2]}: {what}" in said(imported(tmp_path, text))
