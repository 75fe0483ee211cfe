"""What the terminal shows of a running installation: one live panel, or a JSON line now and then where nobody looks."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from adapters.installation import DiskStanding
from citygrid.local.figures import Figures
from citygrid.local.supervisor import Report, State
from citygrid.settings import Settings

STYLES = {State.RUNNING: "green", State.WAITING: "yellow", State.FAILING: "bold red", State.STOPPED: "dim"}
NOT_KNOWN = "–"


def render(
    settings: Settings, reports: Sequence[Report], figures: Figures, notes: Sequence[str] = ()
) -> RenderableType:
    """The panel: the URL, the figures, a line a process, and the notes."""
    said = [Text(note, style="yellow") for note in notes]
    body = Group(_figures(figures), Text(""), _processes(reports, figures), *said)
    title = Text.assemble(("citygrid ", "bold"), (f"http://{settings.http}", "bold cyan underline"))
    subtitle = Text(
        f"MQTT {settings.mqtt}   Kafka {settings.kafka}   data {settings.data_dir}   Ctrl-C ends everything",
        style="dim",
    )
    return Panel(body, title=title, subtitle=subtitle, padding=(1, 2))


def _figures(figures: Figures) -> RenderableType:
    table = Table.grid(padding=(0, 4))
    for _ in range(5):
        table.add_column()
    table.add_row(
        *(Text(name, style="dim") for name in ("readings/s", "in flight", "open incidents", "tasks", "ledger"))
    )
    table.add_row(
        _number(figures.readings_per_s),
        _number(figures.in_flight),
        _number(figures.open_incidents),
        _number(figures.tasks),
        _ledger(figures),
    )
    return table


def _number(value: float | None) -> Text:
    return Text(NOT_KNOWN if value is None else f"{value:,.0f}", style="bold")


def _ledger(figures: Figures) -> Text:
    if figures.received is None:
        return Text(NOT_KNOWN, style="bold")
    if figures.balanced:
        verdict, style = "balances", "bold green"
    elif figures.in_flight:
        verdict, style = "still counting", "bold yellow"
    else:
        verdict, style = "does not balance yet", "bold yellow"
    return Text(f"{figures.received:,} received, {verdict}", style=style)


def _processes(reports: Sequence[Report], figures: Figures) -> RenderableType:
    table = Table.grid(padding=(0, 3), expand=True)
    for _ in range(4):
        table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for report in reports:
        reason = figures.not_ready.get(report.name, "")
        starting = report.state is State.RUNNING and not _ready(report, figures)
        state = Text(
            "starting" if starting else report.state.value, style="yellow" if starting else STYLES[report.state]
        )
        words = report.last_words or reason
        restarted = f"restarted {report.restarts}×" if report.restarts else ""
        table.add_row(
            Text(report.name),
            state,
            Text(f"pid {report.pid}" if report.pid else "", style="dim"),
            restarted,
            Text(words, style="dim"),
        )
    return table


def _ready(report: Report, figures: Figures) -> bool:
    """Whether a process runs and says that it is ready; a broker, which has no health page and was waited for, unless it has become silent."""
    silent = report.name in figures.not_ready
    return report.state is State.RUNNING and not silent and (report.http is None or report.name in figures.ready)


def line(
    settings: Settings, reports: Sequence[Report], figures: Figures, at: int, short: Sequence[DiskStanding] = ()
) -> str:
    """The same as one line of JSON; `at` in epoch milliseconds."""
    shown: dict[str, Any] = {
        "at": at,
        "http": f"http://{settings.http}",
        "readings_per_s": None if figures.readings_per_s is None else round(figures.readings_per_s, 1),
        "in_flight": figures.in_flight,
        "received": figures.received,
        "balanced": figures.balanced,
        "open_incidents": figures.open_incidents,
        "tasks": figures.tasks,
        "short_disks": [{"folders": disk.folders, "free_mb": disk.free_mb} for disk in short],
        "processes": {report.name: _process(report, figures) for report in reports},
    }
    return json.dumps(shown, ensure_ascii=False)


def _process(report: Report, figures: Figures) -> dict[str, Any]:
    reason = report.last_words or figures.not_ready.get(report.name, "")
    shown: dict[str, Any] = {
        "state": report.state.value,
        "pid": report.pid,
        "ready": _ready(report, figures),
    }
    return {**shown, "reason": reason} if reason else shown
