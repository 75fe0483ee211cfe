from typing import Any

import pytest

from bench.result import Result, Run, summary
from bench.rows import BEGIN, END, put_into, rows, table, verdict


def result(what: str, rate: float = 1.0, *, right: bool = True, note: str = "", **figures: float) -> Result:
    run: dict[str, Any] = {"rate": rate, "seconds": 2.0, "cpu": {"stage": 1.5, "kafka": 0.01}, "figures": figures}
    return summary([Run(**run, right=right, note=note)], what=what, candidate="ours", unit="readings")


def test_a_rate_is_one_row_with_its_bar() -> None:
    (row,) = rows([result("stage", 500_000)])

    assert (row.value, row.unit, verdict(row)) == (500_000, "readings/s", "reached")
    assert verdict(rows([result("stage", 399_999)])[0]) == "**missed**"


def test_a_latency_is_a_row_for_each_part_of_the_way_that_was_seen() -> None:
    found = rows([result("latency-500", kafka_p50_ms=8, kafka_p99_ms=18, finding_p50_ms=18, finding_p99_ms=144)])

    assert [row.what for row in found] == ["device → kafka at 500/s", "device → finding at 500/s"]
    assert [verdict(row) for row in found] == ["reached", "**missed**"]


def test_a_lookup_in_a_large_city_has_a_row_for_its_index_too() -> None:
    found = rows([result("lookup-large", 1.2e6, built_s=61.0, read_s=1.25, memory_mib=400, file_mib=80)])

    assert [(row.unit, verdict(row)) for row in found] == [("readings/s", "reached"), ("s", "**missed**")]
    assert "read again in 1.2 s" in found[1].beside


def test_what_has_no_bar_is_only_right_or_wrong() -> None:
    assert verdict(rows([result("lookup")])[0]) == "right"


def test_a_wrong_result_reaches_no_bar_however_fast() -> None:
    assert verdict(rows([result("stage", 1e9, right=False, note="2 windows are missing")])[0]).startswith("**wrong**")


def test_the_table_has_a_line_for_each_row() -> None:
    lines = table([result("stage", 500_000)], "two cores.").splitlines()

    assert lines[0] == "two cores."
    assert lines[-1] == "| stream stage alone | 500,000 readings/s | ≥ 400,000 | 1 | stage 1.5 (in 2.0 s) | reached |"


def test_the_table_replaces_what_stood_between_the_marks() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter"

    assert put_into(page, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter"
    assert put_into(put_into(page, "new"), "new") == put_into(page, "new")


def test_a_page_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        put_into("nothing", "new")
