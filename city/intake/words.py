"""What is said, in both languages, about columns, codes, names and outlines of a city's own files."""

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from shapely.geometry import mapping

from city.intake.remark import Remark, mistake, note
from city.intake.table import Table
from geo.mending import Outline, OutlineFlaw, Repair

MOST_NAMED = 12
CODE_REPAIRS = {
    "number": ("个编码存为数字，已按文本读取", "codes were stored as numbers and were read as text"),
    "zeros": ("个编码的分段补上了前导零", "codes had segments without their leading zeros, which were put back"),
    "scheme": ("个编码由其他位数的网格编码换算而来", "codes of another grid scheme were rewritten with 15 digits"),
    "summary": ("个编码末尾的汇总零已截去", "codes ended in summary zeros, which were cut off"),
}
OUTLINE_REPAIRS = {
    Repair.FLATTENED: ("个图形的高程值已去掉", "outlines had heights, which were left out"),
    Repair.RING_ORDER: ("个图形的环方向已纠正", "outlines ran the wrong way round (RFC 7946) and were turned"),
    Repair.CROSSING: ("个图形有极小的自相交，已修复", "outlines crossed themselves a little and were mended"),
}
FLAWS = {
    OutlineFlaw.MISSING: ("没有图形", "it has no outline"),
    OutlineFlaw.NOT_AN_AREA: ("不是面", "an area is a polygon, not a {}"),
    OutlineFlaw.NOT_A_NUMBER: ("坐标含有非数值", "a coordinate is not a number"),
    OutlineFlaw.UNREADABLE: ("图形无法读取", "the outline cannot be read"),
    OutlineFlaw.BROKEN: (
        "图形自相交，无法唯一修复：{}",
        "the outline crosses itself so that its area is a matter of opinion: {}",
    ),
}


def repaired_codes(where: str, repair: str, count: int) -> Remark:
    """A note about codes that were put right."""
    zh, en = CODE_REPAIRS[repair]
    return note(f"code_{repair}", where, zh=f"{count} {zh}", en=f"{count:,} {en}")


def repaired_outlines(where: str, drawn: Sequence[Outline]) -> list[Remark]:
    """Notes about outlines that were put right."""
    repairs = Counter(repair for outline in drawn for repair in outline.repairs)
    return [
        note(
            repair.replace(" ", "_"),
            where,
            zh=f"{count} {OUTLINE_REPAIRS[repair][0]}",
            en=f"{count:,} {OUTLINE_REPAIRS[repair][1]}",
        )
        for repair, count in repairs.items()
    ]


def flawed_outline(outline: Outline, where: str, code: str) -> Remark:
    """A mistake: a place without a usable area."""
    zh, en = FLAWS[outline.flaw or OutlineFlaw.MISSING]
    return mistake(
        "outline",
        where,
        zh=f"{code}：{zh.format(outline.detail)}",
        en=f"{code}: {en.format(outline.detail)}",
        codes=(code,),
        area=None if outline.area is None else mapping(outline.area),
    )


def misfits(table: Table) -> list[Remark]:
    """Mistakes: rows that have more or fewer values than there are columns."""
    width = len(table.columns)
    return [
        mistake(
            "columns",
            f"{table.file}:{line}",
            zh=f"有 {count} 个值，而表头有 {width} 列",
            en=f"{count} values, but the header has {width} columns",
        )
        for line, count in table.misfits
    ]


def nameless(where: str, code: str) -> Remark:
    """A mistake: a place that nobody could call by a name."""
    return mistake("no_name", where, zh=f"{code} 没有名称", en=f"{code} has no name", codes=(code,))


def without_english(where: str, count: int) -> Remark:
    """A note: the name in one language stands in for the other."""
    return note(
        "one_language",
        where,
        zh=f"{count} 个名称只有一种语言，另一种暂用同名",
        en=f"{count:,} names are there in one language only, which stands in for the other",
    )


def no_column(where: str, field: str, column: str, there: Sequence[str]) -> Remark:
    """A mistake: the mapping names a column that is not there."""
    near = get_close_matches(column, there, n=1, cutoff=0.5) or [
        each for each in there if each.casefold() == column.casefold()
    ]
    listed = ", ".join(there[:MOST_NAMED]) + (f" and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else "")
    meant = (
        f"；是否为 {near[0]}？" if near else f"；现有：{listed}",
        f": did you mean {near[0]}?" if near else f": it has {listed}",
    )
    return mistake(
        "no_column",
        where,
        zh=f"没有列 {column}（{field}）{meant[0]}",
        en=f"no column {column!r} for {field}{meant[1]}",
    )
