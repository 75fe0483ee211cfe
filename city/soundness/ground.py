"""Whether the places of a city tile the ground, and which faults of that keep it from running."""

from shapely.geometry import shape

from city.soundness.draft import Draft, Flaw
from geo.codes import LENGTHS, Level
from geo.faults import Fault, FaultKind
from geo.topology import faults_of

LARGER = (LENGTHS[Level.DISTRICT], LENGTHS[Level.TOWN], LENGTHS[Level.COMMUNITY])
WARNINGS = frozenset(
    {FaultKind.GAP, FaultKind.STRAY, FaultKind.SLIVER, FaultKind.HOLE, FaultKind.PIECES, FaultKind.RING_ORDER}
)
"""Faults with which a city runs: what happens in a gap lies in no cell, and is refused as outside of the city."""


def ground_faults(draft: Draft) -> list[Fault]:
    """What the cells claim twice or not at all, and what lies outside of the place its code names.

    What is wrong with a code or an outline by itself is left to those who read it.
    """
    cells = [(code, cell.geometry) for code, cell in draft.registry.cells.items() if len(code) == LENGTHS[Level.CELL]]
    outlines = [
        (code, place.geometry)
        for code, place in draft.registry.places.items()
        if place.geometry is not None and len(code) in LARGER
    ]
    found = faults_of([*outlines, *cells, *draft.broken.items()])
    return [fault for fault in found if not fault.codes or not draft.broken.keys() >= set(fault.codes)]


def ground_flaw(fault: Fault, draft: Draft) -> Flaw:
    """A fault as a flaw of one place."""
    code = _bearer(fault)
    return Flaw(_kind_of(code, draft), code, "geometry", f"{fault.en}{_spot(fault)}", warning=fault.kind in WARNINGS)


def _spot(fault: Fault) -> str:
    """Where a gap is: its neighbours alone do not say it."""
    if fault.kind is not FaultKind.GAP or fault.geometry is None:
        return ""
    inside = shape(dict(fault.geometry)).representative_point()
    return f" at {inside.x:.6f}, {inside.y:.6f}"


def _bearer(fault: Fault) -> str:
    """The place whose line is named: of two that claim the same ground the later one, of those around a gap the first."""
    codes = fault.codes or ("",)
    return codes[0] if fault.kind is FaultKind.GAP else codes[-1]


def _kind_of(code: str, draft: Draft) -> str:
    if len(code) == LENGTHS[Level.DISTRICT]:
        return "districts"
    return "places" if code in draft.places else "cells"
