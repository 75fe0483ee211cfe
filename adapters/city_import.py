"""A city's own files, as a mapping file describes them, as a city; and everything that is to be said about them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from adapters import csv_tables, geo_files
from adapters.geo_files import Unreadable
from city.intake import mapping as wanted
from city.intake import words
from city.intake.cells import as_geometry, cells, generated
from city.intake.city import Before, BroughtIn, indices, largest_serials, placed
from city.intake.devices import devices
from city.intake.duty import shared_out
from city.intake.ground import ground_remarks
from city.intake.layers import outlines_of
from city.intake.places import Drawn, Taken, empty, orphans, places, strangers, unlike, without_cells
from city.intake.remark import Remark, mistake, note
from city.intake.table import Table
from city.intake.workers import names_grids, workers
from city.registry import Device, Worker
from geo.codes import LENGTHS, Level
from geo.lookup import CellIndex
from geo.mending import Outline

Progress = Callable[[str, int, int], None]
STEPS = ("districts", "towns", "communities", "cells", "ground plan", "devices", "workers")
LEVEL_OF = {"districts": Level.DISTRICT, "towns": Level.TOWN, "communities": Level.COMMUNITY}
WORDS = {
    Level.DISTRICT: ("区县", "district"),
    Level.TOWN: ("街道（乡镇）", "town"),
    Level.COMMUNITY: ("社区（村）", "community"),
}
NOTHING = Taken(places=[], remarks=[])


class Imported(Struct, frozen=True, kw_only=True):
    """What came of an import. `drawn` are the cells' shapes in degrees by code, for the picture."""

    city: BroughtIn
    remarks: list[Remark]
    drawn: dict[str, Any]


class Reading(Struct, kw_only=True):
    """What is needed while files are read: where they lie, what a worker can do by default, and whom to tell about progress."""

    folder: Path
    skills: Sequence[str]
    metrics: Collection[str] | None
    progress: Progress
    remarks: list[Remark] = []


def bring_in(
    mapping: wanted.Mapping,
    folder: Path,
    *,
    before: Before,
    skills: Sequence[str],
    progress: Progress,
    metrics: Collection[str] | None = None,
) -> Imported:
    """Reads all files of the mapping, whose names are relative to `folder`. Raises nothing for what is in them.

    `before` is what is known of the city where it is brought in again; `metrics` are those that devices may send, None where that is not known.
    """
    reading = Reading(folder=folder, skills=skills, metrics=metrics, progress=progress)
    levels = {name: _places(reading, name, getattr(mapping, name)) for name in LEVEL_OF}
    named = {place.code: place.name for taken in levels.values() for place in taken.places}
    found = _cells(reading, mapping.cells, levels["communities"].places, named, before)
    reading.remarks += [remark for taken in (*levels.values(), found) for remark in taken.remarks]
    districts = levels["districts"].places
    lower = [*levels["towns"].places, *levels["communities"].places]
    reading.remarks += strangers(districts, mapping.city.code) + _orphans(levels, found.places)
    reading.remarks += without_cells([*districts, *lower], found.places)
    progress("ground plan", 0, 0)
    reading.remarks += ground_remarks([*districts, *lower, *found.places])
    drawn = {cell.code: cell.area for cell in found.places if cell.area is not None}
    codes = {*named, *(cell.code for cell in found.places)}
    city = BroughtIn(
        city=mapping.city,
        districts=placed(districts, as_geometry),
        places=placed(lower, as_geometry),
        cells=placed(found.places, as_geometry),
        devices=_devices(reading, mapping.devices, drawn),
        workers=_workers(reading, mapping.workers, codes, drawn),
        indices=indices([place.code for place in districts], before.indices),
        serials=largest_serials([*before.cells, *(cell.code for cell in found.places)], before.serials),
    )
    return Imported(city=city, remarks=reading.remarks, drawn=drawn)


def _places(reading: Reading, name: str, section: wanted.LayerMapping | None) -> Taken:
    if section is None:
        return NOTHING
    table = _table(reading, name, section)
    if table is None:
        return NOTHING
    drawn: list[Outline] | None = None
    if table.wkb is not None:
        drawn, said = outlines_of(table, section.crs)
        reading.remarks += said
    return places(table, section, LEVEL_OF[name], drawn)


