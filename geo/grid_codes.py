"""How other schemes write a grid, part by part, and which of their codes are a 15-digit cell key and back.

A scheme is a value: its parts in order with their digits. `UNIT_15` is our own key (as Beijing's DB11 rule lays it out), `UNIT_14` the one of
CJ/T 213-2005, `STREET4_16` one that gives the street four digits, `PROFESSIONAL_20` the professional grid of CJ/T 349-2010. A city with
another layout makes its own `GridScheme`.
"""

from typing import NamedTuple

from geo.codes import Level, community_of, cut, flaws_of, level_of

UNDIVIDED_SERIAL = 0
LARGEST_SERIAL = 999


class GridScheme(NamedTuple):
    """A layout: how many digits each part has, in this order; 0 where the scheme has no such part."""

    name: str
    object_class: int = 0
    district: int = 6
    street: int = 3
    community: int = 3
    serial: int = 3

    @property
    def digits(self) -> int:
        """How long a code of this scheme is."""
        return self.object_class + self.district + self.street + self.community + self.serial


class GridCode(NamedTuple):
    """A code taken apart, each part as zero-padded text as it was written."""

    object_class: str
    district: str
    street: str
    community: str
    serial: str

    @property
    def text(self) -> str:
        """The code in one piece."""
        return "".join(self)

    @property
    def whole_community(self) -> bool:
        """Whether the code names a community that is not divided into grids (its serial is all zeros)."""
        return int(self.serial) == UNDIVIDED_SERIAL


UNIT_15 = GridScheme("unit grid, 15 digits")
UNIT_14 = GridScheme("unit grid of CJ/T 213, 14 digits", serial=2)
STREET4_16 = GridScheme("unit grid with a 4-digit street, 16 digits", street=4)
PROFESSIONAL_20 = GridScheme("professional grid of CJ/T 349, 20 digits", object_class=6, serial=2)
SCHEMES = (UNIT_15, UNIT_14, STREET4_16, PROFESSIONAL_20)


def scheme_of(code: str) -> GridScheme:
    """The scheme whose codes are as long as this one. Raises ValueError when none is."""
    for scheme in SCHEMES:
        if len(code) == scheme.digits:
            return scheme
    known = ", ".join(str(scheme.digits) for scheme in sorted(SCHEMES, key=lambda scheme: scheme.digits))
    raise ValueError(f"{code!r} has {len(code)} digits; a grid code has {known}")


def parse(code: str, scheme: GridScheme) -> GridCode:
    """A code taken apart. Raises ValueError when it is not all digits, or not as many as the scheme has."""
    if not (code.isascii() and code.isdigit()):
        raise ValueError(f"{code!r} is not a grid code: it must be digits only")
    if len(code) != scheme.digits:
        raise ValueError(
            f"{code!r} has {len(code)} digits; a code of the {scheme.name.split(',')[0]} has {scheme.digits}"
        )
    parts, begin = [], 0
    for length in scheme[1:]:
        parts.append(code[begin : begin + length])
        begin += length
    return GridCode(*parts)


def grid_flaws(code: str, scheme: GridScheme) -> list[str]:
    """What is impossible about a grid code, in words; empty when it could name a grid, or a community that is one grid as a whole."""
    try:
        parts = parse(code, scheme)
        street = _three_digits(parts.street)
    except ValueError as wrong:
        return [str(wrong)]
    if int(parts.serial) > LARGEST_SERIAL:
        return [f"the serial {parts.serial} has no room in a cell's three digits"]
    own_key = scheme.serial == UNIT_15.serial
    serial = f"{int(parts.serial):03d}" if own_key or not parts.whole_community else "001"
    return flaws_of(parts.district + street + parts.community + serial)


def place_named(code: str, scheme: GridScheme) -> str:
    """The place that a grid code names: a 15-digit cell, or the 12-digit community where its two-digit serial is 00.

    Raises ValueError when the code cannot be taken apart, cannot exist, or its street has no three-digit number.
    """
    flaws = grid_flaws(code, scheme)
    if flaws:
        raise ValueError(f"{code!r}: {'; '.join(flaws)}")
    parts = parse(code, scheme)
    community = parts.district + _three_digits(parts.street) + parts.community
    return community if parts.whole_community else f"{community}{int(parts.serial):03d}"


def to_cell(code: str, scheme: GridScheme) -> str:
    """The 15-digit cell key of a grid code. A professional grid's object class is not part of it: keep it beside the key.

    Raises ValueError as `place_named` does, and for a code that names a whole community.
    """
    place = place_named(code, scheme)
    if level_of(place) is not Level.CELL:
        raise ValueError(f"{code!r} names the community {place} as a whole, which is no cell: give it a serial number")
    return place


def from_place(place: str, scheme: GridScheme, *, object_class: str = "") -> str:
    """A cell or a community in the writing of a scheme; a community gets the serial 00, in schemes with two digits for it.

    Raises ValueError when the scheme has no room for the place (a serial past 99), wants an object class or has no place for one, or the
    place is larger than a community, or cannot exist.
    """
    flaws = flaws_of(place)
    if flaws:
        raise ValueError(f"{place!r}: {'; '.join(flaws)}")
    if len(object_class) != scheme.object_class or not f"{object_class}0".isdecimal():
        raise ValueError(
            f"the {scheme.name} has {scheme.object_class} digits for an object class, not {object_class!r}"
        )
    community, street = community_of(place), cut(place, Level.TOWN)[6:]
    return "".join(
        GridCode(object_class, place[:6], street.rjust(scheme.street, "0"), community[9:], _serial(place, scheme))
    )


def _serial(place: str, scheme: GridScheme) -> str:
    if level_of(place) is Level.COMMUNITY and scheme.serial >= UNIT_15.serial:
        raise ValueError(f"{place!r} is a community: the {scheme.name} has no code for one as a whole")
    serial = str(int(place[12:] or UNDIVIDED_SERIAL)).rjust(scheme.serial, "0")
    if len(serial) > scheme.serial:
        raise ValueError(
            f"{place!r}: the serial {serial} has no room in the {scheme.serial} digits of the {scheme.name}"
        )
    return serial


def _three_digits(street: str) -> str:
    if len(street) > UNIT_15.street and street[: -UNIT_15.street].strip("0"):
        raise ValueError(f"the street {street} has no three-digit number of GB/T 10114: only 0001-0599 are one")
    return street[-UNIT_15.street :]
