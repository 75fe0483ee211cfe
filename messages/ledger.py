"""The ledger's figures: what came in and what became of it, per district, counted in readings."""

from msgspec import Struct


class DistrictSums(Struct, frozen=True, kw_only=True):
    """The sums of one district as its stream stage holds them.

    `accepted` comes from the running totals in the pack headers (what the gateways wrote), the four outcomes from what was applied line by
    line, so that a lost pack or line shows as a difference. `applied` is the last applied offset per source topic, which tells what is still in flight.
    """

    district: str
    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: dict[str, int] = {}
    open: int = 0
    windowed: int = 0
    late: int = 0
    too_late: int = 0
    gaps: int = 0
    applied: dict[str, int] = {}
    watermark: int | None = None
    partition: int = 0

    @property
    def balanced(self) -> bool:
        """Whether it balances with nothing in flight."""
        return self.balances(0)

    def balances(self, in_flight: int) -> bool:
        """Whether every accepted reading has exactly one outcome, or is among those in flight, and every received one a verdict."""
        applied = self.open + self.windowed + self.duplicate + self.too_late
        return self.accepted == applied + in_flight and self.received == self.accepted + sum(self.rejected.values())


class Ledger(Struct, frozen=True, kw_only=True):
    """The whole ledger: every district's sums, and how many readings are in Kafka but not yet applied."""

    districts: dict[str, DistrictSums]
    in_flight: int
    balanced: bool
