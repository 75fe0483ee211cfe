"""Windows of 60 s that close 30 s after their end, in seconds after T0:

0              60             90            120            150
|-- window 0 ---|-- lateness --|
                |------------- window 1 -----|-- lateness --|
"""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.channels import Channels
from city.columns import NEVER_MS, identities
from city.window import MOST_EXTREME, ClosedWindow, OpenWindows, Verdicts
from messages.telemetry import PackLine
from tests.builders import CELL, GAS, OTHER_CELL, WATER, clockless, columns, ints, line, ms, stream, tell

SMALLEST_EXACT = 2.0**-32
EXACT = st.floats(-MOST_EXTREME, MOST_EXTREME).filter(lambda value: value == 0 or abs(value) >= SMALLEST_EXACT)


class Opened:
    """Open windows with the names that their series have."""

    def __init__(self) -> None:
        self.channels = Channels()
        self.windows = OpenWindows()

    def add(self, *lines: PackLine, before: float | None = None) -> Verdicts:
        """The verdicts on messages before which the watermark stood at `before` (none: it stood nowhere)."""
        readings = columns(lines, self.channels)
        marks = ints(*[NEVER_MS if before is None else ms(before)] * len(lines))
        identity = identities(readings, self.channels.hash)
        return self.windows.add(readings, marks, identity, len(self.channels.series))

    def close(self, at: float) -> list[ClosedWindow]:
        """The rows of the windows that the watermark at `at` closes."""
        closed = self.windows.close(ms(at))
        return [row for span, window in closed for row in window.rows(span, self.channels.series.keys)]


def test_a_window_says_how_many_how_much_and_from_when_to_when() -> None:
    opened = Opened()
    opened.add(line(7, 3.0), line(50, 1.0), line(20, 0.5))
    assert opened.close(90) == [
        ClosedWindow(
            cell=CELL,
            metric=WATER,
            start=ms(0),
            seconds=60,
            count=3,
            sum=4.5,
            min=0.5,
            max=3.0,
            first_at=ms(7),
            last_at=ms(50),
        )
    ]


@pytest.mark.parametrize(
    ("at", "start"),
    [(0, 0), (0.001, 0), (59.999, 0), (60, 60), (119.999, 60), (120, 120), (-0.001, -60), (-60, -60)],
)
def test_a_window_holds_its_start_and_not_its_end(at: float, start: float) -> None:
    opened = Opened()
    opened.add(line(at))
    assert [row.start for row in opened.close(at + 200)] == [ms(start)]


def test_windows_are_aligned_to_the_epoch_before_it_as_well() -> None:
    opened = Opened()
    opened.add(replace(line(0), at=-1))
    assert [row.start for row in opened.close(0)] == [-60_000]


@pytest.mark.parametrize(("watermark", "rows"), [(59.999, 0), (89.999, 0), (90, 1), (90.001, 1)])
def test_a_window_closes_when_the_watermark_reaches_its_end_and_the_lateness(watermark: float, rows: int) -> None:
    opened = Opened()
    opened.add(line(59.999))
    assert len(opened.close(watermark)) == rows


@pytest.mark.parametrize(("before", "too_late"), [(0, False), (89.999, False), (90, True), (500, True)])
def test_a_reading_is_too_late_when_its_window_had_closed_before_its_message(before: float, too_late: bool) -> None:
    #      0 ... reading at 30 ... 60 ......... 90
    #      |--------- window ------|- lateness -|  closed from here on
    assert Opened().add(line(30), before=before).too_late.tolist() == [too_late]


@pytest.mark.parametrize(("before", "late"), [(29.999, 0), (30, 0), (30.001, 1), (89.999, 1)])
def test_a_reading_behind_the_watermark_but_in_time_counts_as_late(before: float, late: int) -> None:
    opened = Opened()
    opened.add(line(30), before=before)
    assert [row.late for row in opened.close(90)] == [late]


