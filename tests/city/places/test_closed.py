"""Closed windows as columns: what a record holds, each window once."""

import msgspec
import numpy as np
import pytest

from city.places.closed import closed_pack, columns
from city.window import ClosedWindow
from tests.city.places.builders import CELLS, EAST, line


def window(**changed: object) -> ClosedWindow:
    given = {"cell": CELLS[0], "metric": "level_m", "start": 60_000, "seconds": 60, "count": 2, "sum": 3.0}
    rest = {"min": 1.0, "max": 2.0, "first_at": 60_001, "last_at": 119_999, "late": 1}
    return msgspec.convert({**given, **rest, **changed}, ClosedWindow)


def lines(*windows: ClosedWindow) -> bytes:
    return b"\n".join(map(msgspec.json.encode, windows))


def test_what_the_stage_writes_is_read_as_columns() -> None:
    pack = closed_pack(EAST, lines(window(), window(cell=CELLS[1], start=0)))
    (kind,) = pack.closed
    closed = pack.closed[kind]
    assert kind == ("level_m", 60)
    assert closed.code.tolist() == [int(CELLS[0]), int(CELLS[1])]
    assert closed.start.tolist() == [60_000, 0]
    assert (closed.count.tolist(), closed.sum.tolist(), closed.late.tolist()) == ([2, 2], [3.0, 3.0], [1, 1])


def test_each_metric_and_length_has_columns_of_its_own() -> None:
    pack = closed_pack(EAST, lines(window(), window(seconds=300), window(metric="pm25_ugm3")))
    assert set(pack.closed) == {("level_m", 60), ("level_m", 300), ("pm25_ugm3", 60)}


def test_a_window_of_no_cell_is_passed_over() -> None:
    assert closed_pack(EAST, lines(window(cell=""), window(cell="99010100100100x"))).closed == {}


def test_an_empty_record_holds_no_windows() -> None:
    assert closed_pack(EAST, b"").closed == {}
    assert columns([]).code.tolist() == []


def test_a_record_that_is_no_pack_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        closed_pack(EAST, b'{"cell": 7}')


def test_of_a_window_that_stands_there_twice_one_is_kept() -> None:
    closed = columns([line(CELLS[1]), line(CELLS[0]), line(CELLS[1]), line(CELLS[1], 2)]).first_of_each()
    assert list(zip(closed.code.tolist(), closed.start.tolist(), strict=True)) == [
        (int(CELLS[0]), line().start),
        (int(CELLS[1]), line(back=2).start),
        (int(CELLS[1]), line().start),
    ]


def test_some_windows_are_chosen_by_a_mask() -> None:
    closed = columns([line(CELLS[0]), line(CELLS[1], values=(4.0,))]).only(np.array([False, True]))
    assert closed.max.tolist() == [4.0]


def test_codes_are_cut_to_those_of_a_larger_place() -> None:
    assert columns([line(CELLS[0])]).rolled(1000).code.tolist() == [int(CELLS[0][:12])]
