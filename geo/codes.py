"""Which place a code names: its level, the places it lies in, and whether its segments can exist.

A code is zero-padded decimal text; cutting it rolls it up: 4 digits city, 6 district, 9 town, 12 community, 15 unit grid cell.
The first six digits follow GB/T 2260, the town's three GB/T 10114.
"""

from enum import StrEnum


class Level(StrEnum):
    """How large a place is."""

    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    COMMUNITY = "community"
    CELL = "cell"


class TownClass(StrEnum):
    """What kind of town the town's three digits say it is."""

    STREET = "street"
    TOWN = "town"
    TOWNSHIP = "township"
    ENTERPRISE = "enterprise"


LENGTHS = {Level.CITY: 4, Level.DISTRICT: 6, Level.TOWN: 9, Level.COMMUNITY: 12, Level.CELL: 15}

_LEVELS = {length: level for level, length in LENGTHS.items()}
_TOWN_CLASSES = {
    "0": TownClass.STREET,
    "1": TownClass.TOWN,
    "2": TownClass.TOWNSHIP,
    "3": TownClass.TOWNSHIP,
    "4": TownClass.ENTERPRISE,
    "5": TownClass.ENTERPRISE,
}


def level_of(code: str) -> Level:
    """The level of a place code. Raises ValueError when the text is not the length of any level, or not all digits."""
    if not (code.isascii() and code.isdigit()):
        raise ValueError(f"{code!r} is not a place code: it must be digits only")
    if len(code) not in _LEVELS:
        raise ValueError(f"{code!r} has {len(code)} digits; a place code has 4, 6, 9, 12 or 15")
    return _LEVELS[len(code)]


def city_of(code: str) -> str:
    """The 4-digit city a place lies in. Raises ValueError when the code is shorter."""
    return _cut(code, 4)


def district_of(code: str) -> str:
    """The 6-digit district a place lies in. Raises ValueError when the code is shorter."""
    return _cut(code, 6)


def town_of(code: str) -> str:
    """The 9-digit town a place lies in. Raises ValueError when the code is shorter."""
    return _cut(code, 9)


def community_of(code: str) -> str:
    """The 12-digit community a place lies in. Raises ValueError when the code is shorter."""
    return _cut(code, 12)


def parent_of(code: str) -> str | None:
    """The place one level up, or None for a city. Raises ValueError when the code has no level."""
    lengths = sorted(_LEVELS)
    at = lengths.index(LENGTHS[level_of(code)])
    return code[: lengths[at - 1]] if at else None


def lies_in(code: str, place: str) -> bool:
    """Whether a place is the other one or a part of it."""
    return code.startswith(place)


def town_class(code: str) -> TownClass:
    """What the town's class digit says (GB/T 10114). Raises ValueError when the code is shorter than a town's, or the class is unused."""
    digit = town_of(code)[6]
    if digit not in _TOWN_CLASSES:
        raise ValueError(f"{code!r}: no town class begins with {digit} (000-599 are in use)")
    return _TOWN_CLASSES[digit]


def flaws_of(code: str) -> list[str]:
    """What is impossible about a code, in words; empty when it could name a place."""
    try:
        level = level_of(code)
    except ValueError as wrong:
        return [str(wrong)]
    return [sentence for sentence in _segment_flaws(code, LENGTHS[level]) if sentence]


def _segment_flaws(code: str, length: int) -> list[str]:
    flaws = []
    if code[:2] < "10":
        flaws.append(f"no province has the number {code[:2]}")
    if code[2:4] == "00":
        flaws.append("00 is a province's summary, not a city")
    if length >= LENGTHS[Level.DISTRICT] and code[4:6] == "00":
        flaws.append("00 is a city's summary, not a district")
    if length >= LENGTHS[Level.TOWN] and not "001" <= code[6:9] <= "599":
        flaws.append(f"a town's number lies in 001-599, not {code[6:9]}")
    if length >= LENGTHS[Level.COMMUNITY] and code[9:12] == "000":
        flaws.append("a community's number begins at 001")
    if length >= LENGTHS[Level.CELL] and code[12:15] == "000":
        flaws.append("a cell's serial number begins at 001")
    return flaws


def _cut(code: str, length: int) -> str:
    if len(code) < length:
        raise ValueError(f"{code!r} is too short to name a {_LEVELS[length]} ({length} digits)")
    return code[:length]