def _cells(
    reading: Reading,
    section: wanted.CellMapping,
    communities: Sequence[Drawn],
    named: Mapping[str, Any],
    before: Before,
) -> Taken:
    found = NOTHING
    if section.file:
        table = _table(reading, "cells", section)
        if table is None:
            return NOTHING
        drawn, said = outlines_of(table, section.crs)
        reading.remarks += said
        if drawn is None:
            return NOTHING
        found = cells(table, section, drawn, named, before)
    if not section.generate_m:
        return found
    reading.progress("cells", 1, 2)
    more = generated(communities, found.places, section.generate_m, before)
    return Taken(places=[*found.places, *more.places], remarks=[*found.remarks, *more.remarks])


def _devices(reading: Reading, section: wanted.DeviceMapping | None, drawn: Mapping[str, Any]) -> list[Device]:
    table = _table(reading, "devices", section) if section else None
    if section is None or table is None or not drawn:
        return []
    index = CellIndex({code: as_geometry(area) for code, area in drawn.items()})
    found, said = devices(table, section, index, reading.metrics)
    reading.remarks += said
    return found


def _workers(
    reading: Reading, section: wanted.WorkerMapping | None, codes: set[str], drawn: Mapping[str, Any]
) -> list[Worker]:
    table = _table(reading, "workers", section) if section else None
    if section is None or table is None or not codes:
        return []
    found, said = workers(table, section, codes, skills=reading.skills)
    reading.remarks += said
    if names_grids(section) or not found:
        return found
    zh = f"{len(found)} 名网格员未写责任网格：按面积均分本区县"
    en = f"{len(found):,} workers have no duty grids in it: the ground of their districts was shared out evenly"
    reading.remarks.append(note("shared_out", table.called, zh=zh, en=en))
    return shared_out([worker for worker in found if _has_ground(worker.district, drawn)], drawn)


def _has_ground(district: str, drawn: Mapping[str, Any]) -> bool:
    return any(code.startswith(district) for code in drawn)


def _table(reading: Reading, name: str, section: wanted.Section) -> Table | None:
    """A section's file, None when it cannot be read or lacks a column that the mapping names."""
    reading.progress(name, 0, 0)
    path = reading.folder / section.file
    try:
        table = _read(path, section)
    except Unreadable as wrong:
        reading.remarks.append(mistake("unreadable", section.file, zh=f"无法读取：{wrong}", en=str(wrong)))
        return None
    odd = words.misfits(table)
    said = unlike(table, wanted.columns_of(section)) or ([] if odd else empty(table))
    reading.remarks += [*odd, *said]
    return None if said else table


def _read(path: Path, section: wanted.Section) -> Table:
    is_csv = path.suffix.lower() in (".csv", ".txt", ".tsv")
    if is_csv or isinstance(section, wanted.DeviceMapping | wanted.WorkerMapping):
        return csv_tables.read(path, encoding=section.encoding, delimiter=section.delimiter)
    return geo_files.read(path, layer=section.layer, encoding=section.encoding)


def _orphans(levels: Mapping[str, Taken], found: Sequence[Drawn]) -> list[Remark]:
    """Mistakes about parents that are missing; a level that no section brings is not asked for."""
    known = {name: {place.code for place in taken.places} for name, taken in levels.items()}
    said = []
    for name, level in LEVEL_OF.items():
        if known[name]:
            length = LENGTHS[level]
            below = [each for each in (*_below(levels, length), *found) if len(each.code) > length]
            nearest = [each for each in below if not _nearer(each.code, length, known)]
            said += orphans(nearest, dict.fromkeys(known[name]), length, WORDS[level])
    return said


def _below(levels: Mapping[str, Taken], length: int) -> list[Drawn]:
    return [place for taken in levels.values() for place in taken.places if len(place.code) > length]


def _nearer(code: str, length: int, known: Mapping[str, set[str]]) -> bool:
    """Whether a level between that is brought holds the place's parent already."""
    between = [
        LENGTHS[level] for name, level in LEVEL_OF.items() if known[name] and length < LENGTHS[level] < len(code)
    ]
    return any(code[:each] in codes for each in between for codes in known.values())
