"""`citygrid history`: what was, kept for looking back."""

from typing import Any

import click

from citygrid import process
from citygrid.options import options


@click.command(name="history")
@options("kafka", "mqtt", "partitions", "name")
@process.health_option
def command(health: str | None, **flags: Any) -> None:
    """Keeps windows, late readings and incidents in a SQLite file in the data folder."""
    with process.running("history", flags, health=health, needs=("kafka",)) as own:
        process.shell("history").run(kafka=own.settings.kafka, data_dir=own.settings.data_dir, http=own.health)
