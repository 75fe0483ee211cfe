"""Why a message was refused: the closed list of reasons, the record kept in Kafka and the answer to the sender."""

import base64
import hashlib
from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType

COUNTED_KINDS = frozenset({"telemetry", "unknown"})
"""The kinds of message that the ledger counts; what people send has receipts instead."""
LONGEST_KEPT = 256 * 1024
LONGEST_ANSWERED = 1024


class Reason(StrEnum):
    """Everything that can be wrong with a message. The list is closed: senders may rely on it."""

    UNKNOWN_TOPIC = "unknown_topic"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    TOO_LARGE = "too_large"
    MISSING_FIELD = "missing_field"
    BAD_FIELD = "bad_field"
    BAD_TIME = "bad_time"
    FROM_THE_FUTURE = "from_the_future"
    TOO_OLD = "too_old"
    TOO_MANY_VALUES = "too_many_values"
    BAD_POSITION = "bad_position"
    OUTSIDE_THE_CITY = "outside_the_city"
    UNKNOWN_SENDER = "unknown_sender"
    WRONG_DISTRICT = "wrong_district"
    UNKNOWN_METRIC = "unknown_metric"
    IMPOSSIBLE_VALUE = "impossible_value"
    UNKNOWN_CLASS = "unknown_class"
    UNKNOWN_TASK = "unknown_task"
    NOT_ALLOWED_NOW = "not_allowed_now"


class Refusal(Struct, frozen=True):
    """The verdict on a message or a reading that is not taken in: a listed reason and a sentence for its sender."""

    reason: Reason
    detail: str


class Reject(Struct, frozen=True, kw_only=True):
    """What was refused, as kept in Kafka. `original` is base64 of the first 256 KiB; `length` and `sha256` are of all of it.

    `kind` is the MQTT topic's third part (telemetry, reports, …), or "unknown"; only telemetry and unknown count in the ledger.
    `seq` and `id` are the refused message's own, where they could be read.
    """

    reason: Reason
    detail: str
    sender: str
    topic: str
    at: int
    original: str
    length: int
    sha256: str
    kind: str
    district: str
    seq: int | None = None
    id: str | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What the sender of a refused message is told. `suppressed` counts the answers left out since the last one."""

    at: int
    reason: Reason
    detail: str
    topic: str
    message: str
    suppressed: int
    seq: int | UnsetType = UNSET
    id: str | UnsetType = UNSET


def reject(
    refusal: Refusal,
    *,
    sender: str,
    topic: str,
    kind: str,
    district: str,
    at: int,
    original: bytes,
    seq: int | None,
    id_: str | None,
) -> Reject:
    """The record of a refusal, with as much of the original as is kept."""
    return Reject(
        reason=refusal.reason,
        detail=refusal.detail,
        sender=sender,
        topic=topic,
        at=at,
        original=base64.b64encode(original[:LONGEST_KEPT]).decode(),
        length=len(original),
        sha256=hashlib.sha256(original).hexdigest(),
        kind=kind,
        district=district,
        seq=seq,
        id=id_,
    )


def answer(refused: Reject, suppressed: int) -> Answer:
    """The answer to the sender of what was refused."""
    first = base64.b64decode(refused.original)[:LONGEST_ANSWERED]
    return Answer(
        at=refused.at,
        reason=refused.reason,
        detail=refused.detail,
        topic=refused.topic,
        message=base64.b64encode(first).decode(),
        suppressed=suppressed,
        seq=UNSET if refused.seq is None else refused.seq,
        id=UNSET if refused.id is None else refused.id,
    )
