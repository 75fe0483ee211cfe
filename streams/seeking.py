"""Seeking: to where the state ends when partitions were given, and back for a record that was passed over."""

from aiokafka.errors import IllegalStateError
from faust.types import TP, AppT

from adapters.clock import elapsed_ms
from adapters.health import Waits
from adapters.logs import log
from streams import counters
from streams.blocks import BlockTable
from streams.offsets import Offsets, block_of

TOLD_FOR_MS = 30 * 60_000


class Losses:
    """Which records were deleted before this worker had read them: each is counted once, and told for a while as a reason not to be ready."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._up_to: dict[TP, int] = {}
        self._told: dict[TP, tuple[int, int]] = {}

    def note(self, partition: TP, due: int, earliest: int, now: int) -> None:
        """The partition begins at `earliest` although `due` should be read next; `now` is any steady clock's, in milliseconds."""
        since = max(due, self._up_to.get(partition, 0))
        if since >= earliest:
            return
        self._up_to[partition] = earliest
        self._told[partition] = (now, self._told.get(partition, (0, 0))[1] + earliest - since)
        counters.deleted(self._agent, partition, earliest - since)
        log("agents").error(
            "records were deleted before they were read", partition=str(partition), due=since, earliest=earliest
        )

    def reasons(self, now: int) -> list[str]:
        """What was lost lately, in sentences. No new start would bring it back."""
        return [
            Waits(
                f"{self._agent}: {lost} records of {one.topic}[{one.partition}] were deleted before they were read: "
                "its findings and windows lack them; keep the topic for longer"
            )
            for one, (at, lost) in self._told.items()
            if now - at < TOLD_FOR_MS
        ]


async def read_on(app: AppT, state: BlockTable, offsets: Offsets, losses: Losses) -> None:
    """Seeks every partition to where the state ends, or to its beginning; Faust's own seek may only go back from there."""
    ours = [TP(*one) for one in offsets.ours(app.consumer.assignment())]  # the consumer's own are of another class
    if not ours:
        return
    earliest = await app.consumer.earliest_offsets(*ours)
    at = {one: _place(one, state, earliest.get(one) or 0, losses) for one in ours}
    offsets.start(at, await app.consumer.highwaters(*ours))
    await app.consumer.seek_wait(at)


def _place(partition: TP, state: BlockTable, earliest: int, losses: Losses) -> int:
    kept = state.get_block(partition.partition, block_of(partition).encode())
    if kept is not None:
        losses.note(partition, int(kept), earliest, elapsed_ms())
    return max(int(kept or b"0"), earliest)


async def go_back(app: AppT, offsets: Offsets) -> None:
    """Seeks the partitions that have a hole to what is due in them.

    They are paused meanwhile: Faust takes a record that is older than the one it handed over last for a repetition, and leaves it out.
    """
    if app.rebalancing or not (wanted := offsets.wanted()):
        return
    places = {TP(*one): offset for one, offset in wanted.items()}
    log("agents").warning(
        "records were passed over and are gone back for",
        due={f"{one.topic}[{one.partition}]": offset for one, offset in places.items()},
    )
    app.consumer.pause_partitions(places)
    try:
        await app.consumer.seek_wait(places)
    except IllegalStateError:
        log("agents").info("the partitions moved meanwhile; they are sought when they are given again")
    if not app.rebalancing:
        ours = app.consumer.assignment()
        app.consumer.resume_partitions([one for one in places if one in ours])
