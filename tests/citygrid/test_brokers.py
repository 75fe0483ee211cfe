from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from adapters.kafka_admin import ensure_topics
from citygrid.local import brokers, kafka, mosquitto, ports
from citygrid.local.brokers import BrokersFailed
from citygrid.local.supervisor import Supervisor
from tests.services import Services

pytestmark = pytest.mark.integration


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.stop(timeout=10)


def test_the_pids_are_those_of_java_and_of_mosquitto_themselves(services: Services) -> None:
    assert psutil.Process(services.pid("kafka")).name() == "java"
    assert psutil.Process(services.pid("mosquitto")).name() == "mosquitto"


def test_they_listen_on_loopback_only(services: Services) -> None:
    for name in ("kafka", "mosquitto"):
        listening = [c.laddr.ip for c in psutil.Process(services.pid(name)).net_connections() if c.status == "LISTEN"]
        assert listening
        assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}


def test_kafka_takes_a_record_of_several_megabytes_and_gives_it_back(services: Services) -> None:
    ensure_topics(services.kafka, 4)
    producer = KafkaProducer(bootstrap_servers=services.kafka, max_request_size=8 << 20)
    written = producer.send("citygrid.late", b"x" * (4 << 20), partition=3).get(timeout=30)
    producer.close()
    consumer = KafkaConsumer(bootstrap_servers=services.kafka)
    partition = TopicPartition("citygrid.late", 3)
    consumer.assign([partition])
    consumer.seek(partition, written.offset)
    record = next(iter(consumer))
    consumer.close()
    assert len(record.value) == 4 << 20


def test_kafka_does_not_make_topics_that_nobody_asked_for(services: Services) -> None:
    consumer = KafkaConsumer(bootstrap_servers=services.kafka)
    assert not consumer.partitions_for_topic("citygrid.mistyped")
    assert "citygrid.mistyped" not in consumer.topics()
    consumer.close()


def test_kafka_keeps_what_it_was_given_over_a_new_start_at_another_port(supervisor: Supervisor, tmp_path: Path) -> None:
    before, after = ports.any_free(), ports.any_free()
    brokers.start(supervisor, [kafka.prepare(tmp_path, before)])
    ensure_topics(before, 4)
    producer = KafkaProducer(bootstrap_servers=before)
    producer.send("citygrid.windows", b"kept", partition=0).get(timeout=30)
    producer.close()
    supervisor.stop(timeout=10)
    brokers.start(supervisor, [kafka.prepare(tmp_path, after)])
    consumer = KafkaConsumer("citygrid.windows", bootstrap_servers=after, auto_offset_reset="earliest")
    assert next(iter(consumer)).value == b"kept"
    consumer.close()


def test_mosquitto_keeps_the_queue_of_an_absent_subscriber_over_a_new_start(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    address = ports.any_free()
    spec = mosquitto.prepare(tmp_path, address)
    brokers.start(supervisor, [spec])
    subscribe_and_leave(address)
    publish(address, count=3000)
    supervisor.stop(["mosquitto"], timeout=10)
    brokers.start(supervisor, [spec])
    assert receive(address, count=3000) == [str(number).encode() for number in range(3000)]


def test_a_broker_whose_port_is_taken_fails_with_its_last_words(
    supervisor: Supervisor, tmp_path: Path, services: Services
) -> None:
    with pytest.raises(BrokersFailed, match=r"mosquitto ended while it was starting: .*[Aa]ddress"):
        brokers.start(supervisor, [mosquitto.prepare(tmp_path, services.mqtt)])


def test_kafka_says_why_it_cannot_be_set_up(tmp_path: Path) -> None:
    (tmp_path / "kafka" / "data").mkdir(parents=True)
    (tmp_path / "kafka" / "data" / "bootstrap.checkpoint").mkdir()
    with pytest.raises(kafka.KafkaFailed, match=r"could not be formatted: .+"):
        kafka.prepare(tmp_path, ports.any_free())


def test_waiting_for_the_brokers_ends_when_somebody_wants_an_end(supervisor: Supervisor, tmp_path: Path) -> None:
    spec = mosquitto.prepare(tmp_path, ports.any_free())
    never = type(spec)(name=spec.name, command=("sleep", "60"), answers=lambda _pid: False)
    assert not brokers.start(supervisor, [never], enough=lambda: True)


def client(address: str, name: str) -> Client:
    host, _, port = address.rpartition(":")
    made = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
    made.connect(host, int(port))
    return made


def subscribe_and_leave(address: str) -> None:
    subscriber = client(address, "absent")
    done: list[int] = []
    subscriber.on_subscribe = lambda *_: done.append(1)
    subscriber.subscribe("kept/#", qos=1)
    while not done:
        subscriber.loop(0.1)
    subscriber.disconnect()


def publish(address: str, count: int) -> None:
    publisher = client(address, "publisher")
    publisher.loop_start()
    for number in range(count):
        last = publisher.publish("kept/queue", str(number), qos=1)
    last.wait_for_publish(30)
    publisher.disconnect()
    publisher.loop_stop()


def receive(address: str, count: int) -> list[bytes]:
    found: list[bytes] = []
    subscriber = client(address, "absent")
    subscriber.on_message = lambda _client, _data, message: found.append(message.payload)
    while len(found) < count:
        subscriber.loop(1.0)
    subscriber.disconnect()
    return found
