"""What is kept of a refused message, and what its sender is told."""

import base64
import hashlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.rejects import COUNTED_KINDS, LONGEST_ANSWERED, LONGEST_KEPT, Reason, Refusal, Reject, answer, reject

CONTRACT = (
    "unknown_topic not_json not_an_object too_large missing_field bad_field bad_time from_the_future too_old too_many_values bad_position "
    "outside_the_city unknown_sender wrong_district unknown_metric impossible_value unknown_class unknown_task not_allowed_now"
)


def refused(original: bytes, seq: int | None = None, id_: str | None = None) -> Reject:
    return reject(
        Refusal(Reason.NOT_JSON, "why"),
        sender="wl-0001",
        topic="citygrid/v1/990102/telemetry/wl-0001",
        kind="telemetry",
        district="990102",
        at=5,
        original=original,
        seq=seq,
        id_=id_,
    )


def test_the_list_of_reasons_is_closed_and_complete() -> None:
    assert " ".join(Reason) == CONTRACT


@pytest.mark.parametrize("length", [0, 1, LONGEST_KEPT - 1, LONGEST_KEPT, LONGEST_KEPT + 1])
def test_the_first_256_kib_are_kept_with_length_and_hash_of_all(length: int) -> None:
    original = (b"0123456789" * (length // 10 + 1))[:length]

    kept = refused(original)

    assert base64.b64decode(kept.original) == original[:LONGEST_KEPT]
    assert kept.length == length
    assert kept.sha256 == hashlib.sha256(original).hexdigest()


@given(st.binary(max_size=3 * LONGEST_ANSWERED))
def test_the_sender_gets_the_first_1_kib_of_its_own_bytes_back(original: bytes) -> None:
    told = answer(refused(original), 2)

    assert base64.b64decode(told.message) == original[:LONGEST_ANSWERED]
    assert told.suppressed == 2


@pytest.mark.parametrize(
    ("seq", "id_", "present"), [(None, None, set()), (17, None, {"seq"}), (None, "a", {"id"}), (0, None, {"seq"})]
)
def test_the_answer_names_seq_or_id_only_where_there_was_one(
    seq: int | None, id_: str | None, present: set[str]
) -> None:
    said = json.loads(msgspec.json.encode(answer(refused(b"x", seq, id_), 0)))

    assert set(said) == {"at", "reason", "detail", "topic", "message", "suppressed"} | present
    assert said["reason"] == "not_json"


def test_the_ledger_counts_what_devices_send_and_what_nobody_knows() -> None:
    assert {"telemetry", "unknown"} == COUNTED_KINDS
