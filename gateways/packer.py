"""Which messages travel in one pack: those of one district, sent at once while it is quiet and together under load.

A pack goes as soon as none of its district is under way and the last one left a moment ago, a longer one where that was a large one; until then
the next one fills. So a lone message waits for nothing, under load packs grow by themselves, and a stream stage never has more packs than it
has time for.
"""

from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")

MOST_MESSAGES = 1000
"""What a pack costs is shared by its messages: the stream stage applies a third more of them a second in packs of this size than in half of it. In packs
twice as large too few are under way for a gateway that has at most 5,000 messages in flight: it would be half as fast."""
MOST_BYTES = 512 * 1024
PAUSE_MS = 10
"""Between two packs of a district that are not full: a hundred a second, whatever the load."""
LARGE = 50
LONG_PAUSE_MS = 30
"""After one of LARGE messages or more: at thousands of messages a second and district, a pack costs more than they do."""


class Pack(Struct, Generic[T]):
    """Lines of one district on their way to Kafka, the slips of their messages, and how many readings they hold.

    `away` are those of its devices that measured in another district, without their values.
    """

    lines: list[bytes] = []
    slips: list[T] = []
    readings: int = 0
    size: int = 0
    away: list[bytes] = []

    @property
    def full(self) -> bool:
        """Whether it goes even though another one of its district is under way."""
        return len(self.lines) >= MOST_MESSAGES or self.size >= MOST_BYTES


class Packer(Generic[T]):
    """The packs that fill, one a district, and how many of each district are under way."""

    def __init__(self) -> None:
        self._filling: dict[str, Pack[T]] = {}
        self._under_way: dict[str, int] = {}
        self._due_at: dict[str, int] = {}

    def add(self, district: str, line: bytes, readings: int, slip: T) -> bool:
        """Puts a line into its district's pack; returns whether that made it full."""
        pack = self._of(district)
        pack.lines.append(line)
        pack.slips.append(slip)
        pack.readings += readings
        pack.size += len(line) + 1
        return pack.full

    def note(self, district: str, line: bytes, slip: T) -> None:
        """Puts what a device of this district sent from another one into its pack."""
        pack = self._of(district)
        pack.away.append(line)
        pack.slips.append(slip)
        pack.size += len(line) + 1

    def _of(self, district: str) -> Pack[T]:
        pack = self._filling.get(district)
        if pack is None:
            pack = self._filling[district] = Pack()
        return pack

    def ready(self, now: int) -> list[str]:
        """The districts whose pack may go at `now` (ms on any steady clock)."""
        return [district for district in self._filling if self._may_go(district) and self._due(district) <= now]

    def wait_ms(self, now: int, most: int) -> int:
        """How long until the next pack may go that waits only for its time, at most `most` milliseconds."""
        dues = [self._due(district) - now for district in self._filling if self._may_go(district)]
        return max(0, min([most, *dues]))

    def _may_go(self, district: str) -> bool:
        return not self._under_way.get(district)

    def _due(self, district: str) -> int:
        return self._due_at.get(district, 0)

    def take(self, district: str, now: int) -> Pack[T] | None:
        """Takes out a district's pack, which is under way from now on."""
        pack = self._filling.pop(district, None)
        if pack is not None:
            self._under_way[district] = self._under_way.get(district, 0) + 1
            self._due_at[district] = now + (LONG_PAUSE_MS if len(pack.lines) >= LARGE else PAUSE_MS)
        return pack

    @property
    def empty(self) -> bool:
        """Whether no pack is filling."""
        return not self._filling

    def arrived(self, district: str) -> None:
        """Notes that Kafka acknowledged a pack of this district."""
        self._under_way[district] -= 1
