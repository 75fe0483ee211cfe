"""The proof's table as people see it while it runs: a live one in a terminal, else a line whenever a row is done."""

from datetime import UTC, datetime
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from citygrid.proof.rows import SHOWN, Row

COLUMNS = (
    "fault",
    "from",
    "published",
    "received",
    "duplicates",
    "windows equal",
    "incidents equal",
    "longest pause",
    "slowest incident",
    "recovered after",
    "holds",
)


def cells(row: Row) -> list[str]:
    """A row's texts, one for each of COLUMNS."""
    began = datetime.fromtimestamp(row.began_at / 1000, UTC).strftime("%H:%M:%S") if row.began_at else ""
    return [
        f"{row.title} ×{row.times}" if row.times > 1 else row.title,
        began,
        f"{row.published:,}",
        f"{row.received:,}",
        f"{row.duplicates:,}",
        f"{row.windows_equal:,} of {row.windows:,}" if row.judged else "…",
        f"{row.incidents_equal:,} of {row.incidents:,}" if row.judged else "…",
        f"{row.longest_pause_ms / 1000:.1f} s" if row.longest_pause_ms else "",
        f"{row.slowest_incident_ms / 1000:.1f} s" if row.slowest_incident_ms else "",
        "" if row.recovered_ms is None else f"{row.recovered_ms / 1000:.1f} s",
        ("yes" if row.holds else "NO") if row.judged or row.flaws else "…",
    ]


def render(rows: list[Row]) -> Table:
    """The whole table, and under it why a row does not hold."""
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(COLUMNS):
        table.add_column(name, justify="left" if number in {0, 1} else "right", no_wrap=number != 0)
    for row in rows:
        table.add_row(*cells(row), style="red" if row.flaws else None)
    return table


def reasons(rows: list[Row]) -> list[str]:
    """Why rows do not hold, the first few reasons of each."""
    said = []
    for row in rows:
        if row.flaws and row.waited_for:
            said.append(f"{row.name}: waited last for: {row.waited_for}")
        said += [f"{row.name}: {flaw}" for flaw in row.flaws[:SHOWN]]
        if len(row.flaws) > SHOWN:
            said.append(f"{row.name}: and {len(row.flaws) - SHOWN} more")
    return said


class Shown:
    """Shows rows as they come."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=2) if console.is_terminal else None
        self._printed = 0

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, rows: list[Row]) -> None:
        """Shows the rows as they stand."""
        if self._live:
            self._live.update(render(rows))
            return
        for row in [row for row in rows[1:] if row.until][self._printed :]:
            self._printed += 1
            print(
                "  ".join(
                    f"{name} {cell}" for name, cell in zip(COLUMNS, cells(row), strict=True) if cell and cell != "…"
                ),
                flush=True,
            )
