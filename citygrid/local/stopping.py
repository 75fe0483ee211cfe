"""Whether somebody wants an end: counts Ctrl-C and the signals that ask for one, instead of being torn out of what is being done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping:
    """How often an end was asked for: once is orderly, twice is in a hurry."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.times = 0

    @property
    def asked(self) -> bool:
        """Whether an end was asked for."""
        return self.times > 0

    @property
    def hurried(self) -> bool:
        """Whether it was asked for again."""
        return self.times > 1

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.times += 1


@contextmanager
def listening() -> Iterator[Stopping]:
    """Counts the signals while the block runs, and gives them back to whom they belonged."""
    stopping = Stopping()
    before = {number: signal.signal(number, stopping._ask) for number in ASKING}  # noqa: SLF001 - its own
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
