"""Which place a code names: its level, the places it lies in, and whether its segments can exist.

A code is zero-padded decimal text; cutting it rolls it up: 2 digits province, 4 city, 6 district, 9 town, 12 community, 15 unit grid
cell. The first six digits follow GB/T 2260, the town's and the community's three GB/T 10114 (geo/division.py has their ranges).
"""

from enum import StrEnum

from geo.division import TownClass, community_flaws, county_flaws, prefecture_flaws, province_flaws, town_flaws


class Level(StrEnum):
    """How large a place is."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    COMMUNITY = "community"
    CELL = "cell"


LENGTHS = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.DISTRICT: 6,
    Level.TOWN: 9,
    Level.COMMUNITY: 12,
    Level.CELL: 15,
}

_LEVELS = {length: level for level, length in LENGTHS.items()}
_SHORTER = dict(zip(list(_LEVELS)[1:], _LEVELS, strict=False))
_SUMMARY_LENGTHS = (6, 12)


def level_of(code: str) -> Level:
    """The level of a place code. Raises ValueError when the text is not the length of any level, or not all digits."""
    if not (code.isascii() and code.isdigit()):
        raise ValueError(f"{code!r} is not a place code: it must be digits only")
    if len(code) not in _LEVELS:
        raise ValueError(f"{code!r} has {len(code)} digits; a place code has 2, 4, 6, 9, 12 or 15")
    return _LEVELS[len(code)]


def province_of(code: str) -> str:
    """The 2-digit province a place lies in. Raises ValueError when the code is shorter."""
    return cut(code, Level.PROVINCE)


def city_of(code: str) -> str:
    """The 4-digit city a place lies in. Raises ValueError when the code is shorter."""
    return cut(code, Level.CITY)


def district_of(code: str) -> str:
    """The 6-digit district a place lies in. Raises ValueError when the code is shorter."""
    return cut(code, Level.DISTRICT)


def town_of(code: str) -> str:
    """The 9-digit town a place lies in. Raises ValueError when the code is shorter."""
    return cut(code, Level.TOWN)


def community_of(code: str) -> str:
    """The 12-digit community a place lies in. Raises ValueError when the code is shorter."""
    return cut(code, Level.COMMUNITY)


def cut(code: str, level: Level) -> str:
    """The place of `level` that a place lies in, or itself. Raises ValueError when the code is shorter than that level's."""
    length = LENGTHS[level]
    if len(code) < length:
        raise ValueError(f"{code!r} is too short to name a {level} ({length} digits)")
    return code[:length]


def parent_of(code: str) -> str | None:
    """The place one level up, or None for a province. Raises ValueError when the code has no level."""
    length = LENGTHS[level_of(code)]
    return code[: _SHORTER[length]] if length in _SHORTER else None


def chain_of(code: str) -> tuple[str, ...]:
    """A place and all that it lies in, from the province down to itself. Raises ValueError when the code has no level."""
    own = LENGTHS[level_of(code)]
    return tuple(code[:length] for length in _LEVELS if length <= own)


def lies_in(code: str, place: str) -> bool:
    """Whether a place is the other one or a part of it."""
    return code.startswith(place)


def common_place(first: str, second: str) -> str:
    """The smallest place that two places both lie in (or are); "" when they share no province.

    Equal digits beyond the last shared level say nothing: 990102 and 990103 share 9901. Raises ValueError when a code has no level.
    """
    shared = [one for one, other in zip(chain_of(first), chain_of(second), strict=False) if one == other]
    return shared[-1] if shared else ""


def levels_apart(first: str, second: str) -> int:
    """How many levels one has to go up, from the place that lies deeper, to reach what both lie in; 0 for a place and itself.

    Two cells of a community are 1 apart, two cells of a town's different communities 2. Provinces meet one level above themselves.
    Raises ValueError when a code has no level.
    """
    return max(len(chain_of(first)), len(chain_of(second))) - _depth(common_place(first, second))


def summary_of(code: str) -> str:
    """A place as registers write it: filled up with zeros to 6 digits, or to 12 below the district; a cell stays as it is.

    Raises ValueError when the code has no level.
    """
    own = LENGTHS[level_of(code)]
    return code.ljust(next((length for length in _SUMMARY_LENGTHS if own <= length), own), "0")


def place_of(code: str) -> str:
    """The place that a register's 6 or 12 digits name, with the zeros of levels that are not meant cut away: 420500 is city 4205.

    A code of another length is returned as it is. Raises ValueError when the code has no level, or is all zeros.
    """
    if LENGTHS[level_of(code)] not in _SUMMARY_LENGTHS:
        return code
    named = [place for place in chain_of(code) if int(place[_SHORTER.get(len(place), 0) :])]
    if not named:
        raise ValueError(f"{code!r} names no place: it is all zeros")
    return named[-1]


def town_class(code: str) -> TownClass:
    """What the town's class digit says (GB/T 10114). Raises ValueError when the code is shorter than a town's, or the class is unused."""
    return TownClass.of(town_of(code)[6:])


def flaws_of(code: str) -> list[str]:
    """What is impossible about a code, in words; empty when it could name a place.

    Whether a place of that code was ever registered is a question for a city's own table.
    """
    try:
        level = level_of(code)
    except ValueError as wrong:
        return [str(wrong)]
    return [sentence for sentence in _segment_flaws(code, LENGTHS[level]) if sentence]


def _segment_flaws(code: str, length: int) -> list[str]:
    flaws = province_flaws(code[:2])
    if length >= LENGTHS[Level.CITY]:
        flaws += prefecture_flaws(code[:4])
    if length >= LENGTHS[Level.DISTRICT]:
        flaws += county_flaws(code[:6])
    if length >= LENGTHS[Level.TOWN]:
        flaws += town_flaws(code[6:9])
    if length >= LENGTHS[Level.COMMUNITY]:
        flaws += community_flaws(code[9:12])
    if length >= LENGTHS[Level.CELL] and code[12:15] == "000":
        flaws.append("a cell's serial number begins at 001")
    return flaws


def _depth(place: str) -> int:
    return len(chain_of(place)) if place else 0
