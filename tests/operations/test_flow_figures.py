"""Readings a second, the age of the newest, and what is on its way, from what the log says."""

from hypothesis import given
from hypothesis import strategies as st

from messages.topics import TELEMETRY
from operations.flow_figures import FlowFigures, refused_by_reason
from tests.operations.builders import NOW, heard, pack, sums


def test_the_rate_is_the_mean_of_the_last_ten_whole_seconds() -> None:
    flow = FlowFigures()
    for second in range(1, 11):
        flow.pack(pack(*[heard(NOW - second * 1000)] * 5, offset=second))
    assert flow.readings_per_s(NOW) == 5.0
    assert flow.readings_per_s(NOW + 5000) == 2.5
    assert flow.readings_per_s(NOW + 60_000) == 0.0


def test_the_second_that_runs_is_not_counted_yet() -> None:
    flow = FlowFigures()
    flow.pack(pack(heard(NOW)))
    assert flow.readings_per_s(NOW + 999) == 0.0
    assert flow.readings_per_s(NOW + 1000) == 0.1


def test_the_age_is_that_of_the_newest_arrival() -> None:
    flow = FlowFigures()
    assert flow.age_ms(NOW) is None
    flow.pack(pack(heard(NOW - 9000, received_at=NOW - 100), heard(NOW - 50, received_at=NOW - 300)))
    assert flow.age_ms(NOW) == 100
    assert flow.age_ms(NOW - 1000) == 0


def test_a_mark_makes_nothing_younger() -> None:
    flow = FlowFigures()
    flow.pack(pack())
    assert flow.age_ms(NOW) is None
    assert flow.ledger().in_flight == 0


def test_what_is_not_applied_yet_is_in_flight() -> None:
    flow = FlowFigures()
    for offset in range(4):
        flow.pack(pack(heard(), heard(), offset=offset))
    assert flow.ledger().in_flight == 8
    flow.sum_up(sums(applied={TELEMETRY.name: 2}))
    assert flow.ledger().in_flight == 2
    flow.sum_up(sums(applied={TELEMETRY.name: 3}))
    assert flow.ledger().in_flight == 0


def test_a_pack_that_was_applied_before_it_was_read_here_is_not_in_flight() -> None:
    flow = FlowFigures()
    flow.sum_up(sums(applied={TELEMETRY.name: 5}))
    flow.pack(pack(heard(), offset=5))
    assert flow.ledger().in_flight == 0


def test_the_ledger_balances_when_every_district_does() -> None:
    flow = FlowFigures()
    assert flow.ledger().balanced
    flow.sum_up(sums(received=3, accepted=2, rejected={"not_json": 1}, windowed=2))
    assert flow.ledger().balanced
    flow.sum_up(sums(received=3, accepted=2, rejected={"not_json": 1}, windowed=1))
    assert not flow.ledger().balanced


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 99)), max_size=5))
def test_refusals_add_up_over_the_districts(rejected: list[dict[str, int]]) -> None:
    total = refused_by_reason(sums(rejected=one) for one in rejected)
    assert sum(total.values()) == sum(sum(one.values()) for one in rejected)
    assert list(total) == sorted(total)
