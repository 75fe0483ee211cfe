"""A publisher that costs little: `python -m bench.publisher`, which reads an order from its input and says each second what it has done.

One process, a few connections, packets encoded beforehand. It sends on time or says how far behind it is; each message carries the time of
its sending. A reading is counted as published when the broker has acknowledged it.
"""

import select
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from adapters.addresses import host_and_port
from adapters.clock import now_ms
from bench.mqtt_packets import CONNACK, MOST_IDS, PUBACK_LENGTH, Template, connect, template, templates
from bench.sensors import Sensor

CONNECTIONS = 4
TICK_S = 0.002
SAY_EVERY_S = 0.5
PATIENCE_S = 30.0
MOST_A_TICK = 0.1
"""At most this many seconds' worth of messages leave at once, so that a late publisher does not make a burst of it."""


class Order(Struct, kw_only=True):
    """What to publish: readings of `sensors` in turn at `rate` a second, for `seconds`; probes besides, in turn, `probe_rate` a second.

    Each probe sends its peak and its quiet value by turns. `first_seq` must grow from order to order on the same installation.
    """

    mqtt: str
    sensors: list[Sensor]
    rate: float
    seconds: float
    first_seq: int
    probes: list[Sensor] = []
    probe_rate: float = 0.0


class Progress(Struct, kw_only=True):
    """What was done until `now` (epoch ms): messages sent, of those acknowledged by the broker, CPU seconds of the publisher."""

    now: int
    due: int
    sent: int
    acknowledged: int
    cpu: float
    over: bool = False


class Link:
    """One connection: what is still to be written, what was sent and what was acknowledged."""

    def __init__(self, mqtt: str, name: str) -> None:
        self._socket = socket.create_connection(host_and_port(mqtt))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(connect(name))
        if self._socket.recv(len(CONNACK), socket.MSG_WAITALL) != CONNACK:
            raise ConnectionError("the broker did not accept the publisher")
        self._socket.settimeout(0)
        self._waiting = bytearray()
        self._read = 0
        self._id = 0
        self.sent = 0

    def fileno(self) -> int:
        """For select."""
        return self._socket.fileno()

    def next_id(self) -> bytes:
        """The packet id of the next message; one is free again long before its turn comes."""
        self._id = self._id % MOST_IDS + 1
        self.sent += 1
        return self._id.to_bytes(2)

    def put(self, packets: bytes | bytearray) -> None:
        """Writes packets, as far as the socket takes them now."""
        self._waiting += packets
        self.flush()

    def flush(self) -> None:
        """Writes what is still waiting."""
        if self._waiting:
            try:
                del self._waiting[: self._socket.send(self._waiting)]
            except BlockingIOError:
                return

    def take(self) -> None:
        """Reads acknowledgements: nothing else comes to a client that subscribed to nothing. Raises ConnectionError at the end."""
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the broker hung up on the publisher")
        self._read += len(data)

    @property
    def acknowledged(self) -> int:
        """How many messages the broker has acknowledged."""
        return self._read // PUBACK_LENGTH

    def close(self) -> None:
        """Ends the connection."""
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()


class Publisher:
    """The messages of one order, spread over a few connections."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._links = [Link(order.mqtt, f"bench-{order.first_seq}-{number}") for number in range(CONNECTIONS)]
        self._templates = templates(order.sensors, first_seq=order.first_seq)
        self._probes: deque[Template] = deque(
            _probe(each, peak=peak, order=order) for peak in (True, False) for each in order.probes
        )
        self._digits = [f"{number:03d}".encode() for number in range(1000)]
        self._turn = 0
        self._probed = 0

    def run(self) -> Iterator[Progress]:
        """Publishes until the time is over and everything is acknowledged; says each half second how it stands."""
        order, began, said = self._order, time.monotonic(), 0.0
        total = int(order.rate * order.seconds)
        while self._turn < total:
            elapsed = time.monotonic() - began
            due = min(total, int(elapsed * order.rate))
            self._send(min(due - self._turn, 1 + int(order.rate * MOST_A_TICK)))
            self._probe_until(int(elapsed * order.probe_rate))
            if elapsed - said >= SAY_EVERY_S:
                said = elapsed
                yield self._progress(due)
            self._wait(TICK_S)
        until = time.monotonic() + PATIENCE_S
        while self._acknowledged() < self._sent() and time.monotonic() < until:
            self._wait(TICK_S)
        yield self._progress(total, over=True)
        for link in self._links:
            link.close()

    def _send(self, count: int) -> None:
        if count <= 0:
            return
        at, sensors = b"%d" % now_ms(), len(self._templates)
        parts = [bytearray() for _ in self._links]
        for turn in range(self._turn, self._turn + count):
            place = turn % sensors
            link = place % CONNECTIONS
            parts[link] += self._templates[place].next(
                self._links[link].next_id(), at, self._digits[turn * 7919 % 1000]
            )
        self._turn += count
        for each, part in zip(self._links, parts, strict=True):
            each.put(part)

    def _probe_until(self, due: int) -> None:
        while self._probes and self._probed < due:
            link, probe = self._links[0], self._probes[0]
            link.put(probe.next(link.next_id(), b"%d" % now_ms(), b"000"))
            self._probes.rotate(-1)
            self._probed += 1

    def _wait(self, seconds: float) -> None:
        readable, _, _ = select.select(self._links, (), (), seconds)
        for link in readable:
            link.take()
        for link in self._links:
            link.flush()
        time.sleep(seconds if readable else 0)

    def _sent(self) -> int:
        return sum(link.sent for link in self._links)

    def _acknowledged(self) -> int:
        return sum(link.acknowledged for link in self._links)

    def _progress(self, due: int, *, over: bool = False) -> Progress:
        return Progress(
            now=now_ms(),
            due=due + self._probed,
            sent=self._sent(),
            acknowledged=self._acknowledged(),
            cpu=time.process_time(),
            over=over,
        )


def _probe(sensor: Sensor, *, peak: bool, order: Order) -> Template:
    """A sensor's peak and quiet messages have numbers of their own, as if they came from a device that restarts: they are not checked for gaps."""
    return template(sensor, first_seq=order.first_seq, value=sensor.peak if peak else sensor.quiet)


def main() -> None:
    """Carries out the order on the standard input, and writes a line of progress each half second."""
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    for progress in Publisher(order).run():
        sys.stdout.buffer.write(msgspec.json.encode(progress) + b"\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
