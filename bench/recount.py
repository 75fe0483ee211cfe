"""What must come out of a stage, by plain addition: one reading after the other, with nothing of the stage's own code."""

import json
import math
from collections.abc import Iterable

from msgspec import Struct

WINDOW_MS = 60_000
LATENESS_MS = 30_000
Key = tuple[str, str, int]


class Figures(Struct, frozen=True, kw_only=True):
    """What is known of one window of a cell and metric, as `citygrid.windows` tells it."""

    count: int
    sum: float
    min: float
    max: float
    first_at: int
    last_at: int
    late: int


class Expected(Struct):
    """The windows that must have closed, by (cell, metric, start), and how many readings are in them, still open, or came too late."""

    windows: dict[Key, Figures]
    windowed: int
    open: int
    too_late: int


class _Open(Struct):
    values: list[float] = []
    times: list[int] = []
    late: int = 0

    def figures(self) -> Figures:
        return Figures(
            count=len(self.values),
            sum=math.fsum(self.values),
            min=min(self.values),
            max=max(self.values),
            first_at=min(self.times),
            last_at=max(self.times),
            late=self.late,
        )


def recount(values: Iterable[bytes]) -> Expected:
    """Adds up the packs of one district, in their order. A reading counts unless its window had closed before it; none comes twice here."""
    watermark, too_late = -math.inf, 0
    found: dict[Key, _Open] = {}
    for value in values:
        for text in value.splitlines():
            line = json.loads(text)
            at = line["at"]
            start = at - at % WINDOW_MS
            for metric, reading in line["values"].items():
                if start + WINDOW_MS + LATENESS_MS <= watermark:
                    too_late += 1
                    continue
                window = found.setdefault((line["cell"], metric, start), _Open())
                window.values.append(reading)
                window.times.append(at)
                window.late += at < watermark
            watermark = max(watermark, min(at, line["received_at"]))
    return _split(found, watermark, too_late)


def _split(found: dict[Key, _Open], watermark: float, too_late: int) -> Expected:
    closed = {key: one.figures() for key, one in found.items() if key[2] + WINDOW_MS + LATENESS_MS <= watermark}
    windowed = sum(figures.count for figures in closed.values())
    return Expected(closed, windowed, sum(len(one.values) for one in found.values()) - windowed, too_late)


def together(parts: Iterable[Expected]) -> Expected:
    """Several districts as one."""
    total = Expected({}, 0, 0, 0)
    for part in parts:
        total.windows.update(part.windows)
        total.windowed += part.windowed
        total.open += part.open
        total.too_late += part.too_late
    return total


def differences(expected: Expected, windows: Iterable[dict[str, object]], late: int) -> list[str]:
    """What is not as expected in the windows (fields as in `citygrid.windows`; a repeat must be equal) and the count of late readings."""
    seen: dict[Key, Figures] = {}
    wrong = []
    for row in windows:
        key = (str(row["cell"]), str(row["metric"]), int(str(row["start"])))
        figures = Figures(**{name: row[name] for name in Figures.__struct_fields__})  # type: ignore[arg-type] # compared as they are
        if seen.setdefault(key, figures) != figures or expected.windows.get(key) != figures:
            wrong.append(f"{key}: {figures} instead of {expected.windows.get(key)}")
    missing = len(expected.windows.keys() - seen.keys())
    if missing:
        wrong.append(f"{missing} windows are missing")
    if late != expected.too_late:
        wrong.append(f"{late} readings came too late instead of {expected.too_late}")
    return wrong
