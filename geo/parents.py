"""Whether every place lies in the one that its code names."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.faults import Fault, FaultKind, ground_fault
from geo.layer import Layer, thick_ground
from geo.plane import Plane


def outside(layer: Layer, parents: Layer, plane: Plane) -> Iterator[Fault]:
    """The places that reach over the border of the parent their code names, where that is drawn."""
    length = len(parents.codes[0])
    pieces = _pieces(parents)
    known = np.array([place for place, code in enumerate(layer.codes) if code[:length] in pieces], dtype=np.intp)
    if not known.size:
        return
    shapely.prepare(parents.grown)
    first = np.array([pieces[layer.codes[place][:length]][0] for place in known], dtype=np.intp)
    inner = layer.shrunk[known]
    doubtful = known[~(shapely.covers(parents.grown[first], inner) | shapely.is_empty(inner))]
    for place in doubtful.tolist():
        parent = layer.codes[place][:length]
        whole = shapely.union_all(parents.shapes[pieces[parent]])
        beyond = thick_ground(shapely.difference(layer.shapes[place], whole), layer.tolerance_m)
        if not beyond.is_empty:
            yield _fault(layer, parents, plane, place=place, beyond=beyond)


def _pieces(parents: Layer) -> dict[str, list[int]]:
    """Where each code's ground stands among the parents: more than once only if the code is there more than once."""
    found: dict[str, list[int]] = defaultdict(list)
    for position, code in enumerate(parents.codes):
        found[code].append(position)
    return found


def _fault(layer: Layer, parents: Layer, plane: Plane, *, place: int, beyond: BaseGeometry) -> Fault:
    code = layer.codes[place]
    parent = code[: len(parents.codes[0])]
    middle = beyond.representative_point()
    there = sorted({parents.codes[at] for at in parents.tree.query(middle, predicate="intersects")} - {parent})
    belongs = f"，那里属于 {'、'.join(there)}" if there else ""
    ground = plane.round(np.array([beyond], dtype=object))[0]
    return ground_fault(
        FaultKind.WRONG_PARENT,
        [code],
        [int(layer.at[place])],
        ground=ground,
        zh=f"{code} 有 {{area}} 平方米在其编码所指的 {parent} 之外{belongs}",
        en=f"{code} lies with {{area}} m² outside of {parent}, which its code names{', in ' + ' and '.join(there) if there else ''}",
    )
