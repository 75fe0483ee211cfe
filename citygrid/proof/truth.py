"""What the publisher knows to be true: each message with the broker's answer to it, each episode, and what must become of them."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field


class Fate(StrEnum):
    """What the stated rules make of a message."""

    WINDOWED = "windowed"
    TOO_LATE = "too_late"
    REFUSED = "refused"
    REPORTED = "reported"


IN_THE_LOG = frozenset({Fate.WINDOWED, Fate.TOO_LATE})
"""The fates of what is accepted."""


class Sent(Struct, kw_only=True):
    """One message. `at` is the sender's own time (epoch ms; None: it has no clock), `copies` how often it was published on purpose.

    `later` is how many of the copies are sent seconds after the others. `sent_at` and `acked_at` are the publisher's clock; `acked_at` is 0 until the broker has answered every copy.
    """

    topic: str
    device: str
    district: str
    cell: str
    fate: Fate
    at: int | None
    seq: int
    values: dict[str, float]
    payload: bytes
    reason: str = ""
    copies: int = 1
    later: int = 0
    acks: int = 0
    sent_at: int = 0
    acked_at: int = 0
    unheard: bool = False

    @property
    def acked(self) -> bool:
        """Whether the broker has taken every copy."""
        return self.acked_at > 0


class Episode(Struct, kw_only=True):
    """Something that happens in the city and must become one incident: seen by a device from `at` to `ended_at`, or told by a worker.

    `cause` is the report's id, or the device's.
    """

    kind: str
    event_class: str = field(name="class")
    district: str
    cell: str
    cause: str
    at: int
    ended_at: int = 0
    sent_at: int = 0


def line(sent: Sent) -> dict[str, Any]:
    """A message as a line of the truth's file."""
    known: dict[str, Any] = {
        "topic": sent.topic,
        "at": sent.at,
        "seq": sent.seq,
        "values": sent.values,
        "fate": sent.fate.value,
        "sent_at": sent.sent_at,
        "acked_at": sent.acked_at,
    }
    if sent.fate is Fate.REFUSED:
        known["reason"] = sent.reason
    if sent.copies > 1:
        known["copies"] = sent.copies
    return known
