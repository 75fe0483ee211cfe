"""Whether a rate was held: everything was published on time, nothing piled up, and the ledger accounts for all of it."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from msgspec import Struct

ON_TIME = 0.99
STANDING_S = 2.0
GROWTH_S = 0.5
STANDING_RECORDS = 2_000


class Sample(Struct, frozen=True, kw_only=True):
    """One look: seconds since the beginning; readings due, sent, acknowledged by the broker, applied by the worker; what lies before the others.

    `in_flight` are messages in the gateway, `history` and `operations` the records in Kafka that they have not read.
    """

    at: float
    due: int
    sent: int
    acknowledged: int
    applied: int
    in_flight: int = 0
    history: int = 0
    operations: int = 0

    @property
    def behind(self) -> int:
        """Readings that were sent and are not applied yet."""
        return max(0, self.sent - self.applied)


def why_not_held(samples: Sequence[Sample], rate: float) -> list[str]:
    """What speaks against the rate having been held over these samples; nothing when it was.

    Behind may be what the way takes: two seconds' worth, and in the last third not half a second's worth more than in the first.
    """
    if len(samples) < 3:  # noqa: PLR2004 - a beginning, a middle and an end
        return ["too few samples"]
    reasons = []
    last = samples[-1]
    if last.sent < ON_TIME * last.due:
        reasons.append(f"the publisher sent {last.sent:,} of {last.due:,}")
    third = max(1, len(samples) // 3)
    begin, finish = (median(one.behind for one in part) for part in (samples[:third], samples[-third:]))
    if finish > STANDING_S * rate:
        reasons.append(f"{finish:,.0f} readings were sent and not applied")
    if finish > begin + GROWTH_S * rate:
        reasons.append(f"what was not applied grew from {begin:,.0f} to {finish:,.0f} readings")
    for name in ("history", "operations"):
        waiting = median(getattr(one, name) for one in samples[-third:])
        if waiting > STANDING_RECORDS:
            reasons.append(f"{waiting:,.0f} records waited for {name}")
    return reasons


def slices(samples: Sequence[Sample], parts: int) -> list[float]:
    """The rate at which readings were applied in each of so many equal parts of the time, a second."""
    if len(samples) < parts + 1:
        return []
    edges = [samples[round(number * (len(samples) - 1) / parts)] for number in range(parts + 1)]
    return [(b.applied - a.applied) / (b.at - a.at) for a, b in pairwise(edges)]
