"""Everything a place code says about its place: the places it lies in, its own number there, and the kinds its segments name."""

from typing import NamedTuple

from geo.codes import LENGTHS, Level, chain_of, flaws_of, level_of, town_class
from geo.division import (
    CommunityKind,
    CountyKind,
    PrefectureKind,
    TownClass,
    community_kind,
    county_kind,
    prefecture_kind,
)


class PlaceCode(NamedTuple):
    """A code taken apart; what lies below the place's own level is None, and so is a kind that the ranges do not name."""

    code: str
    level: Level
    province: str
    city: str | None = None
    district: str | None = None
    town: str | None = None
    community: str | None = None
    cell: str | None = None
    prefecture_kind: PrefectureKind | None = None
    county_kind: CountyKind | None = None
    town_class: TownClass | None = None
    community_kind: CommunityKind | None = None

    @property
    def number(self) -> int:
        """The place's own number within the next larger one: a cell's is its serial in its community."""
        above = chain_of(self.code)[-2:-1]
        return int(self.code[len(above[0]) if above else 0 :])


def parse_place(code: str) -> PlaceCode:
    """The parts of a place code of any level. Raises ValueError with everything that is impossible about it."""
    flaws = flaws_of(code)
    if flaws:
        raise ValueError(f"{code!r}: {'; '.join(flaws)}")
    places = dict(zip(Level, chain_of(code), strict=False))
    long_enough = {level: len(code) >= length for level, length in LENGTHS.items()}
    return PlaceCode(
        code,
        level_of(code),
        **places,
        prefecture_kind=prefecture_kind(code) if long_enough[Level.CITY] else None,
        county_kind=county_kind(code) if long_enough[Level.DISTRICT] else None,
        town_class=town_class(code) if long_enough[Level.TOWN] else None,
        community_kind=community_kind(code) if long_enough[Level.COMMUNITY] else None,
    )
