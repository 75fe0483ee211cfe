"""Which messages travel in one pack: those of one district, sent at once while it is quiet and together under load.

A pack goes as soon as none of its district is under way; until that one is acknowledged the next one fills. So a lone message waits for
nothing, and under load packs grow by themselves to what Kafka can take.
"""

from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")

MOST_MESSAGES = 500
MOST_BYTES = 512 * 1024


class Pack(Struct, Generic[T]):
    """Lines of one district on their way to Kafka, the slips of their messages, and how many readings they hold."""

    lines: list[bytes] = []
    slips: list[T] = []
    readings: int = 0
    size: int = 0

    @property
    def full(self) -> bool:
        """Whether it goes even though another one of its district is under way."""
        return len(self.lines) >= MOST_MESSAGES or self.size >= MOST_BYTES


class Packer(Generic[T]):
    """The packs that fill, one a district, and how many of each district are under way."""

    def __init__(self) -> None:
        self._filling: dict[str, Pack[T]] = {}
        self._under_way: dict[str, int] = {}

    def add(self, district: str, line: bytes, readings: int, slip: T) -> Pack[T] | None:
        """Puts a line into its district's pack; returns the pack when that made it full."""
        pack = self._filling.get(district)
        if pack is None:
            pack = self._filling[district] = Pack()
        pack.lines.append(line)
        pack.slips.append(slip)
        pack.readings += readings
        pack.size += len(line) + 1
        return self.take(district) if pack.full else None

    def ready(self) -> list[str]:
        """The districts whose pack may go now."""
        return [district for district in self._filling if not self._under_way.get(district)]

    def take(self, district: str) -> Pack[T] | None:
        """Takes out a district's pack, which is under way from now on."""
        pack = self._filling.pop(district, None)
        if pack is not None:
            self._under_way[district] = self._under_way.get(district, 0) + 1
        return pack

    def arrived(self, district: str) -> None:
        """Notes that Kafka acknowledged a pack of this district."""
        self._under_way[district] -= 1
