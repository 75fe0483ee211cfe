"""A line of the proof's table: one fault, its times, and the figures of what was published while it lasted."""

from collections import Counter
from itertools import pairwise
from typing import Protocol

from msgspec import Struct

from citygrid.proof import cases
from citygrid.proof.flaws import Behind, Flaw, Kind
from citygrid.proof.seen import Seen
from citygrid.proof.truth import IN_THE_LOG, Episode, Sent

SHOWN = 5


class Row(Struct, kw_only=True):
    """One line. Times are epoch ms; `recovered_ms` counts from `healed_at`, when the fault itself was over; counts are messages, windows, incidents.

    `did` is what was done, `evidence` what shows that it struck, `waited_for` what was missing last before it had recovered.
    """

    name: str
    title: str
    began_at: int
    until: int = 0
    broken_at: int = 0
    healed_at: int = 0
    did: list[str] = []
    evidence: list[str] = []
    published: int = 0
    received: int = 0
    duplicates: int = 0
    windows: int = 0
    windows_equal: int = 0
    incidents: int = 0
    incidents_equal: int = 0
    longest_pause_ms: int = 0
    slowest_incident_ms: int = 0
    recovered_ms: int | None = None
    waited_for: str = ""
    flaws: list[str] = []
    judged: bool = False

    @property
    def times(self) -> int:
        """How often the fault struck."""
        return max(Counter(" ".join(did.split()[:2]) for did in self.did).values(), default=0)

    @property
    def holds(self) -> bool:
        """Whether the line holds."""
        return self.judged and not self.flaws

    def has(self, at: int) -> bool:
        """Whether a moment lies in it."""
        return self.began_at <= at < self.until


class Times(Protocol):
    """A part of the proof's time."""

    def has(self, at: int) -> bool:
        """Whether a moment (epoch ms) lies in it."""


class Outside:
    """The time that belongs to none of some rows."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def has(self, at: int) -> bool:
        """Whether a moment lies in none of them."""
        return not any(row.has(at) for row in self._rows)


def count_messages(row: Row, sent: list[Sent], seen: Seen, times: Times | None = None) -> None:
    """How many were published and acknowledged in the row's time, how many of them are in the log, and how many more than once."""
    times = times or row
    own = [one for one in sent if times.has(one.sent_at) and one.fate in IN_THE_LOG and one.acked]
    arrived = [found for one in own if (found := seen.arrived.get((one.device, one.seq)))]
    row.published, row.received = len(own), len(arrived)
    row.duplicates = sum(found.times - 1 for found in arrived)


def longest_pause(row: Row, seen: Seen, districts: list[str]) -> int:
    """The longest time (ms) in which some district's stage told of no new reading, within the row's time."""
    longest = 0
    for district in districts:
        moved = [row.began_at, *(at for at in seen.progress[district].moved_at if row.has(at)), row.until]
        longest = max([longest, *(later - earlier for earlier, later in pairwise(moved))])
    return longest


def judge(
    row: Row, flaws: list[Flaw], seen: Seen, episodes: list[Episode], behind: Behind, *, times: Times | None = None
) -> None:
    """Puts the flaws of the row's time (or of `times`) down, and counts what is equal."""
    times = times or row
    own = [flaw for flaw in flaws if times.has(flaw.at)]
    row.flaws = [*row.flaws, *(flaw.what for flaw in own)]
    if not row.published:
        row.flaws.append("nothing was published in its time, so nothing was shown")
    if row.broken_at and not row.evidence:
        row.flaws.append("nothing shows that the fault struck")
    keys = [key for log in seen.logs.values() for key in log.closed if times.has(behind.wall(key[0], key[2]))]
    row.windows = len(keys)
    row.windows_equal = len({str(key) for key in keys} - {flaw.subject for flaw in own if flaw.kind is Kind.WINDOW})
    happened = [one for one in episodes if times.has(one.sent_at)]
    row.incidents = len(happened)
    row.slowest_incident_ms = cases.slowest(happened, seen)
    row.incidents_equal = max(0, row.incidents - sum(flaw.kind is Kind.INCIDENT for flaw in own))
    row.judged = True
