"""The facts of a district are what its stream's outputs depend on, and come back from bytes as they were."""

import msgspec
import pytest

from city.facts import from_bytes, to_bytes
from tests.builders import DISTRICT, device, facts, rule, silent_rule

MANY = facts(
    rule("flood"),
    rule("mean", "mean"),
    silent_rule(),
    devices=[device("w1"), device("far", district="990104", cell="990104001001001")],
)


def test_facts_come_back_from_bytes_as_they_were() -> None:
    assert from_bytes(to_bytes(MANY)) == MANY


def test_a_district_s_facts_hold_its_own_devices_and_all_rules_and_metrics() -> None:
    own = MANY.within(DISTRICT)
    assert list(own.devices) == ["w1"]
    assert (own.metrics, own.rules) == (MANY.metrics, MANY.rules)


def test_a_change_elsewhere_is_none_here() -> None:
    moved = facts(rule("flood"), rule("mean", "mean"), silent_rule(), devices=[device("w1")])
    assert moved.within(DISTRICT) == MANY.within(DISTRICT)


def test_what_is_no_facts_is_not_taken_for_some() -> None:
    with pytest.raises(msgspec.DecodeError):
        from_bytes(b"{}")
