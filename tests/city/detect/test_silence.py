"""A device is silent when the watermark has come 60 s past its last message, unless nobody listened; seconds after T0."""

import pytest

from city.detect.levels import place_of
from city.detect.silent import LISTENING_GAP_MS, fell_silent, was_heard
from city.facts import Facts
from city.registry import Device
from city.stream import DistrictStream
from tests.builders import CELL, device, facts, line, mark, ms, rule, silent_rule, steps, stream, tell

GAP_S = LISTENING_GAP_MS / 1000


def listened(to: DistrictStream, first: float, last: float, every: float = 5) -> list[tuple[str, str, str, float]]:
    """What marks find, one each 5 s."""
    found = []
    second = first
    while second <= last:
        found += mark(to, second).findings
        second += every
    return steps(found)


def test_a_device_falls_silent_when_its_time_is_over_and_not_before() -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    assert listened(district, 5, 55) == []
    assert listened(district, 59.999, 59.999) == []
    assert listened(district, 60, 60) == [("quiet", "raised", "w1", 60)]


def test_a_silence_is_told_once() -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    assert len(listened(district, 5, 500)) == 1


def test_a_silence_ends_with_the_next_message() -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    listened(district, 5, 100)
    assert steps(tell(district, line(101)).findings) == [("quiet", "cleared", "w1", 101)]
    assert listened(district, 105, 165) == [("quiet", "raised", "w1", 161)]


def test_two_silences_of_one_device_are_two_findings() -> None:
    district = stream(silent_rule())
    ids = set()
    for start in (0, 200):
        tell(district, line(start))
        ids |= {finding.id for second in range(5, 100, 5) for finding in mark(district, start + second).findings}
        mark(district, start + 105)
        listened(district, start + 110, start + 195)
    assert len(ids) == 2


def test_a_device_that_was_never_heard_is_not_silent() -> None:
    district = stream(silent_rule())
    tell(district, line(0, id_="w2"))
    assert [device for _, _, device, _ in listened(district, 5, 100)] == ["w2"]


def test_time_in_which_nobody_listened_is_not_held_against_a_device() -> None:
    # 0 ...... 10        the gateway is away        600 ....... 660
    # w1 last heard                                  since       silent from here
    district = stream(silent_rule())
    tell(district, line(0))
    listened(district, 5, 10)
    assert listened(district, 600, 655) == []
    assert listened(district, 660, 660) == [("quiet", "raised", "w1", 660)]


@pytest.mark.parametrize(("pause", "raised_at"), [(GAP_S, 60), (GAP_S + 0.001, 60 + GAP_S + 0.001)])
def test_a_pause_counts_as_one_when_it_is_longer_than_ten_marks(pause: float, raised_at: float) -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    assert listened(district, pause, 100)[0] == ("quiet", "raised", "w1", raised_at)


def test_after_a_pause_silence_starts_at_the_event_time_of_the_first_message_that_waited() -> None:
    # the gateway was away from 10 to 600; what waited in the broker begins at 20
    district = stream(silent_rule())
    tell(district, line(0), line(0, id_="w2"))
    listened(district, 5, 10)
    tell(district, line(20, received=600))
    tell(district, line(79, received=600.1))
    assert listened(district, 600.1, 600.1) == []
    assert steps(tell(district, line(80, received=600.2)).findings) == [("quiet", "raised", "w2", 80)]


def test_a_device_that_was_silent_before_a_pause_is_heard_after_it() -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    assert len(listened(district, 5, 60)) == 1
    assert steps(tell(district, line(600)).findings) == [("quiet", "cleared", "w1", 600)]
    assert listened(district, 605, 655) == []


def test_an_old_message_that_comes_again_does_not_end_a_silence() -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    listened(district, 5, 100)
    assert tell(district, line(0, received=101)).findings == []
    assert tell(district, line(600, id_="w2"), line(0, received=601)).findings == []


def test_news_from_far_behind_end_a_silence_at_the_watermark() -> None:
    # w1 was cut off, or its clock is behind: that it says something new says that it lives
    district = stream(silent_rule())
    tell(district, line(0))
    listened(district, 5, 100)
    assert steps(tell(district, line(20, received=101)).findings) == [("quiet", "cleared", "w1", 100)]


def test_a_silence_never_ends_before_it_began() -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    (raised,) = [finding for second in range(5, 61, 5) for finding in mark(district, second).findings]
    (cleared,) = tell(district, line(50, received=61)).findings
    assert cleared.at == raised.at == ms(60)


def test_a_clock_that_runs_ahead_does_not_keep_a_device_from_falling_silent() -> None:
    district = stream(silent_rule())
    tell(district, line(250, received=0))
    assert listened(district, 5, 60) == [("quiet", "raised", "w1", 60)]


def test_only_the_kinds_of_the_rule_are_watched_and_the_shortest_time_wins() -> None:
    devices: list[Device] = [device("w1"), device("bin", kind="bin"), device("cam", kind="camera")]
    rules = [silent_rule("a", after_seconds=90), silent_rule("b"), silent_rule("c", after_seconds=30, kinds=["bin"])]
    district = stream(*rules, devices=devices)
    tell(district, line(0), line(0, id_="bin"), line(0, id_="cam"), line(0, id_="nobody"))
    assert listened(district, 5, 200) == [("c", "raised", "bin", 30), ("b", "raised", "w1", 60)]


def test_a_finding_says_which_device_where_and_for_how_long() -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    (finding,) = [finding for second in range(5, 61, 5) for finding in mark(district, second).findings]
    assert (finding.device, finding.metric, finding.silent) == ("w1", "", True)
    assert (finding.value, finding.cell) == (60.0, CELL)
    assert finding.why.en == "Flood: the device has sent nothing for 1 min"


@pytest.mark.parametrize(
    "now",
    [
        facts(),
        facts(rule("quiet")),
        facts(silent_rule(kinds=["bin"])),
        facts(silent_rule(), devices=[device("w2")]),
        facts(silent_rule("other", after_seconds=5), silent_rule()),
    ],
    ids=["no rule", "another kind of rule", "another kind of device", "device gone", "another rule"],
)
def test_a_silence_ends_when_its_rule_no_longer_watches_the_device(now: Facts) -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    listened(district, 5, 100)
    assert steps(district.adopt(now)) == [("quiet", "cleared", "w1", 100)]
    assert district.silence.episodes == {}


def test_a_longer_time_for_the_same_rule_keeps_the_silence_that_is_open() -> None:
    district = stream(silent_rule())
    tell(district, line(0))
    listened(district, 5, 60)
    assert district.adopt(facts(silent_rule(after_seconds=600))) == []
    assert steps(tell(district, line(65)).findings) == [("quiet", "cleared", "w1", 65)]


def test_the_steps_of_a_silence_share_its_id_and_its_limit_is_the_time() -> None:
    watched = silent_rule()
    episode, raised = fell_silent(watched, place_of(CELL, "", device(), "w1"), ms(60))
    cleared = was_heard(episode, watched, ms(90))
    assert raised.id == cleared.id == episode.id
    assert (cleared.at, cleared.value, cleared.limit) == (ms(90), 0.0, 60.0)
    assert cleared.why.zh == "积水：设备已恢复上报"


def test_a_device_that_only_passes_through_a_district_is_not_missed_there() -> None:
    elsewhere = CELL.replace(CELL[:6], "990104")
    district = stream(silent_rule())
    tell(district, line(0, cell=elsewhere))
    assert listened(district, 5, 200) == []
