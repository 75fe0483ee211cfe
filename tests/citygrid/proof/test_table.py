import io

import pytest
from rich.console import Console

from citygrid.proof.rows import Row
from citygrid.proof.table import COLUMNS, Shown, cells, reasons, render

NOON = 1_800_000_000_000


def row(**fields: object) -> Row:
    given: dict[str, object] = {"name": "kafka", "title": "kill -9 of Kafka", "began_at": NOON, "until": NOON + 1000}
    return Row(**given | fields)  # type: ignore[arg-type]


def test_a_line_tells_what_was_broken_and_how_often() -> None:
    struck = row(did=["kill -9 kafka", "kill -9 kafka", "kill -9 kafka"])
    mixed = row(title="rules changed", did=["rules changed", "kill -9 worker-1, worker-2"])

    assert cells(struck)[0] == "kill -9 of Kafka ×3"
    assert cells(mixed)[0] == "rules changed"


def test_a_line_says_yes_only_when_it_was_judged_and_has_no_flaw() -> None:
    assert cells(row())[-1] == "…"
    assert cells(row(judged=True))[-1] == "yes"
    assert cells(row(judged=True, flaws=["a window is missing"]))[-1] == "NO"
    assert cells(row(flaws=["it did not come back"]))[-1] == "NO"


def test_every_column_has_its_cell_and_the_table_can_be_drawn() -> None:
    out = Console(file=io.StringIO(), width=200)

    out.print(render([row(judged=True, windows=5, windows_equal=4, recovered_ms=1500)]))

    assert len(cells(row())) == len(COLUMNS)
    assert "4 of 5" in out.file.getvalue()  # type: ignore[attr-defined]


def test_why_a_line_does_not_hold_is_said_in_a_few_sentences() -> None:
    said = reasons([row(flaws=[f"flaw {number}" for number in range(9)])])

    assert said[0] == "kafka: flaw 0"
    assert said[-1] == "kafka: and 4 more"


def test_without_a_terminal_each_line_is_printed_once_when_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    rest, first, second = row(name="rest"), row(published=7), row(until=0)
    with Shown(Console(file=io.StringIO())) as shown:
        shown([rest, first, second])
        shown([rest, first, second])

    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1
    assert "published 7" in printed[0]
