"""A gateway's messages to itself through the broker: what their coming back says, and what it says when they don't.

What waited in the broker before a mark has been handed over when the mark is back. A connection that stands while nothing at all comes, not
even the own marks, is dead without knowing it.
"""

MOST_OUTSTANDING = 3600  # an hour of an outage; older ones say nothing any more when they come back
SILENT_MS = 10_000
RENEWED_MS = 60_000


class Marks:
    """The marks of one run that are on their way, and since when the connection is silent. `run` tells them from those of other runs."""

    def __init__(self, run: str, now: int) -> None:
        """`now` is any steady clock's, in milliseconds."""
        self._run = run
        self._outstanding: dict[bytes, int] = {}
        self._quiet_since = now

    def next(self, at: int) -> bytes:
        """The mark to send at `at` (epoch ms)."""
        mark = f"{self._run} {at}".encode()
        self._outstanding[mark] = at
        if len(self._outstanding) > MOST_OUTSTANDING:
            self._outstanding.pop(next(iter(self._outstanding)))
        return mark

    def back(self, mark: bytes) -> int | None:
        """When this mark was sent; None for what others put there, and for what has come back before."""
        return self._outstanding.pop(mark, None)

    def heard(self, now: int) -> None:
        """Something came, whatever it was, or nothing could be expected to come."""
        self._quiet_since = now

    def silent_ms(self, now: int) -> int:
        """For how long nothing has come that should have."""
        return now - self._quiet_since
