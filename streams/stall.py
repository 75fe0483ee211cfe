"""Noticing that an agent stands still although there is more to read, as Faust's consumers have been seen to after rebalances."""

import asyncio

from faust.types import AppT

from streams.offsets import Offsets

GLANCE_S = 5.0
PATIENCE_S = 60.0


class Stalled(Exception):
    """Nothing was read for too long although the partitions hold more."""


async def watch(app: AppT, offsets: Offsets) -> None:
    """Runs until nothing has moved for PATIENCE_S although there is more to read, and then raises Stalled."""
    still, reads = 0.0, offsets.reads
    while True:
        await asyncio.sleep(GLANCE_S)
        ends = {one: app.consumer.highwater(one) for one in offsets.ours(app.consumer.assignment())}
        behind = offsets.behind(ends)
        moved = offsets.reads != reads or app.rebalancing or not behind
        still, reads = 0.0 if moved else still + GLANCE_S, offsets.reads
        if still >= PATIENCE_S:
            raise Stalled(f"nothing was read for {still:.0f} s, although there is more in {behind}.")
