"""Where to read on in each partition: kept with the state, so that nothing is skipped when partitions move.

Faust seeks to the committed offsets only, and stays where it is in a partition that has none yet; what it had handed over and dropped is
then never seen again. Here the state is the truth: after each rebalance every partition is sought to where the state ends.
"""

from collections.abc import Collection, Mapping

from faust.types import TP

from messages.topics import TOPICS, Kept

_SPARSE = frozenset(topic.name for topic in TOPICS if topic.kept is Kept.LATEST)
"""Compacted topics have holes; in them only the newest record of a key counts."""


GRACE_MS = 5000
"""How long after a seek records may still come that were fetched before it."""


class Skipped(Exception):
    """Records of a partition were passed over: going on would lose them, starting again reads them."""


def block_of(partition: TP) -> str:
    """The name of the state block that says where to read on."""
    return f"read-on/{partition.topic}/{partition.partition}"


class Offsets:
    """For each partition that is ours the offset to read next."""

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = frozenset(topics)
        self._next: dict[TP, int] = {}
        self._written: dict[TP, int] = {}
        self._sought: set[TP] = set()
        self._sought_at = 0
        self.reads = 0

    def ours(self, partitions: Collection[TP]) -> list[TP]:
        """Those of the partitions that belong to our topics."""
        return [one for one in partitions if one.topic in self._topics]

    def start(self, at: Mapping[TP, int], now: int) -> None:
        """Begins anew with these partitions, which are sought to these offsets at `now` (ms on a steady clock)."""
        self._next, self._written = dict(at), dict(at)
        self._sought, self._sought_at = set(at), now

    def stop(self) -> None:
        """Has no partition until the next `start`: what still comes is somebody else's, or comes again."""
        self.start({}, 0)

    def read(self, partition: TP, offset: int, now: int) -> bool:
        """Notes a record; False when it is not ours now, or was fetched before the seek and comes again.

        Raises Skipped when one before it was never read.
        """
        expected = self._next.get(partition)
        if expected is None:
            return False
        if offset > expected and partition.topic not in _SPARSE:
            if partition in self._sought and now - self._sought_at < GRACE_MS:
                return False
            raise Skipped(f"{partition.topic}[{partition.partition}]: {expected} should come next, but {offset} came.")
        self.reads += 1
        self._sought.discard(partition)
        self._next[partition] = max(expected, offset + 1)
        return True

    def unwritten(self) -> list[tuple[TP, int]]:
        """Where to read on in the partitions that have moved since this was last asked."""
        moved = [(one, offset) for one, offset in self._next.items() if self._written.get(one) != offset]
        self._written = dict(self._next)
        return moved

    def behind(self, ends: Mapping[TP, int | None]) -> list[TP]:
        """The partitions that hold more than was read, given their end offsets."""
        return [one for one, offset in self._next.items() if (ends.get(one) or 0) > offset]
