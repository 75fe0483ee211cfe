"""A publisher process with an order, and what it says while it works."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from adapters.clock import now_ms
from bench.brokers import end
from bench.mqtt_packets import FIRST_SEQ
from bench.publisher import Order, Progress


def fresh_seq() -> int:
    """A first sequence number that grows from order to order: the seconds of the last fortnight, each with room for three messages a device."""
    return FIRST_SEQ + now_ms() // 1000 % 1_200_000 * 3


class Load:
    """What the publisher has said so far."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.pid = process.pid
        self.progress: list[Progress] = []
        self.over = threading.Event()
        self._process = process
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self.progress.append(msgspec.json.decode(line, type=Progress))
        self.over.set()

    @property
    def last(self) -> Progress | None:
        """The newest progress."""
        return self.progress[-1] if self.progress else None


@contextmanager
def load(order: Order) -> Iterator[Load]:
    """Publishes while the block runs, at the longest; `over` is set once it is done."""
    command = (sys.executable, "-m", "bench.publisher")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    try:
        if process.stdin:
            process.stdin.write(msgspec.json.encode(order) + b"\n")
            process.stdin.flush()
        yield Load(process)
    finally:
        end(process)
