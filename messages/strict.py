"""Taking a sender's JSON apart: either the typed value or the one listed reason why it is none."""

import re
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from messages.rejects import Reason, Refusal

T = TypeVar("T")

LARGEST_MESSAGE = 64 * 1024
FUTURE_TOLERATED_MS = 300_000
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_RANGE = range(-62_135_596_800_000, 253_402_300_800_000)


def read(payload: bytes, decoder: "msgspec.json.Decoder[T]") -> T | Refusal:
    """The payload as the decoder's type, or why it is not: too large, not JSON, not an object, a field missing or wrong."""
    if len(payload) > LARGEST_MESSAGE:
        return Refusal(
            Reason.TOO_LARGE, f"A message may have at most {LARGEST_MESSAGE} bytes; this one has {len(payload)}."
        )
    try:
        payload.decode()  # the decoder does not look into fields that nobody asked for
        return decoder.decode(payload)
    except msgspec.ValidationError as error:
        return _misfit(payload, str(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _unreadable(error)


def _unreadable(error: Exception) -> Refusal:
    if "out of range" in str(error):
        return Refusal(Reason.BAD_FIELD, f"A number is too large for any machine: {error}.")
    return Refusal(Reason.NOT_JSON, f"The message is not JSON in UTF-8: {error}.")


def _misfit(payload: bytes, error: str) -> Refusal:
    whole = _anything(payload)
    if isinstance(whole, Refusal):
        return whole
    if not isinstance(whole, dict):
        return Refusal(Reason.NOT_AN_OBJECT, "The message is JSON, but not an object in braces.")
    if "`$.position" in error:
        return Refusal(Reason.BAD_POSITION, f"{error}. {_HOW_TO_WRITE_A_POSITION}")
    if "missing required field" in error:
        return Refusal(Reason.MISSING_FIELD, f"{error}.")
    if error.endswith("`$.at`"):
        return Refusal(Reason.BAD_TIME, _HOW_TO_WRITE_A_TIME)
    return Refusal(Reason.BAD_FIELD, f"{error}.")


def _anything(payload: bytes) -> Any:
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _unreadable(error)


_HOW_TO_WRITE_A_TIME = (
    "The time is not readable: write RFC 3339 with an offset, like 2026-11-23T08:00:00+08:00, or epoch milliseconds."
)
_HOW_TO_WRITE_A_POSITION = 'Write a position as {"lon": 111.29, "lat": 30.69} in degrees.'


def read_time(at: int | str, *, received_at: int, too_old_ms: int) -> int | Refusal:
    """Epoch milliseconds of a sender's time, unless it is unreadable, over five minutes ahead, or older than the city takes."""
    moment = at if isinstance(at, int) else _from_text(at)
    if moment is None or isinstance(at, bool) or moment not in _RANGE:
        return Refusal(Reason.BAD_TIME, _HOW_TO_WRITE_A_TIME)
    if moment > received_at + FUTURE_TOLERATED_MS:
        ahead = (moment - received_at) // 1000
        return Refusal(
            Reason.FROM_THE_FUTURE, f"The time is {ahead} s ahead of ours; at most 300 s are taken. Set the clock."
        )
    if moment < received_at - too_old_ms:
        behind = (received_at - moment) // 1000
        return Refusal(Reason.TOO_OLD, f"The time is {behind} s ago; this city takes at most {too_old_ms // 1000} s.")
    return moment


def _from_text(text: str) -> int | None:
    if not _RFC3339.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper().replace(" ", "T"))
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
