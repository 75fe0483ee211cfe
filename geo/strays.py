"""Which cells lie so far from those they belong to that their place is a mistake of digits rather than of the town."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geo.codes import LENGTHS, Level
from geo.faults import Fault, FaultKind, ground_fault, listed
from geo.layer import Layer
from geo.plane import Plane

Metres = npt.NDArray[np.float64]

FAR_M = 2_000.0
FAR_DIAMETERS = 20.0
ELSEWHERE_M = 200_000.0
ELSEWHERE_TIMES = 10.0  # as far from the middle as half of the cells are at most: there are cities 500 km long
ABOVE = (LENGTHS[Level.COMMUNITY], LENGTHS[Level.TOWN], LENGTHS[Level.DISTRICT], 0)
LEAST_OTHERS = 2  # of two cells far apart neither can say which one is astray


def strays(layer: Layer, plane: Plane) -> Iterator[Fault]:
    """The cells of a layer that lie elsewhere, by community, and those that lie alone far from the others of their community.

    A community of fewer than three cells is asked together with its town, and a town with its district. Distances are those between
    upright boxes around the cells, good enough for what is far.
    """
    bounds = shapely.bounds(layer.shapes)
    off = _off_middle(bounds)
    elsewhere = off > max(ELSEWHERE_M, ELSEWHERE_TIMES * float(np.median(off)))
    yield from _elsewhere(layer, plane, off, elsewhere)
    for group, family in _families(layer.codes):
        members = np.array(family)
        apart = _apart(bounds[group], bounds[members], np.equal.outer(group, members))
        for at, metres in zip(group, apart.tolist(), strict=True):
            if metres > max(FAR_M, FAR_DIAMETERS * _diameter(bounds[at])) and not elsewhere[at]:
                yield _stray(layer, plane, at, metres)


def _off_middle(bounds: Metres) -> Metres:
    """How far each lies from where most lie."""
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    off: Metres = np.hypot(*(middles - np.median(middles, axis=0)).T)
    return off


def _families(codes: Sequence[str]) -> Iterator[tuple[list[int], list[int]]]:
    """The positions of each community's cells, and of those that they are compared with: three or more, where there are as many."""
    members: dict[str, list[int]] = defaultdict(list)
    for at, code in enumerate(codes):
        for length in ABOVE:
            members[code[:length]].append(at)
    for parent, group in list(members.items()):
        if len(parent) == ABOVE[0]:
            around = (members[parent[:length]] for length in ABOVE)
            yield group, next((family for family in around if len(family) > LEAST_OTHERS), group)


def _apart(group: Metres, family: Metres, same: npt.NDArray[np.bool_]) -> Metres:
    """From each of a group how far it is to the nearest other one of the family; 0 for the only one there is."""
    one, other = group[:, None, :], family[None, :, :]
    gaps = np.maximum(one[..., :2] - other[..., 2:], other[..., :2] - one[..., 2:]).clip(0)
    ways = np.where(same, np.inf, np.hypot(gaps[..., 0], gaps[..., 1]))
    nearest: Metres = ways.min(axis=1)
    return np.where(np.isfinite(nearest), nearest, 0.0)


def _diameter(bounds: Metres) -> float:
    return float(np.hypot(bounds[2] - bounds[0], bounds[3] - bounds[1]))


def _stray(layer: Layer, plane: Plane, at: int, metres: float) -> Fault:
    code, km = layer.codes[at], f"{metres / 1000:,.1f}"
    return ground_fault(
        FaultKind.STRAY,
        [code],
        [int(layer.at[at])],
        ground=plane.round(layer.shapes[[at]])[0],
        zh=f"{code} 距其所属社区的其他网格约 {km} 公里",
        en=f"{code} lies about {km} km from every other cell that it belongs to",
    )


def _elsewhere(layer: Layer, plane: Plane, off: Metres, which: npt.NDArray[np.bool_]) -> Iterator[Fault]:
    by_community: dict[str, list[int]] = defaultdict(list)
    for at in np.flatnonzero(which).tolist():
        by_community[layer.codes[at][: ABOVE[0]]].append(at)
    for group in by_community.values():
        codes, km = [layer.codes[at] for at in group], f"{off[group].min() / 1000:,.0f}"
        yield ground_fault(
            FaultKind.ELSEWHERE,
            codes,
            layer.at[group].tolist(),
            ground=shapely.MultiPolygon(shapely.get_parts(plane.round(layer.shapes[group])).tolist()),
            zh=f"{listed(codes, '、')} 距城市中部约 {km} 公里，不在本市",
            en=f"{listed(codes)}: about {km} km from the middle of the city, which is elsewhere",
        )
