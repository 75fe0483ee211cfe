"""How the places of one level lie beside each other: what two of them claim, what none of them covers.

A tolerance has one meaning throughout: ground counts only if a circle of that diameter fits into it. A circle of radius r fits into what
two shapes share exactly if the shapes still meet when both are shrunk by r, and into what no shape covers exactly if some is left when
all of them are grown by r. So noise in the outlines, and corners that only one of two neighbours has, are no faults.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

Shapes = npt.NDArray[np.object_]
Positions = npt.NDArray[np.intp]

_SHARP = 20.0  # a corner may reach so many times as far as the edges beside it
_BLUNT = 2.0


@dataclass(frozen=True)
class Layer:
    """Places of one level: valid shapes in metres; `at` are their positions in what is checked."""

    codes: Sequence[str]
    at: Positions
    shapes: Shapes
    tolerance_m: float

    @cached_property
    def shrunk(self) -> Shapes:
        """The shapes, half a tolerance smaller all around."""
        return np.atleast_1d(shapely.buffer(self.shapes, -self.tolerance_m / 2, quad_segs=2))

    @cached_property
    def grown(self) -> Shapes:
        """The shapes, half a tolerance larger all around."""
        return _grown(self.shapes, self.tolerance_m / 2, _BLUNT)

    @cached_property
    def tree(self) -> STRtree:
        """The shapes by where they lie."""
        return STRtree(self.shapes)

    @cached_property
    def covered(self) -> BaseGeometry:
        """The ground of all, half a tolerance larger all around."""
        return shapely.union_all(self.grown)

    def sharing(self) -> tuple[Positions, Positions]:
        """The pairs of places that claim common ground."""
        one, other = STRtree(self.shrunk).query(self.shrunk, predicate="intersects")
        return one[one < other], other[one < other]

    def twins(self, one: Positions, other: Positions) -> npt.NDArray[np.bool_]:
        """Which of the pairs have the same ground."""
        forth = shapely.covers(self.grown[one], self.shrunk[other])
        same: npt.NDArray[np.bool_] = forth & shapely.covers(self.grown[other], self.shrunk[one])
        return same

    def uncovered(self, within: BaseGeometry) -> list[shapely.Polygon]:
        """The parts of `within` that none of the places covers."""
        left = shapely.difference(shapely.buffer(within, -self.tolerance_m / 2), self.covered)
        return [piece for part in _areas(left) for piece in self._bare(part, within)]

    def enclosed(self) -> list[shapely.Polygon]:
        """The holes that the places enclose."""
        holes = [shapely.Polygon(ring) for part in _areas(self.covered) for ring in part.interiors]
        return [piece for hole in holes for piece in self._bare(hole, None)]

    def cracks(self, width_m: float) -> list[shapely.Polygon]:
        """What is less than `width_m` wide between the places and open to the outside."""
        filled = shapely.union_all([shapely.Polygon(part.exterior) for part in _areas(self.covered)])
        outline = shapely.buffer(filled, -self.tolerance_m / 2, join_style="mitre", mitre_limit=_SHARP)
        wide = shapely.buffer(outline, width_m / 2, join_style="mitre", mitre_limit=_SHARP)
        closed = shapely.buffer(wide, -width_m / 2, join_style="mitre", mitre_limit=_SHARP)
        # Straight corners keep their place; where a notch was so sharp that its corner is cut, a short part of what fills it lies along the city.
        # Looking along the whole outline is dear: the many specks that rounding leaves by an outline of many corners are sorted out before.
        left = thick(_areas(shapely.difference(closed, outline)), self.tolerance_m)
        return [part for part in left if _mostly_along(part, outline, width_m / 100)]

    def along(self, piece: BaseGeometry) -> list[int]:
        """The places that border a piece of ground with more than a corner; with a corner, if there are no others."""
        near = np.sort(self.tree.query(piece, predicate="dwithin", distance=self.tolerance_m))
        common = shapely.length(shapely.intersection(piece.boundary, self.grown[near]))
        beside: list[int] = near[common > 4 * self.tolerance_m].tolist()
        return beside or list(near.tolist())

    def inside_of(self, place: int, piece: BaseGeometry) -> bool:
        """Whether a piece of ground lies in a hole of a place."""
        whole = [shapely.Polygon(part.exterior) for part in _areas(self.shapes[place])]
        return bool(shapely.intersects(shapely.union_all(whole), piece.representative_point()))

    def _bare(self, part: BaseGeometry, within: BaseGeometry | None) -> list[shapely.Polygon]:
        """The ground around a part that is a little too small, to the borders of the places."""
        around = _grown(np.array([part]), self.tolerance_m, _SHARP)[0]
        near = self.shapes[self.tree.query(around, predicate="intersects")]
        bare = shapely.difference(around, shapely.union_all(near))
        return thick(_areas(bare if within is None else shapely.intersection(bare, within)), self.tolerance_m)


def thick(parts: Sequence[shapely.Polygon], tolerance_m: float) -> list[shapely.Polygon]:
    """Those parts into which a circle of the tolerance's diameter fits, near enough."""
    if not len(parts):
        return []
    kept = ~shapely.is_empty(shapely.buffer(parts, -0.499 * tolerance_m, quad_segs=2))
    return [part for part, fits in zip(parts, np.atleast_1d(kept), strict=True) if fits]


def thick_ground(shape: BaseGeometry, tolerance_m: float) -> BaseGeometry:
    """A shape without the parts that are too thin to count, and without lines and points."""
    parts = thick(_areas(shape), tolerance_m)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _areas(shape: BaseGeometry) -> list[shapely.Polygon]:
    return [
        part for part in shapely.get_parts(shape).tolist() if isinstance(part, shapely.Polygon) and not part.is_empty
    ]


def _grown(shapes: Shapes, by_m: float, sharp: float) -> Shapes:
    return np.atleast_1d(shapely.buffer(shapes, by_m, join_style="mitre", mitre_limit=sharp))


def _mostly_along(part: BaseGeometry, outline: BaseGeometry, near_m: float) -> bool:
    edge = part.boundary
    near = shapely.buffer(outline.boundary.intersection(part.envelope.buffer(near_m)), near_m)
    return bool(edge.intersection(near).length > edge.length / 2)
