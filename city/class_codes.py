"""What a class code says: component, event or social matter, its major and minor, and whether the minor is the city's own.

A class is two digits of its major and two of its minor; C in front makes it a component, E an event, S a social matter. National minors of a major grow up from
01, a city's own grow down from 99, so that the two do not meet. With the six digits of the division in front the four digits make the full
code (its length is assumed, not read in the standard).
"""

from collections.abc import Collection
from enum import StrEnum

from msgspec import Struct

LAST_MINOR = 99
_DIVISION_DIGITS, _DIGITS = 6, 4


class Kind(StrEnum):
    """What a class is of: a public facility, a happening, or a matter of the people who live there."""

    COMPONENT = "C"
    EVENT = "E"
    SOCIAL = "S"


class ClassCode(Struct, frozen=True, order=True):
    """A class of components, events or social matters: `major` and `minor` are 1 to 99."""

    kind: Kind
    major: int
    minor: int

    @property
    def digits(self) -> str:
        """The four digits of major and minor."""
        return f"{self.major:02d}{self.minor:02d}"

    @property
    def text(self) -> str:
        """The code as a city writes it, such as E0506."""
        return f"{self.kind}{self.digits}"

    def within(self, division: str) -> str:
        """The ten digits with the 6-digit division in front. Raises ValueError when the division is not six digits."""
        if not _digits(division, _DIVISION_DIGITS):
            raise ValueError(f"{division!r} is no division: it has six digits")
        return division + self.digits


def parse_class(text: str) -> ClassCode:
    """The class of a code such as E0506. Raises ValueError saying what is wrong with it."""
    if text[:1] not in list(Kind):
        raise ValueError(
            f"{text!r} is no class code: it begins with C (component), E (event) or S (social), as in E0506"
        )
    return class_of_digits(text[1:], Kind(text[0]))


def class_of_digits(digits: str, kind: Kind) -> ClassCode:
    """The class of the four digits that other systems write without a prefix. Raises ValueError saying what is wrong with them."""
    if not _digits(digits, _DIGITS):
        raise ValueError(f"{digits!r} is no class: a major and a minor have two digits each, as in 0506")
    major, minor = int(digits[:2]), int(digits[2:])
    if not major or not minor:
        raise ValueError(f"{digits!r} is no class: majors and minors begin at 01")
    return ClassCode(kind, major, minor)


def parse_full_class(digits: str, kind: Kind) -> tuple[str, ClassCode]:
    """The 6-digit division and the class of a ten-digit full code. Raises ValueError saying what is wrong with it."""
    if not _digits(digits, _DIVISION_DIGITS + _DIGITS):
        raise ValueError(
            f"{digits!r} is no full class code: it has ten digits, six of the division and four of the class"
        )
    return digits[:_DIVISION_DIGITS], class_of_digits(digits[_DIVISION_DIGITS:], kind)


def is_local(code: ClassCode, national: Collection[ClassCode]) -> bool:
    """Whether a class is the city's own: its minor lies above all national ones of its major.

    A number below them that a table leaves out is a national one which that table does not use.
    """
    return code.minor > _last_national(code.kind, code.major, national)


def next_local_class(
    kind: Kind, major: int, *, taken: Collection[ClassCode], national: Collection[ClassCode] = ()
) -> ClassCode:
    """The class for a city's next own minor of a major: the first free number down from 99.

    `taken` should hold retired classes too, so that no number ever means two things. Raises ValueError when the numbers down to the national
    ones are used up.
    """
    for minor in range(LAST_MINOR, _last_national(kind, major, national), -1):
        if (code := ClassCode(kind, major, minor)) not in taken:
            return code
    raise ValueError(f"no minor of {kind}{major:02d} is left for a class of the city's own")


def _last_national(kind: Kind, major: int, national: Collection[ClassCode]) -> int:
    return max((code.minor for code in national if (code.kind, code.major) == (kind, major)), default=0)


def _digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()
