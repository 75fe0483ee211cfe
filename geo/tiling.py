"""Whether the places of one level tile the ground: what of it two of them claim or none covers, and which are too thin, holed or in pieces."""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.faults import Fault, FaultKind, ground_fault, listed
from geo.layer import Layer, thick_ground
from geo.plane import Plane


def shared(layer: Layer, plane: Plane) -> Iterator[Fault]:
    """Pairs of places that claim common ground, or all of it."""
    one, other = layer.sharing()
    # Ground that one code claims twice is said once, with the code.
    different = np.array([layer.codes[a] != layer.codes[b] for a, b in zip(one, other, strict=True)], dtype=bool)
    one, other = one[different], other[different]
    common = np.atleast_1d(shapely.intersection(layer.shapes[one], layer.shapes[other]))
    for a, b, same, ground in zip(one.tolist(), other.tolist(), layer.twins(one, other), common, strict=True):
        first, second = sorted((a, b), key=lambda place: layer.codes[place])
        codes = [layer.codes[first], layer.codes[second]]
        yield ground_fault(
            FaultKind.DUPLICATE_AREA if same else FaultKind.OVERLAP,
            codes,
            layer.at[[first, second]].tolist(),
            ground=_round(plane, thick_ground(ground, layer.tolerance_m)),
            zh=f"{codes[1]} 与 {codes[0]} 是同一块地（{{area}} 平方米）"
            if same
            else f"{codes[1]} 与 {codes[0]} 重叠 {{area}} 平方米",
            en=f"{codes[1]} covers the same ground as {codes[0]}: one area of {{area}} m², two codes"
            if same
            else f"{codes[1]} overlaps {codes[0]} by {{area}} m²",
        )


def gaps(
    layer: Layer, parents: Layer | None, plane: Plane, *, uncertain: BaseGeometry, crack_m: float
) -> Iterator[Fault]:
    """Ground that no place covers, though it lies in a parent with places, or between places; not where `uncertain` ground begins."""
    for piece in _bare(layer, parents, crack_m):
        if shapely.intersects(uncertain, piece.representative_point()):
            continue
        beside = layer.along(piece)
        if len(beside) == 1 and layer.inside_of(beside[0], piece):
            yield _hole(layer, plane, beside[0], piece)
        elif len(beside) > 1 or parents is not None:
            yield _gap(layer, parents, plane, beside=beside, piece=piece)


def thin(layer: Layer, plane: Plane, thinnest_m: float) -> Iterator[Fault]:
    """Places, or pieces of them, into which no circle of `thinnest_m` fits."""
    parts, place = shapely.get_parts(layer.shapes, return_index=True)
    narrow = shapely.is_empty(shapely.buffer(parts, -thinnest_m / 2, quad_segs=2))
    for part, at in zip(parts[narrow], place[narrow].tolist(), strict=True):
        code = layer.codes[at]
        yield ground_fault(
            FaultKind.SLIVER,
            [code],
            [int(layer.at[at])],
            ground=_round(plane, part),
            zh=f"{code} 有一块 {{area}} 平方米的狭长碎片，宽度不足 {thinnest_m:g} 米",
            en=f"{code} has a sliver of {{area}} m², nowhere {thinnest_m:g} m wide",
        )


def torn(layer: Layer, plane: Plane) -> Iterator[Fault]:
    """Places in several pieces."""
    pieces = shapely.get_num_geometries(layer.shapes)
    for at in np.flatnonzero(pieces > 1).tolist():
        code, count = layer.codes[at], int(pieces[at])
        yield ground_fault(
            FaultKind.PIECES,
            [code],
            [int(layer.at[at])],
            ground=_round(plane, layer.shapes[at]),
            zh=f"{code} 由互不相连的 {count} 块组成（共 {{area}} 平方米）",
            en=f"{code} is in {count} pieces ({{area}} m² together)",
        )


def _bare(layer: Layer, parents: Layer | None, crack_m: float) -> list[shapely.Polygon]:
    if parents is None:
        return [*layer.enclosed(), *layer.cracks(crack_m)]
    length = len(parents.codes[0])
    used = {code[:length] for code in layer.codes}
    wanted = shapely.union_all(
        [shape for shape, code in zip(parents.shapes, parents.codes, strict=True) if code in used]
    )
    found = layer.uncovered(wanted)
    if used <= set(parents.codes):
        return found
    # Some places have no parent that is drawn: around them it counts what they enclose.
    alone = [*layer.enclosed(), *layer.cracks(crack_m)]
    return [*found, *(piece for piece in alone if not shapely.intersects(wanted, piece.representative_point()))]


def _gap(layer: Layer, parents: Layer | None, plane: Plane, *, beside: list[int], piece: BaseGeometry) -> Fault:
    codes = sorted({layer.codes[at] for at in beside})
    around_zh, around_en = f"{listed(codes, '、')} 之间", f"between {listed(codes)}"
    if parents is not None:
        inside = np.sort(parents.tree.query(piece.representative_point(), predicate="intersects"))
        where = listed(sorted({parents.codes[at] for at in inside}))
        around_zh = f"{where} 内、{listed(codes, '、')} 旁" if codes else f"{where} 内"
        around_en = f"of {where} beside {listed(codes)}" if codes else f"of {where}"
        codes = codes or [parents.codes[at] for at in inside]
    return ground_fault(
        FaultKind.GAP,
        codes,
        layer.at[beside].tolist(),
        ground=_round(plane, piece),
        zh=f"{around_zh}有 {{area}} 平方米未被任何单元覆盖",
        en=f"a gap of {{area}} m² that no place covers, {around_en}",
    )


def _hole(layer: Layer, plane: Plane, place: int, piece: BaseGeometry) -> Fault:
    code = layer.codes[place]
    return ground_fault(
        FaultKind.HOLE,
        [code],
        [int(layer.at[place])],
        ground=_round(plane, piece),
        zh=f"{code} 内有 {{area}} 平方米的孔，不属于任何单元",
        en=f"{code} has a hole of {{area}} m² that belongs to no place",
    )


def _round(plane: Plane, shape: BaseGeometry) -> BaseGeometry:
    rounded: BaseGeometry = plane.round(np.array([shape], dtype=object))[0]
    return rounded
