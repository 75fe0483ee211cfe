"""The state blocks of a worker's partitions, rebuilt from their changelog alone whenever partitions move.

Faust keeps the blocks of a partition that was taken away and recovers only what it thinks it misses; what another worker wrote meanwhile
and what of our own never reached Kafka would then be mixed. Here a rebalance leaves nothing in memory.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import faust
from faust.types import TP, EventT


class BlockTable(faust.Table[bytes, bytes]):
    """A table whose blocks are kept by partition. `blocks` is what the changelog says, and what was put since."""

    blocks: dict[int, dict[bytes, bytes]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocks = {}

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Forgets everything, and has Faust read the changelogs of all our partitions from their beginnings."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        self.blocks = {}
        for one in assigned:
            if one.topic == self.changelog_topic.get_topic_name():
                self.app.tables.recovery.revoke(one)  # type: ignore[attr-defined] # the interface lacks it

    def apply_changelog_batch(self, batch: Iterable[EventT[bytes]]) -> None:
        """Takes what was written, in its order."""
        for event in batch:
            message = event.message
            self.put(message.partition, message.key or b"", message.value)

    def put(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Sets or, with None, deletes a block in memory."""
        here = self.blocks.setdefault(partition, {})
        if value is None:
            here.pop(key, None)
        else:
            here[key] = value

    def get_block(self, partition: int, key: bytes) -> bytes | None:
        """A block as it was last written, by this worker or the one before."""
        return self.blocks.get(partition, {}).get(key)

    def bytes_held(self) -> int:
        """The size of all blocks."""
        return sum(len(key) + len(value) for key, value in self._all())

    def _all(self) -> Iterator[tuple[bytes, bytes]]:
        for here in self.blocks.values():
            yield from here.items()
