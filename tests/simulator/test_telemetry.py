import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.faults import Clock
from simulator.telemetry import MADE_AT, Firmware, firmware_of, garble, write
from tests.simulator.builders import STARTED_AT

HOUR_MS = 3_600_000
NOW = STARTED_AT + 61_234


def written(clock: Clock = Clock.RIGHT, *, text_time: bool = False, numbered: bool = True) -> dict[str, object]:
    firmware = Firmware(clock=clock, offset_minutes=480, text_time=text_time, numbered=numbered)
    payload = write(
        firmware, at=NOW, started_at=STARTED_AT, seq=7, values={"water_level_m": 0.12, "cover_open_bool": True}
    )
    message: dict[str, object] = json.loads(payload)
    return message


def test_a_device_writes_time_number_and_values() -> None:
    assert written() == {"at": NOW, "seq": 7, "values": {"water_level_m": 0.12, "cover_open_bool": True}}
    assert "seq" not in written(numbered=False)


@given(st.integers(0, 4_000_000_000_000), st.integers(-720, 840))
def test_a_time_written_as_text_names_the_same_moment(at: int, offset: int) -> None:
    firmware = Firmware(clock=Clock.RIGHT, offset_minutes=offset, text_time=True, numbered=True)
    text = json.loads(write(firmware, at=at, started_at=0, seq=0, values={"a_x": 1.0}))["at"]
    moment = datetime.fromisoformat(text)
    assert round(moment.timestamp() * 1000) == at
    offset_written = moment.utcoffset()
    assert offset_written is not None
    assert offset_written.total_seconds() == offset * 60


def test_wrong_clocks_are_eight_hours_ahead_or_years_behind_or_missing() -> None:
    assert written(Clock.AHEAD)["at"] == NOW + 8 * HOUR_MS
    assert written(Clock.RESET)["at"] == MADE_AT + 61_234
    assert "at" not in written(Clock.NONE)


@given(st.text())
def test_a_device_without_a_clock_always_numbers_its_messages(device: str) -> None:
    assert firmware_of(device, Clock.NONE, 480).numbered


def test_most_devices_write_numbers_and_milliseconds_and_a_few_do_not() -> None:
    made = [firmware_of(f"device-{number}", Clock.RIGHT, 480) for number in range(1000)]
    assert 30 < sum(one.text_time for one in made) < 100
    assert 30 < sum(not one.numbered for one in made) < 100


GOOD = write(
    Firmware(clock=Clock.RIGHT, offset_minutes=480, text_time=False, numbered=True),
    at=NOW,
    started_at=STARTED_AT,
    seq=7,
    values={"water_level_m": 0.12, "battery_pct": 88.0},
)


@pytest.mark.parametrize("chance", range(60))
def test_garbage_is_never_the_message_it_was_made_of(chance: int) -> None:
    assert garble(GOOD, chance) != GOOD


def test_garbage_comes_in_every_kind() -> None:
    assert len({garble(GOOD, chance) for chance in range(60)}) == 7
