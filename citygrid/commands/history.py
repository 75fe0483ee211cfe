"""`citygrid history`: what was, kept for looking back."""

from typing import Any

import click

from citygrid import process
from citygrid.options import HISTORY, influx_of, options


@click.command(name="history", short_help="Runs the history: windows and incidents into SQLite or InfluxDB.")
@options("kafka", "mqtt", "partitions", *HISTORY, "history_days", "name")
@process.health_option
def command(health: str | None, **flags: Any) -> None:
    """Keeps windows, late readings and incidents in a SQLite file in the data folder, or in an InfluxDB 2 bucket."""
    with process.running("history", flags, health=health, needs=("kafka",)) as own:
        settings = own.settings
        process.shell("history").run(
            kafka=settings.kafka,
            data_dir=settings.data_dir,
            http=own.health,
            keep_days=settings.history_days,
            influx=influx_of(settings),
        )
