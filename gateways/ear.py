"""What a gateway hears beside its session: how far the broker has come with its acknowledgements, and which districts other gateways have.

A broker may hand over messages much faster than it takes acknowledgements, and on the session's own connection its answers wait behind those
messages. So the gateway writes into that connection, behind some acknowledgements, a message that comes to it by this one: then they are taken.

What lies in our session from before another gateway had subscribed, only we have. So its districts are left to it only once a mark of ours that
was sent after its claim was heard has come back through the session; that is written down in the broker, for the time after a kill.

A gateway that no longer has a district takes its claim back, and goes on taking what comes there until nobody leaves it to it any more: the others
hear of it over connections of their own, and may be behind.

A gateway that is gone for good keeps nothing any more once the broker has ended its session. So a claim holds for less than that, and is renewed.
"""

import threading
import time
from collections.abc import Callable, Iterable

import msgspec

from adapters.clock import elapsed_ms
from adapters.mqtt import Publisher, Subscriber
from gateways.share import Share
from messages import mqtt_topics

PATIENCE_S = 10.0
CLEAR_S = 2.0
"""So long nobody must have left a district to one that gave it up; who does by a mark that was under way says so within a second."""
GLANCE_S = 0.05
MOST_ASKED = 3600
CLAIM_S = 3 * 86_400
"""The broker keeps a claim for so long, and whoever heard it as long again: together less than the session of the gateway that made it lasts."""
CLAIM_RENEWED_MS = 86_400_000


class Ear:
    """Listens in a thread and over a connection of its own; `on_echo` gets the payload of each echo, in that thread."""

    def __init__(self, mqtt: str, name: str) -> None:
        self._name = name
        self.on_echo: Callable[[bytes], None] = lambda _payload: None
        self._claims: dict[str, frozenset[str]] = {}
        self._heard_at: dict[str, int] = {}
        self._left: frozenset[str] = frozenset()
        self._written: frozenset[str] = frozenset()
        self._left_by: dict[str, frozenset[str]] = {}
        self._news = self._weighed = 0
        self._asked: dict[bytes, int] = {}
        self._lock = threading.Lock()
        self._hello = f"hello {name}".encode()
        self._caught_up = threading.Event()
        self._echo = mqtt_topics.echo(name)
        self._leaving = mqtt_topics.leaving(name)
        filters = [self._echo, mqtt_topics.LEFT, mqtt_topics.CLAIMS]
        self._subscriber = Subscriber(mqtt, f"citygrid-{name}-ear", filters, self.hear)
        # A broker that has forgotten the claims may have forgotten the subscriptions too; one that has not says them again.
        self._subscriber.on_connected = self._forget

    def hear(self, topic: str, payload: bytes) -> None:
        """Takes in one message; what nobody of ours wrote says nothing."""
        claimant, leaver = mqtt_topics.claimant(topic), mqtt_topics.leaver(topic)
        if claimant is not None:
            self._claimed(claimant, _districts(payload))
        elif topic == self._leaving:
            if not self._caught_up.is_set():
                self._left = self._written = _districts(payload)
        elif leaver is not None:
            with self._lock:
                self._left_by[leaver] = _districts(payload)
        elif payload == self._hello:
            self._caught_up.set()
        elif topic == self._echo:
            self.on_echo(payload)

    def _claimed(self, gateway: str, districts: frozenset[str]) -> None:
        with self._lock:
            before = self._claims.get(gateway, frozenset())
            self._claims[gateway] = districts
            self._heard_at[gateway] = elapsed_ms()
            self._left -= before - districts
            self._news += before != districts

    def _forget(self) -> None:
        with self._lock:
            self._claims.clear()
            self._left_by.clear()
            self._left = frozenset()
            self._news += 1

    @property
    def connected(self) -> bool:
        """Whether echoes can come."""
        return self._subscriber.connected

    def listens(self, district: str) -> bool:
        """Whether another gateway has subscribed to a district, and before all that may still come to us; the broker keeps for it what comes, wherever it is."""
        return district in self._left and self.connected

    def _theirs(self) -> frozenset[str]:
        return frozenset().union(*(theirs for gateway, theirs in self._claims.items() if gateway != self._name))

    def mark_leaves(self, mark: bytes) -> None:
        """Notes what is claimed when a mark of ours is sent; a claim that was not renewed no longer is."""
        over = elapsed_ms() - CLAIM_S * 1000
        for gateway in [one for one, claimed in list(self._claims.items()) if claimed and self._heard_at[one] <= over]:
            self._claimed(gateway, frozenset())
        if self._news != self._weighed:
            self._asked[mark] = self._news
            if len(self._asked) > MOST_ASKED:
                self._asked.pop(next(iter(self._asked)))

    def mark_came(self, voice: Publisher, mark: bytes) -> None:
        """Takes in that a mark of ours is back: if no claim has changed since it was sent, they all count now."""
        number = self._asked.pop(mark, None)
        with self._lock:
            if number is None or number != self._news:
                return
            self._weighed, self._left = number, self._theirs()
        self._asked.clear()
        self.tell(voice)

    def tell(self, voice: Publisher) -> None:
        """Says which districts are left to others, when they are others than were said last."""
        left = self._left
        if left != self._written:
            voice.publish(self._leaving, msgspec.json.encode(sorted(left)), retain=True)
            self._written = left

    def still_left(self) -> frozenset[str]:
        """The districts that another gateway leaves and nobody else has: who has their messages must go on taking them."""
        with self._lock:
            left = [districts for gateway, districts in self._left_by.items() if gateway != self._name]
            return frozenset().union(*left) - self._theirs() if left else frozenset()

    def settle(self, voice: Publisher, share: Share) -> None:
        """Waits for what the gateways have said before, and takes back what this one no longer has, before it ends its subscription."""
        if not share.alone and self._subscriber.wait_subscribed(PATIENCE_S):
            voice.publish(self._echo, self._hello)
            self._caught_up.wait(PATIENCE_S)
        self._caught_up.set()
        with self._lock:
            self._left &= self._theirs()
        before = self._claims.get(self._name, frozenset())
        if before - share.claimed:
            self.claim(voice, before & share.claimed)
            voice.wait_below(1, PATIENCE_S)
        if share.claimed:
            self._wait_for_others(before - share.claimed)

    def _wait_for_others(self, given_up: frozenset[str]) -> None:
        """Waits until nobody leaves these districts to us, or for so long as is worth waiting: `still_left` says what is to be kept."""
        began = clear_since = elapsed_ms()
        while given_up and elapsed_ms() - began < PATIENCE_S * 1000 and elapsed_ms() - clear_since < CLEAR_S * 1000:
            time.sleep(GLANCE_S)
            if given_up & self.still_left():
                clear_since = elapsed_ms()

    def claim(self, voice: Publisher, districts: Iterable[str]) -> None:
        """Says to all gateways, also to those that come later, that this one has subscribed to these districts."""
        said = msgspec.json.encode(sorted(districts))
        voice.publish(mqtt_topics.claim(self._name), said, retain=True, expiry_s=CLAIM_S)

    def check(self) -> None:
        """Raises what hearing raised."""
        self._subscriber.check()

    def close(self) -> None:
        """Ends the connection."""
        self._subscriber.close()


def _districts(payload: bytes) -> frozenset[str]:
    try:
        return frozenset(msgspec.json.decode(payload, type=list[str]))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return frozenset()
