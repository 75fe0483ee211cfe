import numpy as np

from city.channels import Channels
from city.detect.levels import Levels, place_of
from messages.telemetry import PackLine
from tests.builders import CELL, GAS, WATER, columns, device, facts, line, ms, rule, steps


class Watched:
    """Threshold rules over the channels of a district."""

    def __init__(self, *rules: object) -> None:
        self.levels, self.channels = Levels(), Channels()
        self.facts = facts(*rules)  # type: ignore[arg-type]
        self.levels.adopt(self.facts.rules, self.facts.devices)

    def see(self, *lines: PackLine, stale: tuple[int, ...] = ()) -> list[tuple[str, str, str, float]]:
        """The findings of a pack; the readings in these rows are late or repeated."""
        readings = columns(lines, self.channels)
        fresh = np.ones(len(readings), np.bool_)
        fresh[list(stale)] = False
        return steps(finding for _, finding in self.levels.judge(readings, fresh, self.channels))


def test_a_pack_below_every_level_leaves_nothing_to_remember() -> None:
    watched = Watched(rule("flood"))
    assert watched.see(line(1, 0.9), line(2, 0.5)) == []
    assert watched.levels.watches == {}


def test_raising_and_clearing_within_one_pack_are_both_told() -> None:
    watched = Watched(rule("flood"))
    assert watched.see(line(1, 0.0), line(2, 1.0), line(3, 0.0)) == [
        ("flood", "raised", "w1", 2),
        ("flood", "cleared", "w1", 3),
    ]


def test_each_device_has_episodes_of_its_own() -> None:
    watched = Watched(rule("flood"))
    watched.see(line(1, 1.0), line(1, 1.0, "w3"))
    assert watched.see(line(2, 0.0, "w3")) == [("flood", "cleared", "w3", 2)]
    assert len(watched.levels.watches) == 1


def test_a_reading_that_is_older_than_one_judged_before_is_not_judged() -> None:
    # event time      10   5   10   11
    # judged          yes  no  no   yes
    watched = Watched(rule("flood"))
    assert watched.see(line(10, 0.0), line(5, 9.0), line(10, 9.0, seq=2)) == []
    assert watched.see(line(7, 9.0)) == []
    assert watched.see(line(11, 9.0)) == [("flood", "raised", "w1", 11)]


def test_late_and_repeated_readings_are_not_judged() -> None:
    assert Watched(rule("flood")).see(line(1, 9.0), stale=(0,)) == []


def test_all_rules_of_a_metric_judge_it_in_the_order_of_their_ids() -> None:
    watched = Watched(rule("b", on=2.0), rule("a"), rule("c", metric=GAS))
    assert watched.see(line(1, 3.0)) == [("a", "raised", "w1", 1), ("b", "raised", "w1", 1)]


def test_rules_for_above_and_below_watch_the_same_channel() -> None:
    watched = Watched(rule("high"), rule("low", direction="below", on=-1.0, off=-0.5))
    assert watched.see(line(1, -2.0), line(2, 2.0)) == [
        ("low", "raised", "w1", 1),
        ("high", "raised", "w1", 2),
        ("low", "cleared", "w1", 2),
    ]


def test_a_metric_without_a_rule_is_never_looked_at() -> None:
    assert Watched(rule("flood")).see(line(1, values={GAS: 99.0})) == []


def test_readings_between_two_beyond_the_level_count_for_m_of_n() -> None:
    watched = Watched(rule("often", m=2, n=3))
    assert watched.see(line(1, 1.0)) == []
    assert watched.see(line(2, 0.0), line(3, 0.0)) == []
    assert watched.see(line(4, 1.0)) == []
    assert watched.see(line(5, 1.0)) == [("often", "raised", "w1", 5)]


def test_what_was_under_way_under_a_rule_that_is_gone_is_forgotten() -> None:
    watched = Watched(rule("often", m=2, n=3))
    watched.see(line(1, 1.0))
    assert watched.levels.adopt(facts().rules, {}) == []
    assert watched.levels.watches == {}


def test_a_rule_that_became_another_kind_ends_its_episodes() -> None:
    watched = Watched(rule("flood"))
    watched.see(line(1, 1.0))
    ended = watched.levels.adopt(facts(rule("flood", "mean")).rules, {})
    assert [str(finding.state) for finding in ended] == ["cleared"]


def test_a_rule_that_watches_another_metric_ends_its_episodes() -> None:
    watched = Watched(rule("flood"))
    watched.see(line(1, 1.0))
    assert len(watched.levels.adopt(facts(rule("flood", metric=GAS)).rules, {})) == 1


def test_a_channel_that_nobody_watches_any_more_goes_the_fast_way_again() -> None:
    watched = Watched(rule("flood"))
    watched.see(line(1, 1.0))
    watched.levels.adopt(facts().rules, {})
    watched.see(line(2, 1.0))
    assert not watched.levels._busy.any()


def test_the_place_is_the_cell_of_the_reading_and_the_registered_position() -> None:
    place = place_of(CELL, WATER, device(lon=1.0, lat=2.0), "w1")
    assert (place.cell, place.metric, place.device) == (CELL, WATER, "w1")
    assert place.position == {"lon": 1.0, "lat": 2.0}
    assert place_of(CELL, WATER, None, "gone").position is None


def test_the_newest_time_of_a_channel_is_kept_also_when_nothing_was_hot() -> None:
    watched = Watched(rule("flood"))
    watched.see(line(5), line(3))
    assert watched.levels.newest[0] == ms(5)
