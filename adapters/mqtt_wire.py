"""The socket between paho and the broker: read in large blocks, messages taken out of the stream, acknowledgements joined.

paho costs some ten microseconds a message, most of it for reading a byte here and a byte there. So it keeps what is rare (connecting,
subscribing, pings), sees a socket in which there are no messages, and whatever it sends leaves together with the acknowledgements.
"""

import socket
from collections import deque
from contextlib import suppress

from adapters.mqtt_frames import PUBLISH, Inbound, Malformed, cut, packet_end, pubacks, publication

BLOCK = 64 * 1024
LAST_ATTEMPT_S = 0.5


class Wire:
    """A connected socket as paho uses one, and the messages beside it. One thread uses it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._stream = b""
        self._at = 0
        self._rest: deque[bytes] = deque()
        self._out = bytearray()
        self._ended: OSError | None = None

    def fill(self) -> None:
        """Reads one block. When the connection has ended, what lay unread is dropped, because the broker sends it again."""
        try:
            block = self._sock.recv(BLOCK)
        except BlockingIOError:
            return
        except OSError as error:
            self.end(error)
            return
        if block:
            self._stream = self._stream[self._at :] + block
            self._at = 0
        else:
            self.end(ConnectionResetError("The broker ended the connection."))

    def take(self, most: int) -> list[Inbound]:
        """At most `most` messages, up to the next packet that is paho's."""
        try:
            found, self._at = cut(self._stream, self._at, most)
        except (Malformed, IndexError) as flaw:
            self.end(ConnectionAbortedError(f"The broker does not speak MQTT: {flaw}"))
            return []
        return found

    @property
    def for_paho(self) -> bool:
        """Whether paho has something to read now: a packet that is no message, or the end of the connection."""
        if self._ended or self._rest:
            return True
        if self._at < len(self._stream) and self._stream[self._at] >> 4 != PUBLISH:
            try:
                end = packet_end(self._stream, self._at)
            except Malformed as flaw:
                self.end(ConnectionAbortedError(f"The broker does not speak MQTT: {flaw}"))
                return True
            if end > 0:
                self._rest.append(self._stream[self._at : end])
                self._at = end
        return bool(self._rest)

    @property
    def waiting(self) -> bool:
        """Whether a whole packet lies here unread, or what is none at all, which ends the connection when it is taken."""
        try:
            return self._at < len(self._stream) and packet_end(self._stream, self._at) > 0
        except Malformed:
            return True

    def end(self, why: OSError) -> None:
        """Takes the connection for ended: paho hears of it at its next `recv`."""
        self._ended = why
        self._stream, self._at = b"", 0

    @property
    def ended(self) -> str:
        """Why the connection has ended, as far as it is known here."""
        return str(self._ended or "")

    def acknowledge(self, mids: list[int]) -> None:
        """Acknowledges messages with the next `flush`."""
        self._out += pubacks(mids)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publishes a short message with QoS 0, behind the acknowledgements given so far."""
        self._out += publication(topic, payload)

    @property
    def unsent(self) -> int:
        """Bytes that wait for the broker to take them."""
        return len(self._out)

    def flush(self) -> None:
        """Sends what has gathered, as far as the broker takes it."""
        if not self._out:
            return
        try:
            sent = self._sock.send(self._out)
        except BlockingIOError:
            return
        except OSError as error:
            self.end(error)
            return
        del self._out[:sent]

    def recv(self, most: int) -> bytes:
        """What paho reads: packets that are no messages. Raises BlockingIOError when there is none, OSError when the connection has ended."""
        if self._rest:
            packet = self._rest.popleft()
            if len(packet) > most:
                self._rest.appendleft(packet[most:])
            return packet[:most]
        if self._ended:
            raise self._ended
        raise BlockingIOError

    def send(self, data: bytes) -> int:
        """What paho writes: taken whole, so that no acknowledgement gets into the middle of a packet."""
        self._out += data
        return len(data)

    def fileno(self) -> int:
        """For select."""
        return self._sock.fileno()

    def pending(self) -> int:
        """Nothing is read ahead by an encryption, of which paho asks."""
        return 0

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - a socket's own signature
        """As a socket's."""
        self._sock.setblocking(flag)

    def close(self) -> None:
        """Ends the connection, after a last attempt to send what has gathered."""
        if not self._ended:
            with suppress(OSError):
                self._sock.settimeout(LAST_ATTEMPT_S)
                self._sock.sendall(self._out)
        self._sock.close()
