"""The gateway's receiving MQTT session: persistent, QoS 1, acknowledged by hand, read only as fast as its owner takes.

One thread owns the session and turns it; the broker holds what is not read. paho's own thread is not used, so reading can be held back
while pings go on, and acknowledgements leave from the thread that reads.
"""

import random
import select
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from adapters.addresses import host_and_port
from adapters.clock import elapsed_ms
from adapters.logs import log
from adapters.mqtt import Backoff
from adapters.mqtt_frames import Inbound
from adapters.mqtt_wire import Wire

KEEPALIVE_S = 30
SESSION_S = 7 * 86_400
CONNECT_S = 3.0
MOST_A_TURN = 500
RETAIN_NOT_SENT = 2
SESSION_TAKEN_OVER = 0x8E
MID_BITS = 16
ECHO_EVERY = 500
ECHO_AGAIN_MS = 1000
HUNG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


class TakenOver(Exception):
    """Another client has connected under our id and has our session now; who goes on would only fight with it."""


class _Client(Client):
    """paho's client on a wire of ours."""

    wire: Wire

    def _create_socket_connection(self) -> Any:
        self.wire = Wire(super()._create_socket_connection())
        return self.wire


class Session:
    """A persistent session under a fixed client id, subscribed to `filters` at every connection.

    `former` are filters of an earlier run that end then; what waited by them still comes. `on_messages` gets what came, some hundred at a time, each with the token that acknowledges it: void once its connection has ended, because
    the broker then sends it again, and 0 where nothing is to be acknowledged.
    After some acknowledgements it publishes on the topic `echo`; who hears that on another connection gives it to `echoed`.
    After a connection that held only briefly it waits longer, because two of one id would otherwise throw each other out without a pause.
    """

    def __init__(
        self,
        mqtt: str,
        client_id: str,
        filters: Sequence[str],
        on_messages: Callable[[list[Inbound], list[int]], None],
        *,
        echo: str,
    ) -> None:
        self._address = host_and_port(mqtt)
        self._filters = filters
        self._on_messages = on_messages
        self.former: Sequence[str] = ()
        self._echo = echo
        self._number = 1
        self._confirmed = 0
        self._acknowledged = self._asked = self._taken = 0
        self._asked_at = 0
        self._retry_at = 0
        self._backoff = Backoff(random.uniform)
        self._connected_at: int | None = None
        self._log = log("mqtt").bind(broker=mqtt, client=client_id)
        self._waker, self._woken = socket.socketpair()
        self._waker.settimeout(0)
        self._woken.settimeout(0)
        self.subscribed = False
        self._taken_over = False
        self._client = self._build(client_id)

    def _build(self, client_id: str) -> _Client:
        client = _Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
        )
        client.connect_timeout = CONNECT_S
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        # With this hook set, paho only queues its packets, so that one turn writes them all.
        client.on_socket_register_write = lambda _client, _data, _socket: None
        return client

    def turn(self, *, room: Callable[[], int], timeout_s: float) -> None:
        """One turn: waits until there is something to do, takes at most so many messages as there is `room` for, writes, keeps the connection alive.

        Raises TakenOver, and what `on_messages` raised.
        """
        if self._client.socket() is None:
            self._reconnect(timeout_s)
            return
        wire, read = self._client.wire, room() > 0
        self._wait(wire, timeout_s, read=read)
        if read:
            self._take(wire, room)
        else:
            self._pretend_pong()
        while wire.for_paho and self._client.socket() is not None:
            self._client.loop_read()
        self._ask(wire)
        self._write(wire)
        self._client.loop_misc()
        if self._taken_over:
            raise TakenOver("Another gateway has taken over our MQTT session: give each its own --name.")

    def _wait(self, wire: Wire, timeout_s: float, *, read: bool) -> None:
        fill = read and not wire.waiting
        poll = select.poll()
        poll.register(self._woken, select.POLLIN)
        poll.register(wire, HUNG_UP | select.POLLIN * fill | select.POLLOUT * bool(wire.unsent))
        happened = dict(poll.poll(0 if wire.waiting and read else timeout_s * 1000))
        if happened.get(self._woken.fileno()):
            self._drain_wakes()
        events = happened.get(wire.fileno(), 0)
        if fill and events & ~select.POLLOUT:
            wire.fill()
        elif events & HUNG_UP and not read:
            wire.end(ConnectionResetError("The broker ended the connection."))

    def _take(self, wire: Wire, room: Callable[[], int]) -> None:
        left = MOST_A_TURN
        while left > 0 and not wire.for_paho:
            batch = wire.take(min(left, room()))
            if not batch:
                break
            first = self._number << MID_BITS
            self._on_messages(batch, [first | one.mid if one.mid else 0 for one in batch])
            left -= len(batch)

    def _write(self, wire: Wire) -> None:
        if self._client.want_write():
            self._client.loop_write()
        if self._client.socket() is not None:
            wire.flush()

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

    def acknowledge(self, tokens: Sequence[int]) -> None:
        """Acknowledges messages, in order, with the next turn; not those whose connection has ended."""
        mids = [token & 0xFFFF for token in tokens if token >> MID_BITS == self._number]
        if mids and self._client.socket() is not None:
            self._client.wire.acknowledge(mids)
            self._acknowledged += len(mids)
            if self._acknowledged - self._asked >= ECHO_EVERY:
                self._ask(self._client.wire, at_once=True)

    def _ask(self, wire: Wire, *, at_once: bool = False) -> None:
        """Asks for an echo of what has been acknowledged; again after a while, because an echo may be lost."""
        now = elapsed_ms()
        if at_once or (self.unconfirmed and now - self._asked_at >= ECHO_AGAIN_MS):
            wire.publish(self._echo, f"{self._number} {self._acknowledged}".encode())
            self._asked, self._asked_at = self._acknowledged, now

    @property
    def unconfirmed(self) -> int:
        """Messages acknowledged by us, and not known to be taken for acknowledged by the broker: it would send them again."""
        return max(0, self._acknowledged - self._taken)

    def echoed(self, payload: bytes) -> None:
        """Takes in an echo; may be called from any thread. What we did not send says nothing."""
        match payload.split():
            case [number, taken] if number == str(self._number).encode() and taken.isdigit():
                self._taken = max(self._taken, min(int(taken), self._asked))
                self.wake()

    def renew(self, why: str) -> None:
        """Gives the connection up and makes a new one."""
        if self._client.socket() is not None:
            self._client.wire.end(TimeoutError(why))

    def _reconnect(self, timeout_s: float) -> None:
        now = elapsed_ms()
        if now < self._retry_at:
            select.select([self._woken], [], [], min(timeout_s, (self._retry_at - now) / 1000))
            self._drain_wakes()
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it so
        properties.SessionExpiryInterval = SESSION_S
        try:
            host, port = self._address
            self._client.connect(host, port, KEEPALIVE_S, clean_start=False, properties=properties)
        except OSError as error:
            self._log.warning("broker not reached", error=str(error))
            self._wait_after(0)

    def _wait_after(self, held_ms: int) -> None:
        self._retry_at = elapsed_ms() + int(self._backoff.seconds(held_ms) * 1000)

    def _on_connect(
        self, _client: Client, _data: Any, flags: ConnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        if code.is_failure:
            self._log.error("broker refused the connection", reason=str(code))
            return
        if self._confirmed and not flags.session_present:
            self._log.error("the broker has forgotten our session, and with it what waited there for us")
        self._connected_at = elapsed_ms()
        # Where our session stands, so does its subscription; the broker's answer to ours may wait behind a long queue.
        self.subscribed = flags.session_present
        self._log.info("connected", session_present=flags.session_present)
        options = SubscribeOptions(qos=1, retainHandling=RETAIN_NOT_SENT)
        self._client.subscribe([(one, options) for one in self._filters])
        if self.former and flags.session_present:
            self._client.unsubscribe(list(self.former))

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, codes: list[ReasonCode], _more: Properties | None
    ) -> None:
        self.subscribed = not any(code.is_failure for code in codes)
        self._confirmed = self._number
        if not self.subscribed:
            self._log.error("broker refused the subscription", filters=list(self._filters))

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _more: Properties | None
    ) -> None:
        held = elapsed_ms() - self._connected_at if self.subscribed and self._connected_at is not None else 0
        self._wait_after(held)
        self._begin_anew()
        self._taken_over = code.value == SESSION_TAKEN_OVER
        self._log.warning("connection lost", reason=str(code), error=self._client.wire.ended)

    def _begin_anew(self) -> None:
        """Makes the tokens void, and forgets what was acknowledged: neither may get into the next connection, least of all before its CONNECT."""
        self._number += 1
        self._acknowledged = self._asked = self._taken = 0
        self.subscribed = False

    @property
    def connections(self) -> int:
        """The number of the last connection over which the broker has confirmed what we subscribed to; 0 before the first."""
        return self._confirmed

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
