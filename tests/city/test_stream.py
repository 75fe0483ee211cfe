"""A district's stream by examples; seconds after T0, windows of 60 s that close 30 s after their end."""

import pytest
from msgspec.structs import replace

from city.columns import NEVER_MS
from city.finding import FindingState
from city.stream import Outcome
from city.window import LateReading
from tests.builders import (
    CELL,
    GAS,
    WATER,
    clockless,
    device,
    facts,
    line,
    mark,
    ms,
    rule,
    silent_rule,
    steps,
    stream,
    tell,
)


def test_a_window_leaves_with_the_message_that_moves_the_watermark_past_its_closing() -> None:
    # 10 .... 60 .... 89.999    90
    # reading   nothing yet     the window leaves
    district = stream()
    assert tell(district, line(10, 2.0)) == Outcome()
    assert tell(district, line(89.999, 3.0)) == Outcome()
    (window,) = tell(district, line(90, 4.0)).windows
    assert (window.start, window.count, window.sum) == (ms(0), 1, 2.0)


def test_the_message_that_closes_a_window_can_not_be_too_late_for_it_itself() -> None:
    district = stream()
    outcome = tell(district, line(89), line(10, id_="w2"), line(90))
    assert outcome.late == []
    assert [row.count for row in outcome.windows] == [1]


def test_a_reading_behind_a_closed_window_leaves_as_late_with_all_that_is_known_of_it() -> None:
    district = stream()
    outcome = tell(district, line(0), line(100), line(30, 5.0, received=101, seq=8))
    assert outcome.late == [
        LateReading(
            device="w1",
            metric=WATER,
            cell=CELL,
            at=ms(30),
            seq=8,
            value=5.0,
            received_at=ms(101),
            window=ms(0),
        )
    ]
    assert tell(district, line(31, 5.0, received=102)).late[0].seq is None
    assert district.sums.too_late == 2


def test_a_mark_closes_the_windows_of_a_quiet_district() -> None:
    district = stream()
    tell(district, line(10))
    assert mark(district, 89).windows == []
    assert len(mark(district, 90).windows) == 1


def test_a_mark_before_any_reading_does_nothing() -> None:
    district = stream(silent_rule())
    assert mark(district, 1000) == Outcome()
    assert district.watermark.at == NEVER_MS


def test_a_replay_of_old_data_moves_by_its_own_times() -> None:
    # yesterday's readings arrive within one second of today
    district = stream()
    outcomes = [tell(district, line(-86_400 + 60 * n, received=n / 100)) for n in range(10)]
    assert sum(len(outcome.windows) for outcome in outcomes) == 8
    assert not any(outcome.late for outcome in outcomes)


def test_a_device_an_hour_ahead_does_not_close_the_windows_of_others() -> None:
    district = stream()
    tell(district, line(10), line(3600, id_="w2", received=11))
    assert tell(district, line(12)).late == []


def test_the_ledger_s_figures_add_up_at_every_moment() -> None:
    district = stream()
    packs = [
        [line(1, seq=1), line(1, seq=1), line(2, values={WATER: 1.0, GAS: 1.0}, seq=2)],
        [line(80, seq=3), line(30, id_="w2")],
        [line(200, seq=7), line(50, id_="w3")],
    ]
    sent, sums = 0, district.sums
    for pack in packs:
        tell(district, *pack)
        sent += sum(len(one.values) for one in pack)
        assert sent == district.windows.readings + sums.windowed + sums.duplicate + sums.too_late
    assert (sums.windowed, sums.duplicate, sums.too_late, sums.late, sums.gaps) == (5, 1, 1, 1, 3)


def test_sequence_numbers_are_counted_for_each_device_of_its_own() -> None:
    district = stream()
    tell(district, line(1, seq=1), line(2, id_="w2", seq=9), line(3, seq=4), line(4, id_="w2", seq=10))
    assert district.sums.gaps == 2


