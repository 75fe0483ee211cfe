"""How far a district's event time has certainly come: the watermark, record by record, and through marks when it is quiet."""

import numpy as np
from msgspec import Struct

from city.columns import NEVER_MS, Bools, Ints

SET_BACK_MS = 10_000
"""Marks are written in the order of arrival; one that is this much older than an arrival before it means that the gateway's clock was set back."""

PAST_MARK_MS = 5_000
"""Marks come every second. A reading is believed this far past the last one: a queue that is no older makes nothing too late."""


class Watermark(Struct, frozen=True):
    """The watermark, where it stood at the last reading, that reading's arrival, the last mark, and how far readings would have moved it without the marks.

    All epoch ms; NEVER_MS where there was none. A reading without a time of its own tells nothing of event time: it may have waited. It leaves
    the watermark where it is, and only in a district that has no other readings yet its arrival is kept, so that a mark begins the watermark.
    """

    at: int = NEVER_MS
    last_at: int = NEVER_MS
    last_received: int = NEVER_MS
    marked: int = NEVER_MS
    farthest: int = NEVER_MS

    def before_each(self, at: Ints, received_at: Ints, clockless: Bools) -> tuple[Ints, "Watermark"]:
        """The watermark before each message (columns of shape [m]), and the one after all of them.

        A message moves it to min(at, received_at), so that a clock that runs ahead can't drag it, and never back. Nor does it move it more than
        PAST_MARK_MS past the last mark: a clock that runs ahead does not say how long its message waited, nor how much still waits behind it.
        """
        moments = np.where(clockless, NEVER_MS, np.minimum(at, received_at))
        farthest = max(self.farthest, int(moments.max()))
        if self.marked != NEVER_MS:
            moments = np.minimum(moments, self.marked + PAST_MARK_MS)
        reached = np.maximum.accumulate(np.concatenate(([self.at], moments)))
        timed = np.flatnonzero(~clockless)
        if len(timed):
            end, last_received = int(reached[-1]), int(received_at[timed[-1]])
            return reached[:-1], Watermark(end, end, last_received, self.marked, farthest)
        if self.at == NEVER_MS:
            return reached[:-1], Watermark(last_received=int(received_at[-1]))
        return reached[:-1], self

    def after_mark(self, mark_at: int) -> "Watermark":
        """The watermark after a mark: moved by the wall time since the last reading arrived, and to where readings before it would have moved it.

        A district without readings has none.
        """
        if self.last_received == NEVER_MS:
            return self
        if self.at == NEVER_MS:
            return Watermark(mark_at, mark_at, mark_at, mark_at)
        if mark_at < self.last_received - SET_BACK_MS:
            return Watermark(self.at, self.at, mark_at, mark_at, self.farthest)
        last_at = max(self.last_at, min(self.farthest, mark_at))
        quiet = max(0, mark_at - self.last_received)
        return Watermark(max(self.at, last_at + quiet), last_at, self.last_received, mark_at, self.farthest)
