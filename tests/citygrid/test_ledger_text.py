from io import StringIO

from rich.console import Console

from citygrid import ledger_text
from messages.ledger import DistrictSums, Ledger

GOOD = DistrictSums(
    district="990101",
    received=1100,
    accepted=1000,
    rejected={"not_json": 60, "too_old": 40},
    windowed=900,
    open=50,
    duplicate=30,
    too_late=20,
    late=7,
    gaps=3,
    applied={"citygrid.telemetry": 9},
    watermark=12,
)
FIELDS = {"received", "accepted", "duplicate", "rejected", "open", "windowed", "late", "too_late", "gaps"}


def ledger(*districts: DistrictSums, balanced: bool = True, in_flight: int = 0) -> Ledger:
    return Ledger(districts={sums.district: sums for sums in districts}, in_flight=in_flight, balanced=balanced)


def text(shown: Ledger) -> str:
    out = StringIO()
    Console(file=out, width=140).print(ledger_text.table(shown))
    return out.getvalue()


def test_the_json_has_the_contracts_shape_and_nothing_of_the_inside() -> None:
    told = ledger_text.as_json(ledger(GOOD))
    assert set(told) == {"districts", "in_flight", "balanced"}
    assert set(told["districts"]["990101"]) == FIELDS
    assert told["districts"]["990101"]["rejected"] == {"not_json": 60, "too_old": 40}


def test_the_table_adds_the_districts_up_and_names_the_reasons() -> None:
    other = DistrictSums(district="990102", received=1, accepted=1, windowed=1)
    shown = text(ledger(GOOD, other))
    assert "1,101" in shown
    assert "rejected: not_json 60, too_old 40" in shown
    assert "The ledger balances." in shown


def test_an_empty_ledger_balances_and_shows_no_sum() -> None:
    shown = text(ledger())
    assert "all" not in shown.split()
    assert "The ledger balances." in shown


def test_a_ledger_that_does_not_balance_says_so_and_what_is_in_flight() -> None:
    assert "The ledger balances; 5 are still in flight." in text(ledger(GOOD, in_flight=5))
    assert "does not balance." in text(ledger(GOOD, balanced=False))
    assert "does not balance; 1,234 are still in flight." in text(ledger(GOOD, balanced=False, in_flight=1234))
