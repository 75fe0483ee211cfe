"""How often a sender is told that something was refused: telemetry once a second, with the number left out; people always."""

from collections import OrderedDict

from msgspec import Struct

BETWEEN_MS = 1000
MOST_SENDERS = 20_000


class _Told(Struct):
    at: int
    suppressed: int


class Answers:
    """Who was told when; bounded, so that a flood of invented names can't fill the memory (the longest silent are forgotten)."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, _Told] = OrderedDict()

    def may_tell(self, sender: str, now: int, *, always: bool) -> int | None:
        """How many answers were left out since the last one, when this one may go; None when it may not."""
        told = self._told.get(sender)
        if told is not None and not always and now - told.at < BETWEEN_MS:
            told.suppressed += 1
            return None
        self._told[sender] = _Told(now, 0)
        self._told.move_to_end(sender)
        if len(self._told) > MOST_SENDERS:
            self._told.popitem(last=False)
        return told.suppressed if told is not None else 0
