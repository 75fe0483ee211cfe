"""Records of Kafka become facts, whatever lies in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.report import Position
from messages.records import encode
from messages.rejects import Reason, Refusal, reject
from messages.telemetry import PackLine
from messages.topics import INCIDENTS, REJECTS, TASKS, TELEMETRY, TOPICS, WINDOWS
from operations import topics_to_board
from operations.facts import SINGLE, Gone, Heard, Pack, ShownReject, Unreadable, portions, read
from tests.operations.builders import (
    DISTRICT,
    NOW,
    entry,
    finding,
    heard,
    incident,
    pack,
    position,
    receipt,
    sums,
    task,
)


@pytest.mark.parametrize(
    "value", [incident(), task(incident()), entry(incident()), finding(), position(), receipt(), sums()]
)
def test_a_single_record_becomes_what_its_topic_holds(value: object) -> None:
    topic = next(name for name, kind in SINGLE.items() if kind is type(value))
    assert read(topic, key=b"k", value=encode(value), offset=0) == value


def test_a_pack_becomes_its_messages_without_what_the_board_does_not_show() -> None:
    lines = [PackLine("water-1", "990102001001001", NOW, NOW + 5, {"water_level_m": 0.2, "battery_pct": 88.0}, seq=3)]
    fact = read(TELEMETRY.name, key=DISTRICT.encode(), value=b"\n".join(map(encode, lines)), offset=7)
    assert fact == Pack(
        district=DISTRICT, offset=7, heard=[Heard("water-1", NOW, NOW + 5, {"water_level_m": 0.2, "battery_pct": 88.0})]
    )
    assert isinstance(fact, Pack)
    assert fact.readings == 2


@pytest.mark.parametrize("sent", [Position(lon=111.3, lat=30.7), Position(lon=111.3, lat=30.7, crs="gcj02")])
def test_a_message_with_a_position_keeps_it_as_it_was_sent(sent: Position) -> None:
    line = PackLine("water-1", "990102001001001", NOW, NOW + 5, {"water_level_m": 0.2}, position=sent)
    fact = read(TELEMETRY.name, key=DISTRICT.encode(), value=encode(line), offset=7)
    assert isinstance(fact, Pack)
    assert [message.position for message in fact.heard] == [sent]


def test_a_mark_is_a_pack_without_messages() -> None:
    assert read(TELEMETRY.name, key=DISTRICT.encode(), value=b"", offset=1) == Pack(
        district=DISTRICT, offset=1, heard=[]
    )


def test_a_reject_is_shown_without_its_original() -> None:
    whole = reject(
        Refusal(Reason.NOT_JSON, "no"),
        sender="d",
        topic="t",
        kind="telemetry",
        district=DISTRICT,
        at=NOW,
        original=b"x" * 9000,
        seq=None,
        id_=None,
    )
    fact = read(REJECTS.name, key=DISTRICT.encode(), value=encode(whole), offset=0)
    assert fact == ShownReject(at=NOW, reason="not_json", detail="no", sender="d", topic="t", district=DISTRICT)


def test_a_tombstone_says_what_is_gone() -> None:
    assert read(TASKS.name, key=b"t-1", value=None, offset=0) == Gone(TASKS.name, "t-1")


@given(st.binary(max_size=200), st.sampled_from([*SINGLE, TELEMETRY.name, WINDOWS.name]))
def test_any_bytes_become_a_fact_and_never_an_error(value: bytes, topic: str) -> None:
    assert read(topic, key=b"k", value=value, offset=0) is not None


def test_a_record_that_is_something_else_is_unreadable() -> None:
    fact = read(INCIDENTS.name, key=b"i", value=b'{"id": 7}', offset=0)
    assert isinstance(fact, Unreadable)
    assert fact.topic == INCIDENTS.name


def test_the_map_says_that_the_board_reads_exactly_these_topics() -> None:
    mapped = {topic.name for topic in TOPICS if "operations/topics_to_board" in topic.readers}
    registered = {name for name in mapped if name.startswith("citygrid.registry.")}
    assert (
        mapped - registered
        == {*topics_to_board.STANDING, *topics_to_board.RECENT_MS}
        == {*SINGLE, TELEMETRY.name, WINDOWS.name}
    )


def test_a_large_pack_is_a_portion_of_its_own_and_small_facts_go_together() -> None:
    large, small = pack(*[heard(NOW + n) for n in range(7)]), pack(heard())
    cut = list(portions([small, small, large, small, incident(), pack()], most=4))
    assert cut == [[small, small, large], [small, incident(), pack()]]


@given(st.lists(st.integers(0, 9)), st.integers(1, 20))
def test_portions_lose_nothing_and_keep_the_order(sizes: list[int], most: int) -> None:
    facts = [pack(*[heard()] * size, offset=at) for at, size in enumerate(sizes)]
    cut = list(portions(facts, most))
    assert [fact for portion in cut for fact in portion] == facts
    assert all(portion for portion in cut)
