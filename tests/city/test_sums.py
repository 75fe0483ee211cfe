import msgspec

from city.sums import MOST_GAPS, MOST_RUNS, Sums


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


def test_however_often_gateways_start_their_sums_stay_few_and_nothing_accepted_is_forgotten() -> None:
    sums = Sums()
    for start in range(500):
        for gateway in ("g1", "g/2"):
            sums.wrote(gateway, f"{start}", 3)
            sums.wrote(gateway, f"{start}", 7)
    assert sums.accepted == 500 * 2 * 7
    assert len(sums.totals) == 2 * (MOST_RUNS + 1)


def test_what_a_killed_gateway_had_sent_counts_behind_the_first_packs_of_its_next_runs() -> None:
    sums = Sums()
    sums.wrote("g1", "0", 5)
    for start in range(1, MOST_RUNS):
        sums.wrote("g1", f"{start}", 1)
    sums.wrote("g1", "0", 9)
    assert sums.accepted == 9 + MOST_RUNS - 1


def test_a_gateway_that_seldom_writes_into_a_district_is_not_taken_for_ended_because_another_starts_often() -> None:
    sums = Sums()
    sums.wrote("g2", "a", 5)
    for start in range(100):
        sums.wrote("g1", f"{start}", 1)
    sums.wrote("g2", "a", 6)
    assert sums.accepted == 106


def test_sums_go_on_as_they_were_after_they_were_kept_and_loaded() -> None:
    sums, kept = Sums(), Sums()
    for start in range(30):
        for each in (sums, kept):
            each.wrote("g1", f"{start}", start)
        kept = msgspec.json.decode(msgspec.json.encode(kept), type=Sums)
    assert kept == sums
    assert list(kept.totals) == list(sums.totals)
