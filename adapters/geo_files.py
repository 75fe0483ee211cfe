"""Which layers, columns and outlines a GeoJSON, GeoPackage or Shapefile holds, or in one sentence why it cannot be read."""

import codecs
import re
import warnings
import zipfile
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

import pyogrio
from msgspec import Struct
from pyogrio import raw
from pyogrio.errors import DataLayerError, DataSourceError

from adapters import geojson_standard
from city.intake.table import Table

ENDINGS = (".geojson", ".json", ".gpkg", ".shp", ".zip")
GEOJSON = (".geojson", ".json")
BESIDE_A_SHAPEFILE = (".shx", ".dbf")
ENCODINGS = ("utf-8", "gb18030")
UTF_8 = ("utf-8", "utf-8-sig")
_BYTES = "ISO-8859-1"  # every byte is a letter of it, so nothing is lost on the way
AGAIN = "it was probably cut off on its way; fetch or copy it again"
HEAD = 100  # bytes of a Shapefile's header
_FORMATS = {
    ".geojson": "GeoJSON FeatureCollection",
    ".json": "GeoJSON FeatureCollection",
    ".gpkg": "GeoPackage",
    ".shp": "Shapefile",
    ".zip": "zipped Shapefile",
}
_NO_SYSTEM = re.compile(r"undefined|unknown|ungeoreferenced", re.IGNORECASE)


class Unreadable(Exception):
    """The file cannot be read; the text says which, why, and what to do."""


class Layer(Struct, frozen=True, kw_only=True):
    """What a layer offers, with the first values of its columns."""

    name: str
    kind: str
    crs: str
    count: int
    columns: dict[str, list[Any]]


def layers(path: Path) -> list[str]:
    """The names of the layers in a file. Raises Unreadable."""
    _check(path)
    try:
        with warnings.catch_warnings(action="ignore"):
            return [str(name) for name in pyogrio.list_layers(_source(path))[:, 0].tolist()]
    except DataSourceError as wrong:
        raise Unreadable(_why(path, wrong)) from wrong


def look(path: Path, samples: int = 3) -> list[Layer]:
    """Every layer of a file with its columns and their first values. Raises Unreadable."""
    found = []
    for name in layers(path):
        table = read(path, layer=name)
        first = {column: list(values[:samples]) for column, values in table.columns.items()}
        kind = "no outlines" if table.wkb is None else "outlines"
        found.append(Layer(name=name, kind=kind, crs=table.crs, count=table.count, columns=first))
    return found


def read(path: Path, *, layer: str = "", encoding: str = "") -> Table:
    """One layer of a file, all of it; the only one when none is named. `encoding` is that of a Shapefile's texts where its .cpg is wrong or missing.

    Texts of a Shapefile that names no encoding, or a wrong one, are taken as UTF-8 where all of them are that, and as GB 18030 otherwise.
    GeoJSON and GeoPackage are UTF-8 by their standards, so that no other encoding may be named for them. Raises Unreadable.
    """
    name = _chosen(path, layer)
    is_shapefile = path.suffix.lower() in (".shp", ".zip")
    if not is_shapefile:
        _check_encoding(path, encoding)
    try:
        with warnings.catch_warnings(action="ignore"):
            meta, _, outlines, values = raw.read(
                _source(path), layer=name, encoding=_BYTES if is_shapefile else None, datetime_as_string=True
            )
    except DataLayerError as wrong:
        raise Unreadable(_why(path, wrong)) from wrong
    except (DataSourceError, UnicodeDecodeError) as wrong:
        raise Unreadable(_why(path, wrong)) from wrong
    names = [str(field) for field in meta["fields"]]
    columns = [column.tolist() for column in values]
    if is_shapefile:
        names, columns = _decoded(path, names, columns, encoding)
    _check_columns(path, names)
    return Table(
        file=path.name,
        layer=name if len(layers(path)) > 1 else "",
        columns=dict(zip(names, columns, strict=True)),
        count=len(columns[0]) if columns else (0 if outlines is None else len(outlines)),
        wkb=None if outlines is None else outlines.tolist(),
        crs=_unknown_system(path) or _system(meta["crs"]),
    )


