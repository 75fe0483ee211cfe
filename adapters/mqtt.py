"""MQTT for those who publish and for those who only listen: paho's client with own reconnecting, and a bound on what is in flight.

The gateway's receiving side, which acknowledges by hand, is adapters/mqtt_session.py.
"""

import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from adapters.addresses import host_and_port
from adapters.clock import elapsed_ms
from adapters.logs import log

KEEPALIVE_SECONDS = 30
SESSION_SECONDS = 300
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
STABLE_MS = 10_000
FIRST_FAILURE_CODE = 0x80

OnMessage = Callable[[str, bytes], None]


class Backoff:
    """How long to wait before the next attempt: full jitter under a doubling bound that falls back only after a stable connection."""

    def __init__(self, jitter: Callable[[float, float], float]) -> None:
        """Takes the source of chance: `jitter(low, high)` such as random.uniform."""
        self._jitter = jitter
        self._failures = 0

    def seconds(self, held_ms: int) -> float:
        """Seconds to wait after a connection that held for `held_ms` (0: it was never made)."""
        if held_ms >= STABLE_MS:
            self._failures = 0
        bound = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**self._failures)
        self._failures = min(self._failures + 1, 16)
        return self._jitter(0.0, bound)


class Link:
    """One MQTT 5 connection with a network thread of its own that comes back whenever it is lost."""

    def __init__(self, mqtt: str, client_id: str, *, clean: bool) -> None:
        """`mqtt` is "host:port"; `clean` forgets the session at each connection. Nothing is sent before `start`."""
        self._address = host_and_port(mqtt)
        self._clean = clean
        self.connections = 0
        self._closing = threading.Event()
        self._connected = threading.Event()
        self._log = log("mqtt").bind(broker=mqtt, client=client_id)
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        # With this hook set, publish() leaves writing to the network thread; otherwise two threads would write to one socket.
        self.client.on_socket_register_write = lambda _client, _data, _socket: None
        self.greet: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._keep_connected, name=client_id, daemon=True)

    def start(self) -> None:
        """Begins to connect, in the background."""
        self._thread.start()

    @property
    def connected(self) -> bool:
        """Whether the broker has taken us in, and the network thread lives."""
        return self._connected.is_set() and self._thread.is_alive()

    def wait_connected(self, seconds: float) -> bool:
        """Waits until the broker has taken us in; False when it has not within `seconds`."""
        return self._connected.wait(seconds)

    def close(self) -> None:
        """Says goodbye and ends the thread."""
        self._closing.set()
        if self._connected.is_set():
            self.client.disconnect()
        self._thread.join(2.0)

    def _keep_connected(self) -> None:
        backoff = Backoff(random.uniform)
        while not self._closing.is_set():
            held = self._one_connection()
            if not self._closing.is_set():
                self._closing.wait(backoff.seconds(held))

    def _one_connection(self) -> int:
        """Connects and stays until the connection ends. Milliseconds that it held."""
        began = elapsed_ms()
        try:
            self._connect()
        except OSError as error:
            self._log.warning("broker not reached", error=str(error))
            return 0
        while self.client.loop(0.5) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            pass
        held = elapsed_ms() - began if self._connected.is_set() else 0
        self._connected.clear()
        return held

    def _connect(self) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it so
        properties.SessionExpiryInterval = 0 if self._clean else SESSION_SECONDS
        host, port = self._address
        self.client.connect(host, port, KEEPALIVE_SECONDS, clean_start=self._clean, properties=properties)

    def _on_connect(
        self, _client: Client, _data: Any, _flags: ConnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        if code.is_failure:
            self._log.error("broker refused the connection", reason=str(code))
            return
        self.connections += 1
        self._connected.set()
        self.greet()

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: Any, code: ReasonCode, _more: Properties | None
    ) -> None:
        if not self._closing.is_set():
            self._log.warning("connection lost", reason=str(code))


