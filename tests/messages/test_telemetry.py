"""What a device may send."""

from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.registry import Metric
from city.window import MOST_EXTREME
from messages.rejects import Reason, Refusal
from messages.strict import LARGEST_MESSAGE
from messages.telemetry import MOST_VALUES, Accepted, PackLine, pack, read_telemetry, unpack, without_values
from tests.messages.builders import CELL, DEVICE, METRICS, NOW, TELEMETRY, WEEK_MS, locate, payload

LARGEST = 2**63 - 1


def verdict(message: bytes) -> Accepted | Refusal:
    return read_telemetry(message, DEVICE, METRICS, received_at=NOW, too_old_ms=WEEK_MS, locate=locate)


def accepted(message: bytes) -> PackLine:
    found = verdict(message)
    assert isinstance(found, Accepted)
    assert found.line is not None
    assert found.refused == []
    return found.line


def reason(message: bytes) -> Reason | None:
    found = verdict(message)
    return found.reason if isinstance(found, Refusal) else None


def reading_reasons(message: bytes) -> list[Reason]:
    found = verdict(message)
    assert isinstance(found, Accepted)
    return [refused.reason for refused in found.refused]


def test_a_good_message_becomes_a_line_at_the_device_registered_place() -> None:
    line = accepted(payload(TELEMETRY))

    assert line == PackLine(
        device="wl-0001", cell=CELL, at=NOW, received_at=NOW, values={"water_level_m": 0.12}, seq=17
    )


def test_booleans_become_one_and_zero() -> None:
    assert accepted(payload(TELEMETRY, values={"cover_open_bool": True})).values == {"cover_open_bool": 1.0}
    assert accepted(payload(TELEMETRY, values={"cover_open_bool": False})).values == {"cover_open_bool": 0.0}


def test_a_message_with_a_position_lies_in_the_cell_of_that_position() -> None:
    line = accepted(payload(TELEMETRY, position={"lon": 5, "lat": 1}))

    assert line.cell == "990103001001001"


def test_a_message_without_a_number_is_taken_and_has_none() -> None:
    assert b"seq" not in pack([_encoded(accepted(payload(TELEMETRY, without="seq")))])


def test_a_device_without_a_clock_counts_from_its_arrival() -> None:
    line = accepted(payload(TELEMETRY, without="at"))

    assert (line.at, line.clockless) == (NOW, True)


@pytest.mark.parametrize(
    "at", ["2026-09-21T14:13:20Z", "2026-09-21T22:13:20+08:00", "2026-09-21t14:13:20.000z", "2026-09-21 14:13:20Z"]
)
def test_times_are_read_in_every_form_of_rfc_3339(at: str) -> None:
    assert accepted(payload(TELEMETRY, at=at)).at == NOW


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"", Reason.NOT_JSON),
        (b"hello", Reason.NOT_JSON),
        (b'{"values": {"water_level_m": 1}, "at": 1', Reason.NOT_JSON),
        (b"\xff\xfe", Reason.NOT_JSON),
        (b"[" * 40_000, Reason.NOT_JSON),
        (b"[]", Reason.NOT_AN_OBJECT),
        (b"17", Reason.NOT_AN_OBJECT),
        (b"null", Reason.NOT_AN_OBJECT),
        (payload(TELEMETRY, pad="x" * 65_536), Reason.TOO_LARGE),
        (payload(TELEMETRY, without="values"), Reason.MISSING_FIELD),
        (payload(TELEMETRY, values={}), Reason.MISSING_FIELD),
        (payload({"values": {"water_level_m": 1}}), Reason.MISSING_FIELD),
        (payload(TELEMETRY, values=[1]), Reason.BAD_FIELD),
        (payload(TELEMETRY, seq="17"), Reason.BAD_FIELD),
        (payload(TELEMETRY, seq=-1), Reason.BAD_FIELD),
        (payload(TELEMETRY, seq=1.5), Reason.BAD_FIELD),
        (payload(TELEMETRY, at="yesterday"), Reason.BAD_TIME),
        (payload(TELEMETRY, at="2026-11-23T08:00:00"), Reason.BAD_TIME),
        (payload(TELEMETRY, at="2026-02-30T08:00:00Z"), Reason.BAD_TIME),
        (payload(TELEMETRY, at=[NOW]), Reason.BAD_TIME),
        (payload(TELEMETRY, at=True), Reason.BAD_TIME),
        (payload(TELEMETRY, at=NOW + 300_001), Reason.FROM_THE_FUTURE),
        (payload(TELEMETRY, at=NOW - WEEK_MS - 1), Reason.TOO_OLD),
        (payload(TELEMETRY, values={f"m{n}": 1 for n in range(MOST_VALUES + 1)}), Reason.TOO_MANY_VALUES),
        (payload(TELEMETRY, position={"lon": "5", "lat": 1}), Reason.BAD_POSITION),
        (payload(TELEMETRY, position=[5, 1]), Reason.BAD_POSITION),
        (payload(TELEMETRY, position={"lon": -5, "lat": 1}), Reason.OUTSIDE_THE_CITY),
    ],
)
def test_a_message_that_is_refused_whole_has_one_listed_reason(message: bytes, expected: Reason) -> None:
    assert reason(message) is expected


