"""tasks, receipts, rejects → tasks/{worker}/{task}, receipts/{worker}, rejected/{worker}: what citygrid says to workers."""

import threading
from collections.abc import Callable

from msgspec import DecodeError

from adapters.kafka_reader import Reader, Record, Unreachable
from adapters.logs import log
from adapters.mqtt import Publisher
from city.report import Receipt
from city.task import OPEN_TASK_STATES, Task
from messages import mqtt_topics
from messages.records import decode, encode
from messages.rejects import Reason, Reject, answer
from messages.topics import RECEIPTS, REJECTS, TASKS

DECIDED_LATER = frozenset({Reason.UNKNOWN_TASK, Reason.NOT_ALLOWED_NOW})

Letter = tuple[str, bytes, bool]
"""An MQTT topic, its payload, and whether the broker keeps it for those who come later."""


def letter_of(record: Record) -> tuple[str, Letter] | None:
    """The district and the message that a record gives, or None when it gives none (the gateway answered it itself).

    Raises msgspec.DecodeError for what is no message of its topic.
    """
    if record.value is None:
        return None
    match record.topic:
        case TASKS.name:
            task = decode(record.value, Task)
            payload = encode(task) if task.state in OPEN_TASK_STATES else b""
            return task.district, (mqtt_topics.tasks(task.district, task.worker, task.id), payload, True)
        case RECEIPTS.name:
            receipt = decode(record.value, Receipt)
            topic = mqtt_topics.receipts(receipt.home or receipt.district, receipt.worker)
            return receipt.district, (topic, encode(receipt), False)
        case _:
            refused = decode(record.value, Reject)
            if refused.reason not in DECIDED_LATER:
                return None
            sent_by = mqtt_topics.parse(refused.topic)
            topic = mqtt_topics.rejected(sent_by.district if sent_by else refused.district, refused.sender)
            return refused.district, (topic, encode(answer(refused, 0)), False)


class TasksToMqtt:
    """Publishes in a thread and over a connection of its own; what Kafka was read of is committed after the broker has acknowledged it."""

    def __init__(self, *, kafka: str, mqtt: str, name: str, owns: Callable[[str], bool]) -> None:
        self._kafka = kafka
        self._voice = Publisher(mqtt, f"citygrid-{name}-tasks")
        self._group = f"citygrid-{name}-tasks"
        self._owns = owns
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tasks_to_mqtt", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                reader = Reader(self._kafka, [TASKS.name, RECEIPTS.name, REJECTS.name], group=self._group)
                try:
                    self._publish_from(reader)
                finally:
                    reader.close()
            except Unreachable as error:
                log("tasks").warning("Kafka not reached", error=str(error))
                self._stopping.wait(1.0)

    def _publish_from(self, reader: Reader) -> None:
        while not self._stopping.is_set():
            records = reader.poll(timeout=0.2, most=500)
            for record in records:
                self._publish(record)
            if records and self._acknowledged():
                reader.commit()

    def _publish(self, record: Record) -> None:
        try:
            found = letter_of(record)
        except DecodeError as flaw:
            place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            log("tasks").error("a record that is no message of its topic was passed over", flaw=str(flaw), **place)
            return
        if found is None or not self._owns(found[0]):
            return
        topic, payload, retain = found[1]
        self._voice.publish(topic, payload, retain=retain)

    def _acknowledged(self) -> bool:
        while not self._stopping.is_set():
            if self._voice.wait_below(1, 0.5):
                return True
        return False

    @property
    def running(self) -> bool:
        """Whether the thread is at work; by itself it ends only at an error."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Ends the thread; what was not acknowledged is published again at the next start."""
        self._stopping.set()
        self._thread.join(timeout=2)
        self._voice.close(seconds=0)
