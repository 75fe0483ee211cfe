import json
from pathlib import Path

from citygrid.proof import report
from citygrid.proof.faults import FAULTS
from citygrid.proof.rows import Row
from citygrid.proof.run import Plan, Proof

NOON = 1_800_000_000_000


def proof(*rows: Row) -> Proof:
    plan = Plan(faults=FAULTS, rate=500.0, seed=7, quick=True)
    return Proof(rows=list(rows), plan=plan, began_at=NOON, ended_at=NOON + 61_000, messages=10, readings=20, repeats=1)


def row(*flaws: str) -> Row:
    return Row(name="kafka", title="kill -9 of Kafka", began_at=NOON, until=NOON + 5, judged=True, flaws=list(flaws))


def test_a_proof_holds_only_if_every_line_does_and_there_is_one() -> None:
    assert proof(row()).holds
    assert not proof(row(), row("a window is missing")).holds
    assert not proof().holds


def test_the_report_says_every_reason_of_a_line_that_does_not_hold(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "proof.md"

    report.write(proof(row(), row("one", "two")), file, " --quick")

    text = file.read_text(encoding="utf-8")
    assert "Not every line holds." in text
    assert "- one\n- two" in text
    assert "1 min 1 s" in text


def test_the_same_is_there_for_programs(tmp_path: Path) -> None:
    report.write(proof(row("one")), tmp_path / "proof.md", "")

    written = json.loads((tmp_path / "proof.json").read_bytes())
    assert written["holds"] is False
    assert written["rows"][0]["flaws"] == ["one"]
