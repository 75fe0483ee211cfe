"""Which sequence numbers of a device never came: counted past, and taken back when they come after all."""

from msgspec import Struct

MOST_RANGES = 256
"""What was refused is read from another topic and may be far ahead of what was accepted: each number of it that is ahead opens a range."""


UNTIMED = 1 << 62
"""The time of a number that only a refused message has told: later than any, so that no smaller number after it is taken for a restart."""


class Sequence(Struct):
    """The numbers one device has counted: the highest, its time, and the ranges (first, last) that are missing.

    Only the latest MOST_RANGES ranges can still be filled; older ones stay counted as missing.
    """

    highest: int
    at: int
    missing: list[tuple[int, int]] = []


def count(known: Sequence | None, seq: int, at: int, *, repeated: bool) -> tuple[Sequence, int]:
    """The sequence after a message with `seq` at event time `at`, and by how many the gaps grew (negative: one was filled).

    A smaller number at a later time means that the device restarted; the highest again tells its time at most, a `repeated` message nothing.
    The time of a refused message is not to be trusted: it is UNTIMED.
    """
    if known is None:
        return Sequence(seq, at), 0
    if repeated:
        return known, 0
    if seq == known.highest:
        return Sequence(seq, known.at if at == UNTIMED else _later(known.at, at), known.missing), 0
    if seq > known.highest:
        skipped = seq - known.highest - 1
        missing = [*known.missing, (known.highest + 1, seq - 1)] if skipped else known.missing
        return Sequence(seq, _later(known.at, at), missing[-MOST_RANGES:]), skipped
    filled = _filled(known, seq)
    if filled is not None:
        return filled, -1
    return (Sequence(seq, at) if known.at < at < UNTIMED else known), 0


def _filled(known: Sequence, seq: int) -> Sequence | None:
    """The sequence with one number less missing; None where it was not missing."""
    for place, (first, last) in enumerate(known.missing):
        if first <= seq <= last:
            rest = [part for part in ((first, seq - 1), (seq + 1, last)) if part[0] <= part[1]]
            missing = [*known.missing[:place], *rest, *known.missing[place + 1 :]]
            return Sequence(known.highest, known.at, missing[-MOST_RANGES:])
    return None


def _later(known_at: int, at: int) -> int:
    """The time of a number that is as high as any before: the latest, of those that are known."""
    return at if known_at == UNTIMED else max(known_at, at)
