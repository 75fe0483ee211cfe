"""Which cells the rows of a layer are: with codes of their own, numbered by rule where they have no serial, and named after their community."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from shapely.geometry import mapping

from city.intake import words
from city.intake.city import Before
from city.intake.mapping import CellMapping
from city.intake.places import Drawn, Row, Taken, coded, counted, name_of, unique
from city.intake.remark import Remark, mistake
from city.intake.serials import Serials
from city.intake.table import Table
from city.names import Name
from geo.cell_rule import cells_over
from geo.codes import LENGTHS, Level, community_of
from geo.mending import Outline

NOTHING_BEFORE = Before()


class Numbered(Struct, frozen=True, kw_only=True):
    """Cells with their serial numbers, and the remarks about communities with too many."""

    rows: list[Row]
    remarks: list[Remark]


def cells(
    table: Table,
    section: CellMapping,
    drawn: Sequence[Outline],
    communities: Mapping[str, Name],
    before: Before = NOTHING_BEFORE,
) -> Taken:
    """The cells of a layer. `communities` are the names that unnamed cells are called after; flawed outlines are mistakes.

    Cells without a serial number keep the one they had `before`, or get one that no cell of their community ever had.
    """
    level = Level.CELL if section.code else Level.COMMUNITY
    rows, remarks = coded(table, section, level)
    flawed = [row for row in rows if drawn[row.at].flaw is not None]
    remarks += [words.flawed_outline(drawn[row.at], table.where(row.at), row.code) for row in flawed]
    if not section.code:
        without_area = {row.at for row in flawed}
        given = numbered_rows(table, [row for row in rows if row.at not in without_area], drawn, before)
        rows, remarks = given.rows, [*remarks, *given.remarks]
    rows, twice = unique(table, rows)
    named = [(row, name_of(table, section, row.at)) for row in rows]
    found = [
        Drawn(
            code=row.code,
            name=name or cell_name(row.code, communities),
            area=None if drawn[row.at].flaw else drawn[row.at].area,
            where=table.where(row.at),
        )
        for row, name in named
    ]
    unnamed = sum(name is None for _, name in named)
    english = sum(name is not None and name.zh == name.en for _, name in named)
    remarks += [*twice, *words.repaired_outlines(table.called, drawn)]
    remarks += counted(
        "named",
        table.called,
        unnamed,
        "个网格没有名称，按社区名加序号命名",
        "cells have no name and are called after their community",
    )
    if english:
        remarks.append(words.without_english(table.called, english))
    return Taken(places=found, remarks=remarks)


def numbered_rows(table: Table, rows: Sequence[Row], drawn: Sequence[Outline], before: Before) -> Numbered:
    """The rows of cells without a serial, numbered within their communities from west to east and from north to south."""
    serials = Serials(before)
    members: dict[str, list[Row]] = {}
    for row in rows:
        members.setdefault(row.code, []).append(row)
    found, remarks = [], []
    for community, own in members.items():
        given = serials.of(community, {str(row.at): mapping(drawn[row.at].area) for row in own})
        if isinstance(given, tuple):
            zh, en = f"社区 {community} 有 {given[0]}", f"community {community} has {given[1]}"
            remarks.append(mistake("too_many", table.where(own[0].at), zh=zh, en=en, codes=(community,)))
            continue
        found += [Row(at=int(at), code=f"{community}{serial:03d}") for at, serial in given.items()]
    remarks += counted(
        "numbered",
        table.called,
        serials.new,
        "个网格按规则编号（自西向东、自北向南）",
        "cells were numbered by rule (west to east, north to south)",
    )
    remarks += _same_as_before(table.called, serials)
    return Numbered(rows=sorted(found, key=lambda row: row.at), remarks=remarks)


def _same_as_before(where: str, serials: Serials) -> list[Remark]:
    return counted("kept", where, serials.kept, "个网格保留原有序号", "cells keep the serial numbers they had")


def cell_name(code: str, communities: Mapping[str, Name]) -> Name:
    """The name of a cell that has none: its community's, and its serial number."""
    own = communities.get(community_of(code))
    serial = code[LENGTHS[Level.COMMUNITY] :]
    return Name(zh=f"{own.zh if own else ''}{serial}格", en=f"{own.en if own else 'Cell'} {serial}")


def as_geometry(area: Any) -> dict[str, Any]:
    """A shape as the GeoJSON geometry that a city's files hold."""
    return dict(mapping(area))


def generated(
    communities: Sequence[Drawn], there: Sequence[Drawn], width_m: float, before: Before = NOTHING_BEFORE
) -> Taken:
    """Cells by rule over the communities that have none among those that are there."""
    serials = Serials(before)
    taken = {community_of(cell.code) for cell in there}
    found, remarks = [], []
    for community in communities:
        if community.code in taken:
            continue
        if community.area is None:
            zh, en = f"{community.code} 没有图形，无法生成网格", f"{community.code} has no outline to generate cells in"
            remarks.append(mistake("no_outlines", community.where, zh=zh, en=en, codes=(community.code,)))
            continue
        own = {str(at): area for at, area in enumerate(cells_over(community.area, width_m))}
        given = serials.of(community.code, {at: mapping(area) for at, area in own.items()})
        if isinstance(given, tuple):
            zh = f"社区 {community.code} 会有 {given[0]}：请加大 generate_m"
            en = f"community {community.code} would have {given[1]}: make generate_m larger"
            remarks.append(mistake("too_many", community.where, zh=zh, en=en, codes=(community.code,)))
            continue
        names = {community.code: community.name}
        for at, serial in given.items():
            code = f"{community.code}{serial:03d}"
            found.append(Drawn(code=code, name=cell_name(code, names), area=own[at], where=community.where))
    remarks += counted(
        "generated", "cells", len(found), "个网格按规则生成", f"cells were generated by rule, about {width_m:g} m wide"
    )
    remarks += _same_as_before("cells", serials)
    return Taken(places=found, remarks=remarks)
