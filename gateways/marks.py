"""A gateway's messages to itself through the broker: what their coming back says, and what it says when they don't.

What waited in the broker before a mark has been handed over when the mark is back. A connection that stands while nothing at all comes, not
even the own marks, is dead without knowing it.

That holds of what the broker had taken in. While it stands still or is away, what devices send waits with them or in sockets, and comes behind
marks that were sent later. So after each such time marks say nothing for as long again; but a broker that is always slow must not silence them for good.
"""

from msgspec import Struct

MOST_OUTSTANDING = 3600  # an hour of an outage; older ones say nothing any more when they come back
SILENT_MS = 10_000
RENEWED_MS = 60_000
STOOD_MS = 3000
"""The broker takes a mark a second; when it has taken none for so long, it stood still or was away."""
LONGEST_AFTER_MS = 30_000
LONGEST_MUTE_MS = 60_000


class Mark(Struct, frozen=True):
    """A mark that is back: when it was sent (epoch ms), and whether all that was sent before it has come."""

    at: int
    counts: bool


class Marks:
    """The marks of one run that are on their way, and since when the connection is silent. `run` tells them from those of other runs.

    A mark is sent only when the one before has been taken in by the broker. All `now` are of one steady clock, in milliseconds.
    """

    def __init__(self, run: str, now: int) -> None:
        """Nothing was sent yet."""
        self._run = run
        self._outstanding: dict[bytes, tuple[int, int]] = {}
        self._quiet_since = self._taken_at = now
        self._counts_from = now
        self._mute_since: int | None = None
        self._offered: bytes | None = None

    def next(self, at: int, now: int) -> bytes | None:
        """The mark to send at `at` (epoch ms), which is `now`; None while the broker has not taken the last one."""
        if self._offered is not None:
            return None
        mark = self._offered = f"{self._run} {at}".encode()
        self._outstanding[mark] = at, now
        if len(self._outstanding) > MOST_OUTSTANDING:
            self._outstanding.pop(next(iter(self._outstanding)))
        return mark

    def taken(self, now: int) -> None:
        """The broker has taken all marks."""
        if self._offered is None:
            return
        stood = now - self._taken_at
        self._offered, self._taken_at = None, now
        if stood >= STOOD_MS:
            self._mute_since = now if self._mute_since is None else self._mute_since
            self._counts_from = min(now + min(stood, LONGEST_AFTER_MS), self._mute_since + LONGEST_MUTE_MS)

    def back(self, mark: bytes, now: int) -> Mark | None:
        """The mark that came back; None for what others put there, and for what has come back before."""
        if mark == self._offered:
            self.taken(now)
        found = self._outstanding.pop(mark, None)
        if found is None:
            return None
        at, sent = found
        if sent < self._counts_from:
            return Mark(at, counts=False)
        self._mute_since = None
        return Mark(at, counts=True)

    def heard(self, now: int) -> None:
        """Something came, whatever it was, or nothing could be expected to come."""
        self._quiet_since = now

    def silent_ms(self, now: int) -> int:
        """For how long nothing has come that should have."""
        return now - self._quiet_since
