import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.recording import Recorded, Unreadable, epoch_ms, from_csv, from_ndjson, in_order

HEAD = "at,device,pm25_ugm3,rain_mm,door_bool\n"


def lines(*rows: str) -> list[str]:
    return [HEAD, *(f"{row}\n" for row in rows)]


def district(device: str) -> str:
    return {"dongsi": "110101"}.get(device, "110102")


def body(one: Recorded) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(one.payload)
    return read


def test_a_row_is_a_message_under_the_devices_district() -> None:
    (one,) = from_csv(lines("2016-12-01T00:00:00+08:00,dongsi,6,0.5,true"), district)
    assert one.topic == "citygrid/v1/110101/telemetry/dongsi"
    assert body(one) == {
        "at": "2016-12-01T00:00:00+08:00",
        "values": {"pm25_ugm3": 6, "rain_mm": 0.5, "door_bool": True},
    }
    assert (one.at, one.readings) == (1480521600000, 3)


def test_an_empty_field_sends_nothing() -> None:
    (one,) = from_csv(lines("1480521600000,guanyuan,,-1.5,"), district)
    assert body(one) == {"at": 1480521600000, "values": {"rain_mm": -1.5}}
    assert one.readings == 1


def test_a_row_without_any_value_is_no_message() -> None:
    sent = from_csv(lines("1480521600000,guanyuan,,,", "1480521600000,dongsi", "1480521600000,tiantan,5,,"), district)
    assert [one.topic.rsplit("/", 1)[1] for one in sent] == ["tiantan"]


def test_a_shorter_row_leaves_its_last_columns_empty_and_an_empty_line_is_none() -> None:
    sent = from_csv(lines("1,a,5", "", "2,a,6"), district)
    assert [body(one)["values"] for one in sent] == [{"pm25_ugm3": 5}, {"pm25_ugm3": 6}]


@given(st.lists(st.tuples(st.integers(0, 10**13), st.integers(0, 3)), max_size=40))
def test_a_shuffled_file_is_sent_in_event_time_order_and_equal_times_stay_as_they_were(
    rows: list[tuple[int, int]],
) -> None:
    sent = from_csv(lines(*(f"{at},device-{number},{place}" for place, (at, number) in enumerate(rows))), district)
    order = [(one.at, body(one)["values"]["pm25_ugm3"]) for one in sent]
    assert order == sorted(order)
    assert len(order) == len(rows)


def test_every_line_that_cannot_be_read_is_named() -> None:
    rows = ["yesterday,a,1", "1,b/c,1", "2,c,wet", "3,d,1,2,0,7", "4,e,nan", "2016-12-01T00:00:00,f,1", "6,g,1"]
    with pytest.raises(Unreadable) as caught:
        from_csv(lines(*rows), district)
    for number in (2, 3, 4, 5, 6):
        assert f"line {number}:" in str(caught.value)
    assert "and 1 more" in str(caught.value)
    assert "Nothing was sent" in str(caught.value)


@pytest.mark.parametrize("head", ["", "device,at,x\n", "at,device\n"])
def test_a_table_without_the_right_columns_is_refused(head: str) -> None:
    with pytest.raises(Unreadable, match="Line 1"):
        from_csv([head], district)


def test_a_json_line_is_sent_as_it_is() -> None:
    payload = '{"at": "2016-12-01T00:00:00Z",  "seq": 4, "values": {"a_x": 1, "b_x": 2}}'
    (one,) = from_ndjson([f'{{"topic": "citygrid/v1/990101/telemetry/d", "payload": {payload}}}\n'])
    assert one == Recorded("citygrid/v1/990101/telemetry/d", payload.encode(), 1480550400000, 2)


def test_a_text_payload_is_sent_as_its_text_so_that_garbage_can_be_recorded_too() -> None:
    (one,) = from_ndjson(['{"topic": "a/b", "payload": "{not json"}\n'])
    assert one == Recorded("a/b", b"{not json", None, 0)


@pytest.mark.parametrize("payload", ["[1]", "7", "null", '{"at": "late"}', '{"at": [1]}', '{"values": 3}'])
def test_whatever_a_payload_is_it_is_sent(payload: str) -> None:
    (one,) = from_ndjson([f'{{"topic": "a/b", "payload": {payload}}}'])
    assert (one.payload, one.at, one.readings) == (payload.encode(), None, 0)


def test_lines_that_are_no_messages_are_named() -> None:
    with pytest.raises(Unreadable, match=r"line 1:.*line 3:.*line 4:") as caught:
        from_ndjson(["{", "\n", '{"topic": "a/+", "payload": 1}', '{"topic": "a"}'])
    assert "line 2" not in str(caught.value)


@given(st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=30))
def test_a_message_without_a_time_stays_behind_the_one_it_followed(times: list[int | None]) -> None:
    recorded = [Recorded("t", str(number).encode(), at, 0) for number, at in enumerate(times)]
    sorted_ = in_order(recorded)
    known = [one.at for one in sorted_ if one.at is not None]
    assert known == sorted(known)
    assert sorted(one.payload for one in sorted_) == sorted(one.payload for one in recorded)


@given(st.integers(0, 4_102_444_800_000))
def test_times_are_read_from_digits_and_from_text(at: int) -> None:
    assert epoch_ms(str(at)) == at


@pytest.mark.parametrize("text", ["", "noon", "2016-12-01", "2016-12-01T00:00:00"])
def test_a_time_that_says_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        epoch_ms(text)
