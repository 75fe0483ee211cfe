"""What must come out of a log of telemetry: recomputed message by message with dictionaries and fractions, by the rules of the contract alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct

from tests.simulation.floods import Watched, newest_only
from tests.simulation.kafka import Record
from tests.simulation.world import LATENESS_S, LEVEL, WINDOW_S

PAST_MARK_MS = 5_000
"""So far past the last mark a reading moves the watermark; the rest is the next mark's."""
Identity = tuple[str, str, int | None, int | None]
"""Device, metric, at (None without a clock), seq."""
Row = dict[str, Any]


class Expected(Struct):
    """Of one district: its closed windows and how much is still open, what came too late, what came twice, what is watched for floods."""

    windows: list[Row] = []
    open: int = 0
    late: list[Row] = []
    duplicate: int = 0
    behind: int = 0
    accepted: int = 0
    readings: dict[Identity, float] = {}
    windowed: set[Identity] = set()
    watched: list[Watched] = []


class _Window(Struct):
    values: list[float] = []
    times: list[int] = []
    late: int = 0


def expected(log: Iterable[Record]) -> Expected:
    """Reads one district's telemetry in the order of its offsets."""
    reading = _Reading()
    for record in log:
        reading.record([json.loads(line) for line in (record.value or b"").splitlines()], dict(record.headers))
    return reading.done()


class _Reading:
    """One district while its log is read."""

    def __init__(self) -> None:
        self._told = Expected()
        self._watermark: int | None = None
        self._last_received: int | None = None
        self._after_last = 0
        self._marked: int | None = None
        self._farthest = 0
        self._closes: dict[Identity, int] = {}
        self._windows: dict[tuple[int, str, str], _Window] = {}
        self._levels: list[tuple[str, int, float]] = []
        self._newest: dict[str, int] = {}

    def record(self, lines: Sequence[Mapping[str, Any]], headers: Mapping[str, bytes]) -> None:
        """Takes one record: its lines, or the mark that one without lines is."""
        before, self._levels = self._watermark or 0, []
        for line in lines:
            self.take(line)
        if not lines:
            self.mark(int(headers["at"]))
        fresh = newest_only(self._levels, self._newest)
        self._newest.update({device: at for device, at, _ in fresh})
        self._told.watched.append(Watched(before, fresh))

    def mark(self, at: int) -> None:
        """A quiet district's event time moves on as long as wall time did since its last reading came.

        One that has heard only devices without a clock begins here.
        """
        if self._last_received is None:
            return
        if self._watermark is None:
            self._watermark = self._after_last = self._last_received = self._marked = at
        else:
            self._marked = at
            self._after_last = max(self._after_last, min(self._farthest, at))
            self._watermark = max(self._watermark, self._after_last + max(0, at - self._last_received))

    def take(self, line: Mapping[str, Any]) -> None:
        """Judges one message by the watermark before it, then moves that, unless the device has no clock."""
        before, at = self._watermark, line["at"]
        for metric, value in line["values"].items():
            self._take(line, metric, value + 0.0, before)  # -0.0 is 0.0
        reached = min(at, line["received_at"])
        if not line.get("clockless"):
            self._farthest = max(self._farthest, reached)
        if self._marked is not None:
            reached = min(reached, self._marked + PAST_MARK_MS)
        if not line.get("clockless"):
            self._watermark = reached if before is None else max(before, reached)
            self._after_last, self._last_received = self._watermark, line["received_at"]
        elif before is None:
            self._last_received = line["received_at"]

    def _take(self, line: Mapping[str, Any], metric: str, value: float, before: int | None) -> None:
        told, at, seq = self._told, line["at"], line.get("seq")
        identity = (line["device"], metric, None if line.get("clockless") else at, seq)
        start = at - at % (WINDOW_S * 1000)
        closes = start + (WINDOW_S + LATENESS_S) * 1000
        told.accepted += 1
        told.readings[identity] = value
        if before is not None and closes <= before:
            told.late.append(_late(line, metric, value, start))
        elif identity in self._closes and (before is None or self._closes[identity] > before):
            told.duplicate += 1
        else:
            self._closes[identity] = closes
            told.windowed.add(identity)
            window = self._windows.setdefault((start, line["cell"], metric), _Window())
            window.values.append(value)
            window.times.append(at)
            window.late += before is not None and at < before
            if metric == LEVEL:
                self._levels.append((line["device"], at, value))

    def done(self) -> Expected:
        """What the log gave, now that it has ended."""
        for (start, cell, metric), window in sorted(self._windows.items()):
            if self._watermark is not None and start + (WINDOW_S + LATENESS_S) * 1000 <= self._watermark:
                self._told.windows.append(_row(start, cell, metric, window))
                self._told.behind += window.late
            else:
                self._told.open += len(window.values)
        return self._told


def _row(start: int, cell: str, metric: str, window: _Window) -> Row:
    return {
        "cell": cell,
        "metric": metric,
        "start": start,
        "seconds": WINDOW_S,
        "count": len(window.values),
        "sum": float(sum(map(Fraction, window.values))),
        "min": min(window.values),
        "max": max(window.values),
        "first_at": min(window.times),
        "last_at": max(window.times),
        "late": window.late,
    }


def _late(line: Mapping[str, Any], metric: str, value: float, start: int) -> Row:
    told = {name: line[name] for name in ("device", "cell", "at", "received_at")}
    return {**told, "metric": metric, "value": value, "seq": line.get("seq"), "window": start}
