"""A metric whose windows change: what is open keeps its length and lateness, and no window leaves twice; seconds after T0.

0            60            120            180
|-- open 60 --|-- open 60 --| 10 | 10 | 10 |      a change to 10 s while the second minute is open
"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.columns import NEVER_MS
from city.facts import Facts
from city.window import ClosedWindow
from city.windowing import Former, Windowing
from messages.telemetry import PackLine
from tests.builders import GAS, METRICS, WATER, facts, ints, line, mark, ms, stream, tell
from tests.city.random_days import Entry, hours

MINUTE = METRICS[WATER]


def changed(seconds: int, lateness: int) -> Facts:
    return facts(metrics=[replace(MINUTE, window_seconds=seconds, lateness_seconds=lateness)])


def spans(windowing: Windowing, *at: int) -> list[tuple[int, int]]:
    lengths, lateness = windowing.spans([GAS, WATER], ints(*(1 for _ in at)), ints(*at))
    return list(zip(lengths.tolist(), lateness.tolist(), strict=True))


def test_a_metric_that_nobody_registered_has_the_usual_windows() -> None:
    assert spans(Windowing(), 5) == [(60_000, 30_000)]


def test_a_change_holds_from_the_end_of_the_last_window_that_is_open() -> None:
    windowing = Windowing(METRICS)
    windowing.adopt(changed(10, 0).metrics, [WATER], {60_000: 120_000}, 70_000)
    assert spans(windowing, 0, 119_999, 120_000) == [(60_000, 30_000), (60_000, 30_000), (10_000, 0)]


def test_a_change_holds_from_the_watermark_s_window_where_none_is_open() -> None:
    windowing = Windowing(METRICS)
    windowing.adopt(changed(10, 0).metrics, [WATER], {}, 70_000)
    assert windowing.former == [Former(WATER, 120_000, 60_000, 30_000)]


def test_a_metric_that_never_came_changes_at_once() -> None:
    windowing = Windowing(METRICS)
    windowing.adopt(changed(10, 0).metrics, [], {}, 70_000)
    assert spans(windowing, 0) == [(10_000, 0)]


def test_two_changes_follow_each_other() -> None:
    windowing = Windowing(METRICS)
    windowing.adopt(changed(10, 0).metrics, [WATER], {60_000: 120_000}, 70_000)
    windowing.adopt(changed(20, 5).metrics, [WATER], {60_000: 120_000}, 71_000)
    assert spans(windowing, 119_999, 120_000) == [(60_000, 30_000), (20_000, 5000)]


def test_what_is_past_is_forgotten_at_the_next_change() -> None:
    windowing = Windowing(METRICS)
    windowing.adopt(changed(10, 0).metrics, [WATER], {}, 70_000)
    windowing.adopt(changed(20, 0).metrics, [WATER], {10_000: 130_000}, 220_000)
    assert [one.length for one in windowing.former] == [10_000]


def test_the_same_windows_again_are_no_change() -> None:
    windowing = Windowing(METRICS)
    windowing.adopt(changed(60, 30).metrics, [WATER], {60_000: 120_000}, 70_000)
    assert windowing.former == []


def test_before_any_reading_a_change_holds_at_once() -> None:
    district = stream()
    district.adopt(changed(10, 0))
    assert district.windowing.former == []
    assert district.watermark.at == NEVER_MS


def closed(*seconds: float, new: Facts) -> list[tuple[int, int, int]]:
    """Readings in one run, the facts changed before the last of them; start, length and count of the windows."""
    district, windows = stream(), list[ClosedWindow]()
    for second in seconds[:-1]:
        windows += tell(district, line(second)).windows
    district.adopt(new)
    windows += tell(district, line(seconds[-1])).windows
    windows += mark(district, 10_000).windows
    return sorted(((row.start - ms(0)) // 1000, row.seconds, row.count) for row in windows)


def test_a_reading_of_a_window_that_is_open_goes_into_it() -> None:
    assert closed(5, 65, 66, new=changed(10, 0)) == [(0, 60, 1), (60, 60, 2)]


def test_a_reading_behind_the_open_windows_goes_into_a_new_one() -> None:
    assert closed(5, 65, 125, new=changed(10, 0)) == [(0, 60, 1), (60, 60, 1), (120, 10, 1)]


def test_more_lateness_does_not_open_again_what_has_closed() -> None:
    # the first minute closed at 90; with an hour of lateness it would be open for the reading at 30
    assert closed(5, 95, 30, new=changed(60, 3600)) == [(0, 60, 1), (60, 60, 1)]


CHANGES = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([1, 10, 60, 90, 300]), st.sampled_from([0, 30, 600])), max_size=5
)


def run_with_changes(log: Sequence[Entry], changes: Sequence[tuple[int, int, int]]) -> tuple[list[ClosedWindow], int]:
    district, windows = stream(), list[ClosedWindow]()
    for place, entry in enumerate(log):
        for where, seconds, lateness in changes:
            if where == place:
                district.adopt(changed(seconds, lateness))
        lines = [entry] if isinstance(entry, PackLine) else []
        written = entry.received_at if isinstance(entry, PackLine) else entry
        windows += district.apply(lines, written).windows
    windows += mark(district, 10**7).windows
    sums = district.sums
    return windows, sums.windowed + sums.too_late + sums.duplicate + district.windows.readings


@given(hours(), CHANGES)
def test_whatever_changes_when_no_window_leaves_twice_and_every_reading_counts_once(
    log: list[Entry], changes: list[tuple[int, int, int]]
) -> None:
    windows, outcomes = run_with_changes(log, changes)
    identities = [(row.cell, row.metric, row.start, row.seconds) for row in windows]
    assert len(set(identities)) == len(identities)
    assert outcomes == sum(len(entry.values) for entry in log if isinstance(entry, PackLine))


@given(hours(), CHANGES)
def test_whatever_changes_when_a_repeat_is_never_counted_as_new(
    log: list[Entry], changes: list[tuple[int, int, int]]
) -> None:
    """Each message with a time comes twice, and changes lie between the two."""
    timed = [one for one in log if isinstance(one, int) or one.clockless is not True]
    often = [one for entry in timed for one in ([entry, entry] if isinstance(entry, PackLine) else [entry])]
    windows, _ = run_with_changes(often, [(2 * where + 1, seconds, lateness) for where, seconds, lateness in changes])
    lines = [entry for entry in timed if isinstance(entry, PackLine)]
    once = {(one.device, one.at, one.seq, metric) for one in lines for metric in one.values}
    assert sum(row.count for row in windows) <= len(once)


@pytest.mark.parametrize(("until", "length"), [(120_000, 60_000), (60_000, 60_000)])
def test_a_former_length_ends_where_a_window_of_it_ends(until: int, length: int) -> None:
    windowing = Windowing(METRICS)
    windowing.adopt(changed(7, 0).metrics, [WATER], {}, until - 1)
    assert windowing.former == [Former(WATER, until, length, 30_000)]
