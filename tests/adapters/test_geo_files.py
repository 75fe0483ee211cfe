import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from adapters.geo_files import Unreadable, layers, look, read
from tests.adapters.source_builders import geopackage, layer, square

NAMES = {"XZQDM": [990101.0, 990102.0], "名称": ["望津区", "云麓区"]}
SHAPES = [square(0, 0), square(1, 0)]


@pytest.mark.parametrize("ending", [".shp", ".gpkg", ".geojson"])
def test_a_layer_is_the_same_whatever_its_format(tmp_path: Path, ending: str) -> None:
    crs = "EPSG:4326" if ending == ".geojson" else "EPSG:4546"
    table = read(layer(tmp_path / f"qu{ending}", NAMES, SHAPES, crs=crs))
    assert (table.count, table.crs, sorted(table.columns)) == (2, crs, ["XZQDM", "名称"])
    assert [table.text("XZQDM", row) for row in (0, 1)] == ["990101", "990102"]
    assert [table.text("名称", row) for row in (0, 1)] == ["望津区", "云麓区"]
    assert table.wkb is not None
    assert shapely.from_wkb(table.wkb[1]).equals_exact(SHAPES[1], 1e-6, normalize=True)


# UTF-8 behind a .cpg that says GBK is left out: two letters of three bytes each may be GBK as well, and nothing can tell
@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [
        *((encoding, cpg) for encoding in ("GBK", "UTF-8", "GB18030") for cpg in ("kept", "missing")),
        ("GBK", "wrong"),
        ("GB18030", "wrong"),
    ],
)
def test_the_texts_of_a_shapefile_are_read_whatever_its_cpg_says(tmp_path: Path, encoding: str, cpg: str) -> None:
    path = layer(tmp_path / "qu.shp", NAMES, SHAPES, encoding=encoding)
    beside = path.with_suffix(".cpg")
    if cpg == "missing":
        beside.unlink()
    if cpg == "wrong":
        beside.write_text("UTF-8", encoding="ascii")
    assert read(path).columns["名称"] == ["望津区", "云麓区"]


