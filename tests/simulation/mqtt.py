"""An MQTT broker with one persistent session a gateway: QoS 1, in order, and once more after every lost connection."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from adapters.mqtt_frames import Inbound
from tests.simulation.scheduler import Scheduler

MOST_AT_ONCE = 20
MID_BITS = 32
Receive = Callable[[list[Inbound], list[int]], None]


class Message(NamedTuple):
    """One message that waits in a session for its acknowledgement."""

    mid: int
    topic: str
    payload: bytes


class Kept:
    """What the broker keeps of one client: the messages not acknowledged, and how many of them the present connection was handed."""

    def __init__(self, filters: Sequence[str]) -> None:
        self.filters = filters
        self.messages: deque[Message] = deque()
        self.handed = 0
        self.connection: Session | None = None


class Mqtt:
    """The broker. Sessions are known from the beginning, as in a city that has been running."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self._kept: dict[str, Kept] = {}
        self._mid = 0

    def know(self, client: str, filters: Sequence[str]) -> None:
        """Keeps what comes for a client from now on, if it does not already."""
        self._kept.setdefault(client, Kept(filters))

    def kept(self, client: str) -> Kept:
        """What is kept of a client."""
        return self._kept[client]

    def publish(self, topic: str, payload: bytes) -> None:
        """Takes a message, which is thereby acknowledged to its publisher."""
        self._mid += 1
        for kept in self._kept.values():
            if any(_matches(topic, one) for one in kept.filters):
                kept.messages.append(Message(self._mid, topic, payload))
                if kept.connection is not None:
                    kept.connection.wake()

    def acknowledged(self, kept: Kept, mids: Sequence[int]) -> None:
        """PUBACKs have come in over the connection that stands."""
        done = frozenset(mids)
        before = len(kept.messages)
        kept.messages = deque(one for one in kept.messages if one.mid not in done)
        kept.handed -= before - len(kept.messages)


def _matches(topic: str, wanted: str) -> bool:
    return topic.startswith(wanted.removesuffix("#")) if wanted.endswith("#") else topic == wanted


class Session:
    """A gateway's side of its session, with the interface of adapters/mqtt_session.py, but that a turn takes no time.

    A token is a connection's number and a message's, so that it says nothing any more when its connection has ended.
    """

    def __init__(self, mqtt: Mqtt, client: str, receive: Receive, woken: Callable[[], None]) -> None:
        self._mqtt = mqtt
        self._kept = mqtt.kept(client)
        self._receive = receive
        self._woken = woken
        self._number = 0
        self.connected = False
        self.wait_s = 0.0
        self.former: Sequence[str] = ()
        self.unconfirmed = 0

    def connect(self) -> None:
        """Comes back to the session: everything that is not acknowledged will be handed over once more, in order."""
        self._number += 1
        self.connected = True
        self._kept.connection, self._kept.handed = self, 0
        self.wake()

    def disconnect(self) -> None:
        """Loses the connection, and every acknowledgement that is on its way."""
        self.connected = False
        self._number += 1
        if self._kept.connection is self:
            self._kept.connection = None

    @property
    def connections(self) -> int:
        """How often the broker has taken it in, or hung up."""
        return self._number

    def renew(self, _why: str) -> None:
        """Gives the connection up and makes a new one."""
        self.disconnect()
        self.connect()

    def turn(self, *, room: Callable[[], int], timeout_s: float) -> None:
        """Hands over some of what waits, while there is room; `wait_s` says how long the real one would wait for more."""
        self.wait_s = timeout_s
        if not self.connected or not self._waiting:
            return
        most = min(self._mqtt.scheduler.chance.randint(1, MOST_AT_ONCE), room(), self._waiting)
        batch = list(islice(self._kept.messages, self._kept.handed, self._kept.handed + most))
        self._kept.handed += len(batch)
        if batch:
            inbound = [Inbound(one.topic.encode(), one.payload, one.mid & 0xFFFF) for one in batch]
            self._receive(inbound, [self._number << MID_BITS | one.mid for one in batch])
        if self._waiting and room():
            self.wait_s = 0.0

    @property
    def _waiting(self) -> int:
        return len(self._kept.messages) - self._kept.handed

    def acknowledge(self, tokens: Sequence[int]) -> None:
        """Sends PUBACKs."""
        ours = [token for token in tokens if token >> MID_BITS == self._number]
        if ours:
            self._mqtt.scheduler.after(self._mqtt.scheduler.chance.soon(0.005), self._arrive, self._number, ours)

    def _arrive(self, number: int, tokens: Sequence[int]) -> None:
        if number == self._number:
            self._mqtt.acknowledged(self._kept, [token & (1 << MID_BITS) - 1 for token in tokens])

    def echoed(self, _payload: bytes) -> None:
        """There are no echoes, because the broker takes every PUBACK at once."""

    def wake(self) -> None:
        """Lets the gateway turn again."""
        self._woken()


class Ear:
    """A gateway's ear, which hears nothing: the gateways of a run have always known of each other."""

    connected = True

    def __init__(self) -> None:
        self.on_echo: Callable[[bytes], None] = lambda _payload: None

    def claim(self, _voice: object, _districts: object) -> None:
        """Nobody has to be told."""

    def tell(self, _voice: object) -> None:
        """See above."""

    def still_left(self) -> frozenset[str]:
        """Nobody gives a district up."""
        return frozenset()

    def mark_leaves(self, _mark: bytes) -> None:
        """Nothing is claimed anew."""

    def mark_came(self, _voice: object, _mark: bytes) -> None:
        """See above."""


class Voice:
    """A gateway's way of saying something over MQTT: in order, after a moment, as long as it lives."""

    DELAY_S = 0.004
    in_flight = 0
    connected = True

    def __init__(self, mqtt: Mqtt) -> None:
        self._mqtt = mqtt
        self._dead = False

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, expiry_s: int | None = None) -> None:
        """Says something."""
        del retain, expiry_s
        self._mqtt.scheduler.after(self.DELAY_S, self._arrive, topic, payload)

    def _arrive(self, topic: str, payload: bytes) -> None:
        if not self._dead:
            self._mqtt.publish(topic, payload)

    def kill(self) -> None:
        """What is on its way is lost."""
        self._dead = True
