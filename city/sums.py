"""The ledger of one district: what came in, and what became of each reading."""

from msgspec import Struct

MOST_GAPS = 2**63 - 1
MOST_RUNS = 8
"""Runs of one gateway that are kept apart: what a killed one had sent may come behind the first packs of the next, but not of the eighth after it."""
ENDED = ""


class Sums(Struct):
    """Running totals, in readings.

    `totals` holds the highest running total that each run of a gateway wrote in its pack heads: their sum is what was accepted.
    Of each gateway the last few runs are kept; what those before them wrote is one sum, in the place of a run without a start.
    The other figures count what was applied, line by line. `rejected` counts refusals by reason, from the rejects topic.
    """

    windowed: int = 0
    late: int = 0
    duplicate: int = 0
    too_late: int = 0
    gaps: int = 0
    totals: dict[str, int] = {}
    rejected: dict[str, int] = {}

    def wrote(self, gateway: str, start: str, total: int) -> None:
        """Takes in a pack head's running total of one run of a gateway."""
        run = f"{gateway}/{start}"
        if run in self.totals:
            self.totals[run] = max(total, self.totals[run])
        else:
            self.totals[run] = total
            self._fold(gateway)

    def _fold(self, gateway: str) -> None:
        ended = f"{gateway}/{ENDED}"
        runs = [run for run in self.totals if run.rpartition("/")[0] == gateway and run != ended]
        for run in runs[:-MOST_RUNS]:
            self.totals[ended] = self.totals.get(ended, 0) + self.totals.pop(run)

    def counted_past(self, grew: int) -> None:
        """Takes in by how many the gaps of a device grew; stops at what 64 bits hold, which a device that counts wildly would pass."""
        self.gaps = min(self.gaps + grew, MOST_GAPS)

    def refused(self, reason: str) -> None:
        """Takes in one refusal."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    @property
    def accepted(self) -> int:
        """All readings that gateways wrote into packs."""
        return sum(self.totals.values())

    @property
    def received(self) -> int:
        """All readings that reached a gateway: accepted and refused (a message refused whole counts as one)."""
        return self.accepted + sum(self.rejected.values())
