"""When a district's sums balance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.ledger import DistrictSums

counts = st.integers(0, 10**9)


@given(counts, counts, counts, counts, st.dictionaries(st.sampled_from(["not_json", "too_old"]), counts))
def test_readings_that_each_have_one_outcome_balance(
    open_: int, windowed: int, duplicate: int, too_late: int, rejected: dict[str, int]
) -> None:
    accepted = open_ + windowed + duplicate + too_late
    sums = DistrictSums(
        district="990102",
        received=accepted + sum(rejected.values()),
        accepted=accepted,
        open=open_,
        windowed=windowed,
        duplicate=duplicate,
        too_late=too_late,
        rejected=rejected,
    )

    assert sums.balanced


@pytest.mark.parametrize(
    "sums",
    [
        DistrictSums(district="990102", received=1),
        DistrictSums(district="990102", received=1, accepted=1),
        DistrictSums(district="990102", received=1, accepted=1, windowed=2),
        DistrictSums(district="990102", received=1, accepted=1, windowed=1, duplicate=1),
        DistrictSums(district="990102", received=2, accepted=1, windowed=1),
        DistrictSums(district="990102", received=1, accepted=1, windowed=1, rejected={"not_json": 1}),
    ],
    ids=["no verdict", "lost", "applied twice", "two outcomes", "rejected unseen", "rejected too often"],
)
def test_a_reading_too_many_or_too_few_anywhere_shows(sums: DistrictSums) -> None:
    assert not sums.balanced


def test_late_readings_and_gaps_are_told_beside_the_balance() -> None:
    assert DistrictSums(district="990102", received=1, accepted=1, windowed=1, late=1, gaps=9).balanced


def test_a_district_that_heard_nothing_balances() -> None:
    assert DistrictSums(district="990102").balanced


@given(counts, st.integers(1, 10**6))
def test_what_is_in_flight_is_missing_from_the_outcomes_and_nowhere_else(windowed: int, in_flight: int) -> None:
    accepted = windowed + in_flight
    sums = DistrictSums(district="990102", received=accepted, accepted=accepted, windowed=windowed)

    assert sums.balances(in_flight)
    assert not sums.balances(in_flight - 1)
    assert not sums.balanced