def test_windows_leave_in_the_order_of_their_closing_then_by_cell_and_metric() -> None:
    opened = Opened()
    opened.add(line(61), line(1, id_="w2"), line(2, values={WATER: 1.0, GAS: 1.0}))
    rows = [((row.start - ms(0)) // 1000, row.cell, row.metric) for row in opened.close(1000)]
    assert rows == [(0, CELL, GAS), (0, CELL, WATER), (0, OTHER_CELL, WATER), (60, CELL, WATER)]


def test_each_metric_has_the_length_and_lateness_of_its_own() -> None:
    # methane: windows of 10 s that are closed at their end
    opened = Opened()
    assert opened.add(line(5, values={WATER: 1.0, GAS: 1.0}), before=10).too_late.tolist() == [False, True]
    opened.add(line(15, values={GAS: 1.0}))
    assert [(row.metric, row.seconds, row.start) for row in opened.close(20)] == [(GAS, 10, ms(10))]


def test_a_repeat_is_a_duplicate_and_changes_nothing() -> None:
    opened = Opened()
    assert opened.add(line(1, 5.0), line(1, 5.0)).duplicate.tolist() == [False, True]
    assert opened.add(line(1, 5.0), line(2, 5.0)).duplicate.tolist() == [True, False]
    assert [(row.count, row.sum) for row in opened.close(90)] == [(2, 10.0)]


def test_a_repeat_after_its_window_closed_is_too_late_and_not_a_duplicate() -> None:
    opened = Opened()
    opened.add(line(1))
    opened.close(90)
    verdicts = opened.add(line(1), before=90)
    assert (verdicts.too_late.tolist(), verdicts.duplicate.tolist()) == ([True], [False])


def test_readings_at_one_time_with_different_numbers_are_two() -> None:
    assert not Opened().add(line(1, seq=1), line(1, seq=2)).duplicate.any()


def test_readings_of_two_metrics_of_one_message_are_judged_each_for_itself() -> None:
    opened = Opened()
    opened.add(line(1, values={WATER: 1.0}))
    assert opened.add(line(1, values={WATER: 1.0, GAS: 1.0})).duplicate.tolist() == [True, False]


def test_a_clockless_repeat_is_known_in_the_next_minute_too() -> None:
    # arrival        50          70
    #      |--- window 0 ---|--- window 1 ---   but it is one reading
    opened = Opened()
    opened.add(clockless(50, 7))
    assert opened.add(clockless(70, 7), before=50).duplicate.tolist() == [True]
    assert len(opened.windows.by_span) == 1


def test_a_clockless_repeat_is_known_within_one_pack_whichever_minute_came_first() -> None:
    for arrivals in ((50, 70), (70, 50)):
        opened = Opened()
        assert opened.add(*(clockless(at, 7) for at in arrivals)).duplicate.tolist() == [False, True]


def test_a_clockless_repeat_is_new_once_the_window_of_the_first_has_closed() -> None:
    one_pack = Opened()
    readings = columns([clockless(10, 7), clockless(95, 7), clockless(97, 7)], one_pack.channels)
    identity = identities(readings, one_pack.channels.hash)
    verdicts = one_pack.windows.add(readings, ints(NEVER_MS, ms(92), ms(95)), identity, 1)
    assert verdicts.duplicate.tolist() == [False, False, True]


def test_a_clock_is_needed_to_send_the_same_number_twice_in_two_minutes() -> None:
    opened = Opened()
    opened.add(line(50, seq=7))
    assert not opened.add(line(70, seq=7), before=50).duplicate.any()


def test_open_windows_count_their_readings_until_they_close() -> None:
    opened = Opened()
    opened.add(line(1), line(1), line(61))
    assert opened.windows.readings == 2
    opened.close(90)
    assert opened.windows.readings == 1


def test_a_window_grows_with_the_series_that_come_later() -> None:
    opened = Opened()
    opened.add(line(1, 1.0))
    for number in range(40):
        opened.add(line(2 + number, 1.0, cell=f"9901010010010{number:02d}"))
    assert sum(row.count for row in opened.close(90)) == 41


@given(st.lists(EXACT, min_size=1, max_size=40))
@example([0.1] * 10)
@example([1e12, 0.001, -1e12])
@example([MOST_EXTREME] * 40)
@example([SMALLEST_EXACT, MOST_EXTREME, -MOST_EXTREME])
@example([0.001])
def test_a_sum_is_exact_as_the_nearest_double(values: list[float]) -> None:
    opened = Opened()
    opened.add(*(line(number, value) for number, value in enumerate(values)))
    assert [row.sum for row in opened.close(90)] == [math.fsum(values)]


def test_a_million_readings_of_the_most_extreme_value_fit() -> None:
    opened = Opened()
    opened.add(line(0, MOST_EXTREME))
    (window,) = opened.windows.by_span.values()
    more = 2**20 - 1
    window.add(np.zeros(more, np.int64), np.full(more, MOST_EXTREME), np.full(more, ms(1)), np.zeros(more, np.bool_))
    assert [row.sum for row in opened.close(90)] == [MOST_EXTREME * 2**20]


@given(st.floats(-SMALLEST_EXACT, SMALLEST_EXACT))
def test_what_is_smaller_than_the_finest_unit_is_rounded_to_it(value: float) -> None:
    opened = Opened()
    opened.add(line(0, value))
    assert abs(opened.close(90)[0].sum - value) <= 2.0**-85


MESSAGES = st.lists(
    st.builds(
        line,
        st.integers(0, 179_999).map(lambda at: at / 1000),
        EXACT,
        st.sampled_from(["w1", "w2", "w3"]),
        received=st.just(0.0),
        seq=st.one_of(st.none(), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=25,
)


def closed_in(order: list[PackLine]) -> list[ClosedWindow]:
    district = stream()
    tell(district, *order)
    return tell(district, line(1000, id_="w1")).windows


@given(MESSAGES, st.randoms(use_true_random=False))
def test_windows_are_equal_field_by_field_for_any_order_of_readings_on_time(
    lines: list[PackLine], random: Random
) -> None:
    unlike = list({(one.device, one.at, one.seq): one for one in lines}.values())
    shuffled = list(unlike)
    random.shuffle(shuffled)
    assert closed_in(unlike) == closed_in(shuffled)


@given(MESSAGES)
def test_a_window_is_what_its_readings_are(lines: list[PackLine]) -> None:
    unlike = list({(one.device, one.at, one.seq): one for one in lines}.values())
    rows = closed_in(unlike)
    assert sum(row.count for row in rows) == len(unlike)
    for row in rows:
        inside = [one for one in unlike if one.cell == row.cell and 0 <= one.at - row.start < row.seconds * 1000]
        values = [one.values[WATER] for one in inside]
        assert (row.count, row.sum) == (len(inside), math.fsum(values))
        assert (row.min, row.max) == (min(values), max(values))
        assert (row.first_at, row.last_at) == (min(one.at for one in inside), max(one.at for one in inside))
