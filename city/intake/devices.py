"""Which devices the rows of a file are, and the cell that each stands in, looked up from its position where the file does not say it."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from typing import Any

import numpy as np
from msgspec import Struct

from city.intake.mapping import DeviceMapping
from city.intake.remark import Remark, mistake
from city.intake.table import Table
from city.names import Name
from city.registry import Device
from geo.lookup import NOWHERE, CellIndex
from geo.planes import converter

SEPARATORS = re.compile(r"[\s,;，；、|/]+")
MANY_SHARE = 0.2  # as many devices off their cells are no slips of single devices
CURED_SHARE = 0.8
DECIMALS = 7
NOT_IN_TOPICS = set("/+# \t")


class Located(Struct, frozen=True, kw_only=True):
    """A row with a position in degrees of WGS-84, and as the file has it."""

    at: int
    lon: float
    lat: float
    given: tuple[float, float]


class Misplaced(Struct, frozen=True, kw_only=True):
    """A device whose position is not in the cell that the file states, or in none."""

    each: Located
    id_: str
    stated: str
    cell: str
    known: bool
    swapped: bool


def devices(
    table: Table, section: DeviceMapping, index: CellIndex, metrics: Collection[str] | None = None
) -> tuple[list[Device], list[Remark]]:
    """The devices that could be taken, in the order of their rows, and mistakes: no id, an id twice, no position, no cell there, no metric.

    `metrics` are those that there are, None where that is not known.
    """
    rows, remarks = _identified(table, section)
    for at, id_ in rows.items():
        remarks += _speechless(table, section, at, id_, metrics)
    located, wrong = _located(table, section, rows)
    remarks += wrong
    found = _cells_at(index, [(each.lon, each.lat) for each in located])
    codes = set(index.codes)
    taken = []
    apart: list[tuple[Located, str]] = []
    for each, cell in zip(located, found, strict=True):
        stated = table.text(section.cell, each.at)
        if not cell or (stated and stated != cell):
            apart.append((each, stated))
            swapped = not cell and _cells_at(index, [(each.given[1], each.given[0])]) != [""]
            known = stated in codes
            said = Misplaced(each=each, id_=rows[each.at], stated=stated, cell=cell, known=known, swapped=swapped)
            remarks.append(_misplaced(table.where(each.at), said))
        else:
            taken.append(_device(table, section, each, rows[each.at], cell))
    return taken, [*_shifted(table, apart, len(located), index, section.crs), *remarks]


def value(table: Table, section: Any, field: str, at: int) -> str:
    """What a row says for a field: the mapping's constant, or the column's value."""
    return str(section.constants.get(field, "")) or table.text(getattr(section, field, ""), at)


def identified(table: Table, section: Any) -> tuple[dict[int, str], list[Remark]]:
    """The ids by row; a missing and a repeated id are mistakes."""
    return _identified(table, section)


def _identified(table: Table, section: Any) -> tuple[dict[int, str], list[Remark]]:
    first: dict[str, int] = {}
    remarks = []
    for at in range(table.count):
        id_ = value(table, section, "id", at)
        if not id_:
            remarks.append(mistake("no_id", table.where(at), zh="没有编号", en="it has no id"))
        elif set(id_) & NOT_IN_TOPICS:
            zh, en = (
                f"编号 {id_!r} 不能含 / + # 和空格",
                f"{id_!r}: an id stands in MQTT topics, so without / + # and blanks",
            )
            remarks.append(mistake("id", table.where(at), zh=zh, en=en))
        elif id_ in first:
            where = table.where(first[id_])
            zh, en = f"编号 {id_} 重复：首次出现在 {where}", f"{id_} is here twice: first in {where}"
            remarks.append(mistake("duplicate_id", table.where(at), zh=zh, en=en))
        else:
            first[id_] = at
    return {at: id_ for id_, at in first.items()}, remarks


def _speechless(
    table: Table, section: DeviceMapping, at: int, id_: str, metrics: Collection[str] | None
) -> list[Remark]:
    """Mistakes about what a device is and sends."""
    found, where = [], table.where(at)
    if not value(table, section, "kind", at):
        found.append(mistake("no_kind", where, zh=f"{id_} 没有类型", en=f"{id_} has no kind"))
    own = [metric for metric in SEPARATORS.split(value(table, section, "metrics", at)) if metric]
    if not own:
        zh, en = f"{id_} 没有指标，不能上报任何数据", f"{id_} has no metric: it could send nothing"
        found.append(mistake("no_metric", where, zh=zh, en=en))
    for metric in own:
        if metrics is not None and metric not in metrics:
            near = get_close_matches(metric, list(metrics), n=1)
            zh = f"{id_}：没有指标 {metric}" + (f"（是否为 {near[0]}？）" if near else "")
            en = f"{id_}: there is no metric {metric}" + (f" (did you mean {near[0]}?)" if near else "")
            found.append(mistake("no_metric", where, zh=zh, en=en))
    return found


def _located(table: Table, section: DeviceMapping, rows: Mapping[int, str]) -> tuple[list[Located], list[Remark]]:
    by_system: dict[str, list[int]] = {}
    remarks = []
    given: dict[int, tuple[float, float]] = {}
    for at, id_ in rows.items():
        pair = _pair(table.text(section.lon, at), table.text(section.lat, at))
        if pair is None or pair == (0.0, 0.0):
            said = f"{table.text(section.lon, at)!r}, {table.text(section.lat, at)!r}"
            remarks.append(
                mistake(
                    "no_position", table.where(at), zh=f"{id_}：{said} 不是坐标", en=f"{id_}: {said} is no position"
                )
            )
            continue
        given[at] = pair
        crs = table.text(section.crs_column, at) or section.crs
        by_system.setdefault(crs, []).append(at)
    found = []
    for crs, members in by_system.items():
        try:
            moved = converter(crs)(np.array([given[at] for at in members]))
        except ValueError as wrong:
            zh, en = f"坐标系 {crs} 未知", str(wrong)
            remarks.append(mistake("crs", table.where(members[0]), zh=zh, en=en))
            continue
        found += [
            Located(at=at, lon=round(lon, DECIMALS), lat=round(lat, DECIMALS), given=given[at])
            for at, (lon, lat) in zip(members, moved.tolist(), strict=True)
        ]
    return sorted(found, key=lambda each: each.at), remarks


def _pair(lon: str, lat: str) -> tuple[float, float] | None:
    try:
        pair = float(lon), float(lat)
    except ValueError:
        return None
    return pair if isfinite(pair[0]) and isfinite(pair[1]) else None


def _cells_at(index: CellIndex, pairs: Sequence[tuple[float, float]]) -> list[str]:
    if not pairs:
        return []
    positions = index.cells_of([lon for lon, _ in pairs], [lat for _, lat in pairs])
    return ["" if position == NOWHERE else index.codes[position] for position in positions.tolist()]


def _device(table: Table, section: DeviceMapping, each: Located, id_: str, cell: str) -> Device:
    zh, en = value(table, section, "zh", each.at), value(table, section, "en", each.at)
    return Device(
        id=id_,
        district=cell[:6],
        cell=cell,
        kind=value(table, section, "kind", each.at),
        metrics=[metric for metric in SEPARATORS.split(value(table, section, "metrics", each.at)) if metric],
        lon=each.lon,
        lat=each.lat,
        name=Name(zh=zh or en, en=en or zh) if zh or en else None,
    )


def _misplaced(where: str, said: Misplaced) -> Remark:
    id_, stated, cell, each = said.id_, said.stated, said.cell, said.each
    point = {"type": "Point", "coordinates": [each.lon, each.lat]}
    spot = f"{each.lon:.6f}, {each.lat:.6f}"
    if not cell:
        zh = f"{id_} 的位置 {spot} 不在任何网格内" + ("：经纬度颠倒了" if said.swapped else "")
        en = f"{id_}: {spot} lies in no cell" + (": longitude and latitude are swapped" if said.swapped else "")
    else:
        zh = f"{id_} 登记在网格 {stated}{'' if said.known else '（不存在）'}，但位置 {spot} 在 {cell} 内"
        en = f"{id_} is registered in {stated}{'' if said.known else ', which does not exist'}, but {spot} lies in {cell}"
    return mistake("device_outside", where, zh=zh, en=en, codes=(stated or cell,) if stated or cell else (), area=point)


def _shifted(table: Table, apart: Sequence[tuple[Located, str]], of: int, index: CellIndex, crs: str) -> list[Remark]:
    """A mistake about the whole file when another coordinate system would put most of the misplaced devices right."""
    if len(apart) <= of * MANY_SHARE or not apart:
        return []
    for other in ("gcj02", "bd09", "wgs84"):
        moved = converter(other)(np.array([each.given for each, _ in apart])) if other != crs else None
        if moved is None:
            continue
        cells = _cells_at(index, [(lon, lat) for lon, lat in moved.tolist()])
        cured = sum(bool(cell) and stated in ("", cell) for cell, (_, stated) in zip(cells, apart, strict=True))
        if cured >= len(apart) * CURED_SHARE:
            return [
                mistake(
                    "crs",
                    table.called,
                    zh=f'{len(apart)} 个设备不在其网格内，按 {other} 解释则有 {cured} 个吻合：请在映射中写 crs = "{other}"',
                    en=f'{len(apart):,} devices lie off their cells, and {cured:,} of them would not if positions were {other}: write crs = "{other}"',
                )
            ]
    return []
