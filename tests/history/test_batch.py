"""What history makes of Kafka's records."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from history.batch import batch_of, portions
from messages.past import LONGEST_HEAD
from messages.topics import INCIDENT_LOG, INCIDENTS, LATE, TELEMETRY, TOPICS, WINDOWS
from tests.history.builders import WRITTEN, entry, incident, late, pack, record, records_of, window


def test_a_pack_gives_a_row_for_each_line_in_order() -> None:
    rows = [window(start=n * 60_000) for n in range(3)]

    found = batch_of([record(WINDOWS, pack(rows))])

    assert [stamped.value for stamped in found.windows] == rows
    assert {stamped.written_at for stamped in found.windows} == {WRITTEN}


def test_each_topic_goes_to_its_own_kind_of_row() -> None:
    found = batch_of(records_of(window(), late(), incident(), entry()))

    assert [len(rows) for rows in (found.windows, found.late, found.incidents, found.log, found.broken)] == [
        1,
        1,
        1,
        1,
        0,
    ]


def test_empty_packs_and_empty_lines_give_nothing() -> None:
    found = batch_of([record(WINDOWS, b""), record(WINDOWS, b"\n\n"), record(LATE, pack([late()]) + b"\n")])

    assert not found.windows
    assert not found.broken
    assert len(found.late) == 1


def test_a_record_without_a_value_forgets_nothing() -> None:
    found = batch_of([record(INCIDENTS, None)])

    assert not found.incidents
    assert not found.broken


def test_a_broken_line_is_set_aside_and_its_neighbours_are_kept() -> None:
    value = b"\n".join([pack([window()]), b'{"cell": 5}', pack([window(start=0)])])

    found = batch_of([record(WINDOWS, value, offset=41)])

    assert len(found.windows) == 2
    (broken,) = found.broken
    assert (broken.topic, broken.partition, broken.offset, broken.line) == (WINDOWS.name, 2, 41, 1)
    assert broken.head == b'{"cell": 5}'
    assert "metric" in broken.why or "str" in broken.why


def test_only_the_head_of_a_broken_record_is_kept() -> None:
    (broken,) = batch_of([record(INCIDENTS, b"x" * 5_000)]).broken

    assert broken.head == b"x" * LONGEST_HEAD


@pytest.mark.parametrize("number", [2**63, 2**200, -(2**63) - 1])
def test_a_number_no_store_can_hold_is_broken_and_does_not_stop_history(number: int) -> None:
    whole = msgspec.json.decode(msgspec.json.encode(incident()))
    line = msgspec.json.decode(msgspec.json.encode(window()))

    found = batch_of(
        [
            record(
                INCIDENTS,
                msgspec.json.encode({**whole, "began_at": 0}).replace(b'"began_at":0', b'"began_at":%d' % number),
            ),
            record(WINDOWS, msgspec.json.encode({**line, "start": 0}).replace(b'"start":0', b'"start":%d' % number)),
        ]
    )

    assert not found.incidents
    assert not found.windows
    assert len(found.broken) == 2


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 60))
def test_portions_hold_every_record_in_order_and_few_bytes(lengths: list[int], most: int) -> None:
    records = [record(WINDOWS, b"x" * length, offset=n) for n, length in enumerate(lengths)]

    cut = [list(portion) for portion in portions(records, most)]

    assert [one for portion in cut for one in portion] == records
    assert all(len(portion) == 1 or sum(len(one.value or b"") for one in portion) <= most for portion in cut)


def test_a_topic_that_history_does_not_read_is_set_aside() -> None:
    (broken,) = batch_of([record(TELEMETRY, b"{}")]).broken

    assert broken.topic == TELEMETRY.name


def test_fields_that_are_new_to_history_are_no_mistake() -> None:
    line = {**msgspec.json.decode(msgspec.json.encode(window())), "colour": "blue"}

    assert len(batch_of([record(WINDOWS, msgspec.json.encode(line))]).windows) == 1


@given(
    st.sampled_from([topic for topic in TOPICS if topic in {WINDOWS, LATE, INCIDENTS, INCIDENT_LOG}]),
    st.binary(max_size=200),
)
@example(WINDOWS, b'\xff\xfe{"cell"')
@example(LATE, b'{"device":"\\ud800"}')
@example(INCIDENTS, b"null")
def test_any_bytes_are_rows_or_set_aside_and_never_an_exception(topic: object, value: bytes) -> None:
    found = batch_of([record(topic, value)])  # type: ignore[arg-type]

    assert found.broken or not value.strip()
