"""What a mapping says: which file, layer and columns of a city's own data hold which places, devices and workers."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from city.names import Name

Positive = Annotated[float, Meta(gt=0)]


class CitySettings(Struct, frozen=True, kw_only=True):
    """The city itself, as its city.toml will say. `crs` is what positions sent by devices and phones mean unless they say it."""

    code: str
    name: Name
    crs: str = "wgs84"
    utc_offset_minutes: int = 480
    too_old_days: Positive = 7.0


class FileMapping(Struct, frozen=True, kw_only=True):
    """What is said of any file: which it is and how its texts are written, and the columns of the names.

    `constants` give a field one value for all rows. `encoding` and `delimiter` replace what would be found out.
    """

    file: str
    zh: str = ""
    en: str = ""
    encoding: str = ""
    delimiter: str = ""
    constants: dict[str, str] = field(default_factory=dict)


class LayerMapping(FileMapping, frozen=True, kw_only=True):
    """One level of places: a file with outlines, or a CSV file with names only.

    `code` is the column of the whole code, or the columns of its segments from the district down. `crs` replaces the coordinate system
    that the file names.
    """

    layer: str = ""
    code: str | list[str]
    crs: str = ""

    @property
    def code_columns(self) -> list[str]:
        """The columns of the code, from the district down."""
        return [self.code] if isinstance(self.code, str) else self.code


class CellMapping(FileMapping, frozen=True, kw_only=True):
    """The cells. With `community` (a column) instead of `code` the cells have no serial numbers and are given them by rule.

    `digits` is how long the codes are: 15, or 14, 16 or 20 of another scheme (geo/grid_codes.py), which are rewritten.
    `generate_m` lays cells of this width over communities that have none; without a file over all of them.
    """

    file: str = ""
    layer: str = ""
    code: str | list[str] = ""
    community: str | list[str] = ""
    crs: str = ""
    digits: int = 15
    generate_m: Annotated[float, Meta(ge=0)] = 0.0

    @property
    def code_columns(self) -> list[str]:
        """The columns of the cell's code, or those of its community's where cells have no serial."""
        chosen = self.code or self.community
        return [chosen] if isinstance(chosen, str) else chosen


class DeviceMapping(FileMapping, frozen=True, kw_only=True):
    """The devices, from CSV. `cell` may be left out: it is then looked up from the position. `crs` is that of the positions, `crs_column` a column with it."""

    id: str
    kind: str = ""
    metrics: str = ""
    lon: str
    lat: str
    cell: str = ""
    crs: str = "wgs84"
    crs_column: str = ""


class WorkerMapping(FileMapping, frozen=True, kw_only=True):
    """The workers, from CSV. `grids` holds codes of places, between blanks or any punctuation; skills, shift and capacity may be constants."""

    id: str
    skills: str = ""
    grids: str = ""
    district: str = ""
    shift_start: str = ""
    shift_end: str = ""
    days: str = ""
    capacity: str = ""


class Mapping(Struct, frozen=True, kw_only=True):
    """All of a mapping file."""

    city: CitySettings
    districts: LayerMapping
    towns: LayerMapping | None = None
    communities: LayerMapping | None = None
    cells: CellMapping
    devices: DeviceMapping | None = None
    workers: WorkerMapping | None = None


Section = LayerMapping | CellMapping | DeviceMapping | WorkerMapping
SECTIONS: dict[str, Any] = {
    "city": CitySettings,
    "districts": LayerMapping,
    "towns": LayerMapping,
    "communities": LayerMapping,
    "cells": CellMapping,
    "devices": DeviceMapping,
    "workers": WorkerMapping,
}
NEEDED = ("city", "districts", "cells")


def columns_of(section: Section) -> dict[str, list[str]]:
    """The columns that a section names, by the field that names them."""
    plain = ("zh", "en", "id", "kind", "metrics", "lon", "lat", "cell", "crs_column", "skills", "grids", "district")
    found = {name: getattr(section, name, "") for name in (*plain, "shift_start", "shift_end", "days", "capacity")}
    named = {name: [column] for name, column in found.items() if column}
    code = section.code_columns if isinstance(section, LayerMapping | CellMapping) else []
    return named | ({"code": code} if any(code) else {})
