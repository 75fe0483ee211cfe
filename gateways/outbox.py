"""What a gateway writes to Kafka, and which messages that settles: packs, single records, rejects, marks and ticks."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from adapters.kafka_writer import Writer
from city.registry import District
from city.report import Tick
from gateways import counters
from gateways.inflight import Slip
from gateways.packer import Pack
from messages.mqtt_topics import Address
from messages.packs import PackHead, headers_of
from messages.partition import UNKNOWN, partition_of
from messages.records import Headers, cloud_event, encode
from messages.rejects import Refusal, Reject, reject
from messages.telemetry import pack
from messages.topics import CLOCK, REJECTS, TELEMETRY, Topic


class Outgoing(Struct, frozen=True):
    """One record on its way to Kafka; the district picks the partition."""

    topic: Topic
    district: str
    key: str
    value: bytes
    headers: Headers


class _Named(Struct):
    """What can be read of a refused message, to name it in the answer."""

    seq: int | None = None
    id: str | None = None


_names = msgspec.json.Decoder(_Named)


class Outbox:
    """Sends, and remembers for each record which slips it settles. Kafka's thread only appends to `_arrived`; the rest is one thread's."""

    def __init__(self, writer: Writer, name: str, start: str, partitions: int) -> None:
        self._writer = writer
        self._name = name
        self._start = start
        self._partitions = partitions
        self._arrived: deque[tuple[str | None, int, Sequence[Slip[Any]]]] = deque()
        self._failed: list[BaseException] = []
        self._packs: dict[str, int] = {}
        self._totals: dict[str, int] = {}
        self._rejects = 0
        self.districts: dict[str, District] = {}
        self.under_way = 0
        self.bytes_under_way = 0
        self.on_arrival: Callable[[], None] = lambda: None

    def send(self, out: Outgoing, slips: Sequence[Slip[Any]] = (), *, packed: str | None = None) -> None:
        """Writes one record, which the slips' messages wait for; `packed` is its district if it is a pack with lines."""
        for slip in slips:
            slip.open += 1
        self.under_way += 1
        self.bytes_under_way += len(out.value)
        future = self._writer.send(
            out.topic.name,
            partition=partition_of(out.district, self.districts, self._partitions),
            key=out.key,
            value=out.value,
            headers=out.headers,
        )
        future.add_callback(self._on_arrival, packed, len(out.value), slips)
        future.add_errback(self._failed.append)

    def _on_arrival(self, packed: str | None, size: int, slips: Sequence[Slip[Any]], _metadata: object) -> None:
        self._arrived.append((packed, size, slips))
        self.on_arrival()

    def arrived(self) -> list[str]:
        """Settles what Kafka has acknowledged; returns the district of each pack among it. Raises what Kafka raised."""
        if self._failed:
            raise self._failed[0]
        districts = []
        while self._arrived:
            packed, size, slips = self._arrived.popleft()
            self.under_way -= 1
            self.bytes_under_way -= size
            for slip in slips:
                slip.open -= 1
            if packed is not None:
                counters.pack_arrived()
                districts.append(packed)
        return districts

    def send_pack(self, district: str, filled: Pack[Slip[Any]], at: int) -> None:
        """Writes one pack of a district; an empty one is a mark."""
        self._packs[district] = self._packs.get(district, 0) + 1
        self._totals[district] = self._totals.get(district, 0) + filled.readings
        head = PackHead(
            gateway=self._name,
            start=self._start,
            pack=self._packs[district],
            count=filled.readings,
            total=self._totals[district],
            at=at,
            away=pack(filled.away),
        )
        out = Outgoing(TELEMETRY, district, district, pack(filled.lines), headers_of(head))
        self.send(out, filled.slips, packed=district if filled.lines or filled.away else None)

    def send_tick(self, district: str, at: int) -> None:
        """Writes a second of wall time."""
        headers = cloud_event("tick", f"{district}-{at}", at, source=self._name)
        self.send(Outgoing(CLOCK, district, district, encode(Tick(district=district, at=at)), headers))

    def send_reject(
        self, refusal: Refusal, *, address: Address, topic: str, payload: bytes, at: int, slip: Slip[Any]
    ) -> Reject:
        """Writes what was refused, and returns it for the answer."""
        named = _read_names(payload)
        district = address.district if address.district in self.districts else UNKNOWN
        refused = reject(
            refusal,
            sender=address.sender,
            topic=topic,
            kind=address.kind,
            district=district,
            at=at,
            original=payload,
            seq=named.seq,
            id_=named.id,
        )
        self._rejects += 1
        headers = cloud_event("reject", f"{self._start}-{self._rejects}", at, source=self._name)
        self.send(Outgoing(REJECTS, district, district, encode(refused), headers), (slip,))
        counters.rejected(refusal.reason)
        return refused


def _read_names(payload: bytes) -> _Named:
    try:
        return _names.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Named()
