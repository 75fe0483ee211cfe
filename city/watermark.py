"""How far a district's event time has certainly come: the watermark, record by record, and through marks when it is quiet."""

import numpy as np
from msgspec import Struct

from city.columns import NEVER_MS, Bools, Ints

SET_BACK_MS = 10_000
"""Marks are written in the order of arrival; one that is this much older than an arrival before it means that the gateway's clock was set back."""


class Watermark(Struct, frozen=True):
    """The watermark, where it stood at the last reading, and that reading's arrival, all epoch ms; NEVER_MS where there was none.

    A reading without a time of its own tells nothing of event time: it may have waited. It leaves the watermark where it is, and only
    in a district that has no other readings yet its arrival is kept, so that a mark begins the watermark.
    """

    at: int = NEVER_MS
    last_at: int = NEVER_MS
    last_received: int = NEVER_MS

    def before_each(self, at: Ints, received_at: Ints, clockless: Bools) -> tuple[Ints, "Watermark"]:
        """The watermark before each message (columns of shape [m]), and the one after all of them.

        A message moves it to min(at, received_at), so that a clock that runs ahead can't drag it, and never back.
        """
        moments = np.where(clockless, self.at, np.minimum(at, received_at))
        reached = np.maximum.accumulate(np.concatenate(([self.at], moments)))
        timed = np.flatnonzero(~clockless)
        if len(timed):
            return reached[:-1], Watermark(int(reached[-1]), int(reached[-1]), int(received_at[timed[-1]]))
        if self.at == NEVER_MS:
            return reached[:-1], Watermark(last_received=int(received_at[-1]))
        return reached[:-1], self

    def after_mark(self, mark_at: int) -> "Watermark":
        """The watermark after a mark: moved by the wall time since the last reading arrived; a district without readings has none."""
        if self.last_received == NEVER_MS:
            return self
        if self.at == NEVER_MS:
            return Watermark(mark_at, mark_at, mark_at)
        if mark_at < self.last_received - SET_BACK_MS:
            return Watermark(self.at, self.at, mark_at)
        quiet = max(0, mark_at - self.last_received)
        return Watermark(max(self.at, self.last_at + quiet), self.last_at, self.last_received)
