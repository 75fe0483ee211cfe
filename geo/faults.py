"""What can be wrong with the ground plan of a city: the kinds of fault, and how each is said in Chinese and English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.area import surface_m2

MOST_LISTED = 6


class FaultKind(StrEnum):
    """What is wrong with one place, or between several."""

    INVALID_RING = "invalid_ring"
    DUPLICATE_CODE = "duplicate_code"
    DUPLICATE_AREA = "duplicate_area"
    OVERLAP = "overlap"
    GAP = "gap"
    WRONG_PARENT = "wrong_parent"
    ELSEWHERE = "elsewhere"
    STRAY = "stray"
    SLIVER = "sliver"
    HOLE = "hole"
    PIECES = "pieces"
    RING_ORDER = "ring_order"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: the codes of the places that have it, their positions `at` in what was checked, and what to draw.

    `geometry` is the faulty ground, line or point as GeoJSON in degrees of WGS-84, None where nothing can be drawn; `area_m2` its area in
    square metres, 0 for lines and points. `zh` and `en` are a sentence each.
    """

    kind: FaultKind
    codes: tuple[str, ...]
    at: tuple[int, ...]
    geometry: Mapping[str, Any] | None = None
    area_m2: float = 0.0
    zh: str
    en: str


def ground_fault(
    kind: FaultKind, codes: Sequence[str], at: Sequence[int], *, ground: BaseGeometry, zh: str, en: str
) -> Fault:
    """A fault with the ground it is about, a shape in degrees; `{area}` in the sentences stands for its square metres."""
    area_m2 = surface_m2(ground)
    area = f"{area_m2:,.2f}"
    return Fault(
        kind=kind,
        codes=tuple(codes),
        at=tuple(at),
        geometry=None if ground.is_empty else mapping(ground),
        area_m2=area_m2,
        zh=zh.replace("{area}", area),
        en=en.replace("{area}", area),
    )


def listed(codes: Sequence[str], joint: str = ", ") -> str:
    """The codes in a sentence: the first few, and how many more there are."""
    more = len(codes) - MOST_LISTED
    shown = joint.join(codes[:MOST_LISTED])
    return f"{shown} … (+{more})" if more > 0 else shown
