"""How far a district's event time has certainly come: the watermark, record by record, and through marks when it is quiet."""

import numpy as np
from msgspec import Struct

from city.columns import NEVER_MS, Ints


class Watermark(Struct, frozen=True):
    """The watermark and the arrival of the last reading, both epoch ms; NEVER_MS while the district has had no reading."""

    at: int = NEVER_MS
    last_at: int = NEVER_MS
    last_received: int = NEVER_MS

    def before_each(self, at: Ints, received_at: Ints) -> tuple[Ints, "Watermark"]:
        """The watermark before each message (shape [m]), and the one after all of them.

        A message moves it to min(at, received_at), so that a clock that runs ahead can't drag it, and never back.
        """
        reached = np.maximum.accumulate(np.concatenate(([self.at], np.minimum(at, received_at))))
        return reached[:-1], Watermark(int(reached[-1]), int(reached[-1]), int(received_at[-1]))

    def after_mark(self, mark_at: int) -> "Watermark":
        """The watermark after a mark: moved by the wall time since the last reading arrived; a district without readings has none."""
        if self.at == NEVER_MS:
            return self
        quiet = max(0, mark_at - self.last_received)
        return Watermark(max(self.at, self.last_at + quiet), self.last_at, self.last_received)
