import math
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from adapters.city_folder import Loaded
from adapters.city_folder import load as load_city
from citygrid.proof import town
from citygrid.proof.garbage import KINDS, garbage
from citygrid.proof.load import ALWAYS_AHEAD_MS, TOO_LATE_AFTER_MS, Load
from citygrid.proof.truth import Fate, Sent
from messages.rejects import Refusal
from messages.telemetry import read_telemetry

NOON = 1_800_000_000_000
MINUTE = 60_000
RATE = 500.0


def played(until: int = 2 * MINUTE, seed: int = 1, step: int = 200) -> tuple[Load, list[Sent]]:
    load = Load(town.devices(RATE), started_at=NOON, rate=RATE, seed=seed)
    return load, [one for moment in range(0, until, step) for one in load.due(NOON + moment)]


def test_the_same_seed_says_the_same_and_another_one_does_not() -> None:
    first, again, other = (played(seed=seed)[1] for seed in (1, 1, 2))

    assert [one.payload for one in first] == [one.payload for one in again]
    assert [one.values for one in first] != [one.values for one in other]


def test_as_many_readings_a_second_are_sent_as_were_asked_for() -> None:
    readings = sum(len(one.values) for one in played()[1])

    assert 0.75 * RATE <= readings / 120 <= 1.1 * RATE


def test_no_message_has_the_number_of_another_one_of_its_device() -> None:
    numbers = Counter((one.device, one.seq) for one in played()[1] if one.fate is not Fate.REPORTED)

    assert set(numbers.values()) == {1}


def test_every_flow_adds_up_exactly_in_doubles() -> None:
    flows = [value for one in played()[1] for metric, value in one.values.items() if metric == "flow_m"]

    assert flows
    assert all(value * 1024 == int(value * 1024) for value in flows)