class Publisher:
    """Publishes over one connection; what the broker has not acknowledged is kept, sent again after a loss, and counted.

    `publish` never waits: the caller bounds what is in flight with `wait_below`. Where the order matters, the caller also lets everything in flight
    arrive whenever `connections` has changed, because what is sent again after a loss could otherwise come behind something newer.
    """

    def __init__(self, mqtt: str, client_id: str) -> None:
        """Starts to connect to the broker at `mqtt` ("host:port") under a fixed `client_id`."""
        self._in_flight = 0
        self._acknowledged = 0
        self._refused = 0
        self._change = threading.Condition()
        self._link = Link(mqtt, client_id, clean=False)
        self._link.client.max_inflight_messages_set(0)
        self._link.client.on_publish = self._on_publish
        self._link.start()

    @property
    def connected(self) -> bool:
        """Whether the broker can be reached now."""
        return self._link.connected

    @property
    def connections(self) -> int:
        """How often the broker has taken us in."""
        return self._link.connections

    @property
    def in_flight(self) -> int:
        """Messages published and not yet acknowledged by the broker."""
        return self._in_flight

    @property
    def acknowledged(self) -> int:
        """Messages that the broker has taken (QoS 0: that have left)."""
        return self._acknowledged

    @property
    def refused(self) -> int:
        """Messages that the broker answered with a failure."""
        return self._refused

    def wait_connected(self, seconds: float) -> bool:
        """Waits for the connection; False when there is none within `seconds`."""
        return self._link.wait_connected(seconds)

    def publish(
        self, topic: str, payload: bytes, qos: int = 1, *, retain: bool = False, expiry_s: int | None = None
    ) -> None:
        """Hands a message to the connection; after `expiry_s` the broker forgets it. Raises ValueError for a topic that cannot be published to, or QoS 2."""
        if qos not in {0, 1}:
            raise ValueError(f"QoS {qos} is not used here; it is 0 or 1.")
        with self._change:
            self._in_flight += 1
        try:
            self._link.client.publish(topic, payload, qos, retain, _expiring(expiry_s))
        except ValueError:
            self._settle(refused=True)
            raise

    def wait_below(self, most: int, seconds: float | None = None) -> bool:
        """Waits until fewer than `most` messages are in flight; False when that took longer than `seconds`."""
        if self._in_flight < most:
            return True
        with self._change:
            return self._change.wait_for(lambda: self._in_flight < most, seconds)

    def close(self, seconds: float = 5.0) -> int:
        """Waits up to `seconds` for what is in flight, disconnects, and gives the number that stayed without an answer."""
        self.wait_below(1, seconds)
        self._link.close()
        return self._in_flight

    def _on_publish(self, _client: Client, _data: Any, _mid: int, code: ReasonCode, _more: Properties) -> None:
        self._settle(refused=code.value >= FIRST_FAILURE_CODE)

    def _settle(self, *, refused: bool) -> None:
        with self._change:
            self._in_flight -= 1
            self._refused += refused
            self._acknowledged += not refused
            self._change.notify_all()


def _expiring(seconds: int | None) -> Properties | None:
    if seconds is None:
        return None
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho leaves it so
    properties.MessageExpiryInterval = seconds
    return properties


class Subscriber:
    """Listens on `filters` over one connection and hands each message to `on_message(topic, payload)`, on the network thread.

    What `on_message` raises does not kill that thread: it is kept, nothing more is handed over, and `check` raises it for the owner.
    """

    def __init__(
        self, mqtt: str, client_id: str, filters: Sequence[str], on_message: OnMessage, *, qos: int = 1
    ) -> None:
        """Subscribes at each connection anew, so that retained messages come again."""
        self._filters = [(one, SubscribeOptions(qos=qos)) for one in filters]
        self._on_message = on_message
        self.on_connected: Callable[[], None] = lambda: None
        self._error: Exception | None = None
        self._ready = threading.Event()
        self._link = Link(mqtt, client_id, clean=True)
        self._link.greet = self._subscribe
        self._link.client.on_message = self._take
        self._link.client.on_subscribe = self._on_subscribe
        self._link.start()

    @property
    def connected(self) -> bool:
        """Whether the broker can be reached now."""
        return self._link.connected

    def wait_subscribed(self, seconds: float) -> bool:
        """Waits until the broker has answered the subscription; False when it has not within `seconds`."""
        return self._ready.wait(seconds)

    def check(self) -> None:
        """Raises what `on_message` raised, if it did."""
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Ends the connection."""
        self._link.close()

    def _subscribe(self) -> None:
        self.on_connected()
        self._link.client.subscribe(self._filters)

    def _on_subscribe(self, *_answer: Any) -> None:
        self._ready.set()

    def _take(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if self._error is not None:
            return
        try:
            self._on_message(message.topic, bytes(message.payload))
        except Exception as error:  # noqa: BLE001 - it would end paho's thread unseen; the owner gets it from check()
            self._error = error
