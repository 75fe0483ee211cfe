"""What history is asked to keep, and what it gives back: rows with the time at which Kafka took them."""

from typing import Generic, TypeVar

from msgspec import Struct

from city.incident import Incident, LogEntry
from city.window import ClosedWindow, LateReading

T = TypeVar("T")
LONGEST_HEAD = 1024
ENDLESS = 2**63 - 1
"""The `until` (epoch milliseconds) of a question without an end."""


class Stamped(Struct, Generic[T], frozen=True):
    """A value and the time at which Kafka took it (`written_at`), by which it is one day forgotten: a replay of old data is new here."""

    value: T
    written_at: int


class Broken(Struct, frozen=True, kw_only=True):
    """A line that no reader understands: where it lies (`line` counts from 0), why, and its first 1 KiB."""

    topic: str
    partition: int
    offset: int
    line: int
    why: str
    head: bytes
    written_at: int


class Batch(Struct, frozen=True, kw_only=True):
    """What is kept in one transaction."""

    windows: list[Stamped[ClosedWindow]] = []
    late: list[Stamped[LateReading]] = []
    incidents: list[Stamped[Incident]] = []
    log: list[Stamped[LogEntry]] = []
    broken: list[Broken] = []


class Counts(Struct, frozen=True, kw_only=True):
    """What history holds of one district: closed windows, the readings in them, and readings that came too late."""

    windows: int = 0
    readings: int = 0
    too_late: int = 0
