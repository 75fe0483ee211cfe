"""Clocks that jump, outages, storms and crashes: what the stream says is what one would have said who saw it all; seconds after T0."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from city import checkpoint
from city.facts import Facts
from city.finding import Finding
from messages.telemetry import PackLine
from tests.builders import facts, line, ms, rule, silent_rule, steps, stream
from tests.city.random_days import Entry, Pack, Told, packs, run, told
from tests.city.test_checkpoint import Store

HOUR, OUTAGE = 3600.0, 1200.0
DEVICES = ("w1", "w2", "w3")
LIVELY = facts(rule("long", for_seconds=60), silent_rule(after_seconds=60))


def day(until: float, clock: Callable[[str, float], float], every: float = 5, gone: float = 10**6) -> list[Entry]:
    """Three sensors that send each few seconds by clocks of their own, and a mark a second; w3 dies at `gone`."""
    log: list[Entry] = []
    for second in range(int(until)):
        if second % every == 0:
            alive = DEVICES if second < gone else DEVICES[:2]
            log += [line(clock(id_, second), 0, id_, received=second, seq=second) for id_ in alive]
        log.append(ms(second + 0.5))
    return log


def crashing(read: Sequence[Pack], crashes: Iterator[bool], knowing: Facts) -> Told:
    """Reads the packs, and is loaded anew behind those where it crashes."""
    store, outcomes = Store(), []
    district, _, saved = checkpoint.load(knowing, store.blocks.get)
    for lines, written_at in read:
        outcomes.append(district.apply(lines, written_at))
        if next(crashes, False):
            store.write(checkpoint.save(district, {}, saved))
            district, _, saved = checkpoint.load(knowing, store.blocks.get)
    return told(district, outcomes)


def said(log: list[Entry], knowing: Facts = LIVELY) -> list[tuple[str, str, str, float]]:
    """The findings, which are the same in packs of any size and over crashes."""
    once = crashing(packs(log, [True]), iter([]), knowing)
    again = crashing(packs(log, [False, True, False]), iter([False, True, True] * len(log)), knowing)
    assert again == once
    return steps(once.findings)


def right(_id: str, now: float) -> float:
    return now


CLOCKS: dict[str, Callable[[str, float], float]] = {
    "right": right,
    "all an hour behind": lambda _, now: now - HOUR,
    "one an hour behind": lambda id_, now: now - HOUR if id_ == "w2" else now,
    "one set back by an hour": lambda id_, now: now - HOUR if id_ == "w2" and now > 100 else now,
    "all set back by an hour": lambda _, now: now - HOUR if now > 100 else now,
    "one set forward from an hour behind": lambda id_, now: now - HOUR if id_ == "w2" and now < 100 else now,
    "one four minutes ahead": lambda id_, now: now + 240 if id_ == "w2" else now,
    "one jumping to and fro": lambda id_, now: now + (240 if now // 20 % 2 else -HOUR) if id_ == "w2" else now,
}


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS.keys())
def test_no_device_that_sends_is_called_silent_whatever_its_clock(clock: Callable[[str, float], float]) -> None:
    assert said(day(300, clock)) == []


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS.keys())
def test_a_device_that_dies_is_called_silent_in_time_whatever_the_others_clocks(
    clock: Callable[[str, float], float],
) -> None:
    log = day(300, clock, gone=150)
    ((rule_id, state, id_, at),) = said(log)
    assert (rule_id, state, id_) == ("quiet", "raised", "w3")
    assert 200 <= (at + HOUR if at < 0 else at) <= 205


def after_outage(log: Sequence[Entry], begin: float, end: float) -> list[Entry]:
    """The log of a gateway that was away: messages waited in the broker and come at once behind `end`; no marks meanwhile."""
    held = [one for one in log if ms(begin) <= (one if isinstance(one, int) else one.received_at) < ms(end)]
    waited = [replace(one, received_at=ms(end)) for one in held if isinstance(one, PackLine)]
    before = [one for one in log if (one if isinstance(one, int) else one.received_at) < ms(begin)]
    later = [one for one in log if (one if isinstance(one, int) else one.received_at) >= ms(end)]
    return [*before, *waited, *later]


def test_our_own_outage_of_twenty_minutes_makes_nobody_silent() -> None:
    assert said(after_outage(day(OUTAGE + 300, right), 100, 100 + OUTAGE)) == []


def test_a_sensor_that_died_in_our_own_outage_is_found_at_its_time() -> None:
    log = after_outage(day(OUTAGE + 300, right, gone=400), 100, 100 + OUTAGE)
    assert said(log) == [("quiet", "raised", "w3", 455)]


def test_an_outage_in_which_nothing_waited_makes_nobody_silent_and_a_dead_sensor_is_found_a_minute_later() -> None:
    log = [one for one in day(OUTAGE + 300, right, gone=400) if not ms(100) <= _time(one) < ms(100 + OUTAGE)]
    assert said(log) == [("quiet", "raised", "w3", 100 + OUTAGE + 60)]


def _time(one: Entry) -> int:
    return one if isinstance(one, int) else one.received_at


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.sampled_from([0.0, 3.0, 45.0, 500.0]))
@settings(max_examples=40, deadline=None)
def test_for_at_least_a_minute_fires_at_its_own_minute_over_any_crashes_and_pauses(
    crashes: list[bool], pause: float
) -> None:
    """The stage is away for `pause`; what the gateway wrote meanwhile waits in the log with the arrivals it had."""
    log: list[Entry] = [line(5.0 * n, 2.0, seq=n, received=5.0 * n + (pause if n > 6 else 0)) for n in range(20)]
    found = crashing(packs(log, [True]), iter(crashes), facts(rule("long", for_seconds=60)))
    assert steps(found.findings) == [("long", "raised", "w1", 60)]


def test_a_device_that_restarts_its_count_without_a_clock_is_counted_on() -> None:
    first = [line(5.0 * n, 0, "kerb", seq=100 + n, clockless=True) for n in range(5)]
    again = [line(100 + 5.0 * n, 0, "kerb", seq=n, clockless=True) for n in range(5)]
    ended = run(stream(), packs([*first, *again, ms(500)], [False]))
    assert (ended.sums.gaps, ended.sums.duplicate, ended.sums.windowed) == (0, 0, 10)


def test_a_rule_that_always_fires_tells_no_more_than_it_grows_worse() -> None:
    log: list[Entry] = [line(float(second), 2.0, seq=second) for second in range(2000)]
    found = run(stream(rule("always", on=-1.0, off=-2.0)), packs(log, [False])).findings
    assert [str(one.state) for one in found] == ["raised"]


def test_a_value_that_grows_without_end_is_told_by_steps_of_a_fifth() -> None:
    log: list[Entry] = [line(float(second), 1 + second / 100, seq=second) for second in range(1000)]
    found = run(stream(rule("flood")), packs(log, [False])).findings
    assert 45 <= len(found) <= 50


def _is_storm(found: Sequence[Finding]) -> bool:
    return len({one.id for one in found}) == len(found)


def test_a_storm_is_one_finding_for_each_device() -> None:
    ids = [f"s{number:04}" for number in range(1000)]
    log: list[Entry] = [line(float(second), 2.0, id_, seq=second) for second in range(3) for id_ in ids]
    found = run(stream(rule("flood")), packs(log, [False])).findings
    assert (len(found), _is_storm(found)) == (1000, True)