def _chosen(path: Path, layer: str) -> str:
    names = layers(path)
    if not names:
        raise Unreadable(f"{path.name} holds no layer")
    if layer in names:
        return layer
    listed = ", ".join(names)
    if layer:
        near = get_close_matches(layer, names, n=1, cutoff=0.5)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise Unreadable(f"{path.name} has no layer {layer!r}: it has {listed}{meant}")
    if len(names) > 1:
        raise Unreadable(f'{path.name} has several layers ({listed}): say which one with layer = "…"')
    return names[0]


def _check(path: Path) -> None:
    if not path.exists():
        beside = [each.name for each in path.parent.glob("*") if each.suffix.lower() in ENDINGS]
        near = get_close_matches(path.name, beside, n=1, cutoff=0.5)
        raise Unreadable(f"there is no file {path}{f'; did you mean {near[0]}?' if near else ''}")
    if path.is_dir():
        raise Unreadable(f"{path.name} is a folder: name a file in it")
    if path.suffix.lower() not in ENDINGS:
        raise Unreadable(f"{path.name}: outlines are read from {', '.join(ENDINGS)}, tables from .csv")
    if not path.stat().st_size:
        raise Unreadable(f"{path.name} is empty")
    if path.suffix.lower() in GEOJSON:
        _check_geojson(path)
    if path.suffix.lower() == ".shp":
        _check_shapefile(path)
    if path.suffix.lower() == ".zip":
        _check_zip(path)


def _check_geojson(path: Path) -> None:
    try:
        flaw = geojson_standard.seen(path).flaw
    except OSError as wrong:
        raise Unreadable(f"{path.name} cannot be read: {wrong.strerror}") from wrong
    if flaw:
        raise Unreadable(flaw)


def _check_encoding(path: Path, encoding: str) -> None:
    try:
        fits = not encoding or codecs.lookup(encoding).name in UTF_8
    except LookupError as wrong:
        raise Unreadable(_no_encoding(encoding)) from wrong
    if not fits:
        kind = "GeoJSON" if path.suffix.lower() in GEOJSON else "GeoPackage"
        raise Unreadable(
            f"{path.name}: {kind} is always in UTF-8 by its standard, not in {encoding}: leave the encoding out, "
            "and have the file saved as UTF-8 if its texts come out wrong"
        )


def _no_encoding(encoding: str) -> str:
    return f'there is no encoding {encoding!r}: write encoding = "GBK" or "UTF-8"'


def _unknown_system(path: Path) -> str:
    return geojson_standard.seen(path).unknown_crs if path.suffix.lower() in GEOJSON else ""


def _check_shapefile(path: Path) -> None:
    there = {each.suffix.lower() for each in path.parent.glob(f"{_escaped(path.stem)}.*")}
    missing = [path.stem + ending for ending in BESIDE_A_SHAPEFILE if ending not in there]
    if missing:
        raise Unreadable(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing beside {path.name}: "
            "a Shapefile is .shp, .shx and .dbf together (and .prj for its coordinate system)"
        )

    for beside in (path, path.with_suffix(".shx"), path.with_suffix(".dbf")):
        if beside.exists() and beside.stat().st_size < _length(beside):
            raise Unreadable(f"{beside.name} is shorter than it says itself: {AGAIN}")


