"""Whether the places that were taken tile the ground, and which of the faults keep a city out."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shapely.geometry import mapping

from city.intake.places import Drawn
from city.intake.remark import Grade, Remark
from city.names import Name
from city.soundness.ground import WARNINGS
from geo.faults import Fault, FaultKind
from geo.topology import faults_of


def ground_remarks(places: Sequence[Drawn]) -> list[Remark]:
    """What is wrong with the ground plan of districts, towns, communities and cells together; those without an area are left out."""
    drawn = [place for place in places if place.area is not None]
    found = faults_of([(place.code, mapping(place.area)) for place in drawn])
    there = {place.code for place in drawn}
    # That a place's parent is missing is said once for all of its children, by whoever knows the tables without outlines.
    return [remark_of(fault, [drawn[at].where for at in fault.at]) for fault in found if _is_of_ground(fault, there)]


def _is_of_ground(fault: Fault, there: Collection[str]) -> bool:
    if fault.kind is not FaultKind.WRONG_PARENT:
        return True
    child = fault.codes[0]
    above = max((len(code) for code in there if len(code) < len(child)), default=0)
    return child[:above] in there


def remark_of(fault: Fault, wheres: Sequence[str]) -> Remark:
    """A fault as a remark about the rows that have it."""
    return Remark(
        grade=grade_of(fault.kind),
        kind=fault.kind.value,
        where=wheres[-1] if wheres else "",
        what=Name(zh=fault.zh, en=fault.en),
        codes=fault.codes,
        area=_plain(fault.geometry),
        m2=fault.area_m2,
    )


def grade_of(kind: FaultKind) -> Grade:
    """How grave a kind of fault is."""
    return Grade.WARNING if kind in WARNINGS else Grade.MISTAKE


def _plain(geometry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if geometry is None else dict(geometry)
