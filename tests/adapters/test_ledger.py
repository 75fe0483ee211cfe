"""The ledger as it is counted from Kafka."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters import ledger
from adapters.kafka_admin import ensure_topics
from adapters.kafka_writer import Writer
from city.window import ClosedWindow, LateReading
from messages.ledger import DistrictSums
from messages.packs import PackHead, headers_of, lines_of
from messages.records import encode
from messages.rejects import Reason, Refusal, reject
from messages.telemetry import PackLine, pack
from messages.topics import LATE, LEDGER, REJECTS, TELEMETRY, WINDOWS, Topic

pytestmark = pytest.mark.integration
PARTITIONS = 4
AT = 1_790_000_000_000


class District:
    """Writes what gateway and streams would of one district, whose partition is `partition`."""

    def __init__(self, kafka: str, code: str, partition: int) -> None:
        self.kafka, self.code, self.partition = kafka, code, partition
        self.total = 0
        self.last: dict[str, int] = {}
        self._writer = Writer(kafka)

    def put(self, topic: Topic, value: bytes, headers: Any = ()) -> int:
        """The offset at which it lies."""
        sent = self._writer.send(topic.name, partition=self.partition, key=self.code, value=value, headers=headers)
        self.last[topic.name] = int(sent.get(timeout=10).offset)
        return self.last[topic.name]

    def readings(self, count: int) -> int:
        lines = [
            encode(
                PackLine(device="d", cell=f"{self.code}001001001", at=AT + n, received_at=AT, values={"m": 1.0}, seq=n)
            )
            for n in range(count)
        ]
        self.total += count
        head = PackHead(gateway="g", start="s", pack=1, count=count, total=self.total, at=AT)
        return self.put(TELEMETRY, pack(lines), headers_of(head))

    def refused(self, kind: str = "telemetry") -> int:
        refusal = Refusal(Reason.NOT_JSON, "why")
        return self.put(
            REJECTS,
            encode(
                reject(
                    refusal,
                    sender="d",
                    topic="t",
                    kind=kind,
                    district=self.code,
                    at=AT,
                    original=b"",
                    seq=None,
                    id_=None,
                )
            ),
        )

    def window(self, count: int, start: int = AT, late: int = 0) -> None:
        row = ClosedWindow(
            cell=f"{self.code}001001001", metric="m", start=start, seconds=60, count=count, sum=1, min=1, max=1, first_at=start,
            last_at=start, late=late,
        )  # fmt: skip
        self.put(WINDOWS, encode(row))

    def too_late(self, seq: int, source: int | None = None) -> None:
        row = LateReading(
            device="d", metric="m", cell=f"{self.code}001001001", at=AT, seq=seq, value=1, received_at=AT, window=AT
        )
        self.put(LATE, encode(row), [] if source is None else lines_of(source, 0, 1))

    def stands(self, **sums: Any) -> None:
        self.put(LEDGER, encode(DistrictSums(district=self.code, partition=self.partition, **sums)))

    def sums(self, *, recount: bool = False) -> DistrictSums:
        return ledger.read(self.kafka, PARTITIONS, recount=recount).districts[self.code]

    def close(self) -> None:
        """Leaves nothing in flight that another test would count."""
        self.stands(applied=self.last)
        self._writer.close()


@pytest.fixture
def district(services: Any, request: pytest.FixtureRequest) -> Iterator[District]:
    """A district of the test's own, so that what other tests left in Kafka does not count."""
    ensure_topics(services.kafka, PARTITIONS)
    number = sum(map(ord, request.node.name)) % 10_000
    running = District(services.kafka, f"98{number:04d}", number % PARTITIONS)
    yield running
    running.close()


def test_what_the_streams_applied_is_read_and_the_rest_is_in_flight(district: District) -> None:
    applied = district.readings(10)
    refused = district.refused()
    district.stands(
        received=11,
        accepted=10,
        windowed=9,
        open=1,
        rejected={"not_json": 1},
        applied={TELEMETRY.name: applied, REJECTS.name: refused},
    )
    district.readings(5)
    district.refused()

    now = ledger.read(district.kafka, PARTITIONS)

    sums = now.districts[district.code]
    assert (sums.received, sums.accepted, sums.rejected) == (17, 15, {"not_json": 2})
    assert now.in_flight >= 5  # of all districts, and those of other tests go on
    assert sums.balances(5)


def test_a_district_whose_first_readings_nobody_applied_yet_is_in_flight_as_a_whole(district: District) -> None:
    district.readings(3)

    sums = district.sums()

    assert (sums.received, sums.accepted, sums.windowed) == (3, 3, 0)
    assert sums.balances(3)


def test_what_people_sent_and_was_refused_does_not_count_as_readings(district: District) -> None:
    district.refused("reports")
    district.readings(1)

    assert district.sums().rejected == {}


def test_a_lost_line_does_not_balance(district: District) -> None:
    applied = district.readings(10)
    district.stands(received=10, accepted=10, windowed=9, applied={TELEMETRY.name: applied})

    assert not district.sums().balanced
    assert not ledger.read(district.kafka, PARTITIONS).balanced


def test_a_recount_finds_the_same_figures_in_the_topics(district: District) -> None:
    applied, refused = district.readings(10), district.refused()
    district.window(4, late=1)
    district.window(4, late=1)
    district.window(3, start=AT + 60_000)
    district.too_late(1)
    district.too_late(2)
    district.stands(
        received=11,
        accepted=10,
        windowed=7,
        late=1,
        too_late=2,
        duplicate=1,
        rejected={"not_json": 1},
        applied={TELEMETRY.name: applied, REJECTS.name: refused},
    )

    assert district.sums(recount=True) == district.sums()
    assert district.sums(recount=True).balanced


def test_a_recount_counts_a_late_reading_as_often_as_it_came_and_once_when_a_crash_tells_it_again(
    district: District,
) -> None:
    applied = district.readings(2)
    for source in (applied, applied, applied + 1):
        district.too_late(1, source)
    district.stands(received=2, accepted=2, too_late=2, applied={TELEMETRY.name: applied})

    assert district.sums(recount=True) == district.sums()


def test_a_recount_tells_a_figure_that_the_topics_do_not_bear_out(district: District) -> None:
    applied = district.readings(10)
    district.window(9)
    district.stands(received=10, accepted=10, windowed=10, applied={TELEMETRY.name: applied})

    assert district.sums(recount=True).windowed == 9
    assert not ledger.read(district.kafka, PARTITIONS, recount=True).balanced
