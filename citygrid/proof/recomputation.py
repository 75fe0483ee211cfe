"""What must come out, worked out plainly with dictionaries: once from what was published, once from the log of what was accepted.

It shares no code with what it judges. The rules are those of the contract: a window is tumbling and aligned to the epoch; a reading is
(device, metric, at, seq), without `at` where the device has no clock; it is late when the watermark has passed it, too late when its
window had closed; the watermark of a district is the largest min(at, received_at) of the readings with a time of their own, at most five
seconds past the last mark, and goes on through marks when the district is quiet.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from citygrid.proof.truth import Fate, Sent

Key = tuple[str, str, int, int]
"""A window: cell, metric, start (epoch ms), seconds."""
WindowOf = Callable[[str], tuple[int, int]]
"""The window's length and its lateness of a metric, both in ms."""
NEVER = 1 << 62
SET_BACK_MS = 10_000
"""A mark that is this much older than an arrival before it was written by a clock that was set back."""
PAST_MARK_MS = 5_000
"""A reading moves the watermark at most so far past the last mark; where it would have moved it further, the next marks do."""

SMALLEST = 1 << 1074
"""Every double is a whole multiple of one part of so many."""


class Total(Struct):
    """What a window holds; `sum` is the nearest double to the exact sum of its readings."""

    count: int = 0
    sum: float = 0.0
    min: float = float("inf")
    max: float = float("-inf")
    first_at: int = NEVER
    last_at: int = -NEVER
    late: int = 0


class Adding(Struct):
    """A window that is being filled: `exact` is the sum of its readings in units of the smallest double, so that no order of adding changes it."""

    count: int = 0
    exact: int = 0
    min: float = float("inf")
    max: float = float("-inf")
    first_at: int = NEVER
    last_at: int = -NEVER
    late: int = 0

    def add(self, value: float, at: int, *, late: bool = False) -> None:
        """One reading more."""
        numerator, denominator = value.as_integer_ratio()
        self.count += 1
        self.exact += numerator * (SMALLEST // denominator)
        self.min, self.max = min(self.min, value), max(self.max, value)
        self.first_at, self.last_at = min(self.first_at, at), max(self.last_at, at)
        self.late += late

    def total(self) -> Total:
        """What it holds, rounded once."""
        return Total(self.count, self.exact / SMALLEST, self.min, self.max, self.first_at, self.last_at, self.late)


class LateOne(Struct, frozen=True):
    """A reading that came after its window had closed."""

    device: str
    metric: str
    at: int
    seq: int
    value: float
    received_at: int


def windows_of_truth(sent: Iterable[Sent], window_of: WindowOf) -> dict[Key, Total]:
    """The windows that the acknowledged readings must have become; those of devices without a clock are left to the log."""
    windows: dict[Key, Adding] = {}
    for message in sent:
        if message.fate is not Fate.WINDOWED or message.at is None or not message.acked:
            continue
        for metric, value in message.values.items():
            key = key_of(message.cell, metric, message.at, window_of)
            windows.setdefault(key, Adding()).add(value, message.at)
    return {key: window.total() for key, window in windows.items()}


def key_of(cell: str, metric: str, at: int, window_of: WindowOf) -> Key:
    """The window that a reading belongs to."""
    length, _ = window_of(metric)
    return cell, metric, at - at % length, length // 1000


class DistrictLog:
    """One district's log, record by record: every pack and every mark, in the order in which Kafka holds them."""

    def __init__(self, window_of: WindowOf) -> None:
        self._window_of = window_of
        self._watermark: int | None = None
        self._quiet_since = (0, 0)
        self._marked: int | None = None
        self._farthest = -NEVER
        self._clockless_seen = False
        self._open: dict[Key, Adding] = {}
        self._inside: dict[Key, set[tuple[Any, ...]]] = {}
        self._clockless: dict[tuple[Any, ...], Key] = {}
        self._next_close = NEVER
        self.closed: dict[Key, Total] = {}
        self.late: list[LateOne] = []
        self.duplicates = 0
        self.readings = 0

    @property
    def open(self) -> dict[Key, Adding]:
        """The windows that have not closed yet."""
        return self._open

    def pack(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """A pack of messages, each with its arrival."""
        for line in lines:
            self._message(line)
            self._close()

    def mark(self, at: int) -> None:
        """An empty pack: everything that the broker held before `at` has been handed over."""
        if self._watermark is None:
            if self._clockless_seen:
                self._watermark, self._quiet_since, self._marked = at, (at, at), at
        elif at < self._quiet_since[1] - SET_BACK_MS:
            self._quiet_since, self._marked = (self._watermark, at), at
        else:
            reached, received_at = self._quiet_since
            reached = max(reached, min(self._farthest, at))
            self._quiet_since, self._marked = (reached, received_at), at
            self._watermark = max(self._watermark, reached + max(0, at - received_at))
        self._close()

    def _message(self, line: Mapping[str, Any]) -> None:
        before = self._watermark
        for metric, value in line["values"].items():
            self.readings += 1
            self._reading(line, metric, value, before)
        if line.get("clockless"):
            self._clockless_seen = True
            return
        moved = min(line["at"], line["received_at"])
        self._farthest = max(self._farthest, moved)
        if self._marked is not None:
            moved = min(moved, self._marked + PAST_MARK_MS)
        self._watermark = moved if before is None else max(before, moved)
        self._quiet_since = (self._watermark, line["received_at"])

    def _reading(self, line: Mapping[str, Any], metric: str, value: float, before: int | None) -> None:
        at, seq = line["at"], line.get("seq", -1)
        key = key_of(line["cell"], metric, at, self._window_of)
        clockless = bool(line.get("clockless"))
        identity = (line["device"], metric, None if clockless else at, seq)
        if before is not None and self._closes(key) <= before:
            self.late.append(LateOne(line["device"], metric, at, seq, value, line["received_at"]))
            return
        home = self._clockless.get(identity, key) if clockless else key
        if identity in self._inside.get(home, ()):
            self.duplicates += 1
            return
        self._inside.setdefault(key, set()).add(identity)
        self._next_close = min(self._next_close, self._closes(key))
        if clockless:
            self._clockless[identity] = key
        self._open.setdefault(key, Adding()).add(value, at, late=before is not None and at < before)

    def _closes(self, key: Key) -> int:
        length, lateness = self._window_of(key[1])
        return key[2] + length + lateness

    def _close(self) -> None:
        if self._watermark is None or self._watermark < self._next_close:
            return
        for key in [key for key in self._open if self._closes(key) <= self._watermark]:
            self.closed[key] = self._open.pop(key).total()
            for identity in self._inside.pop(key, ()):
                self._clockless.pop(identity, None)
        self._next_close = min(map(self._closes, self._open), default=NEVER)
