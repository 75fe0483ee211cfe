"""How MQTT 5 packets lie in a stream of bytes: messages are cut out many at a time, everything else is left to the client library."""

from msgspec import Struct

PUBLISH = 3
PUBACK = b"\x40\x02"
MORE = 0x80  # in a variable byte integer: another byte follows (MQTT 5, 1.5.5)
LONGEST_LENGTH = 4


class Malformed(ValueError):
    """The stream is not MQTT; only a new connection can help."""


class Inbound(Struct, frozen=True, gc=False):
    """One message as it came: `topic` as it stood on the wire; `mid` is 0 at QoS 0, where nothing is acknowledged."""

    topic: bytes
    payload: bytes
    mid: int


def cut(stream: bytes, start: int, most: int) -> tuple[list[Inbound], int]:
    """At most `most` whole messages that lie in `stream` from `start`, up to the first packet that is none, and where they end.

    Raises Malformed.
    """
    found: list[Inbound] = []
    size = len(stream)
    while len(found) < most and start + LONGEST_LENGTH < size and stream[start] >> 4 == PUBLISH:
        length, body = number(stream, start + 1)
        end = body + length
        if end > size:
            break
        found.append(_message(stream, body, end, stream[start] & 6))
        start = end
    return found, start


def _message(stream: bytes, body: int, end: int, qos: int) -> Inbound:
    at = body + 2 + (stream[body] << 8 | stream[body + 1])
    topic = stream[body + 2 : at]
    mid = 0
    if qos:
        mid = stream[at] << 8 | stream[at + 1]
        at += 2
    properties, at = (0, at + 1) if not stream[at] else number(stream, at)
    at += properties
    if at > end:
        raise Malformed("A message is shorter than its own parts.")
    return Inbound(topic, stream[at:end], mid)


def number(stream: bytes, at: int) -> tuple[int, int]:
    """The variable byte integer at `at`, and where it ends. Raises Malformed when it is longer than four bytes, IndexError when it is cut off."""
    value = stream[at]
    if value < MORE:
        return value, at + 1
    value &= 0x7F
    for place in range(1, LONGEST_LENGTH):
        byte = stream[at + place]
        value |= (byte & 0x7F) << 7 * place
        if byte < MORE:
            return value, at + place + 1
    raise Malformed("A length of more than four bytes.")


def packet_end(stream: bytes, start: int) -> int:
    """Where the packet at `start` ends; -1 while it is not whole. Raises Malformed."""
    try:
        length, body = number(stream, start + 1)
    except IndexError:
        return -1
    return body + length if body + length <= len(stream) else -1


def publication(topic: str, payload: bytes) -> bytes:
    """A short message of QoS 0, as it is sent. Raises ValueError for one that is not short."""
    name = topic.encode()
    length = 2 + len(name) + 1 + len(payload)
    if length >= MORE:
        raise ValueError(f"A message on {topic} is too long for this.")
    return bytes([PUBLISH << 4, length]) + len(name).to_bytes(2, "big") + name + b"\0" + payload


def pubacks(mids: list[int]) -> bytes:
    """The packets that acknowledge these messages, in order."""
    return b"".join([PUBACK + mid.to_bytes(2, "big") for mid in mids])
