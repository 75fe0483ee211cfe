"""What was handed over by MQTT and not yet acknowledged: a bound on it, and acknowledgements in the order of arrival.

MQTT 5 (4.6) wants acknowledgements in the order in which messages came, so one goes out only when all before it are settled.
"""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Slip(Generic[T]):
    """One message under way: how many of its records Kafka has still to acknowledge; `sealed` once no more will be added."""

    __slots__ = ("open", "sealed", "token")

    def __init__(self, token: T) -> None:
        self.token = token
        self.open = 0
        self.sealed = False

    @property
    def settled(self) -> bool:
        """Whether everything that came of the message lies in Kafka."""
        return self.sealed and not self.open


class Inflight(Generic[T]):
    """Messages in order of arrival, at most `bound` of them before there is no `room` for more."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._slips: deque[Slip[T]] = deque()

    def enter(self, token: T) -> Slip[T]:
        """Takes in one message."""
        slip = Slip(token)
        self._slips.append(slip)
        return slip

    def settled(self) -> list[T]:
        """Takes out the messages that may be acknowledged now, in order."""
        done = []
        slips = self._slips
        while slips and slips[0].sealed and not slips[0].open:
            done.append(slips.popleft().token)
        return done

    @property
    def room(self) -> int:
        """How many more may be taken in."""
        return max(0, self._bound - len(self._slips))

    def __len__(self) -> int:
        return len(self._slips)
