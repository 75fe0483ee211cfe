"""`citygrid topics`: the map of what flows where."""

import click
from rich.table import Table

from citygrid import terminal
from messages.flow import HEADINGS, markdown, rows


@click.command(name="topics", short_help="Shows the map of Kafka topics.")
@click.option("--markdown", "as_page", is_flag=True, help="As the page docs/flow.md, with a picture.")
def command(*, as_page: bool) -> None:
    """Shows every Kafka topic with its key, what it holds, how long it is kept, who writes it and who reads it."""
    if as_page:
        print(markdown(), end="")
        return
    table = Table(*HEADINGS, header_style="dim", show_lines=False)
    for row in rows():
        table.add_row(*(cell.replace(", ", "\n") for cell in row))
    terminal.console().print(table)
