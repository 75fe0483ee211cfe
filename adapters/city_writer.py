"""How a city that was brought in is written down: a whole folder beside the one wanted, moved into its place at the end."""

import csv
import io
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from adapters.city_source import feature_entries
from city.intake.city import Before, BroughtIn
from city.names import Name
from city.registry import Device, Worker
from geo.codes import LENGTHS, Level

CELLS = "cells.geojson"
WRITTEN = ("city.toml", "districts.toml", "places.csv", CELLS, "devices.csv", "workers.csv")
OUTLINES = "places.geojson"
INDICES = "indices.toml"
SERIALS = "serials.toml"


class FolderTaken(Exception):
    """The folder wanted cannot be used; the text says why."""


def remembered(folder: Path) -> Before:
    """What is known of the city in this folder, also of districts and cells that are gone; nothing where there is none, or of what cannot be read."""
    found: dict[str, int] = {}
    for name in ("districts.toml", INDICES):
        for each in _toml(folder / name).get("district", []):
            if isinstance(each.get("code"), str) and isinstance(each.get("index"), int):
                found[each["code"]] = each["index"]
    largest = _toml(folder / SERIALS).get("largest")
    entries, _ = feature_entries(folder, CELLS)
    cells = {str(entry.fields.get("code")): entry.fields["geometry"] for entry in entries}
    return Before(
        indices=found,
        serials={code: serial for code, serial in largest.items() if isinstance(serial, int)}
        if isinstance(largest, dict)
        else {},
        cells={code: area for code, area in cells.items() if _is_cell(code) and isinstance(area, dict)},
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _is_cell(code: str) -> bool:
    return len(code) == LENGTHS[Level.CELL] and code.isascii() and code.isdigit()


def check_place(folder: Path) -> None:
    """Raises FolderTaken when the folder holds something else than a city. Puts back what a renewal that was cut short had moved away."""
    aside = _aside(folder)
    if aside.is_dir() and not folder.exists():
        aside.rename(folder)
    if folder.exists() and not folder.is_dir():
        raise FolderTaken(f"{folder} is a file: name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "city.toml").exists():
        raise FolderTaken(f"{folder} holds something that is no city: name an empty folder, or that of a city to renew")


def write(folder: Path, brought: BroughtIn, *, before: Path | None, profile: Path) -> None:
    """Writes a city's folder. What the import does not bring is taken from the city `before` where there is one, else from the profile city."""
    folder.mkdir(parents=True)
    source = before if before is not None else profile
    for path in sorted(source.iterdir()):
        keep = before is not None or path.suffix in (".toml", ".csv")
        if keep and path.is_file() and path.name not in (*WRITTEN, OUTLINES, INDICES, SERIALS):
            shutil.copy2(path, folder / path.name)
        elif before is not None and path.is_dir():
            shutil.copytree(path, folder / path.name)
    for name, text in _texts(brought):
        (folder / name).write_text(text, encoding="utf-8", newline="")


def move_in(new: Path, folder: Path) -> None:
    """Puts the new folder in the place of the old one, which is there or not, as a whole."""
    old = _aside(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.before")


def _texts(brought: BroughtIn) -> Iterable[tuple[str, str]]:
    city = brought.city
    yield (
        "city.toml",
        (
            f"code = {_quoted(city.code)}\nname = {_name(city.name)}\ncrs = {_quoted(city.crs)}\n"
            f"utc_offset_minutes = {city.utc_offset_minutes}\ntoo_old_days = {city.too_old_days:g}\n"
        ),
    )
    districts = [(place.code, place.name, brought.indices[place.code]) for place in brought.districts]
    yield "districts.toml", _districts(districts)
    yield INDICES, _indices(brought.indices)
    yield SERIALS, _serials(brought.serials)
    yield "places.csv", _csv(("code", "zh", "en"), [(p.code, p.name.zh, p.name.en) for p in brought.places])
    yield CELLS, _features((c.code, c.name, c.area) for c in brought.cells)
    outlines = [p for p in (*brought.districts, *brought.places) if p.area is not None]
    if outlines:
        yield OUTLINES, _features((p.code, p.name, p.area) for p in outlines)
    yield "devices.csv", _devices(brought.devices)
    yield "workers.csv", _workers(brought.workers)


def _districts(rows: Iterable[tuple[str, Name, int]]) -> str:
    tables = [
        f"[[district]]\ncode = {_quoted(code)}\nname = {_name(name)}\nindex = {index}\n" for code, name, index in rows
    ]
    return "\n".join(["# The index picks a district's Kafka partition: given once, never reused.\n", *tables])


def _indices(indices: Mapping[str, int]) -> str:
    head = "# Every index that a district of this city ever had, so that none is given twice. Written by the import.\n"
    tables = [f"[[district]]\ncode = {_quoted(code)}\nindex = {index}\n" for code, index in indices.items()]
    return "\n".join([head, *tables])


def _serials(serials: Mapping[str, int]) -> str:
    head = "# The largest serial number that a cell of each community ever had: a number is never given again. Written by the import.\n"
    return "\n".join([head, "[largest]", *(f"{code} = {serial}" for code, serial in sorted(serials.items())), ""])


def _features(places: Iterable[tuple[str, Name, Any]]) -> str:
    lines = [
        msgspec.json.encode(
            {
                "type": "Feature",
                "properties": {"code": code, "zh": name.zh, "en": name.en},
                "geometry": area,
            }
        ).decode()
        for code, name, area in places
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _devices(devices: Sequence[Device]) -> str:
    header = ("id", "district", "cell", "kind", "metrics", "lon", "lat", "zh", "en")
    rows = [
        (
            d.id,
            d.district,
            d.cell,
            d.kind,
            " ".join(d.metrics),
            d.lon,
            d.lat,
            *((d.name.zh, d.name.en) if d.name else ("", "")),
        )
        for d in devices
    ]
    return _csv(header, rows)


def _workers(workers: Sequence[Worker]) -> str:
    header = ("id", "district", "zh", "en", "skills", "grids", "shift_start", "shift_end", "days", "capacity")
    rows = [
        (
            *(w.id, w.district, w.name.zh, w.name.en, " ".join(w.skills), " ".join(w.grids)),
            *(w.shift.start, w.shift.end, " ".join(map(str, w.shift.days)), w.capacity),
        )
        for w in workers
    ]
    return _csv(header, rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _name(name: Name) -> str:
    return f"{{ zh = {_quoted(name.zh)}, en = {_quoted(name.en)} }}"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are all of them TOML's as well."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
