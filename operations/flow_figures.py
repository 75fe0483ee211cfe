"""How the readings flow: how many a second, how old the newest is, and how many lie in Kafka that no stage has applied yet."""

from collections import deque
from collections.abc import Iterable

from msgspec.structs import replace

from messages.ledger import DistrictSums, Ledger
from messages.topics import TELEMETRY
from operations.facts import Pack

OVER_SECONDS = 10
MOST_PACKS = 20_000


class FlowFigures:
    """Counts packs as they come by and the districts' sums as they are written down."""

    def __init__(self) -> None:
        self.sums: dict[str, DistrictSums] = {}
        self.newest_received_at: int | None = None
        self._seconds: dict[int, int] = {}
        self._waiting: dict[str, deque[tuple[int, int]]] = {}

    def pack(self, pack: Pack) -> None:
        """Takes in a pack: its readings wait until the district's sums say that its offset was applied."""
        for message in pack.heard:
            second = message.received_at // 1000
            self._seconds[second] = self._seconds.get(second, 0) + len(message.values)
            self.newest_received_at = max(self.newest_received_at or 0, message.received_at)
        if pack.readings:
            waiting = self._waiting.setdefault(pack.district, deque(maxlen=MOST_PACKS))
            waiting.append((pack.offset, pack.readings))
            self._settle(pack.district)

    def sum_up(self, sums: DistrictSums) -> None:
        """Takes in the sums of a district."""
        self.sums[sums.district] = sums
        self._settle(sums.district)

    def readings_per_s(self, now: int) -> float:
        """The mean over the last ten whole seconds of arrival before `now`."""
        second = now // 1000
        self._seconds = {at: count for at, count in self._seconds.items() if at >= second - OVER_SECONDS}
        return sum(count for at, count in self._seconds.items() if at < second) / OVER_SECONDS

    def age_ms(self, now: int) -> int | None:
        """How long ago the newest reading arrived, or None when there is none."""
        return None if self.newest_received_at is None else max(0, now - self.newest_received_at)

    def ledger(self) -> Ledger:
        """The ledger as it stands, with what lies in Kafka behind the offsets that the streams have applied."""
        waiting = {code: sum(count for _, count in self._waiting.get(code, ())) for code in self.sums | self._waiting}
        stood = {code: self.sums.get(code) or DistrictSums(district=code) for code in sorted(waiting)}
        return Ledger(
            districts={code: _with(sums, waiting[code]) for code, sums in stood.items()},
            in_flight=sum(waiting.values()),
            balanced=all(_with(sums, waiting[code]).balances(waiting[code]) for code, sums in stood.items()),
        )

    def _settle(self, district: str) -> None:
        sums = self.sums.get(district)
        applied = sums.applied.get(TELEMETRY.name, -1) if sums else -1
        waiting = self._waiting.get(district, deque())
        while waiting and waiting[0][0] <= applied:
            waiting.popleft()


def _with(sums: DistrictSums, waiting: int) -> DistrictSums:
    return replace(sums, received=sums.received + waiting, accepted=sums.accepted + waiting)


def refused_by_reason(sums: Iterable[DistrictSums]) -> dict[str, int]:
    """How many readings were refused for each reason, all districts together."""
    total: dict[str, int] = {}
    for district in sums:
        for reason, count in district.rejected.items():
            total[reason] = total.get(reason, 0) + count
    return dict(sorted(total.items()))
