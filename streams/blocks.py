"""The state blocks of a worker's partitions: rebuilt from their changelog alone whenever partitions move, and written by one owner at a time.

Faust keeps the blocks of a partition that was taken away and recovers only what it thinks it misses; what another worker wrote meanwhile
and what of our own never reached Kafka would then be mixed. Here a rebalance leaves nothing in memory, nor in Faust's queue: records of an interrupted
rebuilding that lie there would count as read by the next one, which would then begin behind them.

A worker that stood still for longer than its session does not know that it was replaced, and may write for a while. So each owner of a
partition writes under a term of its own: it copies the blocks of the last term, marks its term as whole, and deletes the others. What a
worker of an older term still writes lies beside, is never read, and is deleted by the next owner.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import faust
from faust.types import TP, EventT

from adapters.clock import now_ms

Rows = list[tuple[bytes, bytes | None]]
NO_TERM = b""
A_GENERATION = 1000
"""Terms within one generation of the group, which is as often as a worker may come back in it; those of the next generation are all later."""
TURNS = 10
"""Of the event loop: in one of them Faust takes in the record that it has in hand when its queue is emptied."""
_END = b"|"


class BlockTable(faust.Table[bytes, bytes]):
    """A table whose blocks are kept by partition, each under the term in which it was written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._blocks: dict[int, dict[bytes, bytes]] = {}
        self._terms: dict[int, bytes] = {}
        self._generation = 0
        self.taken_in = 0
        self._owner = b"%s-%d" % (str(self.app.conf.consumer_group_instance_id).encode(), now_ms())

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Forgets everything, and has Faust read the changelogs of all our partitions from their beginnings."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        await self._drop_unread()
        self._blocks, self._terms, self._generation = {}, {}, generation_id
        for one in assigned:
            if one.topic == self.changelog_topic.get_topic_name():
                self.app.tables.recovery.revoke(one)  # type: ignore[attr-defined] # the interface lacks it

    async def _drop_unread(self) -> None:
        tables: Any = self.app.tables
        tables.changelog_queue.clear()
        for _ in range(TURNS):
            await asyncio.sleep(0)
        tables.recovery.buffers.pop(self, None)

    def apply_changelog_batch(self, batch: Iterable[EventT[bytes]]) -> None:
        """Takes what was written, in its order."""
        for event in batch:
            message = event.message
            self.taken_in += 1
            self._set(message.partition, message.key or b"", message.value)
            self._terms.pop(message.partition, None)

    def _set(self, partition: int, raw: bytes, value: bytes | None) -> None:
        here = self._blocks.setdefault(partition, {})
        if value is None:
            here.pop(raw, None)
        else:
            here[raw] = value

    def claim(self, partition: int) -> tuple[Rows, Rows, Rows]:
        """What has to be written before the first block of ours, each part after the one before has arrived.

        The copies of the last term's blocks, the mark that they are whole, and the deletion of everything else; nothing when the last
        term is our own and of this generation: after an older one somebody else may have had the partition, whose mark is still to arrive.
        """
        last = self._term(partition)
        if last.endswith(b"." + self._owner + _END) and _latest([last]) >= self._generation * A_GENERATION:
            return [], [], []
        here = self._blocks.get(partition, {})
        mine = b"%010d.%s%s" % (max(self._generation * A_GENERATION, _latest(here) + 1), self._owner, _END)
        copies: Rows = [(mine + raw[len(last) :], value) for raw, value in here.items() if _is_block(raw, last)]
        gone: Rows = [(raw, None) for raw in here]
        for raw, value in (*copies, (mine, b"1"), *gone):
            self._set(partition, raw, value)
        self._terms[partition] = mine
        return copies, [(mine, b"1")], gone

    def put(self, partition: int, key: bytes, value: bytes | None) -> bytes:
        """Sets or, with None, deletes a block of ours in memory; returns the key to write it under. The partition is claimed."""
        raw = self._term(partition) + key
        self._set(partition, raw, value)
        return raw

    def get_block(self, partition: int, key: bytes) -> bytes | None:
        """A block as it was last written, by this worker or the one before."""
        return self._blocks.get(partition, {}).get(self._term(partition) + key)

    def keys_of(self, partition: int, start: bytes) -> Sequence[bytes]:
        """The keys of a partition's blocks that begin with `start`."""
        term = self._term(partition)
        return [raw[len(term) :] for raw in self._blocks.get(partition, {}) if raw.startswith(term + start)]

    def _term(self, partition: int) -> bytes:
        """The latest term that is whole; none where nothing was written yet."""
        if partition not in self._terms:
            marks = [raw for raw in self._blocks.get(partition, {}) if raw.partition(_END)[1:] == (_END, b"")]
            self._terms[partition] = max(marks, default=NO_TERM)
        return self._terms[partition]

    def bytes_held(self) -> int:
        """The size of all blocks."""
        return sum(len(raw) + len(value) for here in self._blocks.values() for raw, value in here.items())


def _is_block(raw: bytes, term: bytes) -> bool:
    return term != NO_TERM and raw.startswith(term) and raw != term


def _latest(raws: Iterable[bytes]) -> int:
    """The number of the latest term that anything was written in; 0 where nothing was."""
    return max((int(raw.partition(b".")[0]) for raw in raws if _END in raw), default=0)
