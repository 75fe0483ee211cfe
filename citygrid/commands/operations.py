"""`citygrid operations`: the operations centre, its API and the worker's page."""

from typing import Any

import click

from citygrid import process
from citygrid.options import HISTORY, in_force, influx_of, options


@click.command(name="operations", short_help="Runs the operations centre and the worker's page.")
@options("kafka", "mqtt", "http", "partitions", "photos_mb", *HISTORY, "name")
@click.option("--supervisor", metavar="HOST:PORT", help="Where it hears how the other processes stand  [nowhere]")
def command(supervisor: str | None, **flags: Any) -> None:
    """Serves the operations centre, its live feed and API, and the worker's page; health and metrics are at the same address."""
    with process.running("operations", flags, health=in_force(flags).http, needs=("kafka",)) as own:
        process.shell("operations").run(
            kafka=own.settings.kafka,
            partitions=own.settings.partitions,
            http=own.settings.http,
            data_dir=own.settings.data_dir,
            influx=influx_of(own.settings),
            photos_mb=own.settings.photos_mb,
            supervisor=supervisor or "",
        )
