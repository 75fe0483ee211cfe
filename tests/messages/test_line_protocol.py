"""What history's rows look like as lines, and that no two of them fall together."""

import base64
import re
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from city.incident import IncidentState
from messages.line_protocol import (
    BELOW_A_MS,
    LONGEST_TEXT,
    Refused,
    Unfit,
    blobs,
    lines_of,
    number,
    tag,
    text,
    texts,
    whole_of,
)
from messages.past import Batch
from tests.history.builders import WRITTEN, batch, broken, entry, incident, late, window

INT64 = st.integers(-(2**63), 2**63 - 1)


def line(row: Any) -> str:
    (found,) = lines_of(batch(row))
    assert isinstance(found, str), found
    return found


def point(row: Any) -> tuple[str, str]:
    """What makes a point the same point: its measurement with its tags, and its time."""
    return series_of(line(row)), line(row).rsplit(" ", 1)[1]


def series_of(written: str) -> str:
    return re.split(r"(?<!\\) ", written, maxsplit=1)[0]


def test_a_window_is_a_point_at_its_start_with_every_figure() -> None:
    assert line(window()) == (
        "windows,cell=990102001001001,district=990102,metric=water_level_m,seconds=60 "
        "count=2i,sum=0.5,min=0.1,max=0.4,first_at=1480550401000i,last_at=1480550431000i,late=1i,written_at=1790000000000i "
        "1480550400000000000"
    )


def test_a_late_reading_is_a_point_at_its_event_time() -> None:
    assert line(late()) == (
        "late,cell=990102001001001,device=wl-0001,district=990102,metric=water_level_m,round=0.1480550600 "
        "seq=17i,value=0.3,window=1480550400000i,received_at=1480550600000i,written_at=1790000000000i 1480550405000017000"
    )


def test_a_reading_without_a_number_has_a_series_of_its_own() -> None:
    assert "round=none." in line(late(seq=None))
    assert "seq=" not in line(late(seq=None))
    assert point(late(seq=None)) != point(late(seq=0))


def test_an_incident_and_its_log_are_kept_whole() -> None:
    assert 'state="reported"' in line(incident())
    assert "closed_at=" not in line(incident())
    assert "closed_at=9i" in line(incident(closed_at=9, state=IncidentState.CLOSED))
    assert line(entry()).startswith("log,incident=990102-7f3a00000001 version=1i,")


def test_a_broken_line_is_kept_with_its_place_and_its_bytes() -> None:
    written = line(broken(head=b'\xff"\n', why="not\nJSON", offset=1_234_567, line=3))

    assert written.startswith("broken,partition=0,round=1234.0,topic=citygrid.windows offset=1234567i,line=3i,")
    assert f'head="{base64.b64encode(bytes([255, 34, 10])).decode()}"' in written
    assert 'why="not JSON"' in written
    assert written.endswith(f" {WRITTEN * BELOW_A_MS + 567_003}")


@given(st.tuples(st.none() | INT64, INT64), st.tuples(st.none() | INT64, INT64))
@example((0, 0), (1_000_000, 0))
@example((-1, 0), (999_999, 0))
@example((5, 1000), (5, 1001))
@example((0, 1), (1, 0))
@example((None, 7), (0, 7))
def test_readings_of_one_millisecond_with_two_numbers_or_two_arrivals_are_two_points(
    one: tuple[int | None, int], other: tuple[int | None, int]
) -> None:
    points = [point(late(seq=seq, received_at=at)) for seq, at in (one, other)]
    assert (points[0] == points[1]) == (one == other)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**5), st.integers(0, 10**5))
def test_two_places_in_kafka_are_two_points(one: int, other: int, line_one: int, line_other: int) -> None:
    same = (one, line_one) == (other, line_other)

    assert (point(broken(offset=one, line=line_one)) == point(broken(offset=other, line=line_other))) == same


def test_versions_of_an_incident_and_entries_of_its_log_are_points_of_their_own() -> None:
    assert point(incident(version=1)) != point(incident(version=2))
    assert point(entry(version=1)) != point(entry(version=2))


def test_what_came_later_or_from_elsewhere_makes_no_other_point() -> None:
    """Only the identity counts: a repeat overwrites, whatever else is said in it."""
    again = next(iter(lines_of(batch(window(), written_at=WRITTEN + 5))))

    assert isinstance(again, str)
    assert series_of(again) == series_of(line(window()))
    assert again.rsplit(" ", 1)[1] == line(window()).rsplit(" ", 1)[1]
    assert point(late(value=0.4, window=0)) == point(late())


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(0.1 + 0.2)
@example(5e-324)
@example(-0.0)
def test_a_number_reads_back_as_the_same_double(value: float) -> None:
    assert msgspec.json.encode(float(number(value))) == msgspec.json.encode(value)


@given(st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_are_written_in_full(value: int) -> None:
    assert f"first_at={value}i," in line(window(first_at=value))


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_number_is_set_aside_and_its_neighbours_go_on(value: float) -> None:
    bad, good = lines_of(batch(window(sum=value), window(start=0)))

    assert isinstance(bad, Refused)
    assert "no number" in bad.why
    assert "990102001001001" in bad.line
    assert isinstance(good, str)


@pytest.mark.parametrize("at", [-(2**63), 2**63 - 1, 9_223_372_036_854])
def test_a_time_beyond_64_bits_of_nanoseconds_is_set_aside(at: int) -> None:
    (bad,) = lines_of(batch(window(start=at)))

    assert isinstance(bad, Refused)
    assert "nanoseconds" in bad.why


@pytest.mark.parametrize("name", ["", "a\nb", "a\\", "\x00", "a\tb"])
def test_a_name_that_no_tag_can_be_is_set_aside(name: str) -> None:
    (bad,) = lines_of(batch(late(device=name)))

    assert isinstance(bad, Refused)


@given(st.text())
def test_any_name_is_a_tag_that_ends_nothing_or_unfit(name: str) -> None:
    try:
        written = tag(name)
    except Unfit:
        return
    bare = re.sub(r"\\[,= ]", "", written)
    assert not set(bare) & {",", "=", " ", "\n"}
    assert re.sub(r"\\([,= ])", r"\1", written) == name or "\\" in name


@given(st.text())
def test_a_text_is_closed_where_it_ends_and_has_no_line_end(value: str) -> None:
    written = text(value)

    assert "\n" not in written
    inner = re.sub(r"\\(.)", r"\1", written[1:-1], flags=re.DOTALL)
    assert inner == value.replace("\r", " ").replace("\n", " ")


@given(st.text(alphabet='水a"\\', max_size=50))
def test_a_long_text_is_cut_into_fields_and_put_together_again(piece: str) -> None:
    whole = piece * 2_000
    fields: dict[str, object] = {}
    for field in texts(whole):
        name, _, value = field.partition("=")
        fields[name] = re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)

    assert whole_of(fields) == whole
    assert all(len(str(value).encode()) <= LONGEST_TEXT for value in fields.values())


@given(st.lists(st.text("x", max_size=9), max_size=30), st.integers(1, 8), st.integers(1, 30))
def test_portions_are_small_enough_and_lose_nothing(lines: list[str], most_lines: int, most_bytes: int) -> None:
    cut = list(blobs(lines, most_lines=most_lines, most_bytes=most_bytes))

    assert [one for blob in cut for one in blob] == lines
    assert all(0 < len(blob) <= most_lines for blob in cut)
    assert all(len(blob) == 1 or sum(map(len, blob)) <= most_bytes for blob in cut)


def test_an_empty_batch_has_no_lines() -> None:
    assert list(lines_of(Batch())) == []
