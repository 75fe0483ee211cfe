"""Telemetry: what a device may send, and the pack lines it becomes. One value of one message is one reading."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from city.registry import Device, Metric
from city.report import Position
from city.window import MOST_EXTREME
from messages.rejects import Reason, Refusal
from messages.strict import read, read_time

MOST_VALUES = 64
LARGEST_SEQ = 2**63 - 1
LARGEST_FLOAT = 1.7976931348623157e308  # a comparison takes whole numbers of any length, math.isfinite does not


class Place(Struct, frozen=True):
    """Where a position lies: its cell, and the position in WGS-84."""

    cell: str
    position: Position


Locate = Callable[[Position, str], Place | Refusal]
"""Finds the place of a position sent in a district (whose coordinate system counts where none is named)."""


class Message(Struct):
    """One telemetry message as a device sends it."""

    values: dict[str, float | bool]
    at: int | str | None = None
    seq: int | None = None
    position: Position | None = None


class _LooseMessage(Struct):
    """The same with values not looked at: for saying which of them is wrong without refusing its neighbours."""

    values: dict[str, msgspec.Raw]
    at: int | str | None = None
    seq: int | None = None
    position: Position | None = None


class PackLine(Struct, gc=False):
    """One accepted message as it lies in a pack: `values` are numbers, booleans became 1 or 0; times in epoch milliseconds.

    `clockless` is set when the device sent no `at`; its readings are then identified without it.
    """

    device: str
    cell: str
    at: int
    received_at: int
    values: dict[str, float]
    seq: int | UnsetType = UNSET
    clockless: bool | UnsetType = UNSET
    position: Position | UnsetType = UNSET


class Accepted(Struct):
    """What is taken in of a message, and the readings in it that are refused. `line` is None when none is left."""

    line: PackLine | None
    refused: list[Refusal]


_strict = msgspec.json.Decoder(Message)
_loose = msgspec.json.Decoder(_LooseMessage)
_lines = msgspec.json.Decoder(PackLine)


def read_telemetry(
    payload: bytes,
    device: Device,
    metrics: Mapping[str, Metric],
    *,
    received_at: int,
    too_old_ms: int,
    locate: Locate,
) -> Accepted | Refusal:
    """The verdict on one message of a registered device: taken in, taken in but for some readings, or refused whole."""
    message = _decode(payload)
    if isinstance(message, Refusal):
        return message
    at = _time(message, received_at, too_old_ms)
    if isinstance(at, Refusal):
        return at
    cell = device.cell
    if message.position is not None:
        place = locate(message.position, device.district)
        if isinstance(place, Refusal):
            return place
        cell = place.cell
    values, refused = _sort_out(message.values, device, metrics)
    if not values:
        return Accepted(None, refused)
    line = PackLine(device=device.id, cell=cell, at=at, received_at=received_at, values=values)
    return Accepted(_filled(line, message), refused)


def _filled(line: PackLine, message: Message | _LooseMessage) -> PackLine:
    """The line with what its message did say of all that it may leave out."""
    if message.seq is not None:
        line.seq = message.seq
    if message.at is None:
        line.clockless = True
    if message.position is not None:
        line.position = message.position
    return line


def _decode(payload: bytes) -> Message | _LooseMessage | Refusal:
    message: Message | _LooseMessage | Refusal = read(payload, _strict)
    if isinstance(message, Refusal) and message.reason is Reason.BAD_FIELD:
        message = read(payload, _loose)
    if isinstance(message, Refusal):
        return message
    if len(message.values) > MOST_VALUES:
        many = f"A message may have at most {MOST_VALUES} values; this one has {len(message.values)}."
        return Refusal(Reason.TOO_MANY_VALUES, many)
    if not message.values:
        return Refusal(Reason.MISSING_FIELD, "`values` is empty; send at least one metric.")
    if message.seq is not None and not 0 <= message.seq <= LARGEST_SEQ:
        return Refusal(Reason.BAD_FIELD, "`seq` counts up from 0; it can't be negative, or beyond 64 bits.")
    return message


def _time(message: Message | _LooseMessage, received_at: int, too_old_ms: int) -> int | Refusal:
    if message.at is not None:
        return read_time(message.at, received_at=received_at, too_old_ms=too_old_ms)
    if message.seq is None:
        return Refusal(Reason.MISSING_FIELD, "`at` is missing; a device without a clock must send `seq` instead.")
    return received_at


def _sort_out(
    values: Mapping[str, Any], device: Device, metrics: Mapping[str, Metric]
) -> tuple[dict[str, float], list[Refusal]]:
    taken: dict[str, float] = {}
    refused = []
    for name, sent in values.items():
        value = _anything(sent) if isinstance(sent, msgspec.Raw) else sent
        metric = metrics.get(name) if name in device.metrics else None
        verdict = _judge(name, value, metric)
        if verdict is None:
            taken[name] = float(value)
        else:
            refused.append(verdict)
    return taken, refused


def _anything(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # such as a number beyond all range
        return None


def _judge(name: str, value: Any, metric: Metric | None) -> Refusal | None:
    if metric is None:
        return Refusal(Reason.UNKNOWN_METRIC, f"This device is not registered for the metric `{name}`.")
    if not isinstance(value, int | float) or not abs(value) <= LARGEST_FLOAT:
        return Refusal(Reason.BAD_FIELD, f"`values.{name}` is neither a finite number nor a boolean.")
    low, high = max(metric.min, -MOST_EXTREME), min(metric.max, MOST_EXTREME)
    if low <= value <= high:
        return None
    return Refusal(Reason.IMPOSSIBLE_VALUE, f"`{name}` is {value:g}, outside {low:g} to {high:g} {metric.unit}.")


def without_values(line: PackLine) -> PackLine:
    """What the district of a device is told of a message that was measured in another one: that it came, and its number."""
    return replace(line, values={}, position=UNSET)


def pack(lines: list[bytes]) -> bytes:
    """The record value of a pack: one line of JSON a message."""
    return b"\n".join(lines)


def unpack(value: bytes) -> list[PackLine]:
    """The messages of a pack, in order. Raises msgspec.DecodeError for what no gateway of ours wrote."""
    return _lines.decode_lines(value)
