from city.sums import MOST_GAPS, Sums


def test_what_gateways_wrote_is_the_sum_of_the_highest_total_of_each_of_their_runs() -> None:
    sums = Sums()
    for gateway, start, total in (("g1", "a", 5), ("g1", "a", 9), ("g1", "b", 4), ("g2", "a", 1)):
        sums.wrote(gateway, start, total)
    assert sums.accepted == 14


def test_a_total_that_is_read_again_counts_once() -> None:
    sums = Sums()
    for total in (5, 9, 5, 9):
        sums.wrote("g1", "a", total)
    assert sums.accepted == 9


def test_everything_received_is_accepted_or_refused() -> None:
    sums = Sums()
    sums.wrote("g1", "a", 5)
    for reason in ("not_json", "too_old", "not_json"):
        sums.refused(reason)
    assert sums.rejected == {"not_json": 2, "too_old": 1}
    assert sums.received == 8


def test_gaps_stop_at_what_64_bits_hold() -> None:
    sums = Sums()
    for _ in range(3):
        sums.counted_past(2**63 - 2)
    assert sums.gaps == MOST_GAPS


def test_two_districts_do_not_share_their_sums() -> None:
    one, other = Sums(), Sums()
    one.refused("too_old")
    one.wrote("g1", "a", 5)
    assert other == Sums()