def test_a_named_encoding_goes_before_every_guess(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.shp", {"NAME": ["Übersee"]}, SHAPES[:1], encoding="ISO-8859-1")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    assert read(path, encoding="ISO-8859-1").columns["NAME"] == ["Übersee"]


def test_texts_that_are_not_in_the_named_encoding_are_refused(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.shp", NAMES, SHAPES, encoding="GBK")
    with pytest.raises(Unreadable, match=r"the texts of qu.shp are not UTF-8 .*encoding"):
        read(path, encoding="UTF-8")


def test_an_encoding_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.shp", NAMES, SHAPES, encoding="GBK")
    with pytest.raises(Unreadable, match="there is no encoding 'GBX'"):
        read(path, encoding="GBX")


def test_a_zipped_shapefile_is_read_without_unpacking(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.shp", NAMES, SHAPES, encoding="GBK")
    with zipfile.ZipFile(tmp_path / "qu.zip", "w") as archive:
        for each in tmp_path.glob("qu.*"):
            if each.suffix not in (".zip", ".cpg"):
                archive.write(each, each.name)
    assert path.exists()
    table = read(tmp_path / "qu.zip")
    assert table.columns["名称"] == ["望津区", "云麓区"]


def zipped(folder: Path, *places: str) -> Path:
    """A zip with a Shapefile in each of these folders of it."""
    layer(folder / "qu.shp", NAMES, SHAPES, encoding="GBK")
    with zipfile.ZipFile(folder / "qu.zip", "w") as archive:
        for each in folder.glob("qu.*"):
            for place in places if each.suffix not in (".zip", ".cpg") else ():
                archive.write(each, f"{place}{each.name}")
        archive.writestr("__MACOSX/._qu.shp", b"")
    return folder / "qu.zip"


@pytest.mark.parametrize("place", ["数据/", "a/b/", ""])
def test_a_zipped_shapefile_is_read_in_whatever_folder_of_the_zip_it_lies(tmp_path: Path, place: str) -> None:
    assert read(zipped(tmp_path, place)).columns["名称"] == ["望津区", "云麓区"]


def test_a_zip_with_outlines_in_several_folders_is_refused_with_their_names(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"qu.zip holds outlines in several folders \(a, b\)"):
        read(zipped(tmp_path, "a/", "b/"))


def test_a_zip_without_outlines_is_refused_in_a_sentence_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"qu.zip holds nothing that can be read: outlines are in .geojson"):
        read(zipped(tmp_path))


def test_a_bare_list_of_features_is_refused_in_a_sentence_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "l.geojson").write_text('[{"type": "Feature"}]', encoding="utf-8")
    with pytest.raises(Unreadable) as refused:
        read(tmp_path / "l.geojson")
    assert str(refused.value) == "l.geojson is no GeoJSON FeatureCollection: save it as one again"


@pytest.mark.parametrize("ending", [".shx", ".dbf"])
def test_a_part_of_a_shapefile_that_is_missing_is_named(tmp_path: Path, ending: str) -> None:
    path = layer(tmp_path / "qu.shp", NAMES, SHAPES)
    path.with_suffix(ending).unlink()
    with pytest.raises(Unreadable, match=rf"qu\{ending} is missing beside qu.shp: a Shapefile is"):
        read(path)


def test_a_shapefile_without_a_prj_names_no_system(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.shp", NAMES, SHAPES)
    path.with_suffix(".prj").unlink()
    assert read(path).crs == ""


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson", ".zip"])
def test_a_file_that_was_cut_off_is_refused_in_one_sentence(tmp_path: Path, ending: str) -> None:
    source = ".shp" if ending == ".zip" else ending
    path = layer(tmp_path / f"qu{source}", NAMES, SHAPES, crs="EPSG:4326")
    if ending == ".zip":
        with zipfile.ZipFile(tmp_path / "qu.zip", "w") as archive:
            archive.write(path, path.name)
        path = tmp_path / "qu.zip"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(Unreadable) as refused:
        read(path)
    assert path.name in str(refused.value)
    assert "\n" not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_a_file_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    layer(tmp_path / "quxian.gpkg", NAMES, SHAPES)
    with pytest.raises(Unreadable, match=r"there is no file .*; did you mean quxian.gpkg\?"):
        read(tmp_path / "quxain.gpkg")


def test_an_empty_file_and_one_of_another_kind_are_refused(tmp_path: Path) -> None:
    (tmp_path / "qu.gpkg").touch()
    (tmp_path / "qu.docx").write_text("x", encoding="ascii")
    with pytest.raises(Unreadable, match=r"qu\.gpkg is empty"):
        read(tmp_path / "qu.gpkg")
    with pytest.raises(Unreadable, match=r"outlines are read from \.geojson"):
        read(tmp_path / "qu.docx")


def test_a_text_that_calls_itself_geopackage_is_refused(tmp_path: Path) -> None:
    (tmp_path / "qu.gpkg").write_text("not a database at all" * 99, encoding="ascii")
    with pytest.raises(Unreadable, match=r"qu\.gpkg"):
        read(tmp_path / "qu.gpkg")


def test_of_several_layers_one_has_to_be_named(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    assert layers(path) == ["qu", "jiedao", "shequ", "wangge"]
    with pytest.raises(Unreadable, match=r"several layers \(qu, jiedao, shequ, wangge\): say which one"):
        read(path)
    assert read(path, layer="shequ").called == "base.gpkg (layer shequ)"


def test_a_layer_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"no layer 'wange': it has qu, jiedao, shequ, wangge; did you mean wangge\?"):
        read(geopackage(tmp_path), layer="wange")


def test_an_empty_collection_is_a_table_of_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "qu.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    assert read(path).count == 0


def test_missing_values_and_missing_outlines_are_kept_as_such(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.gpkg", {"DM": ["990101", None]}, [SHAPES[0], None])
    table = read(path)
    assert table.columns["DM"] == ["990101", None]
    assert table.wkb is not None
    assert table.wkb[1] is None
    assert table.text("DM", 1) == ""


def test_whole_numbers_with_gaps_between_them_stay_whole(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"DM": dm}, "geometry": {"type": "Point", "coordinates": [111, 30]}}
        for dm in (990101001001001, None)
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    table = read(path)
    assert [table.text("DM", row) for row in (0, 1)] == ["990101001001001", ""]


def test_what_a_file_holds_can_be_looked_at_before_it_is_mapped(tmp_path: Path) -> None:
    found = {each.name: each for each in look(geopackage(tmp_path))}
    assert found["qu"].columns == {"XZQDM": [990101.0], "XZQMC": ["望津区"], "EN": ["Wangjin"]}
    assert (found["wangge"].count, found["wangge"].crs) == (8, "EPSG:4546")


def test_a_table_without_outlines_can_be_read(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.gpkg", NAMES, [None, None])
    table = read(path)
    assert table.wkb is None or not any(table.wkb)
    assert np.array(table.columns["XZQDM"]).sum() == 990101 + 990102


@pytest.mark.parametrize(("ending", "kind"), [(".geojson", "GeoJSON"), (".gpkg", "GeoPackage")])
def test_what_is_utf_8_by_its_standard_is_in_no_other_encoding(tmp_path: Path, ending: str, kind: str) -> None:
    path = layer(tmp_path / f"qu{ending}", NAMES, SHAPES, crs="EPSG:4326")
    with pytest.raises(Unreadable, match=rf"qu\{ending}: {kind} is always in UTF-8 by its standard, not in GBK"):
        read(path, encoding="GBK")
    with pytest.raises(Unreadable, match="there is no encoding 'GBX'"):
        read(path, encoding="GBX")
    assert read(path, encoding="utf8").columns["名称"] == ["望津区", "云麓区"]


def test_a_geojson_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.geojson", NAMES, SHAPES, crs="EPSG:4326")
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    for encoding in ("", "GBK"):
        with pytest.raises(Unreadable, match=r"not in UTF-8, which GeoJSON always is .*GBK.*save it again as UTF-8"):
            read(path, encoding=encoding)


def test_a_geojson_in_a_system_that_nobody_knows_is_not_taken_for_degrees(tmp_path: Path) -> None:
    path = layer(tmp_path / "qu.geojson", NAMES, SHAPES, crs="EPSG:4326")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["crs"] = {"type": "name", "properties": {"name": "our own"}}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read(path).crs == "our own"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for ending in (".geojson", ".gpkg"):
        (tmp_path / f"qu{ending}").mkdir()
        with pytest.raises(Unreadable, match="is a folder: name a file in it"):
            read(tmp_path / f"qu{ending}")