@pytest.mark.parametrize("at", [NOW + 300_000, NOW - WEEK_MS])
def test_times_at_the_very_edge_are_taken(at: int) -> None:
    assert accepted(payload(TELEMETRY, at=at)).at == at


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"water_level_m": 10.01}, Reason.IMPOSSIBLE_VALUE),
        ({"water_level_m": -0.01}, Reason.IMPOSSIBLE_VALUE),
        ({"cover_open_bool": 2}, Reason.IMPOSSIBLE_VALUE),
        ({"salt_pct": 1}, Reason.UNKNOWN_METRIC),
        ({"pm25_ugm3": 1}, Reason.UNKNOWN_METRIC),
        ({"water_level_m": "0.1"}, Reason.BAD_FIELD),
        ({"water_level_m": None}, Reason.BAD_FIELD),
        ({"water_level_m": [1]}, Reason.BAD_FIELD),
    ],
)
def test_one_bad_value_is_refused_and_its_neighbours_are_not(values: dict[str, Any], expected: Reason) -> None:
    neighbour = {"cover_open_bool": True} if "cover_open_bool" not in values else {"water_level_m": 1}
    found = verdict(payload(TELEMETRY, values={**values, **neighbour}))

    assert isinstance(found, Accepted)
    assert [refused.reason for refused in found.refused] == [expected]
    assert found.line is not None
    assert list(found.line.values) == list(neighbour)


def test_a_message_whose_every_value_is_bad_leaves_no_line() -> None:
    found = verdict(payload(TELEMETRY, values={"water_level_m": 99}))

    assert isinstance(found, Accepted)
    assert found.line is None


@pytest.mark.parametrize("value", [0, 10, 0.0, 10.0])
def test_values_at_the_limits_are_possible(value: float) -> None:
    assert accepted(payload(TELEMETRY, values={"water_level_m": value})).values == {"water_level_m": value}


@pytest.mark.parametrize("number", [b"1e400", b"1" + b"0" * 400, b"-1e999", b"NaN", b"Infinity"])
def test_a_number_beyond_all_numbers_is_refused_and_does_not_raise(number: bytes) -> None:
    message = payload(TELEMETRY, values={"water_level_m": 0}).replace(
        b'"water_level_m":0', b'"water_level_m":' + number
    )

    found = verdict(message)

    assert isinstance(found, Refusal) or (found.line is None and len(found.refused) == 1)


@pytest.mark.parametrize("number", [b"1e400", b"1" + b"0" * 5000, b"-1e999", b'{"a": 1e999}'])
def test_a_number_beyond_all_numbers_is_refused_without_its_neighbours(number: bytes) -> None:
    message = payload(TELEMETRY, values={"water_level_m": 0, "cover_open_bool": True}).replace(
        b'"water_level_m":0', b'"water_level_m":' + number
    )

    found = verdict(message)

    assert isinstance(found, Accepted)
    assert found.line is not None
    assert found.line.values == {"cover_open_bool": 1.0}
    assert [refused.reason for refused in found.refused] == [Reason.BAD_FIELD]


@pytest.mark.parametrize("field", ["at", "seq"])
def test_a_time_or_number_beyond_all_numbers_refuses_the_message_for_a_listed_reason(field: str) -> None:
    message = payload({**TELEMETRY, field: 12345}).replace(b"12345", b"1e999")

    assert reason(message) in {Reason.BAD_FIELD, Reason.BAD_TIME}


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_value_that_no_sum_could_hold_is_impossible_whatever_the_metric_says(sign: int) -> None:
    boundless = {"water_level_m": Metric(name="water_level_m", unit="m", min=-1e300, max=1e300)}

    def judged(value: float) -> Accepted | Refusal:
        message = payload(TELEMETRY, values={"water_level_m": value})
        return read_telemetry(message, DEVICE, boundless, received_at=NOW, too_old_ms=WEEK_MS, locate=locate)

    just, beyond = judged(sign * MOST_EXTREME), judged(sign * MOST_EXTREME * (1 + 2**-52))
    assert isinstance(just, Accepted)
    assert isinstance(beyond, Accepted)
    assert just.refused == []
    assert [refused.reason for refused in beyond.refused] == [Reason.IMPOSSIBLE_VALUE]


