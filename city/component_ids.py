"""What the 16 characters on a component say: division, class and serial number, in the layout that its city uses.

The usual layout is 6-2-2-6; one with three digits for the minor is 6-2-3-5. Both come from working systems, not from the standard's text.
"""

from msgspec import Struct

from city.class_codes import ClassCode, Kind
from geo.codes import flaws_of

LENGTH = 16


class Layout(Struct, frozen=True):
    """How many digits each part has, in this order. Raises ValueError when they do not make 16, or a part has none."""

    division: int = 6
    major: int = 2
    minor: int = 2
    serial: int = 6

    def __post_init__(self) -> None:
        parts = (self.division, self.major, self.minor, self.serial)
        if sum(parts) != LENGTH or min(parts) < 1:
            raise ValueError(f"the layout {'-'.join(map(str, parts))} does not make the {LENGTH} digits of a component")


USUAL = Layout()
THREE_DIGIT_MINOR = Layout(6, 2, 3, 5)


class ComponentId(Struct, frozen=True, order=True):
    """One component: `serial` counts within its division and class, from 1."""

    division: str
    major: int
    minor: int
    serial: int

    def text(self, layout: Layout = USUAL) -> str:
        """The 16 digits. Raises ValueError when a part has no room in the layout, or they could be no component's."""
        parts = (int(self.division), self.major, self.minor, self.serial)
        room = (layout.division, layout.major, layout.minor, layout.serial)
        names = ("division", "major", "minor", "serial")
        for name, part, digits in zip(names, parts, room, strict=True):
            if not 0 <= part < 10**digits:
                raise ValueError(f"the {name} {part} has no room in {digits} digits")
        text = "".join(f"{part:0{digits}d}" for part, digits in zip(parts, room, strict=True))
        if len(self.division) != layout.division:
            raise ValueError(f"the division {self.division!r} does not have {layout.division} digits")
        if flaws := component_flaws(text, layout):
            raise ValueError(f"{text!r}: {'; '.join(flaws)}")
        return text

    @property
    def event_class(self) -> ClassCode:
        """The class of the component. Raises ValueError when its minor has more than two digits."""
        if self.minor > 99:  # noqa: PLR2004 - two digits
            raise ValueError(f"the minor {self.minor} is no class of ours: they have two digits")
        return ClassCode(Kind.COMPONENT, self.major, self.minor)


def parse_component(text: str, layout: Layout = USUAL) -> ComponentId:
    """The parts of a component's 16 digits. Raises ValueError with everything that is wrong with them."""
    flaws = component_flaws(text, layout)
    if flaws:
        raise ValueError(f"{text!r}: {'; '.join(flaws)}")
    return _cut(text, layout)


def component_flaws(text: str, layout: Layout = USUAL) -> list[str]:
    """What is impossible about a component's identifier, in words; empty when it could be one."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()):
        return [f"a component's identifier has {LENGTH} digits"]
    parts = _cut(text, layout)
    flaws = flaws_of(parts.division) if layout.division == USUAL.division else []
    named = {"major": parts.major, "minor": parts.minor, "serial": parts.serial}
    return flaws + [f"the {name} begins at 1" for name, value in named.items() if value == 0]


def next_component(taken: ComponentId) -> ComponentId:
    """The identifier after the highest one that was given in a division and class."""
    return ComponentId(taken.division, taken.major, taken.minor, taken.serial + 1)


def _cut(text: str, layout: Layout) -> ComponentId:
    ends = layout.division, layout.division + layout.major, LENGTH - layout.serial
    return ComponentId(text[: ends[0]], *(int(text[a:b]) for a, b in zip(ends, (*ends[1:], LENGTH), strict=True)))
