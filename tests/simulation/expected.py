"""What must come out of a log of telemetry: recomputed message by message with dictionaries and fractions, by the rules of the contract alone."""

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from tests.simulation.kafka import Record
from tests.simulation.world import FOR_S, LATENESS_S, LEVEL, OFF, ON, WINDOW_S

Identity = tuple[str, str, int | None, int | None]
"""Device, metric, at (None without a clock), seq."""
Row = dict[str, Any]


class Expected(Struct):
    """Of one district: its closed windows and how much is still open, what came too late, what came twice, the flood findings, what is rejected."""

    windows: list[Row] = []
    open: int = 0
    late: list[Row] = []
    duplicate: int = 0
    behind: int = 0
    accepted: int = 0
    readings: dict[Identity, float] = {}
    windowed: set[Identity] = set()
    findings: list[tuple[str, str, int, float]] = []


class _Window(Struct):
    values: list[float] = []
    times: list[int] = []
    late: int = 0


def expected(log: Iterable[Record]) -> Expected:
    """Reads one district's telemetry in the order of its offsets."""
    reading = _Reading()
    for record in log:
        lines = [json.loads(line) for line in (record.value or b"").splitlines()]
        for line in lines:
            reading.take(line)
        if not lines:
            reading.mark(int(dict(record.headers)["at"]))
    return reading.done()


class _Reading:
    """One district while its log is read."""

    def __init__(self) -> None:
        self._told = Expected()
        self._watermark: int | None = None
        self._last_received: int | None = None
        self._after_last = 0
        self._closes: dict[Identity, int] = {}
        self._windows: dict[tuple[int, str, str], _Window] = {}
        self._floods: dict[str, _Flood] = {}

    def mark(self, at: int) -> None:
        """A quiet district's event time moves on as long as wall time did since its last reading came.

        One that has heard only devices without a clock begins here.
        """
        if self._last_received is None:
            return
        if self._watermark is None:
            self._watermark = self._after_last = self._last_received = at
        else:
            self._watermark = max(self._watermark, self._after_last + max(0, at - self._last_received))

    def take(self, line: Mapping[str, Any]) -> None:
        """Judges one message by the watermark before it, then moves that, unless the device has no clock."""
        before, at = self._watermark, line["at"]
        for metric, value in line["values"].items():
            self._take(line, metric, value + 0.0, before)  # -0.0 is 0.0
        reached = min(at, line["received_at"])
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
                self._watch(line["device"], at, value)

    def _watch(self, device: str, at: int, value: float) -> None:
        flood = self._floods.setdefault(device, _Flood())
        state = flood.take(at, value)
        if state:
            self._told.findings.append((device, state, at, value))

    def done(self) -> Expected:
        """What the log gave, now that it has ended."""
        for (start, cell, metric), window in sorted(self._windows.items()):
            if self._watermark is not None and start + (WINDOW_S + LATENESS_S) * 1000 <= self._watermark:
                self._told.windows.append(_row(start, cell, metric, window))
                self._told.behind += window.late
            else:
                self._told.open += len(window.values)
        return self._told


class _Flood:
    """One sensor's flood: on at ON for FOR_S seconds of event time, off at OFF; readings older than the newest say nothing."""

    def __init__(self) -> None:
        self._newest: int | None = None
        self._since: int | None = None
        self._raised = False

    def take(self, at: int, value: float) -> str:
        """What a reading brings about: "raised", "cleared" or nothing."""
        if self._newest is not None and at <= self._newest:
            return ""
        self._newest = at
        if self._raised:
            if value > OFF:
                return ""
            self._raised, self._since = False, None
            return "cleared"
        if value < ON:
            self._since = None
            return ""
        self._since = at if self._since is None else self._since
        self._raised = at - self._since >= FOR_S * 1000
        return "raised" if self._raised else ""


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