def test_a_message_that_comes_late_closes_its_gap() -> None:
    district = stream()
    tell(district, line(1, seq=1), line(3, seq=3))
    assert district.sums.gaps == 1
    tell(district, line(2, seq=2, received=4))
    assert district.sums.gaps == 0


def test_a_repeat_from_before_a_restart_opens_no_gap() -> None:
    district = stream()
    tell(district, line(1, seq=90), line(2, seq=0), line(1, seq=90, received=3), line(4, seq=1))
    assert (district.sums.gaps, district.sums.duplicate) == (0, 1)


def test_a_device_without_numbers_has_no_gaps() -> None:
    district = stream()
    tell(district, line(1), line(2))
    assert (district.sums.gaps, district.counted.of(0)) == (0, None)


def test_the_largest_numbers_a_device_may_send_are_counted() -> None:
    district = stream()
    tell(district, line(1, seq=0), line(2, seq=2**63 - 1), line(3, seq=0), line(4, seq=2**63 - 1))
    assert district.sums.gaps == 2**63 - 1


def test_late_and_repeated_readings_raise_nothing() -> None:
    district = stream(rule("flood"))
    tell(district, line(0, 0.0), line(200, 0.0))
    assert tell(district, line(10, 9.0, received=201)).findings == []


def test_findings_leave_in_the_order_of_the_messages_that_gave_them() -> None:
    district = stream(rule("flood"), silent_rule())
    quiet = [line(5.0 * n) for n in range(1, 14)]
    outcome = tell(district, line(0, id_="w2"), *quiet, line(66, 2.0), line(67, id_="w2"), line(68, 0.0))
    assert steps(outcome.findings) == [
        ("quiet", "raised", "w2", 60),
        ("flood", "raised", "w1", 66),
        ("quiet", "cleared", "w2", 67),
        ("flood", "cleared", "w1", 68),
    ]


def test_the_mean_of_windows_is_found_with_the_message_that_closes_them() -> None:
    district = stream(rule("mean", "mean", windows=2))
    tell(district, line(10, 2.0), line(70, 2.0))
    assert steps(tell(district, line(149)).findings) == []
    assert steps(tell(district, line(150)).findings) == [("mean", "raised", "", 120)]


def test_new_facts_end_the_episodes_whose_rule_is_gone_not_before_the_watermark() -> None:
    district = stream(rule("flood"), rule("mean", "mean"), silent_rule())
    beats = [line(10.0 * n, 5.0 * n) for n in range(1, 11)]
    tell(district, line(0, id_="w2"), *beats)
    assert {finding.rule for finding in district.adopt(facts())} == {"flood", "mean", "quiet"}
    assert district.adopt(facts()) == []


def test_an_ended_episode_is_cleared_at_the_watermark_and_says_why() -> None:
    district = stream(rule("flood"))
    (raised,) = tell(district, line(10, 2.0)).findings
    tell(district, line(50, 2.0))
    (ended,) = district.adopt(facts())
    assert (ended.id, ended.state, ended.at) == (raised.id, FindingState.CLEARED, ms(50))
    assert ended.why.en == "The rule was changed, so this finding ends"


def test_the_end_of_a_silence_by_new_facts_still_tells_of_a_silence() -> None:
    district = stream(silent_rule())
    tell(district, line(0, id_="w2"), *(line(8.0 * n) for n in range(1, 9)))
    (ended,) = district.adopt(facts())
    assert (ended.silent, ended.metric, ended.device) == (True, "", "w2")


def test_an_open_episode_survives_facts_that_still_hold_its_rule() -> None:
    district = stream(rule("flood"), silent_rule())
    tell(district, line(10, 2.0))
    assert district.adopt(facts(rule("flood", off=0.9), silent_rule())) == []
    assert steps(tell(district, line(20, 0.8)).findings) == [("flood", "cleared", "w1", 20)]


def test_a_rule_that_comes_later_judges_the_channels_known_before() -> None:
    district = stream()
    tell(district, line(10, 2.0))
    district.adopt(facts(rule("flood")))
    assert steps(tell(district, line(20, 2.0)).findings) == [("flood", "raised", "w1", 20)]


