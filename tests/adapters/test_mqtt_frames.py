"""Messages are cut out of the stream exactly where they end, however it arrives."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mqtt_frames import Inbound, Malformed, cut, number, packet_end, pubacks, publication

PONG = b"\xd0\x00"
LENGTHS = st.sampled_from([0, 1, 100, 127, 128, 200, 16_383, 16_384, 70_000])


def length_of(value: int) -> bytes:
    """A variable byte integer (MQTT 5, 1.5.5)."""
    coded = b""
    while value > 127:
        coded += bytes([value % 128 | 128])
        value //= 128
    return coded + bytes([value])


def publish(topic: bytes, payload: bytes, mid: int, properties: bytes = b"") -> bytes:
    """A PUBLISH packet of MQTT 5; QoS 0 where `mid` is 0."""
    numbered = mid.to_bytes(2, "big") if mid else b""
    body = len(topic).to_bytes(2, "big") + topic + numbered + length_of(len(properties)) + properties + payload
    return bytes([0x32 if mid else 0x30]) + length_of(len(body)) + body


MESSAGES = st.lists(
    st.builds(
        Inbound, topic=st.binary(min_size=1, max_size=40), payload=LENGTHS.map(bytes), mid=st.integers(0, 65_535)
    ),
    max_size=6,
)


def packet(one: Inbound, properties: bytes = b"") -> bytes:
    return publish(one.topic, one.payload, one.mid, properties)


@given(MESSAGES, st.binary(max_size=200))
def test_whole_messages_are_taken_as_they_were_sent(messages: list[Inbound], properties: bytes) -> None:
    stream = b"".join(packet(one, properties) for one in messages)
    assert cut(stream, 0, 100) == (messages, len(stream))


@given(MESSAGES, st.data())
def test_it_does_not_matter_where_the_stream_is_interrupted(messages: list[Inbound], data: st.DataObject) -> None:
    stream = b"".join(packet(one) for one in messages)
    places = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    found, rest = [], b""
    for start, end in pairwise([0, *places, len(stream)]):
        rest += stream[start:end]
        some, at = cut(rest, 0, 100)
        found += some
        rest = rest[at:]
    assert (found, rest) == (messages, b"")


def test_no_more_are_taken_than_wanted() -> None:
    stream = b"".join(publish(b"a/b", b"%d" % n, n) for n in (1, 2, 3))
    some, at = cut(stream, 0, 2)
    assert [one.mid for one in some] == [1, 2]
    assert [one.mid for one in cut(stream, at, 2)[0]] == [3]
    assert cut(stream, 0, 0) == ([], 0)


def test_a_packet_that_is_no_message_stops_it() -> None:
    first = publish(b"a", b"1", 1)
    assert cut(first + PONG + publish(b"a", b"2", 2), 0, 10) == ([Inbound(b"a", b"1", 1)], len(first))
    assert packet_end(first + PONG, len(first)) == len(first) + 2


def test_a_packet_ends_nowhere_while_it_is_not_whole() -> None:
    whole = publish(b"a", b"x" * 300, 1)
    assert packet_end(whole, 0) == len(whole)
    assert {packet_end(whole[:cut_off], 0) for cut_off in range(1, len(whole))} == {-1}


@pytest.mark.parametrize(
    "stream",
    [
        b"\x30\xff\xff\xff\xff\xff\x01\x00",
        b"\x32\x05\x00\x09abcdefghijklmn",
        b"\x30\x04\x00\x01a\x09zzzzzz",
        b"\x30\x00\x00\x00\x00\x00\x00\x00",
    ],
)
def test_what_is_not_mqtt_is_told_and_never_read_beyond(stream: bytes) -> None:
    with pytest.raises((Malformed, IndexError)):
        cut(stream, 0, 10)


@given(st.binary(max_size=300))
def test_any_bytes_are_cut_or_refused(stream: bytes) -> None:
    try:
        _, at = cut(stream, 0, 100)
    except (Malformed, IndexError):
        return
    assert 0 <= at <= len(stream)


@given(st.integers(0, 268_435_455))
def test_lengths_are_read_as_the_standard_writes_them(value: int) -> None:
    coded = length_of(value)
    assert number(b"x" + coded + b"x", 1) == (value, 1 + len(coded))


def test_acknowledgements_are_joined_in_order() -> None:
    assert pubacks([1, 258, 65_535]) == b"\x40\x02\x00\x01\x40\x02\x01\x02\x40\x02\xff\xff"


def test_a_short_message_of_ours_is_one_that_a_broker_reads() -> None:
    assert cut(publication("a/b", b"17"), 0, 1)[0] == [Inbound(b"a/b", b"17", 0)]
    with pytest.raises(ValueError, match="too long"):
        publication("a", b"x" * 200)
