"""How the ledger reads: a table for people, the contract's JSON for programs."""

from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from messages.ledger import DistrictSums, Ledger

OUTSIDE = ("received", "accepted", "rejected", "windowed", "open", "duplicate", "too_late", "late", "gaps")
INSIDE_ONLY = frozenset({"district", "applied", "watermark", "partition"})


def as_json(ledger: Ledger) -> dict[str, Any]:
    """The ledger in the contract's shape."""
    districts = {code: _sums(sums) for code, sums in sorted(ledger.districts.items())}
    return {"districts": districts, "in_flight": ledger.in_flight, "balanced": ledger.balanced}


def _sums(sums: DistrictSums) -> dict[str, Any]:
    figures: dict[str, Any] = msgspec.to_builtins(sums)
    return {name: value for name, value in figures.items() if name not in INSIDE_ONLY}


def table(ledger: Ledger) -> RenderableType:
    """The ledger as a table: a line a district, the sums, why readings were rejected, and the verdict."""
    shown = Table(title="Ledger, in readings", title_justify="left", header_style="dim")
    shown.add_column("district")
    for name in OUTSIDE:
        shown.add_column(name.replace("_", " "), justify="right")
    for code, sums in sorted(ledger.districts.items()):
        shown.add_row(code, *(f"{count:,}" for count in _line(sums)))
    lines = [_line(sums) for sums in ledger.districts.values()]
    if len(lines) > 1:
        shown.add_section()
        shown.add_row("all", *(f"{sum(column):,}" for column in zip(*lines, strict=True)), style="bold")
    return Group(shown, *_reasons(ledger), _verdict(ledger))


def _line(sums: DistrictSums) -> list[int]:
    return [sum(sums.rejected.values()) if name == "rejected" else getattr(sums, name) for name in OUTSIDE]


def _reasons(ledger: Ledger) -> list[RenderableType]:
    reasons: dict[str, int] = {}
    for sums in ledger.districts.values():
        for reason, count in sums.rejected.items():
            reasons[reason] = reasons.get(reason, 0) + count
    listed = ", ".join(
        f"{reason} {count:,}" for reason, count in sorted(reasons.items(), key=lambda item: -item[1]) if count
    )
    return [Text(f"rejected: {listed}", style="dim")] if listed else []


def _verdict(ledger: Ledger) -> RenderableType:
    waiting = f"; {ledger.in_flight:,} are still in flight" if ledger.in_flight else ""
    if ledger.balanced:
        return Text(f"The ledger balances{waiting}.", style="yellow" if waiting else "green")
    return Text(f"The ledger does not balance{waiting}.", style="bold red")
