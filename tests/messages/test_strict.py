"""How a sender's JSON is taken apart, and how times are read."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messages.records import rfc3339
from messages.rejects import Reason, Refusal
from messages.strict import FUTURE_TOLERATED_MS, LARGEST_MESSAGE, read_time
from messages.strict import read as read_json

NOW = 1_790_000_000_000
AGES = 10**15
minutes = st.integers(-14 * 60, 14 * 60).map(lambda offset: timezone(timedelta(minutes=offset)))


def read(at: int | str, too_old_ms: int = AGES) -> int | Refusal:
    return read_time(at, received_at=NOW, too_old_ms=too_old_ms)


@given(st.integers(0, NOW))
def test_what_we_write_we_can_read(at: int) -> None:
    assert read(rfc3339(at)) == at


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2026, 1, 1), timezones=minutes))  # noqa: DTZ001 - bounds without a zone are meant
def test_the_offset_of_a_time_counts(moment: datetime) -> None:
    found = read(moment.isoformat())

    assert found == round(moment.timestamp() * 1000)


@given(st.text(max_size=30))
@example("2026-11-23T08:00:00")
@example("2026-11-23")
@example("2026-11-23T24:00:00Z")
@example("2026-11-23T23:59:60Z")
@example("2026-11-23T08:00:00+25:00")
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-14:00")
@example("٢٠٢٦-11-23T08:00:00Z")
def test_any_text_is_a_time_or_refused_for_it(text: str) -> None:
    found = read(text)

    assert isinstance(found, int) or found.reason in {Reason.BAD_TIME, Reason.FROM_THE_FUTURE, Reason.TOO_OLD}


@pytest.mark.parametrize("at", [-(10**20), 10**20])
def test_numbers_beyond_the_calendar_are_no_times(at: int) -> None:
    found = read(at)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.BAD_TIME


def test_seconds_sent_for_milliseconds_are_too_old_and_the_answer_says_by_how_much() -> None:
    found = read(NOW // 1000, too_old_ms=1000)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.TOO_OLD
    assert " s " in found.detail


@given(st.integers(-5, 5))
def test_five_minutes_ahead_are_taken_and_no_more(beyond: int) -> None:
    found = read(NOW + FUTURE_TOLERATED_MS + beyond)

    assert isinstance(found, int) == (beyond <= 0)


def test_a_time_before_1970_is_a_time() -> None:
    at = round(datetime(1969, 12, 31, tzinfo=UTC).timestamp() * 1000)

    assert read("1969-12-31T00:00:00Z") == at


class Thing(msgspec.Struct):
    """What the tests below ask for."""

    name: str
    at: int
    position: dict[str, float] = {}


THINGS = msgspec.json.Decoder(Thing)


def reason(message: bytes) -> Reason | None:
    found = read_json(message, THINGS)
    return found.reason if isinstance(found, Refusal) else None


def test_a_payload_that_fits_is_the_value_it_stands_for() -> None:
    assert read_json(b'{"name": "a", "at": 1, "more": [1e999]}', THINGS) == Thing("a", 1)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"{" + b" " * LARGEST_MESSAGE, Reason.TOO_LARGE),
        (b"", Reason.NOT_JSON),
        (b'{"name": "a"', Reason.NOT_JSON),
        (b'{"name": "a", "at": 1} x', Reason.NOT_JSON),
        (b'\xef\xbb\xbf{"name": "a", "at": 1}', Reason.NOT_JSON),
        (b'{"name": 1, "at": NaN}', Reason.NOT_JSON),
        (b'{"x": ' * 9000, Reason.NOT_JSON),
        (b'{"name": "\\ud800", "at": 1}', Reason.NOT_JSON),
        (b'[{"name": "a", "at": 1}]', Reason.NOT_AN_OBJECT),
        (b'"a"', Reason.NOT_AN_OBJECT),
        (b'{"at": 1}', Reason.MISSING_FIELD),
        (b'{"name": 1, "at": 1}', Reason.BAD_FIELD),
        (b'{"name": "a", "at": 1.5}', Reason.BAD_TIME),
        (b'{"name": "a", "at": true}', Reason.BAD_TIME),
        (b'{"name": "a", "at": 1e999}', Reason.BAD_FIELD),
        (b'{"name": "a", "at": 1, "position": {"lon": "x"}}', Reason.BAD_POSITION),
        (b'{"name": "a", "at": 1, "position": 7}', Reason.BAD_POSITION),
    ],
)
def test_a_payload_that_does_not_fit_has_one_listed_reason(message: bytes, expected: Reason) -> None:
    assert reason(message) is expected


def test_a_name_of_a_field_can_not_pass_for_a_reason() -> None:
    assert reason(b'{"name": {"missing required field `$.position": 1}, "at": 1}') is Reason.BAD_FIELD


@given(st.binary(max_size=200))
@example(b'{"name": "a", "at": ' + b"9" * 5000 + b"}")
def test_any_bytes_are_a_value_or_a_refusal_and_never_raise(message: bytes) -> None:
    assert isinstance(read_json(message, THINGS), Thing | Refusal)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01T00:00:00.001Z", 1),
        ("1970-01-01T00:00:00.0005Z", 0),
        ("1970-01-01T00:00:00.123456789Z", 123),
        ("1970-01-01T08:00:00+08:00", 0),
        ("1970-01-01T00:00:00-00:30", 1_800_000),
        ("2026-11-23T08:00:00.999Z", 1_795_420_800_999),
    ],
)
def test_fractions_and_offsets_are_read_to_the_millisecond(text: str, milliseconds: int) -> None:
    found = read_time(text, received_at=1_795_420_801_000, too_old_ms=AGES)

    assert found == milliseconds
