"""Messages that wait in a persistent session of an MQTT broker, which is the work of a gateway that is measured alone."""

import socket
import struct
from collections.abc import Iterator

import msgspec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from adapters.addresses import host_and_port

FILTER = "citygrid/#"
LENGTH = 134
WINDOW = 500
SESSION_S = 3600
CONNECT_311 = bytes.fromhex("101100044d5154540402003c0005") + b"bench"
CONNACK_LENGTH = 4
PUBACK_LENGTH = 4
PUBLISH_QOS_1 = 0x32
MORE = 128  # a length from here on takes two bytes


def open_session(mqtt: str, client_id: str, filter_: str = FILTER) -> int:
    """Lets the broker keep a session of `client_id`, subscribed with QoS 1; returns how many messages it handed over while it was open."""
    handed: list[int] = []
    subscribed: list[bool] = []
    client = Client(
        CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
    )
    client.on_subscribe = lambda *_: subscribed.append(True)
    client.on_message = lambda _client, _data, message: handed.append(message.mid)

    def subscribe(*_: object) -> None:
        client.subscribe([(filter_, SubscribeOptions(qos=1))])

    client.on_connect = subscribe
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it so
    properties.SessionExpiryInterval = SESSION_S
    host, port = host_and_port(mqtt)
    client.connect(host, port, clean_start=False, properties=properties)
    while not subscribed:
        client.loop(0.1)
    before = -1
    while before < len(handed) < WINDOW:
        before = len(handed)
        client.loop(0.5)
    client.disconnect()
    return len(handed)


def payload_of(metric: str, seq: int, at: int) -> bytes:
    """Telemetry of LENGTH bytes, one reading in it."""
    body = {"at": at, "seq": seq, "values": {metric: 0.25 + seq % 100 / 1000}, "pad": ""}
    body["pad"] = "x" * (LENGTH - len(msgspec.json.encode(body)))
    return msgspec.json.encode(body)


def frame(topic: str, payload: bytes, mid: int) -> bytes:
    """A PUBLISH packet of MQTT 3.1.1 with QoS 1."""
    name = topic.encode()
    rest = len(name) + 4 + len(payload)
    length = bytes([rest]) if rest < MORE else bytes([rest % MORE | MORE, rest // MORE])
    return struct.pack("!B", PUBLISH_QOS_1) + length + struct.pack("!H", len(name)) + name + mid.to_bytes(2) + payload


def publish(mqtt: str, messages: Iterator[tuple[str, bytes]]) -> int:
    """Publishes (topic, payload) with QoS 1, a window at a time, and returns how many the broker acknowledged."""
    taken = 0
    with socket.create_connection(host_and_port(mqtt)) as link:
        link.sendall(CONNECT_311)
        _read(link, CONNACK_LENGTH)
        window: list[bytes] = []
        for topic, payload in messages:
            window.append(frame(topic, payload, len(window) + 1))
            if len(window) == WINDOW:
                taken += _publish_window(link, window)
                window = []
        return taken + _publish_window(link, window)


def _publish_window(link: socket.socket, window: list[bytes]) -> int:
    link.sendall(b"".join(window))
    _read(link, PUBACK_LENGTH * len(window))
    return len(window)


def _read(link: socket.socket, length: int) -> None:
    while length > 0:
        data = link.recv(length)
        if not data:
            raise ConnectionError("The broker hung up on the publisher.")
        length -= len(data)
