"""A small city of the gateways' own, a phone that says anything over MQTT, and a tap on what reaches Kafka."""

import queue
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from adapters.clock import now_ms
from adapters.kafka_reader import Reader, Record
from city.names import Name
from city.registry import Cell, Device, District, EventClass, Metric, Registry, Shift, Worker
from messages import mqtt_topics
from messages.topics import Topic
from tests.citygrid.waiting import until

NAME = Name("试", "test")
DISTRICT, OTHER, LATER = "977001", "977002", "977003"
INDEX = {DISTRICT: 1, OTHER: 2, LATER: 3}
WEST = {DISTRICT: 120.0, OTHER: 120.02, LATER: 120.04}
LEVEL = "gatelevel_m"
CLASS = "E9770"
DEVICES = [f"gate-d{number}" for number in range(1, 41)]
LOADED = [f"gate-load{number}" for number in range(1, 7)]
WORKER = "gate-w1"


def cell_of(district: str) -> str:
    return f"{district}001001001"


def middle(district: str) -> dict[str, float]:
    return {"lon": WEST[district] + 0.005, "lat": 30.005}


def device(id_: str, district: str = DISTRICT, **fields: Any) -> Device:
    usual = {"kind": "water", "metrics": [LEVEL], "cell": cell_of(district), **middle(district)}
    return Device(**{"id": id_, "district": district, **usual, **fields})


def city(*districts: str, devices: Sequence[Device] = ()) -> Registry:
    """A registry of these districts, one square cell each."""
    return Registry(
        code="9770",
        name=NAME,
        districts={code: District(code=code, name=NAME, index=INDEX[code]) for code in districts},
        cells={cell_of(code): Cell(code=cell_of(code), name=NAME, geometry=_square(WEST[code])) for code in districts},
        devices={one.id: one for one in devices},
        workers={WORKER: worker()} if DISTRICT in districts else {},
        metrics={LEVEL: Metric(name=LEVEL, unit="m", min=0, max=10)},
        classes={CLASS: EventClass(code=CLASS, name=NAME)},
    )


def worker() -> Worker:
    shift = Shift(start="00:00", end="24:00")
    return Worker(id=WORKER, district=DISTRICT, name=NAME, skills=[], grids=[cell_of(DISTRICT)], shift=shift)


def _square(west: float) -> dict[str, Any]:
    east, south, north = west + 0.01, 30.0, 30.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def telemetry(seq: int = 1, value: Any = 0.5, **fields: Any) -> bytes:
    return msgspec.json.encode({"at": now_ms(), "seq": seq, "values": {LEVEL: value}, **fields})


class Phone:
    """An MQTT client as devices and workers have it; what it hears is kept as (topic, payload, retained)."""

    def __init__(self, mqtt: str, name: str, *filters: str, version: int = 5, **options: Any) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._subscribed: queue.Queue[bool] = queue.Queue()
        self._filters = filters
        protocol = MQTTProtocolVersion.MQTTv5 if version == 5 else MQTTProtocolVersion.MQTTv311
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=f"phone-{name}", protocol=protocol, **options)
        self._client.max_inflight_messages_set(0)
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = lambda *_: self._subscribed.put(True)
        self._client.on_message = self._hear
        host, _, port = mqtt.rpartition(":")
        self._client.reconnect_delay_set(1, 1)
        self._client.connect(host, int(port))
        self._client.loop_start()
        if filters:
            self._subscribed.get(timeout=10)
        else:
            until(self._client.is_connected)

    def _subscribe(self, *_: Any) -> None:
        if self._filters:
            self._client.subscribe([(one, 1) for one in self._filters])

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload), message.retain))

    def say(self, topic: str, payload: bytes, qos: int = 1, *, retain: bool = False) -> None:
        """Publishes and waits until the broker has taken it."""
        self._client.publish(topic, payload, qos, retain).wait_for_publish(20)

    def send(self, topic: str, payload: bytes, qos: int = 1) -> Callable[[], bool]:
        """Publishes; the answer tells whether the broker has taken it."""
        return self._client.publish(topic, payload, qos).is_published

    def answers(self, sender: str) -> list[dict[str, Any]]:
        """What was said on rejected/{sender}."""
        return [
            msgspec.json.decode(said) for topic, said, _ in list(self.heard) if topic.endswith(f"/rejected/{sender}")
        ]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Tap:
    """Collects what reaches some Kafka topics."""

    def __init__(self, kafka: str, *topics: Topic) -> None:
        self._reader = Reader(kafka, [topic.name for topic in topics])
        self.records: list[Record] = []

    def draw(self) -> list[Record]:
        self.records += self._reader.poll(timeout=0.1)
        return self.records

    def until(self, wanted: Callable[[Record], Any], seconds: float = 20) -> Record:
        """The first record that is wanted, waited for."""
        until(lambda: any(wanted(record) for record in self.draw()), seconds)
        return next(record for record in self.records if wanted(record))

    def close(self) -> None:
        self._reader.close()


def forget_session(mqtt: str, client_id: str) -> None:
    """Lets the broker forget what it keeps for a client, and what it said as a gateway."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
    connected: queue.Queue[bool] = queue.Queue()
    client.on_connect = lambda *_: connected.put(True)
    host, _, port = mqtt.rpartition(":")
    client.connect(host, int(port))
    client.loop_start()
    connected.get(timeout=10)
    gateway = client_id.removeprefix("citygrid-")
    for said in (mqtt_topics.claim(gateway), mqtt_topics.leaving(gateway)):
        client.publish(said, b"", 1, retain=True).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()
