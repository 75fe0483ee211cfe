"""What was refused, read back from Kafka: listed, and published once more after its cause was put right, each record only once."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence

from msgspec import DecodeError

from adapters.kafka_reader import Reader, Record
from adapters.logs import log
from messages.records import decode
from messages.rejects import Reason, Reject
from messages.topics import REJECTS

GROUP = "citygrid-reject-replay"
MQTT_TOPICS = "citygrid/"

Publish = Callable[[Sequence[tuple[str, bytes]]], None]


def listed(kafka: str, reason: Reason | None = None) -> Iterator[Reject]:
    """Every reject that Kafka holds now, oldest first within a partition; with `reason` only those.

    Raises adapters.kafka_reader.Unreachable when Kafka cannot be reached.
    """
    reader = Reader(kafka, [REJECTS.name])
    try:
        for batch in _until_the_end(reader):
            yield from (refused for refused in map(_reject, batch) if refused and reason in {None, refused.reason})
    finally:
        reader.close()


def replay(kafka: str, publish: Publish, reason: Reason | None = None) -> int:
    """Publishes the originals of what was refused (for `reason`, or at all) and not replayed yet; returns how many.

    `publish` gets MQTT topics with payloads, and returns once the broker has all of them. Only whole originals are sent: what was longer than
    is kept can only be sent by its sender again. Each reason has its own consumer group, so replaying one leaves the others for later; a crash in
    between publishes some a second time, which the readings' identity makes harmless.
    """
    reasons = [reason] if reason else sorted({refused.reason for refused in listed(kafka)})
    return sum(_replay(kafka, publish, each) for each in reasons)


def original(refused: Reject) -> bytes | None:
    """The message as it was sent, or None when it was cut, or did not come by MQTT."""
    payload = base64.b64decode(refused.original)
    whole = len(payload) == refused.length and hashlib.sha256(payload).hexdigest() == refused.sha256
    return payload if whole and refused.topic.startswith(MQTT_TOPICS) else None


def _replay(kafka: str, publish: Publish, reason: Reason) -> int:
    reader = Reader(kafka, [REJECTS.name], group=f"{GROUP}-{reason}")
    sent = 0
    try:
        for batch in _until_the_end(reader):
            messages = [
                (refused.topic, payload)
                for refused in map(_reject, batch)
                if refused and refused.reason == reason and (payload := original(refused)) is not None
            ]
            if messages:
                publish(messages)
            sent += len(messages)
            reader.commit()
    finally:
        reader.close()
    return sent


def _until_the_end(reader: Reader) -> Iterator[list[Record]]:
    """Batches up to the ends as they were at the start: what a replay causes to be refused again is not replayed in the same run."""
    while not reader.caught_up():
        yield reader.poll(timeout=0.2, most=500)


def _reject(record: Record) -> Reject | None:
    """What a record holds; None for an empty one, and for one that is no reject: it must not hold up those behind it."""
    try:
        return decode(record.value, Reject) if record.value else None
    except DecodeError as flaw:
        place = f"{record.topic}[{record.partition}] at {record.offset}"
        log("rejects").error("a record of the rejects that is no reject was passed over", place=place, flaw=str(flaw))
        return None
