import json

from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from bench.mqtt_packets import connect, publish, remaining, template
from bench.sensors import Sensor

GAUGE = Sensor("road-water-0001", "990101", "990101001001001", "water_level_m", 0.045, 0.18)


def read(packet: bytes) -> tuple[str, int, dict[str, object]]:
    """Topic, packet id and payload of a PUBLISH packet, as MQTT 3.1.1 has them."""
    length, place, shift = 0, 1, 0
    while True:
        length |= (packet[place] & 127) << shift
        shift, place = shift + 7, place + 1
        if not packet[place - 1] & 128:
            break
    body = packet[place:]
    assert len(body) == length
    end = 2 + int.from_bytes(body[:2])
    return body[2:end].decode(), int.from_bytes(body[end : end + 2]), json.loads(body[end + 2 :])


@given(st.integers(0, 268_435_455))
def test_a_remaining_length_is_written_as_the_client_library_writes_it(length: int) -> None:
    packet = bytearray()
    Client(CallbackAPIVersion.VERSION2)._pack_remaining_length(packet, length)

    assert remaining(length) == bytes(packet)


def test_a_connect_packet_has_its_length_and_its_name() -> None:
    packet = connect("bench-1")

    assert packet[1] == len(packet) - 2
    assert packet.endswith(b"\x00\x07bench-1")


def test_a_publish_packet_is_read_back_as_it_was_written() -> None:
    assert read(publish("a/b", b'{"x":1}', 7)) == ("a/b", 7, {"x": 1})


def test_a_template_is_patched_for_each_message() -> None:
    gauge = template(GAUGE)

    first = read(bytes(gauge.next((1).to_bytes(2), b"1795000000000", b"123")))
    second = read(bytes(gauge.next((65_535).to_bytes(2), b"1795000000001", b"999")))

    topic = "citygrid/v1/990101/telemetry/road-water-0001"
    assert first == (topic, 1, {"at": 1795000000000, "seq": 1_000_000, "values": {"water_level_m": 0.045123}})
    assert second == (topic, 65_535, {"at": 1795000000001, "seq": 1_000_001, "values": {"water_level_m": 0.045999}})


def test_a_template_may_send_another_level_than_the_quiet_one() -> None:
    _, _, payload = read(bytes(template(GAUGE, value=0.18).next(b"\x00\x01", b"1795000000000", b"000")))

    assert payload["values"] == {"water_level_m": 0.18}
