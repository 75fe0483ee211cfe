"""Whether the Kafka producer will never move again: it holds records, Kafka answers others, and still nothing is acknowledged.

kafka-python's idempotent producer can be left so by a broker that hung; only a new process helps, and the MQTT broker hands over again.
"""

import threading
from collections.abc import Callable

STUCK_MS = 30_000
"""Without an acknowledgement, after which Kafka is asked."""
GIVEN_UP_MS = 60_000
"""After its answer: a Kafka that was killed answers for half a minute before its partitions have a leader again."""


class Wedged(Exception):
    """Kafka answers, but acknowledges nothing of what was sent."""


class Wedge:
    """Asks Kafka through another connection, in a thread, while nothing moves. `answers` may take seconds."""

    def __init__(self, answers: Callable[[], bool]) -> None:
        self._answers = answers
        self._asking: threading.Thread | None = None
        self._answered = threading.Event()
        self._answered_at: int | None = None

    def check(self, stuck_ms: int, now: int) -> None:
        """To be called each second with the time since anything moved. Raises Wedged."""
        if stuck_ms < STUCK_MS:
            self._answered = threading.Event()
            self._answered_at = None
        elif self._answered_at is not None:
            if now - self._answered_at >= GIVEN_UP_MS:
                raise Wedged(f"Kafka answers, but has acknowledged nothing for {stuck_ms // 1000} s.")
        elif self._answered.is_set():
            self._answered_at = now
        elif self._asking is None or not self._asking.is_alive():
            self._asking = threading.Thread(target=self._ask, args=(self._answered,), name="wedge", daemon=True)
            self._asking.start()

    def _ask(self, answered: threading.Event) -> None:
        if self._answers():
            answered.set()