def test_a_sum_of_loads_shows_when_its_low_part_is_lost() -> None:
    """A window keeps its sum in parts, the last of them below 2^-42."""
    windows: dict[tuple[str, int], list[float]] = defaultdict(list)
    for one in played()[1]:
        if one.at is not None and "load_w" in one.values:
            windows[one.cell, one.at // 10_000].append(one.values["load_w"])

    changed = [math.fsum(values) != math.fsum(map(without_low_part, values)) for values in windows.values()]

    assert sum(changed) > len(changed) / 3


def without_low_part(value: float) -> float:
    return math.floor(value * 2.0**42) / 2.0**42


def test_some_readings_are_out_of_order_and_none_of_them_too_late() -> None:
    newest: dict[str, int] = defaultdict(int)
    back = []
    for one in played()[1]:
        if one.at is not None and one.fate is Fate.WINDOWED and one.at <= one.sent_at:
            back.append(newest[one.district] - one.at if newest[one.district] else 0)
            newest[one.district] = max(newest[one.district], one.at)

    assert 5_000 < max(back) < town.LATENESS_S * 1000


def test_one_device_of_each_ordinary_district_is_ahead_all_the_time_and_its_messages_are_believed() -> None:
    ahead = [one for one in played()[1] if one.at is not None and one.at > one.sent_at]

    assert {one.device for one in ahead} == {f"wanderer-{code}-0504" for code in ("990901", "990902", "990904")}
    assert {(one.at or 0) - one.sent_at for one in ahead} == {ALWAYS_AHEAD_MS}
    assert {one.fate for one in ahead} == {Fate.WINDOWED}
    assert ALWAYS_AHEAD_MS > 1000 * (town.WINDOW_S + town.LATENESS_S)


def test_no_clock_is_ahead_any_more_when_the_episodes_are_over() -> None:
    load, _ = played(until=MINUTE)
    load.no_more_episodes = True

    said = [one for moment in range(MINUTE, 2 * MINUTE, 200) for one in load.due(NOON + moment)]

    assert said
    assert all(one.at is None or one.at <= one.sent_at for one in said)


def test_some_messages_are_said_again_seconds_later_and_none_of_them_is_without_a_clock() -> None:
    load, said = played()
    repeated = {(one.device, one.seq) for one in said if one.later}

    again = [(moment, one) for moment in range(0, 3 * MINUTE, 100) for one in load.due_again(NOON + moment)]

    assert {(one.device, one.seq) for _, one in again} == repeated
    assert len(again) == len(repeated)
    assert not load.repeats_wait
    assert 0.03 < len(repeated) / len(said) < 0.05
    assert all(one.at is not None and one.copies == 2 and one.fate is Fate.WINDOWED for _, one in again)
    assert all(500 <= NOON + moment - one.sent_at < 5_100 for moment, one in again)


def test_a_repeat_that_could_overtake_an_episode_does_not_come_over_another_connection() -> None:
    load, said = played()
    scenes = {one.id for one in town.devices(RATE) if one.scene}
    elsewhere = {one.device for one in said if one.later and load.speaks_elsewhere(one)}

    assert elsewhere
    assert not elsewhere & scenes


def test_what_is_sent_too_late_lies_far_behind_everything_else() -> None:
    late = [one for one in played()[1] if one.fate is Fate.TOO_LATE]

    assert late
    assert min(one.sent_at for one in late) > NOON + TOO_LATE_AFTER_MS
    behind = {district.code: district.behind_ms for district in town.DISTRICTS}
    assert {one.sent_at - behind[one.district] - (one.at or 0) for one in late} == {300_000}


def test_a_district_is_an_hour_behind_one_has_devices_without_a_clock_and_one_speaks_now_and_then() -> None:
    said = played()[1]
    silent = [one for one in said if one.district == "990905"]

    assert all(one.sent_at - (one.at or 0) >= town.HOUR_MS for one in said if one.district == "990903" and one.values)
    assert {one.district for one in said if one.at is None} == {"990902"}
    assert silent
    assert all((one.sent_at - NOON) % MINUTE < 5_000 for one in silent)


def test_every_episode_ends_and_no_two_meet() -> None:
    load, _ = played(until=3 * MINUTE)
    load.no_more_episodes = True
    load.due(NOON + 3 * MINUTE + 20_000)

    findings = [one for one in load.episodes if one.kind == "finding"]
    assert len(findings) == 9 * 2 * 4
    assert all(one.ended_at > one.at for one in findings)
    assert not load.in_an_episode
    assert len({(one.event_class, one.cell) for one in load.episodes}) == len(load.episodes)


def test_with_wrong_clocks_some_are_refused_and_some_too_late() -> None:
    load = Load(town.devices(RATE), started_at=NOON, rate=RATE, seed=1)
    load.clocks_wrong = True

    said = [one for moment in range(0, 30_000, 100) for one in load.due(NOON + moment)]

    future = [one for one in said if one.fate is Fate.REFUSED]
    assert {one.reason for one in future} == {"from_the_future"}
    assert all((one.at or 0) > one.sent_at + 300_000 for one in future)
    assert any((one.at or 0) > one.sent_at for one in said if one.fate is Fate.WINDOWED)


def test_a_tenth_of_everything_is_garbage_when_it_is_on() -> None:
    load = Load(town.devices(RATE), started_at=NOON, rate=RATE, seed=1)
    load.garbage_on = True

    said = [one for moment in range(0, 60_000, 100) for one in load.due(NOON + moment)]

    refused = [one for one in said if one.fate is Fate.REFUSED]
    assert 0.07 < len(refused) / len(said) < 0.12
    assert len({one.payload for one in refused}) == len(refused)


@pytest.mark.parametrize("kind", town.MEASURES)
@pytest.mark.parametrize("number", range(len(KINDS)))
def test_each_piece_of_garbage_is_refused_for_the_reason_it_says(number: int, kind: str, tmp_path: Path) -> None:
    """As far as the payload alone decides; where it is sent to is for the gateway."""
    device = next(one for one in town.devices(RATE) if one.kind == kind)
    loaded = load_city(town.write(tmp_path, RATE))
    assert isinstance(loaded, Loaded)

    made = garbage(device, number, NOON)

    registered = loaded.registry.devices[device.id]
    if made.topic != f"citygrid/v1/{device.district.code}/telemetry/{device.id}":
        assert made.reason in {"unknown_sender", "wrong_district", "unknown_topic"}
        return
    verdict = read_telemetry(
        made.payload, registered, loaded.registry.metrics, received_at=NOON, too_old_ms=7 * 86_400_000, locate=nowhere
    )
    refused = verdict if isinstance(verdict, Refusal) else verdict.refused[0]
    assert refused.reason == made.reason


def nowhere(_position: object, _district: str) -> Refusal:
    raise AssertionError("garbage names no position")
