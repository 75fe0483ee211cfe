from typing import Any

from msgspec.structs import replace

from bench.holding import Sample, slices, why_not_held

RATE = 1_000


def samples(behind: Any = lambda _: 100, count: int = 30, **fields: int) -> list[Sample]:
    return [
        Sample(
            at=float(second),
            due=second * RATE,
            sent=second * RATE,
            acknowledged=second * RATE,
            applied=second * RATE - behind(second),
            **fields,
        )
        for second in range(count)
    ]


def test_a_rate_is_held_when_nothing_piles_up() -> None:
    assert why_not_held(samples(), RATE) == []


def test_what_grows_slowly_is_noticed_before_it_is_much() -> None:
    assert "grew" in why_not_held(samples(lambda second: 30 * second), RATE)[0]


def test_what_stands_still_but_is_much_was_not_held() -> None:
    assert "not applied" in why_not_held(samples(lambda _: 5_000), RATE)[0]


def test_a_publisher_that_is_late_did_not_hold_the_rate() -> None:
    late = [replace(sample, due=sample.due * 2) for sample in samples()]

    assert "the publisher sent" in why_not_held(late, RATE)[0]


def test_records_that_wait_for_history_or_operations_are_noticed() -> None:
    assert "history" in why_not_held(samples(history=3_000), RATE)[0]
    assert "operations" in why_not_held(samples(operations=3_000), RATE)[0]


def test_too_few_samples_hold_nothing() -> None:
    assert why_not_held(samples(count=2), RATE) == ["too few samples"]


def test_the_rate_is_that_of_what_was_applied_in_each_part() -> None:
    assert slices(samples(count=31), 3) == [RATE, RATE, RATE]
    assert slices(samples(count=2), 3) == []
