"""Messages that must be refused, each different from all others, with the reason that the contract gives for it."""

import json
from collections.abc import Callable

from citygrid.proof.town import DISTRICTS, HOUR_MS, MEASURES, Device
from citygrid.proof.truth import Fate, Sent

Made = tuple[str, bytes, str]
BEYOND = 66_000


def _text(device: Device, number: int, at: int) -> Made:
    del at
    return _own(device), f'{{"at": {number}, '.encode(), "not_json"


def _bytes(device: Device, number: int, at: int) -> Made:
    del at
    return _own(device), b"\xff\xfe" + number.to_bytes(8, "big"), "not_json"


def _list(device: Device, number: int, at: int) -> Made:
    return _own(device), json.dumps([number, at]).encode(), "not_an_object"


def _empty(device: Device, number: int, at: int) -> Made:
    return _own(device), _body(number, at=at), "missing_field"


def _time(device: Device, number: int, at: int) -> Made:
    return _own(device), _body(number, at=f"{at} o'clock", values={_measured(device): 1}), "bad_time"


def _future(device: Device, number: int, at: int) -> Made:
    return _own(device), _body(number, at=at + 2 * HOUR_MS, values={_measured(device): 1}), "from_the_future"


def _metric(device: Device, number: int, at: int) -> Made:
    return _own(device), _body(number, at=at, values={"nonsense_w": 1}), "unknown_metric"


def _value(device: Device, number: int, at: int) -> Made:
    return _own(device), _body(number, at=at, values={_measured(device): 1_000_000 + number}), "impossible_value"


def _word(device: Device, number: int, at: int) -> Made:
    return _own(device), _body(number, at=at, values={_measured(device): "much"}), "bad_field"


def _stranger(device: Device, number: int, at: int) -> Made:
    topic = f"citygrid/v1/{device.district.code}/telemetry/stranger-{number % 5}"
    return topic, _body(number, at=at, values={_measured(device): 1}), "unknown_sender"


def _elsewhere(device: Device, number: int, at: int) -> Made:
    other = DISTRICTS[(DISTRICTS.index(device.district) + 1) % len(DISTRICTS)]
    topic = f"citygrid/v1/{other.code}/telemetry/{device.id}"
    return topic, _body(number, at=at, values={_measured(device): 1}), "wrong_district"


def _topic(device: Device, number: int, at: int) -> Made:
    topic = f"citygrid/v1/{device.district.code}/telemetri/{device.id}"
    return topic, _body(number, at=at, values={_measured(device): 1}), "unknown_topic"


def _huge(device: Device, number: int, at: int) -> Made:
    return _own(device), _body(number, at=at, text="x" * BEYOND), "too_large"


KINDS: tuple[Callable[[Device, int, int], Made], ...] = (
    _text,
    _bytes,
    _list,
    _empty,
    _time,
    _future,
    _metric,
    _value,
    _word,
    _stranger,
    _elsewhere,
    _topic,
    _huge,
)


def garbage(device: Device, number: int, at: int) -> Sent:
    """Message `number` of its kind, as if from `device` at `at` (epoch ms); a number is never given twice."""
    topic, payload, reason = KINDS[number % len(KINDS)](device, number, at)
    return Sent(
        topic=topic,
        device=device.id,
        district=device.district.code,
        cell=device.cell,
        fate=Fate.REFUSED,
        at=at,
        seq=-1,
        values={},
        payload=payload,
        reason=reason,
    )


def _measured(device: Device) -> str:
    return MEASURES[device.kind][-1]


def _own(device: Device) -> str:
    return f"citygrid/v1/{device.district.code}/telemetry/{device.id}"


def _body(number: int, **fields: object) -> bytes:
    return json.dumps({**fields, "nonce": number}).encode()
