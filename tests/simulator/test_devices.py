import json
from collections import Counter
from typing import Any

import pytest

from simulator.devices import Devices
from simulator.faults import Clock, Shares
from simulator.outgoing import Outgoing
from simulator.plan import Plan
from tests.simulator.builders import DISTRICT, STARTED_AT, small_city

NONE = Shares(duplicate=0, late=0, shuffled=0, garbage=0, wrong_clock=0, silent=0)
CITY = small_city()
SECOND = 1000
GAS = "gas-03"


def devices(shares: Shares = NONE, *, rate: float = 36.0) -> Devices:
    return Devices(CITY, Plan(CITY, seed=1, rate=rate), seed=1, shares=shares, started_at=STARTED_AT)


def play(drawn: Devices, seconds: int, *, beat_ms: int = 100, first: int = 0) -> list[Outgoing]:
    ends = range(first * SECOND, seconds * SECOND + 1, beat_ms)
    return [one for end in ends for one in drawn.due(STARTED_AT + end)]


def of(sent: list[Outgoing], device: str, kind: str = "telemetry") -> list[dict[str, Any]]:
    return [json.loads(one.payload) for one in sent if one.topic == f"citygrid/v1/{DISTRICT}/{kind}/{device}"]


def test_the_same_seed_sends_the_same_messages_however_often_it_is_asked() -> None:
    often, seldom = play(devices(Shares()), 60, beat_ms=20), play(devices(Shares()), 60, beat_ms=5000)
    assert often == seldom


def test_every_device_sends_its_metrics_at_its_pace_and_counts() -> None:
    sent = of(play(devices(), 20), "manhole-05")
    assert 9 <= len(sent) <= 11
    assert [one["seq"] for one in sent] == list(range(len(sent)))
    assert all(set(one["values"]) == {"tilt_deg", "cover_open_bool"} for one in sent)
    assert all(one["values"]["cover_open_bool"] is False for one in sent)


def test_a_device_says_once_that_it_is_online_before_anything_else() -> None:
    sent = play(devices(), 20)
    said = of(sent, GAS, "status")
    assert [one["online"] for one in said] == [True]
    first = next(one for one in sent if one.topic.endswith(GAS))
    assert "/status/" in first.topic


def test_readings_count_the_values() -> None:
    telemetry = [one for one in play(devices(), 10) if "/telemetry/" in one.topic]
    assert all(one.readings == len(json.loads(one.payload)["values"]) for one in telemetry)
    assert sum(one.readings for one in telemetry) == pytest.approx(360, rel=0.15)


def test_a_repeated_message_is_the_same_to_the_byte() -> None:
    sent = play(devices(Shares(duplicate=1.0, late=0, shuffled=0, garbage=0, wrong_clock=0, silent=0)), 60)
    copies = Counter((one.topic, one.payload) for one in sent if "/telemetry/" in one.topic)
    assert set(copies.values()) <= {1, 2}
    assert sum(count == 2 for count in copies.values()) > 0.8 * len(copies)


def test_a_late_message_keeps_the_time_it_was_measured_at() -> None:
    drawn = devices(Shares(duplicate=0, late=1.0, shuffled=0, garbage=0, wrong_clock=0, silent=0))
    delays = [
        STARTED_AT + end * SECOND - json.loads(one.payload)["at"]
        for end in range(1, 60)
        for one in drawn.due(STARTED_AT + end * SECOND)
        if one.topic.endswith("telemetry/noise-01") and not isinstance(json.loads(one.payload)["at"], str)
    ]
    assert max(delays) <= 21_000
    assert max(delays) > 10_000


def test_a_garbled_message_takes_the_place_of_the_good_one_and_its_number_is_missing() -> None:
    drawn = devices(Shares(duplicate=0, late=0, shuffled=0, garbage=0.5, wrong_clock=0, silent=0))
    payloads = [one.payload for one in play(drawn, 120) if one.topic.endswith("telemetry/manhole-05")]
    untouched = [one for one in map(_read, payloads) if isinstance(one, dict) and "seq" in one]
    numbers = [one["seq"] for one in untouched]
    assert numbers == sorted(set(numbers))
    assert len(untouched) < len(payloads)
    assert 55 <= len(payloads) <= 65


def _read(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return None


def test_a_silent_device_says_nothing_until_it_is_repaired() -> None:
    drawn = devices(Shares(duplicate=0, late=0, shuffled=0, garbage=0, wrong_clock=0, silent=1.0))
    assert play(drawn, 20) == []
    drawn.repair(GAS, STARTED_AT + 20 * SECOND)
    sent = play(drawn, 40, first=20)
    assert of(sent, GAS)
    assert {one.topic.rsplit("/", 1)[-1] for one in sent} == {GAS}


def test_a_device_that_dies_is_declared_offline_by_its_will() -> None:
    drawn = devices()
    play(drawn, 10)
    drawn.fall_silent(GAS, STARTED_AT + 10 * SECOND)
    sent = play(drawn, 30, first=10)
    assert of(sent, GAS) == []
    assert [one["online"] for one in of(sent, GAS, "status")] == [False]


def test_repairing_a_device_sets_its_clock() -> None:
    drawn = devices(Shares(wrong_clock=1.0))
    assert drawn.clock(GAS) is not Clock.RIGHT
    drawn.repair(GAS, STARTED_AT)
    assert drawn.clock(GAS) is Clock.RIGHT


def test_who_takes_a_device_over_speaks_in_its_place() -> None:
    drawn = devices()
    drawn.take_over("road-water-02")
    now = STARTED_AT + 5 * SECOND
    spoken = drawn.speak("road-water-02", now, {"water_level_m": 0.30049})
    assert [one["values"]["water_level_m"] for one in of(spoken, "road-water-02")] == [0.3]
    assert set(of(spoken, "road-water-02")[0]["values"]) == {"water_level_m", "battery_pct"}
    assert of(play(drawn, 20), "road-water-02") == []
    drawn.give_back("road-water-02")
    assert of(play(drawn, 24, first=20), "road-water-02")[0]["seq"] == 1


def test_after_a_long_standstill_only_the_last_two_minutes_are_sent() -> None:
    drawn = devices()
    play(drawn, 10)
    late = [
        json.loads(one.payload)["at"] for one in drawn.due(STARTED_AT + 3600 * SECOND) if "/telemetry/" in one.topic
    ]
    times = [at for at in late if isinstance(at, int)]
    assert sum(at < STARTED_AT + 3470 * SECOND for at in times) < 50
    assert max(times) > STARTED_AT + 3595 * SECOND


def test_what_stands_where_is_known() -> None:
    drawn = devices()
    cell = CITY.devices[GAS].cell
    assert set(drawn.in_cell(cell)) == {"gas-03", "road-water-03", "manhole-03", "noise-03"}
    assert drawn.knows(GAS)
    assert not drawn.knows("nobody")
    assert drawn.quiet_value("noise-03", "noise_dba") > 20
