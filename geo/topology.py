"""Whether the ground plan of a city holds: every place drawn once, in the one its code names, its parts tiling it without gap or overlap."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo import tiling
from geo.codes import LENGTHS
from geo.faults import Fault, FaultKind, ground_fault, listed
from geo.layer import Layer
from geo.parents import outside
from geo.plane import plane_of
from geo.rings import Place, drawn
from geo.strays import strays

Positions = npt.NDArray[np.intp]

TOLERANCE_M = 0.1  # wider than 1e-7 degrees of noise on both sides of a border
THINNEST_M = 1.0


def faults_of(
    places: Sequence[Place],
    *,
    tolerance_m: float = TOLERANCE_M,
    thinnest_m: float = THINNEST_M,
    lengths: Collection[int] = tuple(LENGTHS.values()),
) -> list[Fault]:
    """Everything that is wrong with places of all levels together, by kind and then by code.

    `places` are codes and GeoJSON areas in degrees of WGS-84; a code may come twice, an area may be broken in any way. Places whose codes
    are equally long are a level; `lengths` are those that a level may have, and a place's parent has its code cut to the next shorter
    length that occurs. What is narrower than `tolerance_m` is noise. A place narrower than `thinnest_m` is a sliver, and an opening
    narrower than that between two places at the edge is a gap. Where a level's parents are drawn, its gaps are what is left over of them.
    """
    return _Plan(places, sorted(lengths), tolerance_m, thinnest_m).faults()


class _Plan:
    """The places as they are drawn, level by level, on a flat map."""

    def __init__(self, places: Sequence[Place], lengths: list[int], tolerance_m: float, thinnest_m: float) -> None:
        self._lengths, self._tolerance_m, self._thinnest_m = lengths, tolerance_m, thinnest_m
        self._codes = [code for code, _ in places]
        self._drawn = drawn(places)
        self._sizes = np.array([self._size(code) for code in self._codes], dtype=np.intp)
        used = {0, *self._sizes.tolist()}
        self._size_above = {size: max((each for each in used if each < size), default=0) for size in used}
        self._whole = np.array([shape is not None for shape in self._drawn.shapes], dtype=bool)
        self._plane = plane_of(self._drawn.shapes[self._whole])
        layers = {length: np.flatnonzero(self._whole & (self._sizes == length)) for length in lengths}
        self._layers = {length: self._layer(at) for length, at in layers.items() if at.size}

    def faults(self) -> list[Fault]:
        """All of them."""
        found = [*self._drawn.faults, *self._repeated(), *self._parentless()]
        uncertain = self._uncertain()
        for length, layer in self._layers.items():
            parents = self._layers.get(self._size_above[length])
            found += tiling.shared(layer, self._plane)
            found += tiling.gaps(layer, parents, self._plane, uncertain=uncertain, crack_m=self._thinnest_m)
            found += tiling.thin(layer, self._plane, self._thinnest_m)
            if length == self._lengths[-1]:
                found += [*tiling.torn(layer, self._plane), *strays(layer, self._plane)]
            found += outside(layer, parents, self._plane) if parents is not None else ()
        order = {kind: number for number, kind in enumerate(FaultKind)}
        return sorted(found, key=lambda fault: (order[fault.kind], fault.codes, fault.at))

    def _size(self, code: str) -> int:
        """How many digits the code has, if it can be that of a place, else 0."""
        return len(code) if code.isascii() and code.isdigit() and len(code) in self._lengths else 0

    def _layer(self, at: Positions) -> Layer:
        return Layer(
            [self._codes[each] for each in at], at, self._plane.flat(self._drawn.shapes[at]), self._tolerance_m
        )

    def _uncertain(self) -> BaseGeometry:
        """The ground that broken outlines, and places of no level, may have been meant to cover."""
        meant = [*self._drawn.meant, *self._drawn.shapes[self._whole & (self._sizes == 0)]]
        return shapely.union_all(self._plane.flat(np.array(meant, dtype=object)))

    def _repeated(self) -> Iterator[Fault]:
        """The codes that more than one place has."""
        positions: dict[str, list[int]] = {}
        for position, code in enumerate(self._codes):
            positions.setdefault(code, []).append(position)
        for code, at in positions.items():
            if len(at) > 1:
                yield ground_fault(
                    FaultKind.DUPLICATE_CODE,
                    [code],
                    at,
                    ground=self._together(at),
                    zh=f"编码 {code} 出现 {len(at)} 次（共 {{area}} 平方米）",
                    en=f"{code} is there {len(at)} times ({{area}} m² together)",
                )

    def _parentless(self) -> Iterator[Fault]:
        """The codes that name no level, and for each parent that is not there all places that name it."""
        there, missing = set(self._codes), defaultdict[str, list[int]](list)
        for position, (code, size) in enumerate(zip(self._codes, self._sizes.tolist(), strict=True)):
            above = self._size_above[size]
            if not size:
                digits = ", ".join(map(str, self._lengths))
                zh, en = (
                    f"“{code}”不是任何层级的编码（应为 {digits} 位数字）",
                    f"{code!r} is no place's code: those have {digits} digits",
                )
                yield self._lost([position], zh, en)
            elif above and code[:above] not in there:
                missing[code[:above]].append(position)
        for parent, positions in sorted(missing.items()):
            codes = [self._codes[position] for position in positions]
            zh = f"{listed(codes, '、')} 的上级 {parent} 不存在（共 {{area}} 平方米）"
            yield self._lost(
                positions, zh, f"there is no {parent}, though {listed(codes)} ({{area}} m²) lie in it by their codes"
            )

    def _lost(self, positions: list[int], zh: str, en: str) -> Fault:
        codes = [self._codes[position] for position in positions]
        return ground_fault(FaultKind.WRONG_PARENT, codes, positions, ground=self._together(positions), zh=zh, en=en)

    def _together(self, positions: list[int]) -> BaseGeometry:
        return shapely.MultiPolygon(shapely.get_parts(self._drawn.shapes[positions]).tolist())
