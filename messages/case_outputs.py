"""How what a district's cases have to say lies in Kafka: one record for each incident, log entry, task, receipt or refusal."""

from typing import Any, assert_never

from msgspec import Struct

from city.cases.state import Outgoing, Refused
from city.incident import Incident, LogEntry
from city.report import Receipt
from city.task import Task
from geo.codes import district_of
from messages import mqtt_topics
from messages.records import Headers, cloud_event, encode
from messages.rejects import Reason, Refusal, Reject, reject
from messages.topics import ACTIONS, INCIDENT_LOG, INCIDENTS, RECEIPTS, REJECTS, TASKS, Topic


class Output(Struct, frozen=True, array_like=True):
    """One record on its way, kept beside the state until Kafka has it, so that after a crash exactly the same is sent again."""

    topic: str
    key: str
    value: str
    kind: str
    id: str
    at: int

    @property
    def headers(self) -> Headers:
        """Its CloudEvents headers."""
        return cloud_event(self.kind, self.id, self.at)


def output(outgoing: Outgoing, original: bytes = b"") -> Output:
    """The record of one thing to be said; `original` is the record that a refusal is about."""
    match outgoing:
        case Incident():
            identity = (f"{outgoing.id}-{outgoing.version}", outgoing.updated_at)
            return _output(INCIDENTS, outgoing.id, outgoing, f"incident.{outgoing.state}", identity)
        case LogEntry():
            identity = (f"{outgoing.incident}-log-{outgoing.version}", outgoing.at)
            return _output(
                INCIDENT_LOG, district_of(outgoing.incident), outgoing, f"incident-log.{outgoing.event}", identity
            )
        case Task():
            # An extension in the same millisecond leaves the state as it is, so the deadline tells the two apart.
            told = f"{outgoing.id}-{outgoing.state}-{outgoing.updated_at}-{outgoing.deadline or 0}"
            return _output(TASKS, outgoing.id, outgoing, f"task.{outgoing.state}", (told, outgoing.updated_at))
        case Receipt():
            return _output(
                RECEIPTS,
                outgoing.district,
                outgoing,
                "receipt",
                (f"{outgoing.report}-{outgoing.state}-{outgoing.at}", outgoing.at),
            )
        case Refused():
            return _output(
                REJECTS, outgoing.district, refusal(outgoing, original), "reject", (outgoing.id, outgoing.at)
            )
    assert_never(outgoing)


def refusal(refused: Refused, original: bytes) -> Reject:
    """A refused reply or action as a reject, under the topic it was sent to."""
    replied = refused.kind == "replies"
    return reject(
        Refusal(Reason(refused.reason), refused.detail),
        sender=refused.sender,
        topic=mqtt_topics.replies(refused.home or refused.district, refused.sender) if replied else ACTIONS.name,
        kind=refused.kind,
        district=refused.district,
        at=refused.at,
        original=original,
        seq=None,
        id_=refused.id,
    )


def unreadable(topic: str, key: str, original: bytes, at: int, *, not_json: bool, detail: str) -> Output:
    """The reject of a record that is no message of its topic; whoever wrote it went past the gateways, so nobody can be answered."""
    reason = Reason.NOT_JSON if not_json else Reason.BAD_FIELD
    refused = reject(
        Refusal(reason, detail),
        sender=key,
        topic=topic,
        kind="records",
        district=key,
        at=at,
        original=original,
        seq=None,
        id_=None,
    )
    return _output(REJECTS, key, refused, "reject", (refused.sha256[:16], at))


def _output(topic: Topic, key: str, said: Any, kind: str, identity: tuple[str, int]) -> Output:
    return Output(topic.name, key, encode(said).decode(), kind, *identity)
