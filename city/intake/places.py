"""Which places the rows of a layer are: their codes, names and outlines, and what is wrong with each row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from shapely.geometry import mapping

from city.intake import words
from city.intake.codes import meant_code, meant_grid_code
from city.intake.mapping import CellMapping, LayerMapping
from city.intake.remark import Remark, mistake, note, warning
from city.intake.table import Table
from city.names import Name
from city.soundness.empty import empty_places, said_of_empty
from geo.codes import Level
from geo.mending import Outline


class Drawn(Struct, frozen=True, kw_only=True):
    """A place as its row gives it: `area` is a shape in degrees of WGS-84, None in a table of names; `where` says where the row stands."""

    code: str
    name: Name
    area: Any = None
    where: str


class Taken(Struct, frozen=True, kw_only=True):
    """The rows of a layer that could be taken, in their order, and what is said about it."""

    places: list[Drawn]
    remarks: list[Remark]


class Row(Struct, frozen=True, kw_only=True):
    """A row whose code is that of a place of the level wanted."""

    at: int
    code: str


def coded(table: Table, section: LayerMapping | CellMapping, level: Level) -> tuple[list[Row], list[Remark]]:
    """The rows with a code of this level; the others are mistakes, one remark each, and repairs are counted."""
    rows, remarks = [], []
    repairs: Counter[str] = Counter()
    for at in range(table.count):
        parts = _parts(table, section, at)
        digits = section.digits if isinstance(section, CellMapping) and level is Level.CELL else 0
        meant = meant_grid_code(parts, digits) if digits else meant_code(parts, level)
        if meant.flaw:
            zh, en = meant.flaw
            remarks.append(mistake("code", table.where(at), zh=zh, en=en))
            continue
        repairs[meant.repair] += 1
        rows.append(Row(at=at, code=meant.code))
    said = [words.repaired_codes(table.called, repair, count) for repair, count in repairs.items() if repair]
    return rows, [*remarks, *said]


def places(table: Table, section: LayerMapping, level: Level, drawn: Sequence[Outline] | None) -> Taken:
    """The districts, towns or communities of a layer; those whose row or outline cannot be taken are mistakes."""
    rows, remarks = coded(table, section, level)
    rows, twice = unique(table, rows)
    found = []
    english = 0
    for row in rows:
        name = name_of(table, section, row.at)
        if name is None:
            remarks.append(words.nameless(table.where(row.at), row.code))
            continue
        english += name.zh == name.en
        outline = drawn[row.at] if drawn is not None else Outline()
        if outline.flaw is not None:
            remarks.append(words.flawed_outline(outline, table.where(row.at), row.code))
        found.append(
            Drawn(
                code=row.code,
                name=name,
                area=None if outline.flaw else outline.area,
                where=table.where(row.at),
            )
        )
    remarks += twice + words.repaired_outlines(table.called, drawn or ())
    if english:
        remarks.append(words.without_english(table.called, english))
    return Taken(places=found, remarks=remarks)


def unique(table: Table, rows: Sequence[Row]) -> tuple[list[Row], list[Remark]]:
    """The rows whose code is there for the first time; the others are mistakes."""
    first: dict[str, Row] = {}
    remarks = []
    for row in rows:
        before = first.setdefault(row.code, row)
        if before is not row:
            where = table.where(before.at)
            remarks.append(
                mistake(
                    "duplicate_code",
                    table.where(row.at),
                    zh=f"编码 {row.code} 重复：首次出现在 {where}",
                    en=f"{row.code} is here twice: first in {where}",
                    codes=(row.code,),
                )
            )
    return list(first.values()), remarks


def name_of(table: Table, section: LayerMapping | CellMapping, at: int) -> Name | None:
    """A row's name in both languages; one stands in for the other where only one is there. None when there is neither."""
    zh = section.constants.get("zh", "") or table.text(section.zh, at)
    en = section.constants.get("en", "") or table.text(section.en, at)
    return Name(zh=zh or en, en=en or zh) if zh or en else None


def orphans(drawn: Sequence[Drawn], parents: Mapping[str, Any], length: int, level: tuple[str, str]) -> list[Remark]:
    """A mistake for every missing place of `length` digits in which some of `drawn` lie by their codes. `level` is its word (zh, en)."""
    missing: dict[str, list[Drawn]] = {}
    for place in drawn:
        if place.code[:length] not in parents:
            missing.setdefault(place.code[:length], []).append(place)
    zh, en = level
    return [
        mistake(
            "no_parent",
            children[0].where,
            zh=f"没有{zh} {code}：有 {len(children)} 个编码以它开头（如 {children[0].code}）",
            en=f"there is no {en} {code}, in which {children[0].code} lies by its code{_others(len(children) - 1)}",
            codes=(code,),
        )
        for code, children in missing.items()
    ]


def _others(count: int) -> str:
    return f", and {count:,} more" if count else ""


def without_cells(above: Sequence[Drawn], found: Sequence[Drawn]) -> list[Remark]:
    """A warning for each of the places `above` in which none of the cells that were found lies; nothing while there are no cells at all."""
    by_code = {place.code: place for place in above}
    empty = empty_places(by_code, [cell.code for cell in found]) if found else {}
    said = {code: said_of_empty(code, by_code[code].name, below) for code, below in empty.items()}
    return [
        warning(
            "no_cells",
            by_code[code].where,
            zh=what.zh,
            en=what.en,
            codes=(code,),
            area=None if by_code[code].area is None else mapping(by_code[code].area),
        )
        for code, what in said.items()
    ]


def strangers(districts: Sequence[Drawn], city: str) -> list[Remark]:
    """A mistake for every district that does not lie in the city."""
    return [
        mistake(
            "other_city",
            place.where,
            zh=f"区县 {place.code} 不属于城市 {city}",
            en=f"district {place.code} does not lie in the city {city}",
            codes=(place.code,),
        )
        for place in districts
        if not place.code.startswith(city)
    ]


def empty(table: Table) -> list[Remark]:
    """A mistake when there is no row at all."""
    if table.count:
        return []
    return [mistake("empty", table.called, zh="没有任何记录", en="there is nothing in it: no feature, no row")]


def unlike(table: Table, wanted: Mapping[str, Sequence[str]]) -> list[Remark]:
    """A mistake for every column that the mapping names and the file does not have; `wanted` are columns by field."""
    return [
        words.no_column(table.called, field, column, sorted(table.columns))
        for field, columns in wanted.items()
        for column in columns
        if column not in table.columns
    ]


def counted(kind: str, where: str, count: int, zh: str, en: str) -> list[Remark]:
    """A note about so many rows; nothing about none."""
    return [note(kind, where, zh=f"{count} {zh}", en=f"{count:,} {en}")] if count else []


def _parts(table: Table, section: LayerMapping | CellMapping, at: int) -> list[str]:
    return [table.text(column, at) for column in section.code_columns]
