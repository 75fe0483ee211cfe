"""A district of the streams' own, written to as a gateway would, with a plain recomputation of what must come out."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from adapters.clock import now_ms
from adapters.kafka_reader import Reader, Record
from adapters.kafka_writer import Writer
from city.names import Name
from city.registry import Cell, Device, District, EventClass, Metric, Registry, Shift, Worker
from city.rules import Rule
from messages.packs import PackHead, headers_of
from messages.records import decode_lines, encode
from messages.telemetry import PackLine, pack
from messages.topics import TELEMETRY, Topic
from tests.citygrid.waiting import until

SHARED = ("977020", "977021", "977022", "977023")
"""Districts in a partition each, which several workers share."""
INDEX = {"977011": 2, "977012": 3, "977013": 1, **{code: index for index, code in enumerate(SHARED)}}
FLOOD = "streamlevel_m"
CLASS = "E9771"
MINUTE_MS, LATENESS_MS = 60_000, 30_000
NAME = Name("试", "test")
WORKER = "stream-w1"
Window = tuple[str, str, int, int]


def cell_of(district: str, number: int = 1) -> str:
    return f"{district}001001{number:03}"


def registry() -> Registry:
    """Districts with two cells and two sensors each; 0.15 m for ten seconds is a flood."""
    cells = [cell_of(district, number) for district in INDEX for number in (1, 2)]
    usual: dict[str, Any] = {"kind": "water", "metrics": [FLOOD], "lon": 121.0, "lat": 30.0}
    return Registry(
        code="9770",
        name=NAME,
        districts={code: District(code=code, name=NAME, index=index) for code, index in INDEX.items()},
        cells={cell: Cell(code=cell, name=NAME, geometry=_square(number)) for number, cell in enumerate(cells)},
        devices={device_in(cell): Device(id=device_in(cell), district=cell[:6], cell=cell, **usual) for cell in cells},
        workers={WORKER: _worker("977012")},
        metrics={FLOOD: Metric(name=FLOOD, unit="m", min=0, max=10)},
        rules={"stream-flood": _rule()},
        classes={CLASS: EventClass(code=CLASS, name=NAME, skill="drainage", clear_seconds=1)},
    )


def device_in(cell: str) -> str:
    return f"stream-{cell}"


def _rule() -> Rule:
    return Rule(
        id="stream-flood",
        type="threshold",
        event_class=CLASS,
        name=NAME,
        metric=FLOOD,
        on=0.15,
        off=0.05,
        for_seconds=10,
    )


def _worker(district: str) -> Worker:
    shift = Shift(start="00:00", end="24:00")
    return Worker(id=WORKER, district=district, name=NAME, skills=["drainage"], grids=[district], shift=shift)


def _square(number: int) -> dict[str, Any]:
    west, south = 121.0 + number * 0.01, 30.0
    ring = [[west, south], [west + 0.01, south], [west + 0.01, 30.01], [west, 30.01], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def line(cell: str, at: int, value: float, seq: int, *, received_at: int | None = None) -> PackLine:
    arrival = now_ms() if received_at is None else received_at
    return PackLine(device=device_in(cell), cell=cell, at=at, received_at=arrival, values={FLOOD: value}, seq=seq)


class Gateway:
    """Writes packs of one district as a gateway does."""

    def __init__(self, kafka: str, district: str) -> None:
        self._writer = Writer(kafka)
        self._packs, self._total = 0, 0
        self._start = str(now_ms())
        self.district = district

    def pack(self, lines: Sequence[PackLine], at: int | None = None) -> None:
        """One pack; without lines it is a mark."""
        self._packs += 1
        self._total += len(lines)
        head = PackHead(
            gateway="stream-test",
            start=self._start,
            pack=self._packs,
            count=len(lines),
            total=self._total,
            at=now_ms() if at is None else at,
        )
        self.write(TELEMETRY, pack([encode(one) for one in lines]), headers_of(head))

    def write(self, topic: Topic, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        partition = INDEX[self.district]
        self._writer.send(topic.name, partition=partition, key=self.district, value=value, headers=headers)

    def flush(self) -> None:
        self._writer.flush(20)

    def close(self) -> None:
        self._writer.close()


class Tap:
    """Collects what the streams say of one district; `beside` is called at each look."""

    def __init__(self, kafka: str, district: str, *topics: Topic, beside: Callable[[], None]) -> None:
        self._reader = Reader(kafka, [topic.name for topic in topics])
        self._district = district
        self._beside = beside
        self.records: list[Record] = []

    def draw(self) -> list[Record]:
        """All records of the district so far."""
        self._beside()
        mine = self._district.encode()
        self.records += [record for record in self._reader.poll(timeout=0.1) if (record.key or b"").startswith(mine)]
        return self.records

    def values(self, topic: Topic) -> list[dict[str, Any]]:
        """Single records of a topic, as JSON."""
        return [
            msgspec.json.decode(record.value) for record in self.draw() if record.topic == topic.name and record.value
        ]

    def lines(self, topic: Topic, kind: type[msgspec.Struct]) -> list[Any]:
        """The lines of a topic's packs."""
        packs = [record.value for record in self.draw() if record.topic == topic.name and record.value]
        return [one for value in packs for one in decode_lines(value, kind)]

    def until(self, topic: Topic, wanted: Callable[[dict[str, Any]], Any], seconds: float = 40) -> dict[str, Any]:
        """The first single record that is wanted, waited for."""
        until(lambda: any(wanted(said) for said in self.values(topic)), seconds)
        return next(said for said in self.values(topic) if wanted(said))

    def close(self) -> None:
        self._reader.close()


class Expected:
    """What windows, late readings and duplicates must be, one reading after the other, by the book."""

    def __init__(self) -> None:
        self.windows: dict[Window, list[float]] = defaultdict(list)
        self.too_late: list[tuple[str, int, int]] = []
        self.duplicates = 0
        self._seen: set[tuple[str, int, int]] = set()
        self._watermark = -1

    def take(self, lines: Iterable[PackLine]) -> None:
        for one in lines:
            start = one.at - one.at % MINUTE_MS
            identity = (one.device, one.at, int(one.seq))  # type: ignore[arg-type] # all are numbered
            if start + MINUTE_MS + LATENESS_MS <= self._watermark:
                self.too_late.append(identity)
            elif identity in self._seen:
                self.duplicates += 1
            else:
                self._seen.add(identity)
                self.windows[one.cell, FLOOD, start, 60].append(one.values[FLOOD])
            self._watermark = max(self._watermark, min(one.at, one.received_at))

    def closed(self, watermark: int) -> dict[Window, tuple[int, float, float, float]]:
        """Count, sum, least and most of each window that `watermark` closes."""
        return {
            window: (len(values), math.fsum(values), min(values), max(values))
            for window, values in self.windows.items()
            if window[2] + MINUTE_MS + LATENESS_MS <= watermark
        }
