"""Seeking: to where the state ends when partitions were given, and back for a record that was passed over."""

from aiokafka.errors import IllegalStateError
from faust.types import TP, AppT

from adapters.logs import log
from streams.blocks import BlockTable
from streams.offsets import Offsets, block_of


async def read_on(app: AppT, state: BlockTable, offsets: Offsets) -> None:
    """Seeks every partition to where the state ends, or to its beginning; Faust's own seek may only go back from there."""
    ours = [TP(*one) for one in offsets.ours(app.consumer.assignment())]  # the consumer's own are of another class
    if not ours:
        return
    earliest = await app.consumer.earliest_offsets(*ours)
    at = {one: _place(one, state, earliest.get(one) or 0) for one in ours}
    offsets.start(at, await app.consumer.highwaters(*ours))
    await app.consumer.seek_wait(at)


def _place(partition: TP, state: BlockTable, earliest: int) -> int:
    kept = state.get_block(partition.partition, block_of(partition).encode())
    if kept is not None and int(kept) < earliest:
        log("agents").error(
            "records were deleted before they were read", partition=str(partition), due=int(kept), earliest=earliest
        )
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
