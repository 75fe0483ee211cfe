"""`citygrid topics`: the map of what flows where."""

from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from messages.topics import TOPICS, Topic

COLUMNS = ("topic", "key", "holds", "kept", "writers", "readers")


@click.command(name="topics")
@click.option("--markdown", is_flag=True, help="As a Markdown table.")
def command(*, markdown: bool) -> None:
    """Shows every Kafka topic with its key, what it holds, how long it is kept, who writes it and who reads it."""
    rows = [_row(topic) for topic in TOPICS]
    if markdown:
        print("\n".join(_markdown(rows)))
        return
    table = Table(*COLUMNS, header_style="dim", show_lines=False)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _row(topic: Topic) -> tuple[str, ...]:
    holds = topic.holds if isinstance(topic.holds, str) else topic.holds.__name__
    return (topic.name, topic.key, holds, topic.kept.value, _listed(topic.writers), _listed(topic.readers))


def _listed(parts: Sequence[str]) -> str:
    return "\n".join(parts)


def _markdown(rows: Sequence[tuple[str, ...]]) -> list[str]:
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *rows]
    return ["| " + " | ".join(cell.replace("\n", "<br>") for cell in line) + " |" for line in lines]
