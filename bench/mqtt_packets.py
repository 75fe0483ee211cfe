"""MQTT 3.1.1 packets as a cheap publisher needs them: encoded once, and patched for each message."""

from collections.abc import Sequence

from msgspec import Struct

from bench.sensors import Sensor

CONNACK = bytes((0x20, 2, 0, 0))
PUBACK_LENGTH = 4
PUBLISH_QOS_1 = 0x32
FIRST_SEQ = 1_000_000
"""Numbers of one length, so that a packet can be patched in place."""
AT_LENGTH, SEQ_LENGTH, DIGITS_LENGTH = 13, 7, 3
MOST_IDS = 65_535


def connect(client_id: str) -> bytes:
    """A CONNECT packet with a clean session and without keep-alive."""
    name = client_id.encode()
    body = b"\x00\x04MQTT\x04\x02\x00\x00" + len(name).to_bytes(2) + name
    return b"\x10" + remaining(len(body)) + body


def remaining(length: int) -> bytes:
    """The field "remaining length" of the fixed header: seven bits a byte, lowest first (MQTT 3.1.1, 2.2.3)."""
    field = bytearray()
    while True:
        length, low = divmod(length, 128)
        field.append(low | (128 if length else 0))
        if not length:
            return bytes(field)


def publish(topic: str, payload: bytes, packet_id: int) -> bytes:
    """A PUBLISH packet with QoS 1."""
    name = topic.encode()
    body = len(name).to_bytes(2) + name + packet_id.to_bytes(2) + payload
    return bytes((PUBLISH_QOS_1,)) + remaining(len(body)) + body


class Template(Struct):
    """The PUBLISH packet of one sensor, and where in it lie packet id, time, sequence number and the last digits of the value."""

    packet: bytearray
    id_place: int
    at_place: int
    seq_place: int
    digits_place: int
    seq: int = FIRST_SEQ

    def next(self, packet_id: bytes, at: bytes, digits: bytes) -> bytearray:
        """The next message: two bytes of packet id, thirteen of time, three digits. The packet is valid until the next call."""
        packet = self.packet
        packet[self.id_place : self.id_place + 2] = packet_id
        packet[self.at_place : self.at_place + AT_LENGTH] = at
        packet[self.seq_place : self.seq_place + SEQ_LENGTH] = b"%d" % self.seq
        packet[self.digits_place : self.digits_place + DIGITS_LENGTH] = digits
        self.seq += 1
        return packet


def template(sensor: Sensor, *, first_seq: int = FIRST_SEQ, value: float | None = None) -> Template:
    """The template of a sensor's messages: its everyday value, or `value`, with three more digits that change."""
    level = f"{sensor.quiet if value is None else value:.3f}"
    topic = f"citygrid/v1/{sensor.district}/telemetry/{sensor.device}"
    head = f'{{"at":{"0" * AT_LENGTH},"seq":'
    middle = f'{"0" * SEQ_LENGTH},"values":{{"{sensor.metric}":{level}'
    payload = f"{head}{middle}000}}}}".encode()
    packet = bytearray(publish(topic, payload, 1))
    begin = len(packet) - len(payload)
    return Template(
        packet,
        id_place=begin - 2,
        at_place=begin + len('{"at":'),
        seq_place=begin + len(head),
        digits_place=begin + len(head) + len(middle),
        seq=first_seq,
    )


def templates(sensors: Sequence[Sensor], *, first_seq: int = FIRST_SEQ) -> list[Template]:
    """One template a sensor."""
    return [template(sensor, first_seq=first_seq) for sensor in sensors]
