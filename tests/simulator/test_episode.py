from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from city.registry import Metric
from city.rules import Rule
from simulator.episode import FALL_MS, LONGEST_MS, REPAIR_MS, RISE_MS, SPREAD_MS, Episode, begin
from simulator.sites import Site
from tests.simulator.builders import DISTRICT, STARTED_AT, code, metric, rule

WATER = rule("road-water", "water_level_m", "E0506", on=0.15, off=0.10)
LEVEL = metric("water_level_m", high=5)
SILENT = rule("silent", "", "C0199", type="silent", kinds=["gas"], after_seconds=600)
QUIET = 0.02


def site(rule_: Rule, kind: str = "flood") -> Site:
    return Site(kind=kind, rule=rule_, district=DISTRICT, devices=("a", "b"), cells=(code(0), code(1)))


def episode(
    rule_: Rule = WATER, measured: Metric | None = LEVEL, *, dies: bool = False, kind: str = "flood"
) -> Episode:
    return begin(site(rule_, kind), measured, id_="7-1", now=STARTED_AT, dies=dies)


def highest(one: Episode) -> float:
    return max(one.value(0, at, QUIET) for at in range(one.began_at, one.falls_at, 500))


def test_a_reading_rises_past_the_level_stays_and_falls_back() -> None:
    flood = episode()
    values = [flood.value(0, at, QUIET) for at in range(flood.began_at, flood.ended_at + 1, 500)]
    assert values[0] == values[-1] == QUIET
    middle = [flood.value(0, at, QUIET) for at in range(flood.began_at + RISE_MS, flood.falls_at, 500)]
    assert min(middle) > WATER.on
    assert max(middle) <= LEVEL.max


levels = st.floats(1, 90)


@given(levels, levels, st.sampled_from(["above", "below"]), st.integers())
def test_every_episode_crosses_the_level_and_stays_possible(
    one: float, other: float, direction: str, number: int
) -> None:
    on, off = (max(one, other), min(one, other)) if direction == "above" else (min(one, other), max(one, other))
    tall = begin(
        site(rule("r", "m_x", "E1", on=on, off=off, direction=direction)),
        metric("m_x"),
        id_=str(number),
        now=0,
        dies=False,
    )
    peak = [tall.value(0, at, off) for at in range(RISE_MS, RISE_MS + 20_000, 700)]
    if direction == "above":
        assert min(peak) > on
    else:
        assert max(peak) < on
    assert all(0 <= value <= 100 for value in peak)


def test_a_boolean_is_set_and_taken_back() -> None:
    opened = episode(
        rule("open", "cover_open_bool", "C0103", on=1, off=0.5), metric("cover_open_bool", high=1, type_="boolean")
    )
    assert bool(opened.value(0, opened.began_at + RISE_MS, 0.0))
    assert opened.value(0, opened.ended_at, 0.0) == 0.0


def test_the_devices_around_notice_one_after_the_other() -> None:
    flood = episode()
    later = flood.began_at + SPREAD_MS // 2
    assert flood.value(0, later, QUIET) > WATER.on
    assert flood.value(1, later, QUIET) == QUIET
    assert flood.value(1, later + SPREAD_MS + RISE_MS, QUIET) > WATER.on


def test_it_passes_soon_after_a_worker_came() -> None:
    arrived = STARTED_AT + 30_000
    worked = episode().worked_on(arrived)
    assert worked.falls_at == arrived + REPAIR_MS
    assert worked.value(0, arrived + REPAIR_MS + FALL_MS, QUIET) == QUIET
    assert worked.truth(ended=True).by == "worker"


def test_a_second_worker_does_not_make_it_last_longer() -> None:
    worked = episode().worked_on(STARTED_AT + 30_000)
    assert worked.worked_on(STARTED_AT + 90_000) == worked


def test_without_a_worker_it_passes_by_itself_after_a_while() -> None:
    flood = episode()
    assert flood.falls_at - flood.began_at <= LONGEST_MS + 60_000
    truth = flood.truth(ended=True)
    assert (truth.by, truth.ended_at) == ("itself", flood.ended_at)
    assert flood.truth(ended=False).ended_at is None


@given(st.integers(0, 3600), st.integers(1, 10), st.integers(1, 10))
def test_it_lasts_longer_than_the_rule_waits(for_seconds: int, n: int, windows: int) -> None:
    for type_, waits in (("threshold", 1000 * for_seconds), ("mean", 60_000 * windows)):
        slow = rule("slow", "m_x", "E1", on=10, off=5, type=type_, for_seconds=for_seconds, n=n, m=n, windows=windows)
        drawn = begin(site(slow), metric("m_x"), id_="1", now=0, dies=False)
        assert drawn.falls_at > waits + RISE_MS + n * drawn.pace_ms
        assert drawn.over_at > drawn.ended_at
        assert 0 < drawn.pace_ms <= 20_000


def test_a_sensor_that_dies_raises_the_alarm_first_and_comes_back_in_the_end() -> None:
    dying = episode(dies=True)
    dead = [at for at in range(dying.began_at, dying.over_at, 1000) if dying.is_dead(at)]
    assert dying.value(0, dead[0], QUIET) > WATER.on
    assert dead[0] - dying.began_at > 15_000
    assert dead[-1] < dying.falls_at
    assert all(later - earlier == 1000 for earlier, later in pairwise(dead))
    assert not any(episode().is_dead(at) for at in range(dying.began_at, dying.over_at, 1000))


def test_a_silence_is_dead_from_its_beginning_and_longer_than_the_rule_waits() -> None:
    silence = episode(SILENT, None, kind="device-silent", dies=True)
    assert not silence.dies
    assert silence.is_dead(silence.began_at)
    assert silence.falls_at - silence.began_at > 1000 * SILENT.after_seconds
    assert not silence.is_dead(silence.falls_at)


def test_the_truth_names_everything_there_is_to_compare() -> None:
    truth = episode().truth(ended=False)
    assert (truth.kind, truth.rule, truth.event_class, truth.district) == ("flood", "road-water", "E0506", DISTRICT)
    assert (truth.devices, truth.cells, truth.began_at) == (("a", "b"), (code(0), code(1)), STARTED_AT)


def test_the_height_is_chance_from_the_id() -> None:
    other = begin(site(WATER), LEVEL, id_="7-2", now=STARTED_AT, dies=False)
    assert highest(episode()) == highest(episode()) != highest(other)
