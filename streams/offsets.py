"""Where to read on in each partition: kept with the state, so that nothing is skipped when partitions move.

Faust seeks to the committed offsets only, and stays where it is in a partition that has none yet; what it had handed over and dropped is
then never seen again. Here the state is the truth: after each rebalance every partition is sought to where the state ends, and a record
that was passed over is gone back for.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from faust.types import TP
from msgspec import Struct

from messages.topics import TOPICS, Kept

_SPARSE = frozenset(topic.name for topic in TOPICS if topic.kept is Kept.LATEST)
"""Compacted topics have holes; in them only the newest record of a key counts."""
MOST_TRIES = 10


class Skipped(Exception):
    """Records of a partition were passed over and did not come when they were gone back for; a new start reads them."""


class Hole(Struct):
    """A partition in which a later record came than the one that is due: the latest one that came, and how often it was gone back for."""

    latest: int
    tries: int = 0


def block_of(partition: TP) -> str:
    """The name of the state block that says where to read on."""
    return f"read-on/{partition.topic}/{partition.partition}"


class Offsets:
    """For each partition that is ours the offset to read next."""

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = frozenset(topics)
        self._next: dict[TP, int] = {}
        self._ends: dict[TP, int | None] = {}
        self._written: dict[TP, int] = {}
        self._holes: dict[TP, Hole] = {}
        self._wanted: set[TP] = set()

    def ours(self, partitions: Collection[TP]) -> list[TP]:
        """Those of the partitions that belong to our topics."""
        return [one for one in partitions if one.topic in self._topics]

    def start(self, at: Mapping[TP, int], ends: Mapping[TP, int | None] = MappingProxyType({})) -> None:
        """Begins anew with these partitions, which are sought to these offsets; `ends` is where their logs end now."""
        self._next, self._written, self._ends = dict(at), dict(at), dict(ends)
        self._holes.clear()
        self._wanted.clear()

    def stop(self) -> None:
        """Has no partition until the next `start`: what still comes is somebody else's, or comes again."""
        self.start({})

    def read(self, partition: TP, offset: int) -> bool:
        """Notes a record; False when it is not ours now, or one before it is due, which is then `wanted`.

        Raises Skipped when that one did not come although it was gone back for often enough.
        """
        due = self._next.get(partition)
        if due is None:
            return False
        if offset > due and partition.topic not in _SPARSE:
            self._miss(partition, offset, due)
            return False
        if offset >= due:
            self._next[partition] = offset + 1
            self._holes.pop(partition, None)
        return True

    def _miss(self, partition: TP, offset: int, due: int) -> None:
        """Records that were fetched before a seek come after it, each later than the one before; an earlier one is a new round."""
        hole = self._holes.setdefault(partition, Hole(offset))
        if hole.tries and offset > hole.latest:
            hole.latest = offset
            return
        if hole.tries >= MOST_TRIES:
            place = f"{partition.topic}[{partition.partition}]"
            raise Skipped(f"{place}: {due} should come next, but {offset} came, {MOST_TRIES} times.")
        hole.tries += 1
        self._wanted.add(partition)

    def want(self, partitions: Collection[TP]) -> None:
        """Has these partitions gone back for, because nothing comes from them."""
        self._wanted.update(one for one in partitions if one in self._next)

    def wanted(self) -> dict[TP, int]:
        """The partitions to seek, and where to; each is told once."""
        wanted, self._wanted = self._wanted, set()
        return {one: self._next[one] for one in wanted}

    def unwritten(self) -> list[tuple[TP, int]]:
        """Where to read on in the partitions that have moved since this was last asked."""
        moved = [(one, offset) for one, offset in self._next.items() if self._written.get(one) != offset]
        self._written = dict(self._next)
        return moved

    def replayed(self, partition: TP) -> bool:
        """Whether all is read that the partition held when it was given to us."""
        return self._next.get(partition, 0) >= (self._ends.get(partition) or 0)

    def due(self) -> dict[TP, int]:
        """The offset to read next, of each partition."""
        return dict(self._next)

    def lags(self, ends: Mapping[TP, int | None]) -> dict[TP, int]:
        """How many records of each partition are still to be read, given the partitions' end offsets."""
        return {one: max(0, (ends.get(one) or 0) - offset) for one, offset in self._next.items()}
