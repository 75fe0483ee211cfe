"""What lies in packs that leave the windows: closed windows, and readings that came after theirs closed, one JSON object a line."""

from typing import Annotated

from msgspec import Meta, Struct

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class ClosedWindow(Struct, frozen=True, kw_only=True):
    """A tumbling window of one cell and metric: `start`, `first_at` and `last_at` are event time; `late` of its `count` readings came behind the watermark.

    (cell, metric, start, seconds) is its identity; it may be emitted twice, with equal content.
    """

    cell: str
    metric: str
    start: Int64
    seconds: Count
    count: Count
    sum: float
    min: float
    max: float
    first_at: Int64
    last_at: Int64
    late: Count = 0


class LateReading(Struct, frozen=True, kw_only=True):
    """A reading that came after its window (the one that starts at `window`) had closed; `received_at` is its arrival at the gateway.

    (device, metric, at, seq, received_at) is its identity: the same reading sent once more arrives at another time and is late once more.
    """

    device: str
    metric: str
    cell: str
    at: Int64
    seq: Int64 | None = None
    value: float
    received_at: Int64
    window: Int64
