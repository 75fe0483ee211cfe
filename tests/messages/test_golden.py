"""The bytes of version 1: what was once written to Kafka stays readable, and is still said in the same words."""

from typing import Any

import msgspec
import pytest

from city.window import ClosedWindow, LateReading
from messages.rejects import Answer
from messages.telemetry import PackLine
from messages.topics import TOPICS
from tests.messages.examples import EXAMPLES, GOLDEN, golden

NOT_SINGLE_RECORDS = {PackLine, ClosedWindow, LateReading, Answer}
named = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example).__name__)


@named
def test_the_bytes_of_version_1_are_understood_and_said_again_in_the_same_words(example: Any) -> None:
    """New fields may come; one that goes, or changes its name or form, makes a version 2 beside it."""
    then = golden(example).read_bytes()

    understood = msgspec.json.decode(then, type=type(example))

    said = msgspec.json.decode(msgspec.json.encode(understood))
    was = msgspec.json.decode(then)
    assert as_far_as(was, said) == was


def test_everything_that_kafka_holds_has_an_example() -> None:
    held = {topic.holds for topic in TOPICS if not isinstance(topic.holds, str)}

    assert {type(example) for example in EXAMPLES} == held | NOT_SINGLE_RECORDS


def test_every_golden_file_belongs_to_an_example() -> None:
    assert set(GOLDEN.iterdir()) == {golden(example) for example in EXAMPLES}


def as_far_as(was: Any, said: Any) -> Any:
    """What is `said`, without the fields, at any depth, that were not there then."""
    if isinstance(was, dict) and isinstance(said, dict):
        return {name: as_far_as(was[name], said[name]) for name in was if name in said}
    if isinstance(was, list) and isinstance(said, list):
        return [as_far_as(*pair) for pair in zip(was, said, strict=True)]
    return said
