import json
from collections.abc import Callable
from typing import Any

from citygrid.proof.crew import Crew
from citygrid.proof.truth import Sent


class Phone:
    """A connection that keeps what is published, and hands over what it is told."""

    def __init__(self) -> None:
        self.published: list[Sent] = []
        self.tell: Callable[[str, bytes], None] = lambda _topic, _payload: None

    def listen(self, _filters: list[str], on_told: Callable[[str, bytes], None]) -> None:
        self.tell = on_told

    def publish(self, sent: Sent) -> None:
        self.published.append(sent)


def after(*states: str) -> list[dict[str, Any]]:
    """What the crew says when a task is shown in these states."""
    phone = Phone()
    crew = Crew(phone)  # type: ignore[arg-type]
    for state in states:
        task = json.dumps({"id": "990901-t1", "state": state}).encode() if state else b""
        phone.tell("citygrid/v1/990901/tasks/crew-990901-0/990901-t1", task)
        crew.speak()
    return [json.loads(sent.payload) for sent in phone.published]


def test_a_task_is_accepted_reached_and_done() -> None:
    assert [said["kind"] for said in after("offered", "accepted", "arrived")] == ["accept", "arrive", "done"]


def test_nothing_is_said_to_a_task_that_is_over_or_gone() -> None:
    assert after("done", "withdrawn", "returned", "expired", "") == []


def test_a_task_that_is_shown_again_gets_the_same_reply_again() -> None:
    first, second = after("offered", "offered")

    assert first["id"] == second["id"]
    assert after("accepted")[0]["id"] != first["id"]


def test_what_is_done_is_said_in_words() -> None:
    assert after("arrived")[0]["text"]


def test_answers_and_receipts_are_remembered() -> None:
    phone = Phone()
    crew = Crew(phone)  # type: ignore[arg-type]

    phone.tell("citygrid/v1/990901/receipts/crew-990901-0", json.dumps({"report": "r1"}).encode())
    for suppressed in (0, 4):
        phone.tell("citygrid/v1/990901/rejected/gauge-1", json.dumps({"suppressed": suppressed}).encode())

    assert crew.receipts == {"r1"}
    assert crew.refused == {"gauge-1": (2, 4)}
