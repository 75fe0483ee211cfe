"""The gateway's receiving MQTT session: persistent, QoS 1, acknowledged by hand, read only as fast as its owner takes.

One thread owns the session and turns it; the broker holds what is not read. paho's own thread is not used, so reading can be held back
while pings go on, and acknowledgements leave from the thread that reads.
"""

import select
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from adapters.addresses import host_and_port
from adapters.clock import elapsed_ms
from adapters.logs import log

KEEPALIVE_S = 30
SESSION_S = 7 * 86_400
LONGEST_WAIT_MS = 5000
FIRST_WAIT_MS = 100
CONNECT_S = 3.0
STABLE_MS = 10_000
RETAIN_NOT_SENT = 2
SESSION_TAKEN_OVER = 0x8E


class TakenOver(Exception):
    """Another client has connected under our id and has our session now; who goes on would only fight with it."""


class Token(Struct, frozen=True):
    """What acknowledges one message: void once the connection it came by has ended, because the broker then sends it again."""

    connection: int
    mid: int
    qos: int


class Inbound(Struct, frozen=True):
    """One message as it came."""

    topic: str
    payload: bytes
    token: Token


class Session:
    """A persistent session under a fixed client id, subscribed to `filters` at every connection.

    After a connection that held only briefly it waits longer, because two of one id would otherwise throw each other out without a pause.
    """

    def __init__(
        self, mqtt: str, client_id: str, filters: Sequence[str], on_message: Callable[[Inbound], None]
    ) -> None:
        self._address = host_and_port(mqtt)
        self._filters = filters
        self._on_inbound = on_message
        self._number = 0
        self._received = 0
        self._retry_at = 0
        self._wait_ms = FIRST_WAIT_MS
        self._connected_at = 0
        self._log = log("mqtt").bind(broker=mqtt, client=client_id)
        self._waker, self._woken = socket.socketpair()
        self._waker.settimeout(0)
        self._woken.settimeout(0)
        self.subscribed = False
        self._taken_over = False
        self._client = self._build(client_id)

    def _build(self, client_id: str) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
        )
        client.connect_timeout = CONNECT_S
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        # With this hook set, ack() only queues its packet, so that one turn writes them all.
        client.on_socket_register_write = lambda _client, _data, _socket: None
        return client

    def turn(self, *, room: Callable[[], bool], timeout_s: float, most: int = 500) -> None:
        """One turn: waits until there is something to do, reads while there is `room`, writes, keeps the connection alive.

        Reads at most `most` messages. Raises TakenOver, and what `on_message` raised.
        """
        read = room()
        sock = self._client.socket()
        if sock is None:
            self._reconnect(timeout_s)
            return
        readers = [sock, self._woken] if read else [self._woken]
        writers = [sock] if self._client.want_write() else []
        readable, _, _ = select.select(readers, writers, [], timeout_s)
        if self._woken in readable:
            self._drain_wakes()
        if sock in readable:
            self._read(room, most)
        if not read:
            self._pretend_pong()
        if self._client.want_write():
            self._client.loop_write()
        self._client.loop_misc()
        if self._taken_over:
            raise TakenOver("Another gateway has taken over our MQTT session: give each its own --name.")

    def _read(self, room: Callable[[], bool], most: int) -> None:
        first = self._received
        while self._received - first < most and room():
            before = self._received
            if self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS or self._received == before:
                break

    def _pretend_pong(self) -> None:
        """While reading is held back the broker's pong can't be seen, and paho would take the connection for dead."""
        self._client._ping_t = 0.0  # noqa: SLF001 - paho has no public way

    def wake(self) -> None:
        """Ends a waiting turn; may be called from any thread, also after `close`."""
        with suppress(OSError):
            self._waker.send(b"\0")

    def _drain_wakes(self) -> None:
        with suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass

    def acknowledge(self, token: Token) -> None:
        """Acknowledges a message, unless its connection has ended."""
        if token.qos and token.connection == self._number:
            self._client.ack(token.mid, token.qos)

    def _reconnect(self, timeout_s: float) -> None:
        now = elapsed_ms()
        if now < self._retry_at:
            select.select([self._woken], [], [], min(timeout_s, (self._retry_at - now) / 1000))
            self._drain_wakes()
            return
        self._retry_at = now + self._wait_ms
        self._wait_ms = min(LONGEST_WAIT_MS, 2 * self._wait_ms)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it so
        properties.SessionExpiryInterval = SESSION_S
        try:
            host, port = self._address
            self._client.connect(host, port, KEEPALIVE_S, clean_start=False, properties=properties)
        except OSError as error:
            self._log.warning("broker not reached", error=str(error))

    def _on_connect(
        self, _client: Client, _data: Any, flags: ConnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        if code.is_failure:
            self._log.error("broker refused the connection", reason=str(code))
            return
        self._number += 1
        self._connected_at = elapsed_ms()
        self._log.info("connected", session_present=flags.session_present)
        options = SubscribeOptions(qos=1, retainHandling=RETAIN_NOT_SENT)
        self._client.subscribe([(one, options) for one in self._filters])

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, codes: list[ReasonCode], _more: Properties | None
    ) -> None:
        self.subscribed = not any(code.is_failure for code in codes)
        if not self.subscribed:
            self._log.error("broker refused the subscription", filters=list(self._filters))

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        if self.subscribed and elapsed_ms() - self._connected_at >= STABLE_MS:
            self._wait_ms = FIRST_WAIT_MS
        self.subscribed = False
        self._taken_over = code.value == SESSION_TAKEN_OVER
        self._log.warning("connection lost", reason=str(code))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._received += 1
        token = Token(self._number, message.mid, message.qos)
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "citygrid/not-utf-8"
        self._on_inbound(Inbound(topic, bytes(message.payload), token))

    @property
    def connected(self) -> bool:
        """Whether the broker has taken us in and our subscription stands."""
        return self.subscribed

    def close(self) -> None:
        """Says goodbye; the broker keeps the session and what comes for it."""
        self._client.disconnect()
        for _ in range(10):
            if not self._client.want_write():
                break
            self._client.loop_write()
        self._waker.close()
        self._woken.close()