def _length(path: Path) -> int:
    """How long a part of a Shapefile says that it is, in bytes (ESRI's description of 1998, and that of dBase III)."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if path.suffix.lower() == ".dbf":
        count, before, each = (int.from_bytes(head[start:end], "little") for start, end in ((4, 8), (8, 10), (10, 12)))
        return max(HEAD // 3, before + count * each)
    return max(HEAD, 2 * int.from_bytes(head[24:28], "big"))


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, EOFError, OSError) as wrong:
        raise Unreadable(f"{path.name} is no whole zip file: {AGAIN}") from wrong
    if broken:
        raise Unreadable(f"{path.name}: {broken} in it is broken: {AGAIN}")


def _check_columns(path: Path, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable(f"{path.name} has two columns called {', '.join(twice)}: rename one of them")


def _decoded(
    path: Path, names: list[str], columns: list[list[Any]], encoding: str
) -> tuple[list[str], list[list[Any]]]:
    """The names and texts of a Shapefile out of their bytes."""
    found = [value.encode(_BYTES) for column in columns for value in column if isinstance(value, str)]
    headers = [name.encode(_BYTES) for name in names]
    chosen = encoding or _encoding_of([*found, *headers], _stated(path))
    try:
        # A name of ten bytes may end within a letter; what is cut off there is nothing that anybody could map.
        texts = [header.decode(chosen, errors="ignore") for header in headers]
        return texts, [[_text(value, chosen) for value in column] for column in columns]
    except LookupError as wrong:
        raise Unreadable(_no_encoding(chosen)) from wrong
    except UnicodeDecodeError as wrong:
        sample = wrong.object[:30].decode(_BYTES)
        raise Unreadable(
            f'the texts of {path.name} are not {chosen} (such as {sample!r}): name theirs with encoding = "…"'
        ) from wrong


def _text(value: Any, encoding: str) -> Any:
    return value.encode(_BYTES).decode(encoding) if isinstance(value, str) else value


def _encoding_of(found: list[bytes], stated: str) -> str:
    tried = dict.fromkeys([*([stated] if stated else []), *ENCODINGS])
    return next((each for each in tried if _fits(found, each)), stated or ENCODINGS[-1])


def _fits(found: list[bytes], encoding: str) -> bool:
    try:
        for text in found:
            text.decode(encoding)
    except (ValueError, LookupError):
        return False
    return True


def _stated(path: Path) -> str:
    """What the .cpg beside says; codes of code pages are given their name."""
    beside = path.with_suffix(".cpg")
    if path.suffix.lower() == ".zip" or not beside.exists():
        return ""
    said = "".join(re.findall(r"[\w-]", beside.read_text(encoding="ascii", errors="ignore")))
    return {"936": "gb18030", "GBK": "gb18030", "GB2312": "gb18030", "65001": "utf-8"}.get(said.upper(), said)


def _system(crs: str | None) -> str:
    return "" if crs is None or _NO_SYSTEM.search(crs[:80]) else str(crs)


def _source(path: Path) -> str:
    return f"/vsizip/{path.resolve()}{_inside(path)}" if path.suffix.lower() == ".zip" else str(path)


def _inside(path: Path) -> str:
    """The folder, or the one file, in a zip that holds what can be read, as the end of a path; archives are often made of a whole folder."""
    with zipfile.ZipFile(path) as archive:
        found = [PurePosixPath(name) for name in archive.namelist() if not name.startswith("__MACOSX/")]
    found = [each for each in found if each.suffix.lower() in ENDINGS and each.suffix.lower() != ".zip"]
    folders = sorted({each.parent.as_posix() for each in found})
    if not found:
        raise Unreadable(f"{path.name} holds nothing that can be read: outlines are in {', '.join(ENDINGS[:-1])}")
    if len(folders) > 1:
        raise Unreadable(
            f"{path.name} holds outlines in several folders ({', '.join(folders)}): unpack it and name one"
        )
    return "" if folders == ["."] else f"/{folders[0]}"


def _escaped(name: str) -> str:
    return re.sub(r"([\[\]*?])", r"[\1]", name)


def _why(path: Path, wrong: Exception) -> str:
    said = str(wrong).replace(f"{path.parent}/", "").split("\n", maxsplit=1)[0]
    if "malformed" in said or "not a database" in said or "Unterminated" in said:
        return f"{path.name} is not whole ({said[-80:]}): {AGAIN}"
    if "codec can't decode" in said:
        return f"{path.name} is not in UTF-8, which it should be by its standard: save it again as UTF-8"
    if "not recognized" in said:
        return f"{path.name} is no {_FORMATS.get(path.suffix.lower(), 'file of outlines')}: save it as one again"
    return f"{path.name} cannot be read: {said[:200]}"
