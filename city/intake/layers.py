"""Which areas on the ground the outlines of a layer are, in the coordinate system that the file or the mapping names."""

from city.intake.remark import Remark, mistake, note, warning
from city.intake.table import Table
from geo.crs import CRS_NAMES
from geo.mending import Outline, areas, coordinates, read
from geo.planes import converter, is_exact, named, strayed

GEOJSON = (".geojson", ".json")


def outlines_of(table: Table, crs: str) -> tuple[list[Outline] | None, list[Remark]]:
    """The outlines of a layer's rows in degrees of WGS-84, and remarks; None when no outline can be placed at all.

    `crs` replaces the system that the file names where it is not empty.
    """
    if table.wkb is None or not any(table.wkb):
        return None, [mistake("no_outlines", table.called, zh="没有图形", en="it has no outlines, only a table")]
    if not (crs or table.crs):
        return None, [_unknown_system(table)]
    shapes = read(table.wkb)
    system = _own_word(crs or table.crs)
    try:
        to_degrees = converter(system)
        pairs = coordinates(shapes)
        wrong = strayed(pairs, to_degrees(pairs), system) if len(pairs) else ""
    except ValueError as trouble:
        wrong = str(trouble)
    else:
        if not wrong:
            drawn = areas(shapes, to_degrees, ring_order=table.file.lower().endswith(GEOJSON))
            return drawn, _about(table, system)
    return None, [mistake("crs", table.called, zh=f"坐标系不符：{wrong}", en=wrong)]


def _unknown_system(table: Table) -> Remark:
    return mistake(
        "crs",
        table.called,
        zh='文件没有说明坐标系：请在映射中写 crs = "…"，如 EPSG:4546（CGCS2000 三度带）、cgcs2000（经纬度）、gcj02、bd09',
        en='the file does not say its coordinate system: add crs = "…" to the mapping, such as EPSG:4546 (CGCS2000, a 3-degree zone), cgcs2000 (degrees), gcj02 or bd09',
    )


def _about(table: Table, system: str) -> list[Remark]:
    called = named(system)
    said = note("crs", table.called, zh=f"坐标系：{called}", en=f"coordinates are {called}")
    if is_exact(system):
        return [said]
    zh = f"{called} 换算到 WGS-84 需要当地参数，误差可能达数米至上百米：请先在当地测绘部门换算为 CGCS2000"
    en = f"converting {called} to WGS-84 takes local parameters, without which it may be metres to a hundred metres off: have it converted to CGCS2000"
    return [said, warning("crs_rough", table.called, zh=zh, en=en)]


def _own_word(crs: str) -> str:
    return crs.lower() if crs.lower() in CRS_NAMES else crs
