"""The devices' side of the proof: publishes with QoS 1 over connections of its own, and writes down what the broker acknowledged.

Own code on paho's client rather than citygrid's adapters: who is judged does not hold the pen. A message without an acknowledgement is sent
again by its connection as the same message, until it has one.
"""

import json
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from adapters.clock import now_ms
from citygrid.proof.truth import Fate, Sent, line

KEEPALIVE_S = 10
FIRST_FAILURE, NOBODY_LISTENS = 0x80, 0x10
IN_FLIGHT = 200
SESSION_S = 3600
AGAIN_S = (0.2, 0.5)

OnTold = Callable[[str, bytes], None]


class Connection:
    """One MQTT 5 connection that comes back by itself; what it was told to publish stays with it until it is acknowledged."""

    def __init__(self, mqtt: str, name: str, on_ack: Callable[[Sent, int, int], None]) -> None:
        """`on_ack` gets each message with the broker's reason code and when it came, out of `settle`."""
        self._on_ack = on_ack
        self._answers: SimpleQueue[tuple[int, int, int]] = SimpleQueue()
        self._waiting: dict[int, Sent] = {}
        self._filters: list[str] = []
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.max_inflight_messages_set(IN_FLIGHT)
        self.client.max_queued_messages_set(0)
        self.client.reconnect_delay_set(*AGAIN_S)  # type: ignore[arg-type] # paho adds and compares them only
        self.client.on_publish = self._answered
        self.client.on_connect = self._connected
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it so
        properties.SessionExpiryInterval = SESSION_S
        host, _, port = mqtt.rpartition(":")
        self.client.connect_async(host, int(port), KEEPALIVE_S, clean_start=False, properties=properties)
        self.client.loop_start()

    @property
    def waiting(self) -> int:
        """How many messages have no answer yet."""
        return len(self._waiting)

    def publish(self, sent: Sent) -> None:
        """Hands a message over, once for each of its copies that is sent at once."""
        for _ in range(sent.copies - sent.later):
            self._publish(sent)

    def repeat(self, sent: Sent) -> None:
        """Hands over the copy that is sent later."""
        self._publish(sent)

    def settle(self) -> None:
        """Takes in what the broker has answered. It and `publish` belong to one thread, for paho holds a lock while it tells of an answer."""
        while not self._answers.empty():
            mid, code, at = self._answers.get()
            sent = self._waiting.pop(mid)
            if code >= FIRST_FAILURE:
                self._publish(sent)
            else:
                self._on_ack(sent, code, at)

    def listen(self, filters: list[str], on_told: OnTold) -> None:
        """Subscribes, now and after each new connection; `on_told(topic, payload)` runs on the connection's thread."""
        self._filters = filters
        self.client.on_message = lambda _client, _data, message: on_told(message.topic, bytes(message.payload))
        if self.client.is_connected():
            self._subscribe()

    def close(self) -> None:
        """Says goodbye."""
        self.client.disconnect()
        self.client.loop_stop()

    def _publish(self, sent: Sent) -> None:
        self._waiting[self.client.publish(sent.topic, sent.payload, qos=1).mid] = sent

    def _answered(self, _client: Client, _data: Any, mid: int, code: Any, _properties: Any) -> None:
        self._answers.put((mid, code.value, now_ms()))

    def _connected(self, _client: Client, _data: Any, _flags: Any, _code: Any, _properties: Any) -> None:
        if self._filters:
            self._subscribe()

    def _subscribe(self) -> None:
        self.client.subscribe([(one, 1) for one in self._filters])


class Publisher:
    """All connections of the city's devices, two to a district, and the truth that they write."""

    def __init__(self, mqtt: str, truth: Path) -> None:
        """`truth` is the NDJSON file to which each message goes when the broker has acknowledged it."""
        self._mqtt = mqtt
        self._file: TextIO = truth.open("a", encoding="utf-8")
        self._connections: dict[tuple[str, int], Connection] = {}
        self.sent: list[Sent] = []
        self.acked = 0

    def connection(self, district: str, number: int = 0) -> Connection:
        """A district's connection of this number."""
        key = (district, number)
        if key not in self._connections:
            self._connections[key] = Connection(self._mqtt, f"proof-{district}-{number}", self._note)
        return self._connections[key]

    def publish(self, messages: list[Sent]) -> None:
        """Sends the messages; those of one device over one connection, and so in their order."""
        for sent in messages:
            self.sent.append(sent)
            self.connection(sent.district, _own(sent)).publish(sent)

    def repeat(self, messages: list[Sent], *, elsewhere: Callable[[Sent], bool]) -> None:
        """Sends the later copies of messages, over the district's other connection where `elsewhere` says so."""
        for sent in messages:
            self.connection(sent.district, _own(sent) ^ elsewhere(sent)).repeat(sent)

    def settle(self) -> None:
        """Takes in what the broker has answered, from the thread that publishes."""
        for connection in list(self._connections.values()):
            connection.settle()

    @property
    def waiting(self) -> int:
        """How many copies have no answer yet."""
        return sum(connection.waiting for connection in self._connections.values())

    def close(self) -> None:
        """Ends the connections and the file."""
        for connection in self._connections.values():
            connection.close()
        self._file.close()

    def _note(self, sent: Sent, code: int, at: int) -> None:
        sent.acks += 1
        sent.unheard |= code == NOBODY_LISTENS
        if sent.acks < sent.copies:
            return
        sent.acked_at = at
        if sent.fate is not Fate.REFUSED:
            sent.payload = b""
        self.acked += 1
        self._file.write(json.dumps(line(sent)) + "\n")


def _own(sent: Sent) -> int:
    """The number of the connection over which a device speaks."""
    return len(sent.device) + ord(sent.device[-1]) & 1
