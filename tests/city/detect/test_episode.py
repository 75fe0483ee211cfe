import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.detect.episode import WORSE_BY, Place, beyond, finding_id, given_up, raised, step, worsened
from city.finding import FindingState
from city.names import Name
from tests.builders import CELL, WATER, ms, rule, silent_rule

PLACE = Place(cell=CELL, metric=WATER, device="w1", position={"lon": 1.0, "lat": 2.0})
WHY = Name("因为", "because")


def test_the_id_begins_with_the_district_and_is_the_same_in_every_run() -> None:
    assert finding_id(rule("flood"), PLACE, ms(0)) == "990101-f560a49bc9291d12"


def test_the_id_tells_rule_place_and_beginning_apart_but_not_the_version() -> None:
    ids = [
        finding_id(rule("flood"), PLACE, ms(0)),
        finding_id(rule("other"), PLACE, ms(0)),
        finding_id(rule("flood"), Place(cell=CELL, metric=WATER, device="w2"), ms(0)),
        finding_id(rule("flood"), Place(cell=CELL, metric="tilt_deg", device="w1"), ms(0)),
        finding_id(rule("flood"), PLACE, ms(1)),
    ]
    assert len(set(ids)) == len(ids)
    assert finding_id(rule("flood", version=2, on=9.0), PLACE, ms(0)) == ids[0]


@pytest.mark.parametrize(
    ("value", "direction", "expected"),
    [(1.0, "above", True), (0.9, "above", False), (1.0, "below", True), (1.1, "below", False)],
)
def test_a_level_is_reached_from_its_own_side_and_by_equality(value: float, direction: str, expected: bool) -> None:
    assert beyond(value, 1.0, direction) is expected


def test_an_episode_and_its_first_finding_speak_of_the_same() -> None:
    episode, finding = raised(rule("flood"), PLACE, at=ms(5), began_at=ms(3), value=1.5, why=WHY)
    assert (episode.id, episode.began_at, episode.worst) == (finding.id, ms(3), 1.5)
    assert (finding.state, finding.at, finding.limit, finding.why) == (FindingState.RAISED, ms(5), 1.0, WHY)
    assert finding.position == {"lon": 1.0, "lat": 2.0}


def test_later_steps_keep_what_the_rule_said_when_it_was_raised() -> None:
    episode, first = raised(rule("flood", severity="severe"), PLACE, at=ms(5), began_at=ms(5), value=1.5, why=WHY)
    last = step(episode, FindingState.CLEARED, at=ms(9), value=0.1, limit=0.5, why=WHY)
    assert (last.id, last.rule, last.version, last.severity) == (first.id, "flood", 1, "severe")
    assert (last.state, last.at, last.value, last.limit) == (FindingState.CLEARED, ms(9), 0.1, 0.5)


def test_an_episode_that_is_given_up_is_cleared_and_says_that_the_rule_was_changed() -> None:
    episode, _ = raised(rule("flood"), PLACE, at=ms(5), began_at=ms(5), value=1.5, why=WHY)
    ended = given_up(episode)
    assert (ended.state, ended.silent, ended.why.zh) == (FindingState.CLEARED, False, "规则已更改，本次发现结束")


def test_a_silence_that_is_given_up_is_still_a_silence() -> None:
    place = Place(cell=CELL, metric="", device="w1")
    episode, first = raised(silent_rule(), place, at=ms(5), began_at=ms(5), value=60.0, why=WHY)
    assert first.silent
    assert given_up(episode).silent


@given(st.floats(0.1, 100), st.floats(0, 3))
def test_worse_is_a_share_of_the_level_away_from_the_last_telling(on: float, share: float) -> None:
    watched = rule("flood", on=on, off=on / 2)
    episode, _ = raised(watched, PLACE, at=ms(0), began_at=ms(0), value=on, why=WHY)
    if abs(share - WORSE_BY) > 1e-6:
        assert worsened(episode, watched, on + share * on) is (share > WORSE_BY)
    assert not worsened(episode, watched, on - share * on) or share == 0
