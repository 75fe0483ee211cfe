"""What the faults of a ground plan look like: the whole city with a mark at each place that has any, and the gravest ones enlarged."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil, cos, radians
from typing import Any

import numpy as np
import shapely
from msgspec import Struct
from shapely.geometry import shape

from city.intake.remark import Grade, Remark
from city.intake.view import View, around, text
from geo.area import LARGEST_LAT, LARGEST_LON

WIDTH = 1200
LARGEST_HEIGHT = 1200
COLUMNS = 3
MOST_PANELS = 12
MOST_OF_A_KIND = 2
PANEL = 386
CAPTION = 58
LETTER_PX = 7.3
MARGIN = 10
MARK_PX = 22  # marks nearer than that are one, with the number of faults in it
MOST_LABELS = 12
COLOURS = {Grade.MISTAKE: "#c62828", Grade.WARNING: "#e08600", Grade.NOTE: "#1565c0"}
STYLE = (
    "text{font:13px 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:#222}"
    ".c{fill:#eef2ee;stroke:#8a9a8a;stroke-width:.6}.s{font-size:10px;fill:#667}"
    ".n{font-size:12px;fill:#fff;text-anchor:middle;font-weight:bold}.h{font-size:20px;font-weight:bold}"
)


class Seen(Struct, frozen=True, kw_only=True):
    """A remark that can be drawn, and its number in the picture."""

    number: int
    remark: Remark
    area: Any


def drawn(remarks: Sequence[Remark], cells: Mapping[str, Any]) -> str:
    """The picture as SVG. `cells` are shapes in degrees by code; remarks without an area are only counted."""
    graded = sorted((each for each in remarks if each.area is not None), key=lambda each: list(Grade).index(each.grade))
    seen = [Seen(number=at, remark=each, area=_shape(each.area)) for at, each in enumerate(graded, start=1)]
    seen = [each for each in seen if each.area is not None]
    shapes = np.array(list(cells.values()), dtype=object)
    box = _box(shapes.tolist() or [each.area for each in seen])
    panels = _chosen(seen)
    head = 92
    overview = View(box=box, left=MARGIN, top=head, width=WIDTH - 2 * MARGIN, height=_height(box))
    below = head + overview.height + MARGIN
    rows = ceil(len(panels) / COLUMNS)
    height = below + rows * (PANEL + CAPTION + MARGIN) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}">',
        f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
        *_heading(remarks, len(cells)),
        *_ground(overview, shapes),
        *_marks(overview, seen),
    ]
    tree = shapely.STRtree(shapes)
    codes = list(cells)
    for at, each in enumerate(panels):
        left = MARGIN + at % COLUMNS * (PANEL + MARGIN)
        top = below + at // COLUMNS * (PANEL + CAPTION + MARGIN)
        parts += _panel(each, View(box=_near(each), left=left, top=top, width=PANEL, height=PANEL), tree, codes)
    return "\n".join([*parts, "</svg>\n"])


def _chosen(seen: Sequence[Seen]) -> list[Seen]:
    """Those that are enlarged: the gravest first, and of no kind so many that others find no room."""
    order: Counter[str] = Counter()
    ranked = []
    for each in seen:
        order[each.remark.kind] += 1
        ranked.append((order[each.remark.kind] > MOST_OF_A_KIND, each.number, each))
    return [each for _, _, each in sorted(ranked, key=lambda rank: rank[:2])][:MOST_PANELS]


def _heading(remarks: Sequence[Remark], cells: int) -> list[str]:
    counts = Counter((remark.grade, remark.kind) for remark in remarks)
    grades = Counter(remark.grade for remark in remarks)
    title = f"{cells:,} 个网格 / cells · {grades[Grade.MISTAKE]:,} 错误 / mistakes · {grades[Grade.WARNING]:,} 警告 / warnings"
    kinds = " · ".join(f"{kind.replace('_', ' ')} {count:,}" for (_, kind), count in counts.most_common(10))
    return [
        f'<text class="h" x="{MARGIN}" y="34">{text(title)}</text>',
        f'<text x="{MARGIN}" y="58">{text(kinds)}</text>',
        f'<text class="s" x="{MARGIN}" y="78">圈内数字：此处的问题数 / the number in a mark: how many faults are there</text>',
    ]


def _ground(view: View, shapes: Any) -> list[str]:
    return [f'<path class="c" d="{view.path(shapes)}"/>']


def _marks(view: View, seen: Sequence[Seen]) -> list[str]:
    places: dict[tuple[int, int], list[Seen]] = {}
    for each in seen:
        middle = each.area.representative_point()
        x, y = view.nearest(middle.x, middle.y)
        places.setdefault((round(x / MARK_PX), round(y / MARK_PX)), []).append(each)
    found = []
    for (column, row), own in places.items():
        colour = COLOURS[own[0].remark.grade]
        x, y = column * MARK_PX, row * MARK_PX
        found.append(f'<path d="{view.path([each.area for each in own])}" fill="{colour}" stroke="{colour}"/>')
        found.append(f'<circle cx="{x}" cy="{y}" r="{MARK_PX / 2}" fill="{colour}" fill-opacity=".85"/>')
        found.append(f'<text class="n" x="{x}" y="{y + 4}">{len(own)}</text>')
    return found


def _panel(each: Seen, view: View, tree: shapely.STRtree, codes: Sequence[str]) -> list[str]:
    colour = COLOURS[each.remark.grade]
    near = sorted(tree.query(shapely.box(*view.seen)).tolist())
    parts = [
        f'<svg x="{view.left}" y="{view.top}" width="{PANEL}" height="{PANEL}" viewBox="{view.left} {view.top} {PANEL} {PANEL}">',
        *_ground(view, tree.geometries[near]),
        f'<path d="{view.path([each.area])}" fill="{colour}" fill-opacity=".45" stroke="{colour}" stroke-width="2" fill-rule="evenodd"/>',
        *_labels(view, [(codes[at], tree.geometries[at]) for at in near]),
        "</svg>",
        f'<rect x="{view.left}" y="{view.top}" width="{PANEL}" height="{PANEL}" fill="none" stroke="#444"/>',
    ]
    lines = (f"{each.number}. {each.remark.kind.replace('_', ' ')}", each.remark.what.zh, each.remark.what.en)
    for at, line in enumerate(lines, start=1):
        cut = line if _width(line) <= PANEL / LETTER_PX else _cut(line, int(PANEL / LETTER_PX))
        parts.append(f'<text x="{view.left}" y="{view.top + PANEL + 17 * at}" fill="{colour}">{text(cut)}</text>')
    return parts


def _labels(view: View, cells: Sequence[tuple[str, Any]]) -> list[str]:
    if len(cells) > MOST_LABELS:
        return []
    found = []
    for code, area in cells:
        seen = shapely.clip_by_rect(area, *view.seen)
        if not seen.is_empty:
            middle = seen.representative_point()
            x, y = view.point(middle.x, middle.y)
            found.append(f'<text class="s" x="{x:.0f}" y="{y:.0f}" text-anchor="middle">{text(code)}</text>')
    return found


def _near(each: Seen) -> tuple[float, float, float, float]:
    return around(each.area.bounds, 0.6)


def _box(shapes: Sequence[Any]) -> tuple[float, float, float, float]:
    if not len(shapes):
        return (0.0, 0.0, 1.0, 1.0)
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    return around((west, south, east, north), 0.03)


def _height(box: tuple[float, float, float, float]) -> float:
    west, south, east, north = box
    wide = (east - west) * cos(radians((south + north) / 2))
    return min(LARGEST_HEIGHT, (WIDTH - 2 * MARGIN) * (north - south) / wide)


def _shape(area: Mapping[str, Any]) -> Any:
    try:
        found = shape(dict(area))
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, shapely.errors.ShapelyError):
        return None
    # `<=` is false for what is no number, too.
    on_the_map = (np.abs(shapely.get_coordinates(found)) <= (LARGEST_LON, LARGEST_LAT - 1)).all()
    return found if on_the_map and not found.is_empty else None


def _width(line: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in line)


def _cut(line: str, most: int) -> str:
    while _width(line) > most - 1:
        line = line[:-1]
    return f"{line}…"
