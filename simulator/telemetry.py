"""The bytes that a device sends: a telemetry message as its clock and its firmware write it, and what a bad line makes of it."""

from datetime import datetime, timedelta, timezone

import msgspec
from msgspec import Struct

from simulator.faults import Clock
from simulator.noise import digest

HOUR_MS = 3_600_000
MADE_AT = 946_684_800_000
VARIANT = 16
Value = float | bool


class Firmware(Struct, frozen=True, kw_only=True):
    """How a device writes: its clock, its time zone, whether it writes times as text, whether it numbers its messages."""

    clock: Clock
    offset_minutes: int
    text_time: bool
    numbered: bool


def firmware_of(device: str, clock: Clock, offset_minutes: int) -> Firmware:
    """The firmware of a device: one in 16 writes RFC 3339, one in 16 numbers nothing (unless it has no clock)."""
    variant = digest(device, "firmware") % VARIANT
    return Firmware(
        clock=clock, offset_minutes=offset_minutes, text_time=variant == 0, numbered=variant != 1 or clock is Clock.NONE
    )


def write(firmware: Firmware, *, at: int, started_at: int, seq: int, values: dict[str, Value]) -> bytes:
    """The JSON of one message measured at `at` (epoch milliseconds, true time) by a device switched on at `started_at`."""
    message: dict[str, object] = {}
    match firmware.clock:
        case Clock.AHEAD:
            message["at"] = _time(firmware, at + 8 * HOUR_MS)
        case Clock.RESET:
            message["at"] = _time(firmware, MADE_AT + at - started_at)
        case Clock.RIGHT:
            message["at"] = _time(firmware, at)
        case Clock.NONE:
            pass
    if firmware.numbered:
        message["seq"] = seq
    message["values"] = values
    return msgspec.json.encode(message)


def garble(payload: bytes, *chance: object) -> bytes:
    """What a bad line, a bad memory or a bad update makes of a good message; `chance` decides which."""
    kinds = (_cut, _flipped, _listed, _misnamed, _impossible, _worded, _timeless)
    return kinds[digest(*chance) % len(kinds)](payload)


def _time(firmware: Firmware, at: int) -> int | str:
    if not firmware.text_time:
        return at
    zone = timezone(timedelta(minutes=firmware.offset_minutes))
    return (datetime(1970, 1, 1, tzinfo=zone) + timedelta(milliseconds=at) + zone.utcoffset(None)).isoformat(
        timespec="milliseconds"
    )


def _cut(payload: bytes) -> bytes:
    return payload[: len(payload) * 2 // 3]


def _flipped(payload: bytes) -> bytes:
    middle = len(payload) // 2
    return payload[:middle] + b"\xff\xfe" + payload[middle + 2 :]


def _listed(payload: bytes) -> bytes:
    return b"[" + payload + b"]"


def _misnamed(payload: bytes) -> bytes:
    message, name = _first_value(payload)
    message["values"] = {f"{name}_raw" if one == name else one: value for one, value in message["values"].items()}
    return msgspec.json.encode(message)


def _impossible(payload: bytes) -> bytes:
    message, name = _first_value(payload)
    message["values"][name] = -99999.0
    return msgspec.json.encode(message)


def _worded(payload: bytes) -> bytes:
    message, name = _first_value(payload)
    message["values"][name] = "n/a"
    return msgspec.json.encode(message)


def _timeless(payload: bytes) -> bytes:
    message = msgspec.json.decode(payload)
    message["at"] = "just now"
    return msgspec.json.encode(message)


def _first_value(payload: bytes) -> tuple[dict[str, dict[str, object]], str]:
    message = msgspec.json.decode(payload)
    return message, next(iter(message["values"]))
