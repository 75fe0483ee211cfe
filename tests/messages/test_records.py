"""Single records: JSON with CloudEvents headers."""

from datetime import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.names import Name
from city.report import Tick
from messages.records import cloud_event, decode, decode_lines, encode, rfc3339


@given(st.text(max_size=50), st.text(max_size=50))
def test_what_is_written_can_be_read(zh: str, en: str) -> None:
    assert decode(encode(Name(zh, en)), Name) == Name(zh, en)


def test_chinese_is_written_as_it_is_read() -> None:
    assert encode(Name("积水", "water")) == '{"zh":"积水","en":"water"}'.encode()


@pytest.mark.parametrize("data", [b"", b"{", b"{}", b'{"district": 5, "at": 1}', b'{"district": "990102"}'])
def test_what_is_no_such_message_raises(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data, Tick)


def test_a_field_that_a_later_version_added_is_passed_over() -> None:
    assert decode(b'{"district": "990102", "at": 1, "moon": "full"}', Tick) == Tick(district="990102", at=1)


@given(st.lists(st.integers(0, 10**13), max_size=5))
def test_the_lines_of_a_pack_come_out_in_order(times: list[int]) -> None:
    ticks = [Tick(district="990102", at=at) for at in times]

    assert decode_lines(b"\n".join(encode(tick) for tick in ticks), Tick) == ticks


def test_a_pack_with_a_line_that_is_none_raises() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_lines(encode(Tick(district="990102", at=1)) + b"\n{", Tick)


def test_the_headers_are_those_of_cloud_events_1_0_in_binary_mode() -> None:
    headers = dict(cloud_event("finding.raised", "f-1", 1_481_904_000_000))

    assert headers == {
        "ce_specversion": b"1.0",
        "ce_id": b"f-1",
        "ce_source": b"citygrid",
        "ce_type": b"citygrid.finding.raised.v1",
        "ce_time": b"2016-12-16T16:00:00.000Z",
        "content-type": b"application/json",
    }


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_a_time_of_ours_is_rfc_3339_in_utc_to_the_millisecond(at: int) -> None:
    text = rfc3339(at)

    assert text.endswith("Z")
    assert (
        round((datetime.fromisoformat(text) - datetime.fromisoformat("1970-01-01T00:00:00Z")).total_seconds() * 1000)
        == at
    )
