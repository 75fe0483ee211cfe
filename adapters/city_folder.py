"""A city's folder as a registry, or every mistake in it at once, each with its file and line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec

from adapters.calendar_file import read_calendar
from adapters.catalogue_files import read_classes
from adapters.city_entries import built, split_cells, unique
from adapters.city_files import entries_of, file_of
from adapters.city_source import Entry, Mistake, feature_entries, toml_entries
from city.named_levels import in_numbers
from city.names import Name
from city.registry import Cell, Device, District, EventClass, Metric, Place, Registry, Worker
from city.rules import Rule
from city.soundness import Draft, Flaw, empty_flaws, flaws
from city.soundness.ground import ground_faults, ground_flaw
from geo.area import are_polygons, polygon_of
from geo.faults import Fault

__all__ = ["Loaded", "Mistake", "load"]

OUTLINES = "places.geojson"
SECONDS_A_DAY = 86_400


class CityFile(msgspec.Struct, frozen=True, kw_only=True):
    """What city.toml holds. `crs` is what positions mean in districts that do not say it themselves."""

    code: str
    name: Name
    crs: str = "wgs84"
    utc_offset_minutes: Annotated[int, msgspec.Meta(ge=-12 * 60, le=14 * 60)] = 480
    too_old_days: Annotated[float, msgspec.Meta(gt=0, le=100_000)] = 7.0


class OutlineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A feature of places.geojson: how far a district, a town or a community reaches."""

    code: str
    geometry: dict[str, Any]
    name: Name | None = None


class PlaceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of places.csv: a town or a community."""

    code: str
    name: Name


@dataclass(frozen=True)
class Loaded:
    """A city without a mistake. `places` are its towns and communities by code; with what is in `warnings` it runs all the same."""

    registry: Registry
    name: Name
    places: dict[str, Name]
    warnings: list[Mistake]


@dataclass(frozen=True)
class Checked:
    """What was read of a city, and everything that is to be said about it, by file and line; the `faults` of its ground plan can be drawn."""

    registry: Registry
    places: dict[str, Name]
    mistakes: list[Mistake]
    warnings: list[Mistake]
    faults: list[tuple[Fault, Mistake]]


@dataclass(frozen=True)
class _Kind:
    """Where a kind of thing is written down and what it becomes."""

    name: str
    one: str
    key: str
    struct: type[msgspec.Struct]


KINDS = (
    _Kind("districts", "district", "code", District),
    _Kind("places", "place", "code", PlaceRow),
    _Kind("cells", "cell", "code", Cell),
    _Kind("metrics", "metric", "name", Metric),
    _Kind("classes", "class", "code", EventClass),
    _Kind("rules", "rule", "id", Rule),
    _Kind("devices", "device", "id", Device),
    _Kind("workers", "worker", "id", Worker),
)


def load(folder: Path, *, ground: bool = True) -> Loaded | list[Mistake]:
    """Reads the folder. Returns the city, or its mistakes in the order of files and lines; raises nothing for what is in the files.

    Without `ground` the outlines are not compared with each other, which is most of the time in a large city, and places without cells
    are not named.
    """
    checked = check(folder, ground=ground)
    return checked.mistakes or Loaded(checked.registry, checked.registry.name, checked.places, checked.warnings)


def check(folder: Path, *, ground: bool = True) -> Checked:
    """The same with both mistakes and warnings, and with as much of the city as could be read."""
    reading = _Reading(Path(folder))
    for kind in KINDS:
        reading.take(kind)
    reading.take_outlines()
    draft = reading.draft()
    faults = [(fault, ground_flaw(fault, draft)) for fault in ground_faults(draft)] if ground else []
    empty = empty_flaws(draft) if ground else ()
    told = [*flaws(draft, ground=False), *empty, *(flaw for _, flaw in faults)]
    found = [(flaw.warning, reading.located(flaw)) for flaw in told]
    return Checked(
        registry=draft.registry,
        places=dict(draft.places),
        mistakes=sorted({*reading.mistakes, *(what for warning, what in found if not warning)}),
        warnings=sorted({what for warning, what in found if warning}),
        faults=[(fault, reading.located(flaw)) for fault, flaw in faults],
    )


class _Reading:
    """What has been read of a folder so far: values and entries of each kind by id, and mistakes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.mistakes: list[Mistake] = []
        self._entries: dict[str, dict[str, Entry]] = {}
        self._values: dict[str, dict[str, Any]] = {}
        self._broken: dict[str, dict[str, Any]] = {}
        self._unread: set[str] = set()
        self._outlines: dict[str, dict[str, Any]] = {}
        self._city = self._read_city()
        self._calendar, wrong = read_calendar(self._folder)
        self.mistakes += wrong

    def take(self, kind: _Kind) -> None:
        """Reads one kind of thing."""
        if kind.struct is EventClass:
            self._take_classes()
            return
        entries, mistakes = entries_of(self._folder, kind.name, kind.one)
        named = [(str(entry.fields[kind.key]), entry) for entry in entries if entry.fields.get(kind.key)]
        nameless = [entry for entry in entries if not entry.fields.get(kind.key)]
        self._entries[kind.name], twice = unique(named, lambda id_: f"{kind.one} {id_}")
        self.mistakes += mistakes + twice
        if mistakes and not entries:
            self._unread.add(kind.name)
        read = {id_: self._built(kind, entry) for id_, entry in self._entries[kind.name].items()}
        self._values[kind.name] = {id_: value for id_, value in read.items() if value is not None}
        if kind.struct is Cell:
            self._drop_broken(kind.name)
        for entry in nameless:
            self._built(kind, entry)

    def _take_classes(self) -> None:
        """A class may lie in layers, so that its entry alone does not say what it is."""
        read = read_classes(self._folder)
        self._values["classes"], self._entries["classes"] = read.values, read.entries
        self.mistakes += read.mistakes
        if read.unread:
            self._unread.add("classes")

    def take_outlines(self) -> None:
        """Reads places.geojson where there is one."""
        if not (self._folder / OUTLINES).exists():
            return
        entries, mistakes = feature_entries(self._folder, OUTLINES)
        self.mistakes += mistakes
        known = {**self._values["districts"], **self._values["places"]}
        for entry in entries:
            row, wrong = built(OutlineRow, split_cells(entry, ()))
            self.mistakes += wrong
            if row is not None and row.code not in known and not self._unread:
                self.mistakes.append(entry.mistake(f"{row.code} is no district, town or community of this city"))
            elif row is not None and self._is_area(row.code, row.geometry, entry):
                self._outlines[row.code] = row.geometry
                self._entries.setdefault("outlines", {})[row.code] = entry

    def draft(self) -> Draft:
        """Everything that could be read."""
        read: dict[str, Any] = {kind.name: self._values[kind.name] for kind in KINDS if kind.name != "places"}
        city = self._city
        drawn = {code: row for code, row in self._values["districts"].items() if code in self._outlines}
        named = {
            code: Place(code=code, name=row.name, geometry=self._outlines.get(code))
            for code, row in {**drawn, **self._values["places"]}.items()
        }
        registry = Registry(
            places=named,
            code=city.code,
            name=city.name,
            too_old_seconds=round(city.too_old_days * SECONDS_A_DAY),
            utc_offset_minutes=city.utc_offset_minutes,
            calendar=self._calendar,
            **{**read, "rules": in_numbers(read["rules"], city.utc_offset_minutes)},
        )
        return Draft(
            registry=registry,
            places={code: row.name for code, row in self._values["places"].items()},
            mentioned={kind: frozenset(entries) for kind, entries in self._entries.items()},
            broken=self._broken,
            unread=frozenset(self._unread),
        )

    def located(self, flaw: Flaw) -> Mistake:
        """A flaw with the file and line of the thing that has it."""
        entry = self._entries[flaw.kind].get(flaw.id)
        if entry is None:
            return Mistake(file_of(flaw.kind), 1, flaw.what)
        spelling = flaw.field if flaw.field in entry.lines else flaw.field.removesuffix("_seconds")
        return entry.mistake(flaw.what, spelling)

    def _read_city(self) -> CityFile:
        entries, mistakes = toml_entries(self._folder, "city.toml", None)
        self.mistakes += mistakes
        city: CityFile | None = None
        self._entries["city"] = {}
        for entry in entries:
            city, mistakes = built(CityFile, entry)
            self.mistakes += mistakes
            if city is not None:
                self._entries["city"][city.code] = entry
        if city is None:
            self._unread.add("city")
        return city or CityFile(code="", name=Name(zh="", en=""))

    def _built(self, kind: _Kind, entry: Entry) -> msgspec.Struct | None:
        if kind.name == "districts":
            entry = Entry(entry.file, entry.line, {"crs": self._city.crs, **entry.fields}, entry.lines)
        value, mistakes = built(kind.struct, entry, strict=entry.file.endswith(".toml"))
        self.mistakes += mistakes
        return value

    def _drop_broken(self, kind: str) -> None:
        """Takes out what has a geometry that is no area."""
        values = self._values[kind]
        sound = are_polygons([value.geometry for value in values.values()])
        for (id_, value), good in zip(list(values.items()), sound, strict=True):
            if not good and not self._is_area(id_, value.geometry, self._entries[kind][id_]):
                del values[id_]

    def _is_area(self, id_: str, geometry: dict[str, Any], entry: Entry) -> bool:
        try:
            polygon_of(geometry)
        except ValueError as wrong:
            self.mistakes.append(entry.mistake(f"{id_}: {wrong}"))
            self._broken[id_] = geometry
            return False
        return True
