"""The proof as a document: Markdown for people, JSON for programs."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from citygrid.proof.run import Proof
from citygrid.proof.table import COLUMNS, cells

HEAD = """# A run of the proof

Written by `citygrid proof{options}`; [proof.md](proof.md) says what each column means and how it could be wrong.

{facts}

"""


def write(proof: Proof, file: Path, options: str) -> None:
    """Writes `file` as Markdown, and the same as JSON beside it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(markdown(proof, options), encoding="utf-8")
    file.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(document(proof))) + b"\n")


def markdown(proof: Proof, options: str) -> str:
    """The table and, for each line that does not hold, every reason."""
    head = HEAD.format(options=options, facts="\n".join(f"- {fact}" for fact in facts(proof)))
    ruler = ["---" if number < 2 else "---:" for number in range(len(COLUMNS))]  # noqa: PLR2004 - the two columns of words
    lines = [_line(list(COLUMNS)), _line(ruler), *(_line(cells(row)) for row in proof.rows)]
    failed = [row for row in proof.rows if not row.holds]
    why = [f"\n## {row.title}\n\n" + "\n".join(f"- {flaw}" for flaw in row.flaws) + "\n" for row in failed]
    return head + "\n".join(lines) + "\n" + "".join(why)


def facts(proof: Proof) -> list[str]:
    """What was run, where, and how it ended."""
    began = datetime.fromtimestamp(proof.began_at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    minutes, seconds = divmod((proof.ended_at - proof.began_at) // 1000, 60)
    crowd = proof.plan.crowd
    return [
        f"{'Every line holds.' if proof.holds else 'Not every line holds.'}",
        f"{began}, {minutes} min {seconds} s; {os.cpu_count()} cores, Python {platform.python_version()}; load at the end {os.getloadavg()[0]:.1f}",
        f"{crowd.gateways} gateways, {crowd.workers} workers, {proof.plan.rate:g} readings a second, seed {proof.plan.seed}",
        f"{proof.messages:,} messages acknowledged by the broker, {proof.readings:,} readings in the log, their repeats included",
        f"{proof.repeats:,} windows, findings and log entries written again",
    ]


def document(proof: Proof) -> dict[str, Any]:
    """The same for programs."""
    return {
        "holds": proof.holds,
        "began_at": proof.began_at,
        "ended_at": proof.ended_at,
        "rate": proof.plan.rate,
        "seed": proof.plan.seed,
        "quick": proof.plan.quick,
        "messages": proof.messages,
        "readings": proof.readings,
        "rows": [{**msgspec.to_builtins(row), "holds": row.holds} for row in proof.rows],
    }


def _line(texts: list[str]) -> str:
    return f"| {' | '.join(texts)} |"
