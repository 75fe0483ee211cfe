"""No output depends on how messages were packed, and a reading that comes again changes nothing."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from messages.telemetry import PackLine
from tests.builders import clockless, line, ms, silent_rule, steps, stream
from tests.city.random_days import RULES, Entry, Told, hours, packs, run

CUTS = st.lists(st.booleans(), min_size=1, max_size=12)
ALONE, TOGETHER = [True], [False]


def read(log: Sequence[Entry], cuts: Sequence[bool]) -> Told:
    return run(stream(*RULES), packs(log, cuts))


@given(hours(), CUTS)
@settings(max_examples=200)
def test_everything_is_the_same_however_the_messages_were_packed(log: list[Entry], cuts: list[bool]) -> None:
    alone = read(log, ALONE)
    assert read(log, cuts) == alone
    assert read(log, TOGETHER) == alone


@given(hours(), st.lists(st.integers(1, 3), min_size=1, max_size=7), CUTS)
@settings(max_examples=100)
def test_messages_that_come_three_times_give_the_same_windows_and_findings(
    log: list[Entry], times: list[int], cuts: list[bool]
) -> None:
    once = read(log, ALONE)
    often: list[Entry] = []
    for place, entry in enumerate(log):
        often += [entry] * (1 if isinstance(entry, int) else times[place % len(times)])
    again = read(often, cuts)
    assert (again.windows, again.findings) == (once.windows, once.findings)
    assert (again.sums.windowed, again.readings) == (once.sums.windowed, once.readings)
    assert again.sums.gaps == once.sums.gaps


@given(hours(), CUTS)
@settings(max_examples=100)
def test_every_reading_has_exactly_one_outcome(log: list[Entry], cuts: list[bool]) -> None:
    all_of_it = read(log, cuts)
    sent = sum(len(entry.values) for entry in log if isinstance(entry, PackLine))
    sums = all_of_it.sums
    assert sent == sums.windowed + all_of_it.readings + sums.duplicate + sums.too_late
    assert sums.windowed == sum(row.count for row in all_of_it.windows)
    assert sums.late == sum(row.late for row in all_of_it.windows)
    assert sums.too_late == len(all_of_it.late)


@given(hours(), CUTS)
@settings(max_examples=100)
def test_a_window_leaves_once_and_an_episode_is_raised_before_it_is_cleared(log: list[Entry], cuts: list[bool]) -> None:
    all_of_it = read(log, cuts)
    identities = [(row.cell, row.metric, row.start, row.seconds) for row in all_of_it.windows]
    assert len(set(identities)) == len(identities)
    lives: dict[str, list[str]] = {}
    for finding in all_of_it.findings:
        lives.setdefault(finding.id, []).append(finding.state)
    for life in lives.values():
        middle = life[1:-1] if life[-1] == "cleared" else life[1:]
        assert life[0] == "raised"
        assert set(middle) <= {"updated"}


def same_in_every_pack(log: Sequence[Entry]) -> Told:
    together = run(stream(silent_rule(after_seconds=60)), packs(log, TOGETHER))
    assert together == run(stream(silent_rule(after_seconds=60)), packs(log, ALONE))
    return together


def test_a_device_whose_clock_is_behind_is_heard_whenever_it_goes_on_speaking() -> None:
    chatter: list[Entry] = [
        entry for n in range(60) for entry in (line(4.0 * n), line(4.0 * n - 3600, 0, "w2", received=4.0 * n))
    ]
    assert same_in_every_pack(chatter).findings == []
    found = same_in_every_pack([*chatter, *(line(4.0 * n) for n in range(60, 80))]).findings
    assert steps(found) == [("quiet", "raised", "w2", 296)]


def test_what_comes_again_from_far_behind_says_nothing_of_its_device() -> None:
    log: list[Entry] = [line(0, id_="w2"), *(line(5.0 * n) for n in range(15)), line(0, id_="w2", received=71)]
    assert steps(same_in_every_pack(log).findings) == [("quiet", "raised", "w2", 60)]


def test_a_silence_is_found_at_the_message_that_passes_it_and_not_at_the_device_s_next() -> None:
    # w2 speaks at 0 and 90; w1 every 8 s; w3 at 0 and then never: both fall silent at 60, in the order of their numbers
    chatter: list[Entry] = [line(8.0 * n) for n in range(1, 11)]
    found = same_in_every_pack([line(0, id_="w2"), line(0, id_="w3"), *chatter, line(88, id_="w2")]).findings
    assert [(rule_id, state) for rule_id, state, _, _ in steps(found)] == [
        ("quiet", "raised"),
        ("quiet", "raised"),
        ("quiet", "cleared"),
    ]


def test_a_pause_of_the_gateway_within_a_pack_is_seen_as_one_between_packs() -> None:
    log: list[Entry] = [line(0), line(0, id_="w2"), line(500), line(501), line(559, id_="w3")]
    assert same_in_every_pack(log).findings == []


def test_a_clockless_repeat_is_judged_by_the_windows_open_before_it() -> None:
    log: list[Entry] = [clockless(10, 7), line(92), clockless(95, 7), clockless(96, 7)]
    assert same_in_every_pack(log).sums.duplicate == 1


def test_a_clock_of_the_gateway_that_goes_back_does_not_change_which_of_two_is_the_repeat() -> None:
    windows = same_in_every_pack([clockless(70, 7), clockless(50, 7), line(300)]).windows
    assert [row.start for row in windows] == [ms(60)]
