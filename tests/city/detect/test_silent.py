"""One silence: how its finding begins, and how it ends."""

from hypothesis import given
from hypothesis import strategies as st

from city.detect.episode import Place
from city.detect.silent import fell_silent, was_heard
from city.finding import FindingState
from tests.builders import CELL, ms, silent_rule

RULE = silent_rule(after_seconds=90)
PLACE = Place(cell=CELL, metric="", device="w1")


def test_a_silence_begins_at_its_deadline_and_is_as_long_as_the_rule_waited() -> None:
    episode, finding = fell_silent(RULE, PLACE, ms(90))

    assert (finding.state, finding.at, finding.value) == (FindingState.RAISED, ms(90), 90.0)
    assert (episode.id, episode.began_at) == (finding.id, ms(90))
    assert finding.silent


def test_a_silence_says_in_both_languages_how_long_nothing_came() -> None:
    _, finding = fell_silent(RULE, PLACE, ms(90))

    assert "1.5 分钟" in finding.why.zh
    assert "1.5 min" in finding.why.en


@given(st.integers(-1000, 1000))
def test_a_silence_never_ends_before_it_began(second: int) -> None:
    episode, raised = fell_silent(RULE, PLACE, ms(0))

    cleared = was_heard(episode, RULE, ms(second))

    assert (cleared.id, cleared.state) == (raised.id, FindingState.CLEARED)
    assert cleared.at == max(ms(second), raised.at)
    assert cleared.silent