def test_a_metric_that_is_written_twice_counts_as_it_was_written_last() -> None:
    message = payload(TELEMETRY).replace(b'"water_level_m":0.12', b'"water_level_m":9,"water_level_m":1')

    assert accepted(message).values == {"water_level_m": 1.0}


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\\udc00\\ud800"', b'"\xff"', b'"\\u12"'])
def test_text_that_is_none_makes_the_message_no_json(text: bytes) -> None:
    assert reason(payload(TELEMETRY, note=12345).replace(b"12345", text)) is Reason.NOT_JSON
    assert reason(payload(TELEMETRY, values={"water_level_m": 12345}).replace(b"12345", text)) is Reason.NOT_JSON


@pytest.mark.parametrize("at", [1.5, float(NOW), -0.5, "", "1790000000000"])
def test_a_time_is_a_whole_number_or_text_with_an_offset(at: object) -> None:
    assert reason(payload(TELEMETRY, at=at)) is Reason.BAD_TIME


def test_half_a_position_is_a_bad_one_and_the_answer_shows_a_whole_one() -> None:
    found = verdict(payload(TELEMETRY, position={"lon": 999}))

    assert isinstance(found, Refusal)
    assert found.reason is Reason.BAD_POSITION
    assert "`lat`" in found.detail
    assert '{"lon": 111.29, "lat": 30.69}' in found.detail


def test_sixty_four_values_are_taken_and_a_sixty_fifth_refuses_the_message() -> None:
    values = {"water_level_m": 1, **{f"m{number}": 1 for number in range(MOST_VALUES - 1)}}

    assert len(reading_reasons(payload(TELEMETRY, values=values))) == MOST_VALUES - 1
    assert reason(payload(TELEMETRY, values={**values, "one_more": 1})) is Reason.TOO_MANY_VALUES


def test_zero_and_null_stand_for_what_they_say() -> None:
    line = accepted(payload(TELEMETRY, at=None, seq=0, position=None))

    assert (line.at, line.seq, line.clockless) == (NOW, 0, True)
    assert reason(payload(TELEMETRY, at=None, seq=None)) is Reason.MISSING_FIELD


def test_a_message_of_sixty_four_kibibytes_is_taken_and_one_more_byte_is_too_large() -> None:
    bare = len(payload(TELEMETRY, pad=""))

    assert isinstance(verdict(payload(TELEMETRY, pad="x" * (LARGEST_MESSAGE - bare))), Accepted)
    assert reason(payload(TELEMETRY, pad="x" * (LARGEST_MESSAGE - bare + 1))) is Reason.TOO_LARGE


def test_a_sequence_number_that_no_column_can_hold_is_refused() -> None:
    assert reason(payload(TELEMETRY, seq=LARGEST)) is None
    assert reason(payload(TELEMETRY, seq=0).replace(b'"seq":0', b'"seq":%d' % (LARGEST + 1))) is Reason.BAD_FIELD


def test_every_refusal_says_something_to_its_sender() -> None:
    for message in (b"", b"[]", payload(TELEMETRY, at="soon"), payload(TELEMETRY, values={})):
        found = verdict(message)
        assert isinstance(found, Refusal)
        assert len(found.detail.split()) > 3


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)
json_values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars, max_size=2)
names = st.sampled_from(["water_level_m", "cover_open_bool", "salt_pct"])
messages = st.fixed_dictionaries(
    {},
    optional={
        "at": json_values | st.integers(NOW - 1000, NOW),
        "seq": json_values | st.integers(0, 100),
        "values": json_values | st.dictionaries(names, json_values | st.floats(0, 10), max_size=3),
        "position": json_values,
    },
)


@given(st.binary(max_size=100) | messages.map(payload))
@example(b'{"at":0,"values":{"\\ud800":1}}')
def test_any_bytes_get_a_verdict_and_never_an_exception(message: bytes) -> None:
    found = verdict(message)

    if isinstance(found, Accepted) and found.line is not None:
        assert unpack(pack([_encoded(found.line)])) == [found.line]


@given(st.lists(st.builds(lambda at, value: (at, value), st.integers(0, LARGEST), st.floats(0, 10)), max_size=5))
def test_lines_come_out_of_a_pack_as_they_went_in(rows: list[tuple[int, float]]) -> None:
    lines = [PackLine(device="d", cell=CELL, at=at, received_at=at, values={"m": value}) for at, value in rows]

    assert unpack(pack([_encoded(line) for line in lines])) == lines


def test_a_line_without_values_keeps_who_when_and_which_number() -> None:
    line = PackLine(device="d", cell=CELL, at=1, received_at=2, values={"m": 1.0}, seq=7, clockless=True)

    assert unpack(pack([_encoded(without_values(line))])) == [replace(line, values={})]


def _encoded(line: PackLine) -> bytes:
    return msgspec.json.encode(line)
