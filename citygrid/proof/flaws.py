"""A flaw: a difference between what came out and what had to, and the moment to which it belongs."""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What is wrong: a window, an incident, or something else."""

    WINDOW = "window"
    INCIDENT = "incident"
    OTHER = "other"


class Flaw(Struct, frozen=True):
    """A difference, and the wall time (epoch ms) to which it belongs."""

    at: int
    what: str
    kind: Kind = Kind.OTHER
    subject: str = ""


class Behind(Struct, frozen=True):
    """How far a district's clocks are behind (ms), which turns event time into wall time."""

    ms: dict[str, int]

    def wall(self, place: str, at: int) -> int:
        """The wall time of an event time in a district or one of its cells."""
        return at + self.ms.get(place[:6], 0)
