"""The recomputation is held against the stage that it judges, on logs made by chance: where they differ, one of them is wrong."""

import math
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from city.detect.rulebook import rulebook
from city.facts import Facts
from city.registry import Metric, Registry
from city.stream import DistrictStream
from city.window import ClosedWindow
from citygrid.proof import town
from citygrid.proof.recomputation import Adding, DistrictLog, Total
from messages.telemetry import PackLine
from tests.citygrid.proof.builders import CELL, NOON, line, sent

WINDOW_MS = town.WINDOW_S * 1000
LATENESS_MS = town.LATENESS_S * 1000


def log() -> DistrictLog:
    return DistrictLog(town.metric_window)


def row(seq: int, at: int, received_at: int, value: float = 1.0) -> dict[str, Any]:
    return line(sent(seq, at, value)) | {"received_at": received_at}


def clockless(seq: int, received_at: int, value: float = 1.0) -> dict[str, Any]:
    return line(sent(seq, None, value)) | {"received_at": received_at, "at": received_at}


def test_a_window_closes_when_the_watermark_has_passed_its_lateness() -> None:
    district = log()

    district.pack([row(0, NOON, NOON), row(1, NOON + WINDOW_MS + LATENESS_MS - 1, NOON + WINDOW_MS + LATENESS_MS - 1)])
    assert not district.closed
    district.pack([row(2, NOON + WINDOW_MS + LATENESS_MS, NOON + WINDOW_MS + LATENESS_MS)])

    assert district.closed == {(CELL, "load_w", NOON, town.WINDOW_S): Total(1, 1.0, 1.0, 1.0, NOON, NOON, 0)}


@given(st.lists(st.floats(-(2.0**42), 2.0**42), min_size=1))
def test_a_sum_is_the_nearest_double_to_the_exact_one(values: list[float]) -> None:
    window = Adding()

    for value in values:
        window.add(value, NOON)

    assert window.total().sum == math.fsum(values)


def test_a_clock_that_runs_ahead_does_not_drag_the_watermark() -> None:
    district = log()

    district.pack([row(0, NOON, NOON), row(1, NOON + 100_000, NOON + 10), row(2, NOON + 5, NOON + 20)])

    assert not district.late
    assert not district.closed


def test_a_clock_that_runs_ahead_makes_nothing_late_that_waited_behind_it() -> None:
    district, back = log(), NOON + 300_000
    district.pack([row(0, NOON, NOON)])
    district.mark(NOON + 1000)

    district.pack([row(1, back + 100_000, back), row(2, NOON + 2000, back + 10)])

    assert not district.late


def test_a_mark_moves_a_quiet_district_by_the_time_since_the_last_arrival() -> None:
    district = log()
    district.pack([row(0, NOON - town.HOUR_MS, NOON)])

    district.mark(NOON + WINDOW_MS + LATENESS_MS - 1)
    assert not district.closed
    district.mark(NOON + WINDOW_MS + LATENESS_MS)

    assert len(district.closed) == 1


def test_what_has_no_clock_does_not_make_those_late_that_waited_beside_it() -> None:
    district = log()
    district.pack([row(0, NOON, NOON)])

    district.pack([clockless(0, NOON + 300_000), row(1, NOON + 1000, NOON + 300_000)])

    assert not district.late


def test_a_repeat_without_a_clock_is_known_by_its_number_while_its_window_is_open() -> None:
    district = log()
    district.pack([row(0, NOON, NOON), clockless(7, NOON), clockless(7, NOON + 15_000)])

    assert district.duplicates == 1


def test_a_repeat_is_a_duplicate_while_its_window_is_open_and_too_late_afterwards() -> None:
    district = log()
    first = row(0, NOON, NOON)

    district.pack([first, first])
    district.mark(NOON + 60_000)
    district.pack([first | {"received_at": NOON + 60_001}])

    assert (district.duplicates, len(district.late), district.readings) == (1, 1, 3)


@given(
    st.lists(st.tuples(st.integers(0, 120_000), st.integers(0, 40_000), st.integers(0, 20)), min_size=1, max_size=60),
    st.lists(st.integers(0, 60), max_size=3),
)
def test_every_reading_has_exactly_one_outcome(lines: list[tuple[int, int, int]], marks: list[int]) -> None:
    district = log()
    for place, (received, back, seq) in enumerate(sorted(lines)):
        district.pack([row(seq, NOON + received - back, NOON + received)])
        if place in marks:
            district.mark(NOON + received + 30_000)

    windowed = sum(total.count for total in (*district.closed.values(), *district.open.values()))
    assert windowed + district.duplicates + len(district.late) == district.readings == len(lines)


@given(
    st.lists(
        st.tuples(st.integers(0, 120_000), st.integers(-20_000, 40_000), st.integers(0, 20), st.booleans()),
        min_size=1,
        max_size=60,
    ),
    st.dictionaries(st.integers(0, 60), st.integers(-30_000, 30_000), max_size=6),
)
def test_it_agrees_with_the_stage_on_any_log(lines: list[tuple[int, int, int, bool]], marks: dict[int, int]) -> None:
    """They share no code: where they differ, one of them is wrong."""
    district, stage = log(), DistrictStream(facts())
    emitted: list[ClosedWindow] = []
    for place, (received, back, seq, no_clock) in enumerate(sorted(lines)):
        arrival = NOON + received
        made = clockless(seq, arrival) if no_clock else row(seq, arrival - back, arrival, value=1.0 + seq)
        district.pack([made])
        emitted += stage.apply([msgspec.convert(made, PackLine)], arrival).windows
        if place in marks:
            district.mark(arrival + marks[place])
            emitted += stage.apply([], arrival + marks[place]).windows

    assert {(one.cell, one.metric, one.start, one.seconds): figures(one) for one in emitted} == district.closed
    assert (stage.sums.duplicate, stage.sums.too_late) == (district.duplicates, len(district.late))


def facts() -> Facts:
    metrics = {
        name: Metric(
            name=name, unit="w", min=0, max=most, window_seconds=town.WINDOW_S, lateness_seconds=town.LATENESS_S
        )
        for name, most in town.METRICS.items()
    }
    return Facts({}, metrics, rulebook(Registry()))


def figures(one: ClosedWindow) -> Total:
    return Total(one.count, one.sum, one.min, one.max, one.first_at, one.last_at, one.late)
