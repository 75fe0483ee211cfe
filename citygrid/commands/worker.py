"""`citygrid worker`: readings become windows and findings, findings and reports become cases."""

from typing import Any

import click

from citygrid import process
from citygrid.options import options


@click.command(name="worker", short_help="Runs a stream worker: windows, findings, cases.")
@options("kafka", "mqtt", "partitions", "name")
@process.health_option
def command(health: str | None, **flags: Any) -> None:
    """Turns readings into windows and findings, findings and reports into incidents and tasks.

    Any number of workers may run under different names; Kafka shares the districts out among them.
    """
    with process.running("worker-1", flags, health=health, needs=("kafka",)) as own:
        process.shell("streams").run(
            kafka=own.settings.kafka,
            partitions=own.settings.partitions,
            name=own.name,
            data_dir=own.settings.data_dir,
            http=own.health,
        )