def test_a_device_registered_later_is_watched_from_then_on() -> None:
    district = stream(silent_rule())
    tell(district, line(0, id_="new"))
    district.adopt(facts(silent_rule(), devices=[device("new"), device("w1")]))
    found = tell(district, *(line(8.0 * n) for n in range(1, 9))).findings
    assert steps(found) == [("quiet", "raised", "new", 60)]


def test_what_is_owed_goes_out_once_with_the_next_pack() -> None:
    district = stream(rule("flood"))
    tell(district, line(10, 2.0))
    district.owed = district.adopt(facts())
    assert steps(mark(district, 11).findings) == [("flood", "cleared", "w1", 10)]
    assert mark(district, 12).findings == []


def test_a_finding_carries_the_place_where_the_device_is_registered() -> None:
    (finding,) = tell(stream(rule("flood")), line(1, 2.0)).findings
    assert finding.position == {"lon": 111.29, "lat": 30.69}


def test_a_finding_of_a_device_that_is_elsewhere_carries_the_cell_alone() -> None:
    district = stream(rule("flood"))
    (finding,) = tell(district, replace(line(1, 2.0), cell="990101001001009")).findings
    assert finding.cell == "990101001001009"
    assert finding.position is None


def test_clockless_readings_lie_in_the_window_of_their_arrival() -> None:
    district = stream()
    tell(district, clockless(59, 1, 3.0), clockless(61, 2, 4.0))
    assert [(row.start, row.sum) for row in mark(district, 400).windows] == [(ms(0), 3.0), (ms(60), 4.0)]


def test_the_number_of_a_refused_message_is_no_gap_whether_it_is_told_before_or_after() -> None:
    before, after = stream(), stream()
    for district in (before, after):
        tell(district, line(0, seq=1))
    before.refused("w1", 2)
    for district in (before, after):
        tell(district, line(2, seq=3))
    after.refused("w1", 2)
    assert (before.sums.gaps, after.sums.gaps) == (0, 0)


def test_the_number_of_a_message_that_was_refused_in_part_counts_once() -> None:
    district = stream()
    for second in range(1, 5):
        district.refused("w1", second)
        tell(district, line(second, seq=second))
    tell(district, line(2.5, 1.0, seq=2))
    assert district.counted.highest[0] == 4
    assert district.sums.gaps == 0


@pytest.mark.parametrize(("device", "seq"), [("nobody", 7), ("w1", None), ("w1", -1), ("w1", 2**63)])
def test_a_refused_message_that_says_nothing_of_a_sequence_changes_nothing(device: str, seq: int | None) -> None:
    district = stream()
    tell(district, line(0, seq=1))
    district.refused(device, seq)
    assert (int(district.counted.highest[0]), district.sums.gaps) == (1, 0)


def test_a_device_that_measures_elsewhere_is_counted_and_heard_at_home_only() -> None:
    # seq     1     2          3     4        5, of which the other district has the readings of 2, 3 and 4
    away = device("far", district="990104", cell="990104001001001")
    home, other = stream(silent_rule()), stream(silent_rule(), devices=[away])
    seconds = [1.0, 30.0, 60.0, 90.0, 119.0]
    for seq, second in enumerate(seconds, 1):
        values = {WATER: 1.0} if seq in {1, 5} else {}
        assert tell(home, line(second, id_="w1", seq=seq, values=values)).findings == []
        assert mark(home, second + 0.5).findings == []
    for seq in (2, 4, 3, 9):
        tell(other, line(seconds[min(seq, 4) - 1], id_="w1", seq=seq))
    assert (home.sums.gaps, home.windows.readings + home.sums.windowed) == (0, 2)
    assert (other.sums.gaps, mark(other, 500).findings) == (0, [])


def test_what_went_elsewhere_and_never_came_there_either_is_a_gap_at_home() -> None:
    home = stream()
    tell(home, line(1, seq=1), line(2, seq=2, values={}), line(3, seq=5, values={}), line(3, seq=5, values={}))
    assert home.sums.gaps == 2
