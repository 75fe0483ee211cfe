import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.columns import NEVER_MS
from city.watermark import PAST_MARK_MS, Watermark
from tests.builders import ints

MESSAGES = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30)


def walked(start: Watermark, messages: list[tuple[int, int]]) -> tuple[list[int], Watermark]:
    at, received_at = (ints(*column) for column in zip(*messages, strict=True))
    before, after = start.before_each(at, received_at, np.zeros(len(at), np.bool_))
    return before.tolist(), after


def test_the_watermark_is_the_largest_event_time_so_far() -> None:
    # message      1    2    3    4
    # at          10   30   20   40
    # before       -   10   30   30   and 40 after all
    before, after = walked(Watermark(), [(10, 100), (30, 101), (20, 102), (40, 103)])
    assert before == [NEVER_MS, 10, 30, 30]
    assert after == Watermark(40, 40, 103, farthest=40)


def test_a_clock_that_runs_ahead_moves_it_only_to_its_arrival() -> None:
    # arrival            100   101
    # at                 400    90
    # min(at, arrival)   100    90
    before, after = walked(Watermark(), [(400, 100), (90, 101)])
    assert before == [NEVER_MS, 100]
    assert after.at == 100


def test_a_clock_that_runs_ahead_says_nothing_of_what_still_waits() -> None:
    # mark 1 000, then nothing came through for a minute: what was said at 2 000 still waits behind the message from ahead
    # arrival       61 000    61 001
    # at           200 000     2 000
    # moved to       6 000
    marked = Watermark(900, 900, 950).after_mark(1_000)
    before, after = walked(marked, [(200_000, 61_000), (2_000, 61_001)])
    assert before[1] == after.at == 1_000 + PAST_MARK_MS


def test_the_next_mark_makes_up_for_what_was_held_up_but_never_passes_itself() -> None:
    _, held = walked(Watermark(900, 900, 950).after_mark(1_000), [(200_000, 61_000)])
    assert held.after_mark(40_000 + 20_000).at == 60_000
    assert held.after_mark(61_500).at == 61_500
    assert walked(held.after_mark(61_500), [(200_000, 62_000)])[1].at == 62_000


def test_a_clock_that_is_ahead_by_less_than_its_message_waited_says_no_more() -> None:
    # arrival       71 000    71 001
    # at            61 000     2 000
    before, after = walked(Watermark(900, 900, 950).after_mark(1_000), [(61_000, 71_000), (2_000, 71_001)])
    assert before[1] == after.at == 1_000 + PAST_MARK_MS


def test_beside_fresh_marks_a_clock_that_runs_ahead_moves_it_to_its_arrival() -> None:
    marked = Watermark(900, 900, 950).after_mark(1_000)
    assert walked(marked, [(200_000, 3_000)])[1].at == 3_000


def test_a_mark_moves_it_by_the_wall_time_since_the_last_arrival() -> None:
    # event time   50 .......... 57
    # wall time   100 ... mark 107
    assert Watermark(50, 50, 100).after_mark(107) == Watermark(57, 50, 100, marked=107)


def test_marks_count_from_the_last_reading_and_do_not_add_up() -> None:
    quiet = Watermark(50, 50, 100)
    assert quiet.after_mark(103).after_mark(107) == quiet.after_mark(107)


def test_a_mark_that_was_written_before_the_last_arrival_moves_nothing() -> None:
    assert Watermark(50, 50, 100).after_mark(90) == Watermark(50, 50, 100, marked=90)


def test_a_gateway_s_clock_that_is_set_back_does_not_stop_a_quiet_district() -> None:
    # event time     100 000 . . . . . . . . . . . . . . . . 101 000
    # gateway's   10 000 000 ... set back by an hour: 6 400 000 ... 6 401 000
    quiet = Watermark(100_000, 100_000, 10_000_000).after_mark(6_400_000)
    assert quiet.at == 100_000
    assert quiet.after_mark(6_401_000).at == 101_000


@pytest.mark.parametrize("clockless", [[True], [True, True, True]])
def test_a_reading_without_a_time_of_its_own_moves_nothing(clockless: list[bool]) -> None:
    late = ints(*[900] * len(clockless))
    before, after = Watermark(50, 50, 100).before_each(late, late, np.array(clockless))
    assert before.tolist() == [50] * len(clockless)
    assert after == Watermark(50, 50, 100)


def test_between_readings_with_a_time_it_is_passed_over() -> None:
    # at        60   900   61
    # clock    yes    no  yes
    before, after = Watermark(50, 50, 100).before_each(
        ints(60, 900, 61), ints(900, 900, 901), np.array([False, True, False])
    )
    assert before.tolist() == [50, 60, 60]
    assert after == Watermark(61, 61, 901, farthest=61)


def test_where_nothing_has_a_time_of_its_own_the_marks_are_the_watermark() -> None:
    _, waiting = Watermark().before_each(ints(900), ints(900), np.array([True]))
    assert waiting.at == NEVER_MS
    marked = waiting.after_mark(905)
    assert (marked.at, marked.after_mark(906).at) == (905, 906)


def test_a_district_without_readings_has_no_watermark_whatever_the_marks() -> None:
    assert Watermark().after_mark(10**12) == Watermark()


def test_a_reading_of_old_data_after_a_mark_starts_the_wall_time_anew() -> None:
    # replayed yesterday: event time stands at 57, the reading at 55 arrives at 200, the mark comes at 203
    _, after = walked(Watermark(57, 50, 100), [(55, 200)])
    assert after == Watermark(57, 57, 200, farthest=55)
    assert after.after_mark(203).at == 60


@given(MESSAGES, st.integers(0, 10**6), st.data())
def test_it_is_the_same_however_the_messages_are_cut(
    messages: list[tuple[int, int]], marked: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(messages)))
    start = data.draw(st.sampled_from([Watermark(), Watermark(50, 50, marked).after_mark(marked)]))
    whole, end = walked(start, messages)
    first, middle = walked(start, messages[:cut])
    rest, last = walked(middle, messages[cut:]) if cut < len(messages) else ([], middle)
    assert (first + rest, last) == (whole, end)


@given(MESSAGES, st.integers(0, 10**6))
def test_it_never_goes_back_and_never_passes_every_arrival(messages: list[tuple[int, int]], mark_at: int) -> None:
    before, after = walked(Watermark(), messages)
    assert [*before, after.at] == sorted([*before, after.at])
    assert after.at <= max(received_at for _, received_at in messages)
    assert after.after_mark(mark_at).at >= after.at
